import { Conflict, Invalid } from './errors.ts';
import type { Fault } from './fault.ts';
import { findActs } from './store/acts.ts';
import type { Database } from './store/database.ts';
import { listFolds, listMembers, type Page } from './store/folds.ts';
import {
  discardHeld,
  findHeld,
  type HeldMessage,
  listHeld,
  releaseHeld,
  replayHeld,
} from './store/held.ts';
import { findFault, type Kind } from './store/parked.ts';
import {
  discardDelivery,
  findDelivery,
  type KeptDelivery,
  listDeliveries,
  replayDelivery,
} from './store/quarantine.ts';
import type { Seal } from './store/seal.ts';
import { discardEvent, findStuck, listStuck, replayEvent, type StuckEvent } from './store/stuck.ts';

/** Everything that was taken in and not processed: what it is, where, and what can be done with it. */
export const kinds = ['delivery', 'message', 'event'] as const;

export type Name = { readonly kind: Kind; readonly id: string };

/** One thing that is kept back. */
export type Kept =
  | ({ readonly kind: 'delivery' } & KeptDelivery)
  | ({ readonly kind: 'message' } & HeldMessage)
  | ({ readonly kind: 'event' } & Omit<StuckEvent, 'kind'>);

/**
 * What a person calls it: d12 a delivery, m45 or 45 a message, e and an id an event. Throws Invalid.
 */
export function nameFrom(text: string): Name {
  const number = /^([dm]?)(\d{1,18})$/.exec(text);
  if (number) {
    return { kind: number[1] === 'd' ? 'delivery' : 'message', id: number[2] ?? '' };
  }
  const event = /^e?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(text);
  if (event) return { kind: 'event', id: (event[1] ?? '').toLowerCase() };
  throw new Invalid(
    'an id is d and a number (delivery), m and a number (message), or e and a UUID',
  );
}

export const nameOf = ({ kind, id }: Name): string => `${kind.charAt(0)}${id}`;

/** Why it is kept back, in one line. */
export function reasonOf(kept: Kept): string {
  if (kept.kind !== 'event') return kept.reason;
  const { state, answer } = kept;
  if (answer === null) return state;
  return answer.status === 0 ? `${state}: ${answer.detail}` : `${state}: ${answer.status}`;
}

export type Wanted = {
  /** null: all kinds. */
  readonly kind: Kind | null;
  /** Behind this one; null: from the beginning. */
  readonly after: Name | null;
  readonly limit: number;
};

/** What one sender sent that is kept back for one reason, told by its oldest. */
export type Folded = {
  readonly kept: Kept;
  readonly count: number;
  readonly newestAt: Date;
};

/** What is kept back, folded, kind after kind, in the order of the oldest of each fold. */
export function listFolded(database: Database, seal: Seal, wanted: Wanted): Promise<Folded[]> {
  return kindByKind(wanted, async (kind, page) => {
    const folds = await listFolds(database, kind, page);
    const only = folds.map(({ id }) => id);
    const kept = await listOf(database, seal, kind, { ...page, after: null, only });
    const byId = new Map(kept.map((one) => [one.id, one]));
    return folds.flatMap(({ id, ...fold }) => {
      const one = byId.get(id);
      return one ? [{ kept: one, ...fold }] : []; // none: somebody decided just now
    });
  });
}

/** All of the fold that `of` belongs to, the oldest first. */
export async function listFold(
  database: Database,
  seal: Seal,
  { of, after, limit }: Omit<Wanted, 'kind'> & { readonly of: Name },
): Promise<Kept[]> {
  const page = { after: after?.id ?? null, limit };
  const only = await listMembers(database, of.kind, { ...page, of: of.id });
  return listOf(database, seal, of.kind, { ...page, only });
}

/** What is kept back, kind after kind, the oldest first. Deliveries come without their bodies. */
function listKept(database: Database, seal: Seal, wanted: Wanted): Promise<Kept[]> {
  return kindByKind(wanted, (kind, page) => listOf(database, seal, kind, page));
}

async function kindByKind<Row>(
  { kind, after, limit }: Wanted,
  list: (kind: Kind, page: Page) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const found: Row[] = [];
  const from = after === null ? 0 : kinds.indexOf(after.kind);
  for (const [index, each] of kinds.entries()) {
    if (index < from || (kind !== null && kind !== each) || found.length >= limit) continue;
    const behind = after?.kind === each ? after.id : null;
    found.push(...(await list(each, { after: behind, limit: limit - found.length, only: null })));
  }
  return found;
}

async function listOf(database: Database, seal: Seal, kind: Kind, page: Page): Promise<Kept[]> {
  switch (kind) {
    case 'delivery':
      return (await listDeliveries(database, seal, page)).map((row) => ({ kind, ...row }));
    case 'message':
      return (await listHeld(database, seal, page)).map((row) => ({ kind, ...row }));
    case 'event':
      return (await listStuck(database, seal, page)).map((row) => ({ kind, ...row }));
  }
}

export type Whole = {
  readonly kept: Kept;
  /** Where our own code broke on it last; null when it did not. */
  readonly fault: Fault | null;
  readonly acts: Awaited<ReturnType<typeof findActs>>;
};

/** One of them, whole, with what was done with it. Throws NotFound. */
export async function findKept(database: Database, seal: Seal, { kind, id }: Name): Promise<Whole> {
  const kept = await findOf(database, seal, { kind, id });
  const fault = await findFault(database, kind, id);
  return { kept, fault, acts: await findActs(database, kind, id) };
}

async function findOf(database: Database, seal: Seal, { kind, id }: Name): Promise<Kept> {
  switch (kind) {
    case 'delivery':
      return { kind, ...(await findDelivery(database, seal, id)) };
    case 'message':
      return { kind, ...(await findHeld(database, seal, id)) };
    case 'event':
      return { kind, ...(await findStuck(database, seal, id)) };
  }
}

type By = { readonly who: string; readonly why: string | null };

/** Lets a held message through. Throws NotFound, Conflict, or Invalid for what is no message. */
export async function release(database: Database, { kind, id }: Name, by: By): Promise<void> {
  if (kind !== 'message') throw new Invalid('only a held message can be released; try replay');
  await releaseHeld(database, { ...by, id });
}

/** Ends it without processing it. Throws NotFound or Conflict. */
export async function discard(
  database: Database,
  { kind, id }: Name,
  by: By & { readonly why: string },
): Promise<void> {
  const decision = { ...by, id };
  if (kind === 'delivery') await discardDelivery(database, decision);
  else if (kind === 'message') await discardHeld(database, decision);
  else await discardEvent(database, decision);
}

/**
 * Puts it back to work: today's code takes it as if it had just come, and what it made before stays as it is.
 * Throws NotFound, or Conflict for what is done.
 */
export async function replay(database: Database, { kind, id }: Name, by: By): Promise<void> {
  const decision = { ...by, id };
  if (kind === 'delivery') await replayDelivery(database, decision);
  else if (kind === 'message') await replayHeld(database, decision);
  else await replayEvent(database, decision);
}

export type Selection = {
  readonly kind: Kind | null;
  readonly channel: string | null;
  /** Part of the reason. */
  readonly reason: string | null;
  /** At most so many. */
  readonly limit: number;
};

const pageSize = 200;

/** What is kept back for a reason or on a channel, the oldest first, at most so many. */
export async function selectKept(
  database: Database,
  seal: Seal,
  { kind, channel, reason, limit }: Selection,
): Promise<Kept[]> {
  const chosen: Kept[] = [];
  let after: Name | null = null;
  for (;;) {
    const page: Kept[] = await listKept(database, seal, { kind, after, limit: pageSize });
    chosen.push(
      ...page.filter(
        (kept) =>
          (channel === null || kept.channel === channel) &&
          (reason === null || reasonOf(kept).includes(reason)),
      ),
    );
    after = page.at(-1) ?? null;
    if (page.length < pageSize || chosen.length >= limit) return chosen.slice(0, limit);
  }
}

/**
 * Puts many back to work, each in a transaction of its own: a fault that is mended leaves many behind. Out:
 * how many; what somebody else decided meanwhile is left out. Held messages wait for a person, and are
 * taken only when their kind is asked for.
 */
export async function replayAll(
  database: Database,
  seal: Seal,
  selection: Selection,
  by: By,
): Promise<number> {
  let count = 0;
  for (const kept of await selectKept(database, seal, selection)) {
    if (selection.kind === null && kept.kind === 'message' && kept.state === 'held') continue;
    try {
      await replay(database, kept, by);
      count += 1;
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
    }
  }
  return count;
}
