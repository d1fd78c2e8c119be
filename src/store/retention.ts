import { type Database, select } from './database.ts';

/** Few enough that the statement locks its rows only for a moment. */
const most = 5000;

/** Deletes raw bodies of deliveries that were read more than `days` days ago. Out: how many. */
export function dropOldBodies(database: Database, days: number): Promise<number> {
  return empty(database, 'deliveries', { state: 'read', since: 'done_at' }, days);
}

/** Empties messages that were judged more than `days` days ago; that they came stays known. Out: how many. */
export function dropOldMessages(database: Database, days: number): Promise<number> {
  return empty(database, 'messages', { state: 'judged', since: 'judged_at' }, days);
}

/** Longer than anything is compared with: 30 days, and what came late. */
const wordsDays = 40;

/** Empties words too old to be compared with; that they were said stays known. Out: how many. */
export async function dropOldWords(database: Database): Promise<number> {
  let emptied = 0;
  for (;;) {
    const rows = await select(
      database,
      `update words set sealed = null, bands = '{}', head = false where message_id in (
         select message_id from words where sealed is not null
           and at < now() - make_interval(days => ${wordsDays}) limit ${most})
       returning message_id`,
    );
    emptied += rows.length;
    if (rows.length < most) return emptied;
  }
}

/** Empties what is old enough, batch by batch until none is left: also behind a busy month. */
async function empty(
  database: Database,
  table: 'deliveries' | 'messages',
  { state, since }: { state: string; since: string },
  days: number,
): Promise<number> {
  let emptied = 0;
  for (;;) {
    const rows = await select(
      database,
      `update ${table} set sealed = null where id in (
         select id from ${table} where state = '${state}' and sealed is not null
           and ${since} < now() - make_interval(days => ?::int) limit ${most})
       returning id`,
      [days],
    );
    emptied += rows.length;
    if (rows.length < most) return emptied;
  }
}
