import { z } from 'zod';
import { bandCount } from '../domain/signature.ts';
import { type Database, select } from './database.ts';
import type { Seal } from './seal.ts';
import { type Kept, listOf, openKept, type Signature } from './words.ts';

/**
 * Somebody's complaint with words alike. `weight`: how alike the signatures are; `group`: the first
 * complaint of its group; `mark`: another for whatever else is kept.
 */
export type Alike = {
  readonly messageId: string;
  readonly reporter: string;
  readonly group: string;
  readonly at: number;
  readonly weight: number;
  readonly mark: string;
};

/** So many complaints with words alike are compared: equal words first, then those most alike. */
export const mostAlike = 32;

/** The weight of equal words. */
export const equalWeight = 99;

/** Of a phrase that everybody uses no more are weighed than this: the time of a look stays bounded. */
const mostWeighed = 1000;

/** Band by band, as they are stored in one order: many times cheaper than intersecting two lists. */
const sharedBands = Array.from(
  { length: bandCount },
  (_, at) => `((bands[${at + 1}] = q.bands[${at + 1}]) is true)::int`,
).join(' + ');

const tagLength = 16;

// Adding nothing to `at` keeps the planner from walking the index of exact words in place of the bands',
// which it does as long as it takes the table for a small one.
const sql = `
  with q as materialized (
    select exact, bands::integer[] as bands, since, until, place
    from unnest(?::bigint[], ?::text[], ?::timestamptz[], ?::timestamptz[])
      with ordinality as q (exact, bands, since, until, place))
  select q.place::int, w.message_id, w.reporter, coalesce(l.of, w.complaint_id) as "group", w.weight,
    (extract(epoch from w.at) * 1000)::float8 as at,
    encode(substring(w.sealed from octet_length(w.sealed) - ${tagLength - 1}), 'base64') as mark
  from q cross join lateral (
    select * from (
      (select message_id, complaint_id, reporter, at, sealed, ${equalWeight} as weight from words
       where head and exact = q.exact and at between q.since and q.until
       order by at, message_id limit 2)
      union all
      (select message_id, complaint_id, reporter, at, sealed, ${sharedBands} from words
       where head and bands && q.bands and exact <> q.exact
         and at + interval '0' between q.since and q.until limit ${mostWeighed})) as weighed
    order by weight desc, at, message_id limit ${mostAlike}) w
  left join links l on l.complaint_id = w.complaint_id and l.verdict = 'same_report'
  join complaints c on c.id = coalesce(l.of, w.complaint_id) and c.withdrawn_at is null
  where w.sealed is not null`;

/**
 * Complaints of anybody whose words may be alike, from the index of signatures, within `withinMs` of
 * each question's time. Out: for each question, in its place.
 */
export async function findAlike(
  transaction: Database,
  questions: readonly (Signature & { readonly at: number })[],
  withinMs: number,
): Promise<Alike[][]> {
  const found: Alike[][] = questions.map(() => []);
  if (questions.length === 0) return found;
  const rows = await select(
    transaction,
    sql,
    [
      questions.map(({ exact }) => exact),
      questions.map(({ bands }) => listOf(bands)),
      questions.map(({ at }) => new Date(at - withinMs)),
      questions.map(({ at }) => new Date(at + withinMs)),
    ],
    'alike',
  );
  for (const given of rows) {
    const { place, message_id: messageId, ...row } = alikeSchema.parse(given);
    found[place - 1]?.push({ messageId, ...row });
  }
  return found;
}

// Numbers and texts as they come: a petition's thirty rows for each signer are read for each of them.
const alikeSchema = z.object({
  place: z.number(),
  message_id: z.string(),
  reporter: z.string(),
  group: z.string(),
  weight: z.number(),
  at: z.number(),
  mark: z.string(),
});

/** What is kept of messages' words, by message id; absent where it cannot be opened. */
export async function findKept(
  transaction: Database,
  seal: Seal,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, Kept>> {
  if (messageIds.length === 0) return new Map();
  const rows = await select(
    transaction,
    'select message_id, sealed from words where message_id = any(?::bigint[])',
    [[...messageIds]],
  );
  return new Map(
    rows.flatMap((row) => {
      const { message_id: id, sealed } = keptRow.parse(row);
      const kept = openKept(seal, sealed);
      return kept ? [[id, kept] as const] : [];
    }),
  );
}

const keptRow = z.object({ message_id: z.string(), sealed: z.instanceof(Buffer).nullable() });
