import { type Database, select } from './database.ts';

/**
 * What waits for a time that cannot have been meant waits no longer: a clock that was ahead and is turned
 * back leaves such times behind. Messages wait seconds for their parts, events at most an hour (a
 * Retry-After). Out: how many were mended. Throws what PostgreSQL says.
 */
export async function mendDueTimes(database: Database): Promise<number> {
  const rows = await select(
    database,
    `with m as (update messages set due_at = now()
       where state = 'pending' and due_at > now() + interval '5 minutes' returning 1),
     e as (update outbox set due_at = now()
       where state = 'pending' and due_at > now() + interval '2 hours' returning 1)
     select 1 from m union all select 1 from e`,
  );
  return rows.length;
}
