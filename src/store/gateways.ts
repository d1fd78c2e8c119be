import { z } from 'zod';
import { type Database, select } from './database.ts';

const answerSchema = z.object({ now: z.date(), others: z.coerce.number() });

/**
 * Says that a gateway is there, and that nothing it stored until `clearAt` is missing from the inbox (null:
 * it cannot say so now). Out: PostgreSQL's clock, and how many other gateways there are. Throws what the
 * driver throws.
 */
export async function announce(
  database: Database,
  name: string,
  clearAt: Date | null,
): Promise<z.infer<typeof answerSchema>> {
  const [row] = await select(
    database,
    `insert into gateways as g (name, clear_at, seen_at)
     values (?, coalesce(?::timestamptz, '-infinity'), now())
     on conflict (name) do update set
       clear_at = greatest(g.clear_at, excluded.clear_at), seen_at = now(), missed_at = null, left_at = null
     returning clock_timestamp() as now,
       (select count(*) from gateways o where o.left_at is null and o.name <> g.name) as others`,
    [name, clearAt],
    'announce gateway',
  );
  return answerSchema.parse(row);
}

/** Says that a gateway has ended and left nothing in its spool. Throws what the driver throws. */
export async function leave(database: Database, name: string): Promise<void> {
  await select(database, 'update gateways set left_at = now() where name = ?', [name]);
}

/** A gateway that is not heard of for so long is missed, and so long after that not waited for any more. */
const silentSeconds = 2;
const patienceSeconds = 10;

/**
 * Notes which gateways are missed while deliveries wait for them. Out: names of those that are not waited
 * for any more, from now on. Throws what the driver throws.
 */
export async function missGateways(database: Database): Promise<string[]> {
  const rows = await select(
    database,
    `update gateways set missed_at = coalesce(missed_at, now()),
       left_at = case when missed_at < now() - interval '${patienceSeconds} seconds' then now() end
     where left_at is null and seen_at < now() - interval '${silentSeconds} seconds'
     returning name, left_at`,
  );
  return rows.filter((row) => row['left_at'] !== null).map((row) => String(row['name']));
}

/** So long deliveries may wait for a gateway that is there before somebody should look. */
const longSeconds = 30;

/** Names of gateways for whose spool deliveries wait for long. Throws what the driver throws. */
export async function findHoldingBack(database: Database): Promise<string[]> {
  const rows = await select(
    database,
    `select name from gateways where left_at is null and clear_at <
       (select stored_at from deliveries where state = 'pending'
          and stored_at < now() - interval '${longSeconds} seconds' order by stored_at, id limit 1)`,
  );
  return rows.map((row) => String(row['name']));
}
