import { openDatabase, select } from '../store/database.ts';
import type { Connection } from '../store/database.ts';
import type { Books } from './ledger.ts';

type Stored = Pick<Books, 'deliveries' | 'messages' | 'events'>;

/** What the product's own database holds. `names`: of each request, by the digest of its delivery. */
export async function booksOf(
  connection: Connection,
  names: ReadonlyMap<string, string>,
): Promise<Stored> {
  const database = openDatabase(connection, { poolSize: 1, statementTimeoutMs: 120_000 });
  try {
    const deliveries = await select(
      database,
      `select encode(digest, 'hex') as name, count(*)::int as times from deliveries group by digest`,
    );
    const messages = await select(
      database,
      `select event_id as name, count(*)::int as times from messages
       where sealed is not null group by event_id`,
    );
    // Of what only fills the tables nobody was told.
    const events = await select(
      database,
      `select id from outbox where answer is not null or state <> 'done'`,
    );
    return {
      deliveries: countsOf(deliveries, (digest) => names.get(digest) ?? digest),
      messages: countsOf(messages, (name) => name),
      events: events.map(({ id }) => String(id)),
    };
  } finally {
    await database.destroy();
  }
}

function countsOf(
  rows: readonly Record<string, unknown>[],
  nameOf: (name: string) => string,
): ReadonlyMap<string, number> {
  return new Map(rows.map(({ name, times }) => [nameOf(String(name)), Number(times)]));
}
