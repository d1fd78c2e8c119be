import { type Database, select } from './database.ts';
import type { Stage } from './lanes.ts';

/** A lane of a stage, or one item of it: a delivery, message or event by its id. */
export type Attempt = { readonly stage: Stage; readonly lane: number; readonly item?: string };

/**
 * Records, committed, that work is begun; `finishAttempt` takes it back. A process that dies in between
 * leaves it. What is older than an hour does not count: what kills, kills again at once. Out: how often it
 * was begun and not finished, this time included.
 */
export async function beginAttempt(database: Database, attempt: Attempt): Promise<number> {
  const [row] = await select(
    database,
    `insert into attempts (stage, lane, item) values (?, ?, ?)
     on conflict (stage, lane, item) do update set at = now(),
       begun = case when attempts.at < now() - interval '1 hour' then 1 else attempts.begun + 1 end
     returning begun`,
    keyOf(attempt),
  );
  return Number(row?.['begun'] ?? 1);
}

/** The work ended and we live: whatever died of it before did not die of it. */
export async function finishAttempt(database: Database, attempt: Attempt): Promise<void> {
  await select(
    database,
    'delete from attempts where stage = ? and lane = ? and item = ?',
    keyOf(attempt),
  );
}

/** The work ended in an error and we live: this time does not count, and nothing is proven. */
export async function undoAttempt(database: Database, attempt: Attempt): Promise<void> {
  const [row] = await select(
    database,
    `update attempts set begun = begun - 1 where stage = ? and lane = ? and item = ?
     returning begun`,
    keyOf(attempt),
  );
  if (row?.['begun'] === 0) await finishAttempt(database, attempt);
}

/** A lane is beyond suspicion, with all of its items. */
export async function finishLane(database: Database, { stage, lane }: Attempt): Promise<void> {
  await select(database, 'delete from attempts where stage = ? and lane = ?', [stage, lane]);
}

/** How often each item of a lane was begun and not finished. */
export async function findAttempts(
  database: Database,
  { stage, lane }: Attempt,
): Promise<Map<string, number>> {
  const rows = await select(
    database,
    `select item, begun from attempts where stage = ? and lane = ? and item <> ''`,
    [stage, lane],
  );
  return new Map(rows.map((row) => [String(row['item']), Number(row['begun'])]));
}

/** Forgets what died of an item: it is to be tried again. */
export async function forgetAttempts(
  transaction: Database,
  stage: Stage,
  item: string,
): Promise<void> {
  await select(transaction, 'delete from attempts where stage = ? and item = ?', [stage, item]);
}

const keyOf = ({ stage, lane, item = '' }: Attempt) => [stage, lane, item];
