import { z } from 'zod';
import { composed } from '../domain/text.ts';
import { type Database, select } from './database.ts';
import { type CoreEvent, openCoreEvent } from './embedded-core.ts';
import { anyComplaint, type CoreFilter, type CoreRow, rowsBefore } from './embedded-core-filter.ts';
import type { Seal } from './seal.ts';

const linkRow = z.object({
  first_id: z.string(),
  complaint_id: z.string(),
  tracking_number: z.string(),
  verdict: z.string(),
  count: z.coerce.number(),
});

/** A complaint as the inbox shows it: its events and links, oldest first. */
export type CoreComplaint = CoreRow & {
  readonly events: readonly CoreEvent[];
  /** How many events between the first and the newest ones are left out. */
  readonly leftOut: number;
  /** Complaints that are linked to this one; there may be more than these. */
  readonly linked: readonly {
    readonly id: string;
    readonly trackingNumber: string;
    readonly verdict: string;
  }[];
  readonly linkedCount: number;
};

/** Words are looked for in so many complaints at once at most; whoever wants more pages on. */
const mostLookedThrough = 2000;
const chunk = 250;
const eventsOnCard = 30;
const linksOnCard = 20;

type Found = {
  readonly complaints: readonly CoreComplaint[];
  /** What lies before this place is still to be shown or looked through; null: nothing is. */
  readonly next: number | null;
  /** How many complaints were looked through for the words; null without words. */
  readonly looked: number | null;
};

/** The complaints with the newest activity before a place in the inbox, newest first. */
export async function findCoreComplaints(
  database: Database,
  seal: Seal,
  filter: CoreFilter,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<Found> {
  const hasWords = filter.words.length > 0;
  const rows: CoreRow[] = [];
  let at = before;
  let looked = 0;
  while (rows.length < limit && looked < mostLookedThrough) {
    const some = await rowsBefore(database, filter, at, hasWords ? chunk : limit);
    if (some.length === 0) break;
    const fitting = await sayingAll(database, seal, filter.words, some);
    rows.push(...fitting.slice(0, limit - rows.length));
    looked += some.length;
    at = lastSeqOf(rows.length < limit ? some : rows);
  }
  const further = at === null ? [] : await rowsBefore(database, filter, at, 1);
  return {
    complaints: await cardsOf(database, seal, rows, eventsOnCard),
    next: further.length > 0 ? at : null,
    looked: hasWords ? looked : null,
  };
}

const lastSeqOf = (rows: readonly CoreRow[]): number | null => rows.at(-1)?.lastSeq ?? null;

/** Complaints by their ids, in the order of their activity; `events`: at most so many of each. */
export async function loadCoreComplaints(
  database: Database,
  seal: Seal,
  ids: readonly string[],
  events = eventsOnCard,
): Promise<CoreComplaint[]> {
  const rows = await rowsBefore(database, { ...anyComplaint, ids }, null, ids.length);
  return cardsOf(database, seal, rows, events);
}

/** Those of these complaints that the filter wants. */
export async function whichFit(
  database: Database,
  seal: Seal,
  filter: CoreFilter,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const own = filter.ids === null ? ids : ids.filter((id) => filter.ids?.includes(id));
  const rows = await rowsBefore(database, { ...filter, ids: own }, null, ids.length);
  const fitting = await sayingAll(database, seal, filter.words, rows);
  return new Set(fitting.map(({ id }) => id));
}

/** The newest changes behind a place: which complaint, and the place of its change; newest first. */
export async function changesBehind(
  database: Database,
  after: number,
  limit: number,
): Promise<{ id: string; seq: number }[]> {
  const rows = await select(
    database,
    `select complaint_id, changed_seq from embedded_core_complaints where changed_seq > ?
     order by changed_seq desc limit ?`,
    [after, limit],
  );
  return rows.map((row) => ({ id: String(row['complaint_id']), seq: Number(row['changed_seq']) }));
}

async function sayingAll(
  database: Database,
  seal: Seal,
  words: readonly string[],
  rows: readonly CoreRow[],
): Promise<readonly CoreRow[]> {
  if (words.length === 0 || rows.length === 0) return rows;
  const events = await eventsOf(
    database,
    seal,
    rows.map(({ id }) => id),
    eventsOnCard,
  );
  return rows.filter(({ id }) => {
    const said = (events.get(id)?.events ?? []).map(({ data }) => textsIn(data)).join('\n');
    const comparable = composed(said).toLowerCase();
    return words.every((word) => comparable.includes(composed(word).toLowerCase()));
  });
}

function textsIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textsIn).join('\n');
}

async function cardsOf(
  database: Database,
  seal: Seal,
  rows: readonly CoreRow[],
  most: number,
): Promise<CoreComplaint[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [events, links] = await Promise.all([
    eventsOf(database, seal, ids, most),
    linksTo(database, ids),
  ]);
  return rows.map((row) => {
    const own = links.filter(({ first_id }) => first_id === row.id);
    return {
      ...row,
      events: events.get(row.id)?.events ?? [],
      leftOut: events.get(row.id)?.leftOut ?? 0,
      linked: own.map((link) => ({
        id: link.complaint_id,
        trackingNumber: link.tracking_number,
        verdict: link.verdict,
      })),
      linkedCount: own[0]?.count ?? 0,
    };
  });
}

/** The first event of each complaint and its newest ones. */
async function eventsOf(
  database: Database,
  seal: Seal,
  ids: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, { events: CoreEvent[]; leftOut: number }>> {
  const rows = await select(
    database,
    `select wanted.id, event.seq, event.sealed, event.received_at, known.count
     from unnest(?::uuid[]) as wanted (id)
     cross join lateral (select count(*) from embedded_core_events
                         where complaint_id = wanted.id) as known
     cross join lateral (
       (select seq, sealed, received_at from embedded_core_events
        where complaint_id = wanted.id order by seq limit 1)
       union
       (select seq, sealed, received_at from embedded_core_events
        where complaint_id = wanted.id order by seq desc limit ?)) as event
     order by event.seq`,
    [[...ids], most],
  );
  const found = new Map<string, { events: CoreEvent[]; leftOut: number }>();
  for (const row of rows) {
    const id = String(row['id']);
    const own = found.get(id) ?? { events: [], leftOut: Number(row['count']) };
    own.events.push(openCoreEvent(seal, row));
    own.leftOut -= 1;
    found.set(id, own);
  }
  return found;
}

async function linksTo(database: Database, ids: readonly string[]) {
  const rows = await select(
    database,
    `select link.first_id, link.complaint_id, link.tracking_number, link.verdict, link.count
     from unnest(?::uuid[]) as wanted (id)
     cross join lateral (
       select first_id, complaint_id, tracking_number, verdict, count(*) over () as count
       from embedded_core_complaints where first_id = wanted.id
       order by last_seq desc limit ?) as link`,
    [[...ids], linksOnCard],
  );
  return rows.map((row) => linkRow.parse(row));
}
