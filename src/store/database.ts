import { hash } from 'node:crypto';
import knex, { type Knex } from 'knex';
import { Socket } from 'node:net';
import pg from 'pg';
import { migrations } from '../../migrations/index.ts';
import { Unavailable } from '../errors.ts';
import { column, type Value } from './column.ts';

/** How to reach PostgreSQL, in the words of node-pg. */
export type Connection =
  | { readonly connectionString: string }
  | {
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
    };

/** The same as an address, for DATABASE_URL. */
export function urlOf(connection: Connection): string {
  if ('connectionString' in connection) return connection.connectionString;
  const { user, password, database, host, port } = connection;
  return `postgresql://${user}:${password}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

/** A pool or a transaction: whatever can run a statement. */
export type Database = Knex;

/** knex would write to stdout, where our lines are; whoever asked hears of the error anyway. */
const nothing = () => undefined;
const silent = { debug: nothing, warn: nothing, error: nothing, deprecate: nothing };

type Options = {
  readonly poolSize: number;
  /** Ends a statement that hangs, and with it the connection; null: a statement may take as long as it needs. */
  readonly statementTimeoutMs: number | null;
};

/**
 * A pool of connections. Commits are synchronous whatever the server's default says: a 2xx promises
 * that the row survives a power cut. Throws nothing; the first query meets an unreachable server.
 */
export function openDatabase(
  connection: Connection,
  { poolSize, statementTimeoutMs }: Options,
): Database {
  return knex({
    client: 'pg',
    connection: {
      ...connection,
      application_name: 'satu-pintu',
      connectionTimeoutMillis: 5000,
      keepAlive: true,
      ...(statementTimeoutMs === null ? unlimited : limited(statementTimeoutMs)),
    },
    pool: {
      min: 0,
      max: poolSize,
      idleTimeoutMillis: 60_000,
      afterCreate: (client: unknown, done: (error: null, client: unknown) => void) => {
        if (statementTimeoutMs !== null) endWhenWedged(client, statementTimeoutMs + 2000);
        done(null, client);
      },
    },
    acquireConnectionTimeout: 10_000,
    migrations: { migrationSource: migrations, tableName: 'migrations' },
    log: silent,
  });
}

// Compiling a plan takes longer than any of our statements runs: each is a few index looks.
const settings = '-c synchronous_commit=on -c jit=off';

const limited = (statementTimeoutMs: number) => ({
  statement_timeout: statementTimeoutMs,
  query_timeout: statementTimeoutMs + 1000,
  options: `${settings} -c idle_in_transaction_session_timeout=60000`,
});

/** Zero switches a limit off, also one that the server sets for this role or database. */
const unlimited = {
  options: `${settings} -c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0`,
};

/**
 * A server that vanished without a word leaves its connections waiting. pg gives up on the statement
 * only, and the pool would hand out the dead connection again: end it, so that the next is a new one.
 */
function endWhenWedged(client: unknown, silentMs: number): void {
  if (typeof client !== 'object' || client === null || !('connection' in client)) return;
  const { connection } = client;
  if (typeof connection !== 'object' || connection === null || !('stream' in connection)) return;
  const { stream } = connection;
  if (!(stream instanceof Socket)) return;
  stream.setTimeout(silentMs, () => {
    if ('readyForQuery' in client && client.readyForQuery === false) stream.destroy();
  });
}

/**
 * Brings the schema up to date, however long that takes; safe from many processes at once (the later ones
 * wait, then find nothing to do). One connection does it all: the lock belongs to its session, so that the
 * lock lasts exactly as long as who migrates. Throws what PostgreSQL says.
 */
export async function migrate(
  connection: Connection,
  source: Knex.MigrationSource<unknown> = migrations,
): Promise<void> {
  const database = openDatabase(connection, { poolSize: 1, statementTimeoutMs: null });
  try {
    await database.raw('select pg_advisory_lock(1397051726, 0)');
    // Holding that lock, knex's own can only be left over from somebody who was killed.
    await database.migrate.forceFreeMigrationsLock();
    await database.migrate.latest({
      disableMigrationsListValidation: true,
      migrationSource: source,
    });
  } finally {
    await database.destroy();
  }
}

/**
 * One INSERT for many rows: an array per column instead of a placeholder per value, so that the
 * statement is the same for one row and for a thousand, and is parsed once for each connection. In:
 * column names with their PostgreSQL types (a list as `integer[]`, its values as PostgreSQL writes
 * them: `{1,2}`), rows in insert order, and what follows (`on conflict …`, `returning …`). Out: what it
 * returns.
 */
export async function insertRows(
  database: Database,
  table: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly Readonly<Record<string, Value>>[],
  then = '',
): Promise<Record<string, unknown>[]> {
  if (rows.length === 0) return [];
  const names = Object.keys(columns);
  // unnest would take a list of lists apart.
  const isList = (type: string) => type.endsWith('[]');
  const types = Object.values(columns).map((type) => (isList(type) ? 'text' : type));
  const values = Object.entries(columns).map(([name, type]) =>
    isList(type) ? `${name}::${type}` : name,
  );
  const sql = `insert into ${table} (${names.join(', ')}) select ${values.join(', ')}
     from unnest(${types.map((type) => `?::${type}[]`).join(', ')}) as given (${names.join(', ')}) ${then}`;
  const arrays = types.map((type, at) =>
    column(
      type,
      rows.map((row) => row[names[at] ?? ''] ?? null),
    ),
  );
  return select(database, sql, arrays, hash('sha256', sql, 'base64url'));
}

/**
 * Runs a statement, `?` for each binding, and gives its rows. With a `name` it is parsed once for each
 * connection, which for the statements of a judgement takes longer than running them; one name stands
 * for one text. Not through knex's own `raw`, which takes longer than the driver and the server do.
 */
export async function select(
  database: Database,
  sql: string,
  bindings: readonly unknown[] = [],
  name?: string,
): Promise<Record<string, unknown>[]> {
  let place = 0;
  const text = sql.replaceAll('?', () => `$${(place += 1)}`);
  if (place !== bindings.length) {
    throw new RangeError(`${bindings.length} bindings for ${place} places`);
  }
  const pool = poolOf(database);
  const client = await pool.acquireConnection();
  try {
    if (!(client instanceof pg.Client)) throw new Unavailable('not a connection of PostgreSQL');
    const { rows } = await client.query<Record<string, unknown>>({
      ...(name === undefined ? {} : { name }),
      text,
      values: bindings.map(bindable),
    });
    return rows;
  } finally {
    await pool.releaseConnection(client);
  }
}

/** Where knex keeps connections; of a transaction it is always the one. */
type Pool = {
  acquireConnection(): Promise<unknown>;
  releaseConnection(connection: unknown): Promise<unknown>;
};

function poolOf(database: Database): Pool {
  // After its end its connection is somebody else's.
  if (isTransaction(database) && database.isCompleted()) {
    throw new Unavailable('the transaction has ended'); // its connection was lost: another try may do
  }
  const pool: unknown = database.client;
  if (!isPool(pool)) throw new TypeError('not a database');
  return pool;
}

function isTransaction(database: Database): database is Knex.Transaction {
  return database.isTransaction === true;
}

function isPool(value: unknown): value is Pool {
  return typeof value === 'object' && value !== null && 'acquireConnection' in value;
}

function bindable(value: unknown): Knex.Value {
  if (isBindable(value)) return value;
  throw new TypeError(`cannot bind a ${typeof value}`);
}

function isBindable(value: unknown): value is Knex.Value {
  return Array.isArray(value)
    ? value.every(isBindable)
    : value === null ||
        ['string', 'number', 'boolean'].includes(typeof value) ||
        value instanceof Date ||
        Buffer.isBuffer(value);
}

/**
 * Whether PostgreSQL rejected the data itself (SQLSTATE classes 21 cardinality, 22 data exception, 23 integrity, 54
 * limit), so that the same statement will fail again. Everything else may pass later.
 */
export function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(21|22|23|54)/.test(String(error.code));
}
