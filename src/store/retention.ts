import { type Database, select } from './database.ts';

/**
 * What is not listed here stays: rows of deliveries and messages without their bytes (they know what was
 * there before), claims (a number once told leads somewhere), statuses and events (the history of a
 * complaint), acts. What nobody has decided upon (held, quarantined, pending) keeps its bytes, however old.
 */

/** Few enough that the statement locks its rows only for a moment. */
const most = 5000;

/** Deletes raw bodies of deliveries that were read more than `days` days ago. Out: how many. */
export function dropOldBodies(database: Database, days: number): Promise<number> {
  const undecided = `exists (select 1 from messages m
    where m.delivery_id = deliveries.id and m.state in ('held', 'quarantined'))`;
  return empty(
    database,
    'deliveries',
    { state: 'read', since: 'done_at', unless: undecided },
    days,
  );
}

/** Empties messages that were judged more than `days` days ago; that they came stays known. Out: how many. */
export function dropOldMessages(database: Database, days: number): Promise<number> {
  return empty(
    database,
    'messages',
    { state: 'judged', since: 'judged_at', unless: 'false' },
    days,
  );
}

/** Longer than anything is compared with: 30 days, and what came late. */
const wordsDays = 40;

/** Empties words too old to be compared with; that they were said stays known. Out: how many. */
export function dropOldWords(database: Database): Promise<number> {
  return inBatches(
    database,
    `update words set sealed = null, bands = '{}', head = false where message_id in (
       select message_id from words where sealed is not null
         and at < now() - make_interval(days => ${wordsDays}) limit ${most} for update skip locked)
     returning 1`,
  );
}

/** What came of deletions, by what was deleted. */
export type Dropped = Readonly<Record<string, number>>;

/** Records of work, not of what people wrote: by table, which rows have had their day. */
const outlived: Readonly<Record<string, readonly [key: string, which: string]>> = {
  // Meant for what the same person said next; a judgement looks back two minutes.
  signs: ['message_id', `at < now() - make_interval(days => ${wordsDays})`],
  // What a process died of counts for an hour.
  attempts: ['ctid', `at < now() - interval '1 day'`],
  incidents: ['id', `closed_at < now() - interval '400 days'`],
  // A channel's newest that reached anything says where the next one begins.
  backfill_runs: [
    'id',
    `ended_at < now() - interval '90 days' and id < (select max(id) from backfill_runs newest
       where newest.channel = backfill_runs.channel and newest.reached is not null)`,
  ],
};

/** Deletes records of work that nobody asks for any more, batch by batch. Out: how many of each. */
export async function dropOutlived(database: Database): Promise<Dropped> {
  const dropped: Record<string, number> = {};
  for (const [table, [key, which]] of Object.entries(outlived)) {
    dropped[table] = await inBatches(
      database,
      `delete from ${table} where ${key} in (
         select ${key} from ${table} where ${which} limit ${most} for update skip locked)
       returning 1`,
    );
  }
  return dropped;
}

async function inBatches(
  database: Database,
  sql: string,
  bindings: readonly unknown[] = [],
): Promise<number> {
  let all = 0;
  for (;;) {
    const rows = await select(database, sql, bindings);
    all += rows.length;
    if (rows.length < most) return all;
  }
}

/** Empties what is old enough, batch by batch until none is left: also behind a busy month. */
function empty(
  database: Database,
  table: 'deliveries' | 'messages',
  { state, since, unless }: { state: string; since: string; unless: string },
  days: number,
): Promise<number> {
  return inBatches(
    database,
    `update ${table} set sealed = null where id in (
       select id from ${table} where state = '${state}' and sealed is not null
         and ${since} < now() - make_interval(days => ?::int) and not ${unless} limit ${most} for update skip locked)
     returning 1`,
    [days],
  );
}
