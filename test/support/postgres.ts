import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type EmbeddedPostgres, startPostgres } from '../../src/embedded/postgres.ts';
import { type Connection, type Database, migrate, openDatabase } from '../../src/store/database.ts';

/** One server for the whole run, one migrated template, a database of its own for whoever asks. */
let server: EmbeddedPostgres | undefined;
let folder = '';

/** Test files run in processes of their own: this variable tells them where the server is. */
const variable = 'SATU_PINTU_TEST_POSTGRES';

const connectionSchema = z.object({
  host: z.string(),
  port: z.number(),
  user: z.string(),
  password: z.string(),
  database: z.string(),
});

const silent = { info: () => undefined, warn: () => undefined };

export async function startTestPostgres(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'satu-pintu-test-'));
  server = await startPostgres({
    dataDir: folder,
    password: randomBytes(16).toString('hex'),
    // Tests that pull plugs start servers of their own; this one may be fast.
    settings: { fsync: 'off', synchronous_commit: 'off', max_connections: '400' },
    log: silent,
  });
  process.env[variable] = JSON.stringify(server.connection);
  await withAdmin((admin) => admin.raw('create database template_migrated'));
  await migrate(connectionTo('template_migrated'));
}

export async function stopTestPostgres(): Promise<void> {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}

export type TestDatabase = {
  readonly connection: Connection;
  /** For DATABASE_URL. */
  readonly url: string;
  readonly database: Database;
  readonly drop: () => Promise<void>;
};

/** A database cloned from the migrated template (or an empty one), dropped by `drop`. */
export async function createTestDatabase(
  template: 'template_migrated' | 'template0' = 'template_migrated',
): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withAdmin((admin) => admin.raw(`create database ${name} template ${template}`));
  const connection = connectionTo(name);
  const database = openDatabase(connection, { poolSize: 10, statementTimeoutMs: 30_000 });
  const { host, user, password } = connection;
  return {
    connection,
    url: `postgresql://${user}:${password}@localhost/${name}?host=${encodeURIComponent(host)}`,
    database,
    drop: async () => {
      await database.destroy();
      await withAdmin((admin) => admin.raw(`drop database ${name} with (force)`));
    },
  };
}

function connectionTo(database: string) {
  const told = process.env[variable];
  if (told === undefined) {
    throw new Error('PostgreSQL was not started: is test/support/global.ts required?');
  }
  return { ...connectionSchema.parse(JSON.parse(told)), database };
}

async function withAdmin(act: (admin: Database) => Promise<unknown>): Promise<void> {
  const admin = openDatabase(connectionTo('postgres'), {
    poolSize: 1,
    statementTimeoutMs: 60_000,
  });
  try {
    await act(admin);
  } finally {
    await admin.destroy();
  }
}
