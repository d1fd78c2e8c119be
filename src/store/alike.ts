import { z } from 'zod';
import { type Database, select } from './database.ts';
import type { Seal } from './seal.ts';
import { type Kept, listOf, openKept, type Signature } from './words.ts';

/** Somebody's complaint with words alike. `group`: the first complaint of its group. */
export type Alike = Signature & {
  readonly messageId: string;
  readonly reporter: string;
  readonly group: string;
  readonly at: number;
  readonly kept: Kept;
};

/** So many complaints with words alike are compared: equal words first, then those most alike. */
export const mostAlike = 32;

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
    `select q.place, w.message_id, w.reporter, coalesce(l.of, w.complaint_id) as group_id, w.at,
       w.exact, w.bands, w.sealed
     from unnest(?::bigint[], ?::text[], ?::timestamptz[], ?::timestamptz[])
       with ordinality as q (exact, bands, since, until, place)
     cross join lateral (
       select * from (
         (select *, 99 as shared from words
          where head and exact = q.exact and at between q.since and q.until
          order by at, message_id limit 2)
         union all
         (select *,
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
    'alike',
  );
  for (const given of rows) {
    const {
      place,
      message_id: messageId,
      group_id: group,
      at,
      sealed,
      ...row
    } = alikeSchema.parse(given);
    const kept = openKept(seal, sealed);
    if (kept) found[Number(place) - 1]?.push({ ...row, messageId, group, at: at.getTime(), kept });
  }
  return found;
}

const alikeSchema = z.object({
  place: z.string(),
  message_id: z.string(),
  reporter: z.string(),
  group_id: z.uuid(),
  exact: z.string(),
  bands: z.array(z.number()),
  at: z.date(),
  sealed: z.instanceof(Buffer).nullable(),
});
