import { z } from 'zod';
import type { Known } from '../domain/judge.ts';
import { locationSchema } from '../domain/message.ts';
import { type Database, insertRows, select } from './database.ts';
import type { Seal } from './seal.ts';

/** What is kept of somebody's words to compare later ones with. */
const keptSchema = z.object({
  text: z.string(),
  location: locationSchema.nullable(),
  agency: z.string().nullable(),
  anonymous: z.boolean(),
  confidential: z.boolean(),
});

export type Kept = z.infer<typeof keptSchema>;

/** A signature of words: `exact` is equal for equal words, `bands` share a number when they are alike. */
export type Signature = { readonly exact: string; readonly bands: readonly number[] };

export type Role = 'complaint' | 'followup' | 'edit' | 'repeat';

/** What one message said of a complaint. `at`: its own time, epoch milliseconds. */
export type Words = Signature & {
  readonly messageId: string;
  readonly complaint: Known;
  readonly role: Role;
  readonly channel: string;
  readonly account: string;
  readonly reporter: string;
  readonly setting: 'private' | 'public';
  readonly threadKey: string | null;
  readonly at: number;
  /** Whether the complaints of others are compared with it. */
  readonly head: boolean;
  readonly kept: Kept;
};

const listOf = (numbers: readonly number[]): string => `{${numbers.join(',')}}`;

/** Keeps what was said. Words of a repeat are not indexed: the first ones are. */
export async function insertWords(
  transaction: Database,
  seal: Seal,
  words: readonly Words[],
): Promise<void> {
  await insertRows(
    transaction,
    'words',
    {
      message_id: 'bigint',
      complaint_id: 'uuid',
      role: 'text',
      channel: 'text',
      account: 'text',
      reporter: 'text',
      setting: 'text',
      thread: 'text',
      at: 'timestamptz',
      exact: 'bigint',
      bands: 'integer[]',
      head: 'boolean',
      sealed: 'bytea',
    },
    words.map(({ messageId, complaint, threadKey, at, bands, kept, exact, ...plain }) => ({
      message_id: messageId,
      complaint_id: complaint.id,
      role: plain.role,
      channel: plain.channel,
      account: plain.account,
      reporter: plain.reporter,
      setting: plain.setting,
      thread: threadKey,
      at: new Date(at),
      exact,
      bands: listOf(plain.role === 'repeat' ? [] : bands),
      head: plain.head,
      sealed: seal.seal('words', Buffer.from(JSON.stringify(kept))),
    })),
  );
}

/** A message for which earlier words are sought. */
export type Question = Signature & {
  readonly reporter: string;
  readonly channel: string;
  readonly account: string;
  readonly threadKey: string | null;
  /** Messages of theirs (ids) that it answers or stands under. */
  readonly underIds: readonly string[];
  /** Whether it answers something, so that the latest complaint of the dialogue counts as well. */
  readonly answers: boolean;
  readonly at: number;
};

type Windows = { readonly followUpMs: number; readonly repeatMs: number };

const wordsColumns = `w.message_id, w.complaint_id, w.role, w.channel, w.account, w.reporter,
  w.setting, w.thread, w.at, w.exact, w.bands, w.head, w.sealed, c.tracking_number, c.anonymous`;

/** What makes a complaint one that can still be followed up: neither withdrawn nor closed by the core. */
const isOpen = `c.withdrawn_at is null and coalesce(c.status, '') not in ('selesai', 'diarsipkan')`;

/**
 * What the same reporters said before in complaints that are still open: around the same minutes, with
 * words alike, in the same thread, and last in the same dialogue; and how those complaints began. An
 * index look for each; none scans.
 */
export async function findEarlier(
  transaction: Database,
  seal: Seal,
  questions: readonly Question[],
  { followUpMs, repeatMs }: Windows,
): Promise<Words[]> {
  if (questions.length === 0) return [];
  const near = 'make_interval(secs => ?::float8 / 1000)';
  const rows = await select(
    transaction,
    `with q as (select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::boolean[],
         ?::timestamptz[], ?::text[]) as q (reporter, channel, account, thread, answers, at, bands)),
     found as (
       select w.message_id from q cross join lateral (
         select message_id from words w where w.reporter = q.reporter
           and w.at between q.at - ${near} and q.at order by w.at desc limit 20) w
       union select w.message_id from q cross join lateral (
         select message_id from words w where w.reporter = q.reporter
           and w.at between q.at - ${near} and q.at + ${near} and w.bands && q.bands::integer[]
         order by w.at limit 20) w
       union select w.message_id from q cross join lateral (
         select message_id from words w where w.thread = q.thread and w.reporter = q.reporter
         order by w.at desc limit 20) w
       union select w.message_id from q cross join lateral (
         select message_id from words w join complaints c on c.id = w.complaint_id
         where q.answers and w.reporter = q.reporter and w.setting = 'private'
           and w.channel = q.channel and w.account = q.account and ${isOpen}
         order by w.at desc limit 1) w
       union select message_id from words where message_id = any(?::bigint[])),
     begun as (
       select b.message_id from found join words w on w.message_id = found.message_id
       join words b on b.complaint_id = w.complaint_id and b.role = 'complaint')
     select ${wordsColumns}
     from (select message_id from found union select message_id from begun) as sought
     join words w on w.message_id = sought.message_id
     join complaints c on c.id = w.complaint_id and ${isOpen}
     order by w.message_id`,
    [
      questions.map(({ reporter }) => reporter),
      questions.map(({ channel }) => channel),
      questions.map(({ account }) => account),
      questions.map(({ threadKey }) => threadKey),
      questions.map(({ answers }) => answers),
      questions.map(({ at }) => new Date(at)),
      questions.map(({ bands }) => listOf(bands)),
      ...[followUpMs, repeatMs, repeatMs],
      questions.flatMap(({ underIds }) => [...underIds]),
    ],
  );
  return rows.flatMap((row) => wordsFrom(seal, row));
}

const rowSchema = z.object({
  message_id: z.string(),
  complaint_id: z.uuid(),
  role: z.enum(['complaint', 'followup', 'edit', 'repeat']),
  channel: z.string(),
  account: z.string(),
  reporter: z.string(),
  setting: z.enum(['private', 'public']),
  thread: z.string().nullable(),
  at: z.date(),
  exact: z.string(),
  bands: z.array(z.number()),
  head: z.boolean(),
  sealed: z.instanceof(Buffer).nullable(),
  tracking_number: z.string(),
  anonymous: z.boolean(),
});

const nothingKept: Kept = {
  text: '',
  location: null,
  agency: null,
  anonymous: false,
  confidential: false,
};

function wordsFrom(seal: Seal, given: unknown): Words[] {
  const row = rowSchema.parse(given);
  const { complaint_id: id, tracking_number: trackingNumber, anonymous } = row;
  return [
    {
      messageId: row.message_id,
      complaint: { id, trackingNumber, anonymous },
      role: row.role,
      channel: row.channel,
      account: row.account,
      reporter: row.reporter,
      setting: row.setting,
      threadKey: row.thread,
      at: row.at.getTime(),
      exact: row.exact,
      bands: row.bands,
      head: row.head,
      kept: openKept(seal, row.sealed) ?? nothingKept,
    },
  ];
}

/** Words that were emptied, or whose key is gone, still say that something was said. */
function openKept(seal: Seal, sealed: Uint8Array | null): Kept | null {
  if (sealed === null) return null;
  try {
    return keptSchema.parse(JSON.parse(seal.open('words', sealed).toString()));
  } catch {
    return null;
  }
}

/** Somebody's complaint with words alike. `head`: the first complaint of its group. */
export type Alike = {
  readonly messageId: string;
  readonly head: string;
  readonly at: number;
  readonly kept: Kept;
};

/** So many complaints with words alike are compared: equal words first, then those most alike. */
const mostAlike = 32;

/** Of a phrase that everybody uses no more are weighed than this: the time of a look stays bounded. */
const mostWeighed = 1000;

/**
 * Complaints of anybody whose words may be alike, from the index of signatures, within `withinMs` of
 * each question's time. Out: for each question, in its place.
 */
export async function findAlike(
  transaction: Database,
  seal: Seal,
  questions: readonly (Signature & { readonly at: number })[],
  withinMs: number,
): Promise<Alike[][]> {
  const found: Alike[][] = questions.map(() => []);
  if (questions.length === 0) return found;
  const rows = await select(
    transaction,
    `select q.place, w.message_id, coalesce(l.of, w.complaint_id) as head, w.at, w.sealed
     from unnest(?::bigint[], ?::text[], ?::timestamptz[], ?::timestamptz[])
       with ordinality as q (exact, bands, since, until, place)
     cross join lateral (
       select * from (
         (select message_id, complaint_id, at, sealed, 99 as shared from words
          where head and exact = q.exact and at between q.since and q.until
          order by at, message_id limit 2)
         union all
         (select message_id, complaint_id, at, sealed,
            (select count(*) from unnest(bands) as b (band) where band = any(q.bands::integer[]))
          from words where head and bands && q.bands::integer[] and exact <> q.exact
            and at between q.since and q.until limit ${mostWeighed})) as weighed
       order by shared desc, at, message_id limit ${mostAlike}) w
     left join links l on l.complaint_id = w.complaint_id and l.verdict = 'same_report'`,
    [
      questions.map(({ exact }) => exact),
      questions.map(({ bands }) => listOf(bands)),
      questions.map(({ at }) => new Date(at - withinMs)),
      questions.map(({ at }) => new Date(at + withinMs)),
    ],
  );
  for (const given of rows) {
    const { place, message_id: messageId, head, at, sealed } = alikeSchema.parse(given);
    const kept = openKept(seal, sealed);
    if (kept) found[Number(place) - 1]?.push({ messageId, head, at: at.getTime(), kept });
  }
  return found;
}

const alikeSchema = z.object({
  place: z.string(),
  message_id: z.string(),
  head: z.uuid(),
  at: z.date(),
  sealed: z.instanceof(Buffer).nullable(),
});
