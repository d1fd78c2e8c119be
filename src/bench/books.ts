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
      `select encode(d.digest, 'hex') as name, count(*)::int as times
       from messages m join deliveries d on d.id = m.delivery_id
       where m.sealed is not null group by d.digest`,
    );
    const nameOf = (digest: string) => names.get(digest) ?? digest;
    // Of what only fills the tables nobody was told.
    const events = await select(
      database,
      `select id from outbox where answer is not null or state <> 'done'`,
    );
    return {
      deliveries: countsOf(deliveries, nameOf),
      messages: countsOf(messages, nameOf),
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
