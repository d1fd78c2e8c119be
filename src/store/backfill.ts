import { type Database, select } from './database.ts';

/** A message as a provider lists it. `event`: null when it cannot be read, so that only its name is known. */
export type Sought = {
  readonly account: string;
  readonly event: string | null;
  /** The same, keyed; an older release stored it as it is. */
  readonly eventKey: string | null;
  /** Its keyed name; null: only its event tells whether we have it (an edit has its original's name). */
  readonly key: string | null;
};

/** Which messages of a channel we have, by event id or by keyed name. Out: one answer for each, in order. */
export async function findPresent(
  database: Database,
  channel: string,
  messages: readonly Sought[],
): Promise<boolean[]> {
  if (messages.length === 0) return [];
  const rows = await select(
    database,
    `select exists (select 1 from messages m where m.channel = ?
              and m.account = s.account and m.event_id in (s.event, s.event_key))
         or exists (select 1 from messages m where m.channel = ?
              and m.account = s.account and m.message_id = s.key) as present
     from unnest(?::text[], ?::text[], ?::text[], ?::text[]) with ordinality
       as s (account, event, event_key, key, n)
     order by n`,
    [
      channel,
      channel,
      messages.map(({ account }) => account),
      messages.map(({ event }) => event),
      messages.map(({ eventKey }) => eventKey),
      messages.map(({ key }) => key),
    ],
  );
  return rows.map((row) => row['present'] === true);
}

/** Whether deliveries of a channel still wait to be read: what they say is not among the messages yet. */
export async function isUnread(database: Database, channel: string): Promise<boolean> {
  const rows = await select(
    database,
    `select 1 from deliveries where state = 'pending' and channel = ? limit 1`,
    [channel],
  );
  return rows.length > 0;
}

/** When the newest look at a channel's provider began (whatever came of it); null: there was none. */
export async function lastRunAt(database: Database, channel: string): Promise<Date | null> {
  const [row] = await select(
    database,
    `select max(started_at) as at from backfill_runs where channel = ? and state <> 'impossible'`,
    [channel],
  );
  return row?.['at'] instanceof Date ? row['at'] : null;
}

type Begin = {
  readonly channel: string;
  readonly startedAt: Date;
  /** How far back the first look goes. */
  readonly firstMs: number;
  /** How far before what was reached each later look begins. */
  readonly overlapMs: number;
};

/**
 * Begins a look at a channel's provider; the caller holds the channel's lock, so a look that still runs by
 * its row was left behind by a process that ended. Out: its row, and since when messages are sought: an
 * overlap before what was reached last, or as far back as the first look went.
 */
export async function beginRun(
  database: Database,
  { channel, startedAt, firstMs, overlapMs }: Begin,
): Promise<{ readonly id: string; readonly since: Date }> {
  const [row] = await select(
    database,
    `with stale as (
       update backfill_runs set state = 'failed', ended_at = ?, reason = 'the process ended'
       where channel = ? and state = 'running' returning id)
     insert into backfill_runs (channel, started_at, since)
     select ?, ?, coalesce(
       max(reached) filter (where reached <= ?::timestamptz) - make_interval(secs => ?::float8 / 1000),
       min(since) filter (where since <= ?::timestamptz),
       ?::timestamptz - make_interval(secs => ?::float8 / 1000))
     from backfill_runs where channel = ? and state <> 'impossible'
     returning id, since`,
    [
      ...[startedAt, channel, channel, startedAt],
      ...[startedAt, overlapMs, startedAt, startedAt, firstMs, channel],
    ],
  );
  const since = row?.['since'];
  return { id: String(row?.['id']), since: since instanceof Date ? since : startedAt };
}

/** How a look ended. `reason`: what went wrong; null: all that the provider holds was seen. */
export type RunEnd = {
  readonly id: string;
  readonly endedAt: Date;
  readonly reached: Date | null;
  readonly listed: number;
  readonly present: number;
  readonly added: number;
  readonly reason: string | null;
};

/** Records how a look ended. */
export async function endRun(database: Database, end: RunEnd): Promise<void> {
  const { id, endedAt, reached, listed, present, added, reason } = end;
  await select(
    database,
    `update backfill_runs set state = ?, ended_at = ?, reached = ?, listed = ?, present = ?, added = ?,
       reason = ? where id = ?::bigint`,
    [reason === null ? 'done' : 'failed', endedAt, reached, listed, present, added, reason, id],
  );
}

/** Records that a provider cannot be asked, and why, unless the newest row says so already. */
export async function recordImpossible(
  database: Database,
  channel: string,
  at: Date,
  reason: string,
): Promise<void> {
  await select(
    database,
    `insert into backfill_runs (channel, state, started_at, ended_at, reason)
     select ?, 'impossible', ?, ?, ? where not exists (
       select 1 from backfill_runs
       where id = (select max(id) from backfill_runs where channel = ?)
         and state = 'impossible' and reason = ?)`,
    [channel, at, at, reason, channel, reason],
  );
}

/** Deletes rows older than `days`, but for those that say how far a channel was reached. Out: how many. */
export async function dropOldRuns(database: Database, days: number): Promise<number> {
  const rows = await select(
    database,
    `delete from backfill_runs r where started_at < now() - make_interval(days => ?::int)
       and state <> 'running'
       and exists (select 1 from backfill_runs n where n.channel = r.channel and n.id > r.id
         and n.reached >= coalesce(r.reached, n.reached))
     returning id`,
    [days],
  );
  return rows.length;
}
