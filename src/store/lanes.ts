import { type Database, select } from './database.ts';

/** The stages of a message's way. A stage and a lane name one stretch of work, done by one worker at a time. */
export const stages = ['read', 'judge', 'forward'] as const;
export type Stage = (typeof stages)[number];

/** First keys of the advisory locks; the second is the lane. */
const lockSpace: Readonly<Record<Stage, number>> = {
  read: 1397051720,
  judge: 1397051721,
  forward: 1397051722,
};

/**
 * Which stages wait for the disk. A power cut may undo reading (it is done again, with the same result)
 * and the record that an event was sent (it is sent again, with the same id). It must not undo judging,
 * whose complaint the core may know already; and what judging read is on disk before it, in WAL order.
 */
const commits: Readonly<Record<Stage, 'on' | 'off'>> = { read: 'off', judge: 'on', forward: 'off' };

/**
 * Waits for the lane and holds it until the transaction ends, however it ends. Throws PostgreSQL's
 * lock_not_available when somebody else holds it for long; the sweeper comes back to it.
 */
export async function holdLane(transaction: Database, stage: Stage, lane: number): Promise<void> {
  await select(
    transaction,
    `select set_config('lock_timeout', '3s', true), set_config('synchronous_commit', ?, true),
            pg_advisory_xact_lock(?::int, ?::int)`,
    [commits[stage], lockSpace[stage], lane],
  );
}

/**
 * Holds equal words until the transaction ends, so that of two reporters who send the same at the same
 * moment the second sees the first. In: their exact signatures. All batches take them in one order, so
 * none waits for another in a circle.
 */
export async function holdWords(transaction: Database, exact: readonly string[]): Promise<void> {
  await select(
    transaction,
    `select pg_advisory_xact_lock(word) from
       (select distinct word from unnest(?::bigint[]) as w (word) order by word) as ordered`,
    [[...exact]],
  );
}

/** Whether `holdLane` gave up because somebody else is at work there: nothing is wrong. */
export function isLaneBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03';
}

/** Takes a lock by name until the transaction ends. Out: whether it was free. */
export async function tryHold(transaction: Database, name: string): Promise<boolean> {
  const [row] = await select(
    transaction,
    'select pg_try_advisory_xact_lock(1397051727, hashtext(?)) as taken',
    [name],
  );
  return row?.['taken'] === true;
}

/** Lets the transaction wait for somebody outside for longer than ours usually may. */
export async function allowSlowness(transaction: Database): Promise<void> {
  await select(
    transaction,
    `select set_config('idle_in_transaction_session_timeout', '300s', true)`,
  );
}

const lanesWithWork: Readonly<Record<Stage, string>> = {
  read: `select 0 as lane where
    (select stored_at from deliveries where state = 'pending' order by stored_at, id limit 1)
      < now() - interval '1 second'`,
  judge: `select lane from generate_series(0, 63) as l (lane) where exists (
    select 1 from messages m where m.lane = l.lane and m.state = 'pending'
      and m.due_at <= now()
      -- A gateway's clock may be ahead of PostgreSQL's: what it took in must not wait for that time.
      and (m.received_at < now() - interval '1 second' or m.received_at > now() + interval '1 minute'))`,
  forward: `select lane from generate_series(0, 63) as l (lane) where exists (
    select 1 from outbox o where o.lane = l.lane and o.state = 'pending'
      and o.due_at < now() - interval '1 second')`,
};

/** The lanes of a stage with work that nobody took in time: an index look per lane, whatever the backlog. */
export async function findOverdueLanes(database: Database, stage: Stage): Promise<number[]> {
  const rows = await select(database, lanesWithWork[stage]);
  return rows.map((row) => Number(row['lane']));
}

/**
 * How much is waiting at each stage, for the gauge `satupintu_pending`; `blocked`: behind an event that
 * somebody must decide about.
 */
export async function countPending(database: Database): Promise<Record<Stage | 'blocked', number>> {
  const [row] = await select(
    database,
    `select (select count(*) from deliveries where state = 'pending') as read,
            (select count(*) from messages where state = 'pending') as judge,
            (select count(*) from outbox where state = 'pending') as forward,
            (select count(*) from outbox where state = 'blocked') as blocked`,
  );
  return {
    read: Number(row?.['read'] ?? 0),
    judge: Number(row?.['judge'] ?? 0),
    forward: Number(row?.['forward'] ?? 0),
    blocked: Number(row?.['blocked'] ?? 0),
  };
}
