import knex, { type Knex } from 'knex';
import { Socket } from 'node:net';
import { migrations } from '../../migrations/index.ts';

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
  /** Ends a statement that hangs, and with it the connection. */
  readonly statementTimeoutMs: number;
};

/**
 * A pool of connections. Commits are synchronous whatever the server's default says: a 2xx promises
 * that the row survives a power cut. Throws nothing; the first query meets an unreachable server.
 */
export function openDatabase(connection: Connection, options: Options): Database {
  return knex({
    client: 'pg',
    connection: {
      ...connection,
      application_name: 'satu-pintu',
      statement_timeout: options.statementTimeoutMs,
      query_timeout: options.statementTimeoutMs + 1000,
      connectionTimeoutMillis: 5000,
      keepAlive: true,
      // Compiling a plan takes longer than any of our statements runs: each is a few index looks.
      options: '-c synchronous_commit=on -c jit=off -c idle_in_transaction_session_timeout=60000',
    },
    pool: {
      min: 0,
      max: options.poolSize,
      idleTimeoutMillis: 60_000,
      afterCreate: (client: unknown, done: (error: null, client: unknown) => void) => {
        endWhenWedged(client, options.statementTimeoutMs + 2000);
        done(null, client);
      },
    },
    acquireConnectionTimeout: 10_000,
    migrations: { migrationSource: migrations, tableName: 'migrations' },
    log: silent,
  });
}

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
 * Brings the schema up to date; safe from many processes at once (the later ones wait, then find
 * nothing to do). Throws what PostgreSQL says.
 */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.raw('select pg_advisory_xact_lock(1397051726, 0)');
    // Holding that lock, knex's own can only be left over from somebody who was killed.
    await database.migrate.forceFreeMigrationsLock();
    await database.migrate.latest({ disableMigrationsListValidation: true });
  });
}

/** What can be a column's value in a multi-row statement. */
type Value = string | number | boolean | Date | Buffer | null;

/**
 * One INSERT for many rows: an array per column instead of a placeholder per value, so that the
 * statement is the same for one row and for a thousand. In: column names with their PostgreSQL types
 * (a list as `integer[]`, its values as PostgreSQL writes them: `{1,2}`), rows in insert order, and
 * what follows (`on conflict …`, `returning …`). Out: what it returns.
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
  const arrays = names.map((name) => rows.map((row) => row[name] ?? null));
  const types = Object.entries(columns);
  const isList = (type: string) => type.endsWith('[]');
  // unnest would take a list of lists apart.
  const casts = types.map(([, type]) => `?::${isList(type) ? 'text' : type}[]`);
  const values = types.map(([name, type]) => (isList(type) ? `${name}::${type}` : name));
  return select(
    database,
    `insert into ${table} (${names.join(', ')}) select ${values.join(', ')}
     from unnest(${casts.join(', ')}) as given (${names.join(', ')}) ${then}`,
    arrays,
  );
}

/**
 * Runs a statement and gives its rows. With a `name` it is parsed once for each connection, which for
 * the statements of a judgement takes longer than running them; one name stands for one text.
 */
export async function select(
  database: Database,
  sql: string,
  bindings: readonly unknown[] = [],
  name?: string,
): Promise<Record<string, unknown>[]> {
  const raw = database.raw(sql, [...bindings].map(bindable));
  const result: unknown = await (name === undefined ? raw : raw.options({ name }));
  if (typeof result !== 'object' || result === null || !('rows' in result)) return [];
  const rows: unknown = result.rows;
  return Array.isArray(rows) ? rows.filter(isRow) : [];
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
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
 * Whether PostgreSQL rejected the data itself (SQLSTATE classes 22 data exception, 23 integrity, 54
 * limit), so that the same statement will fail again. Everything else may pass later.
 */
export function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(22|23|54)/.test(String(error.code));
}
