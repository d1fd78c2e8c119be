import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ConfigInvalid } from '../../errors.ts';
import { codeOf } from './directories.ts';
import type { Log } from './leftovers.ts';

export type Connection = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
};

const POLL_MS = 50;
const PATIENCE_MS = 3_000;
const LIMIT_MS = 120_000;
const refusals = ['28P01', '28000'];

/** Waits until the server takes connections (it may have to recover first); makes the database. */
export async function untilReady(
  connection: Connection,
  hasExited: () => boolean,
  log: Log,
): Promise<void> {
  const started = Date.now();
  let told = false;
  let last: unknown;
  while (Date.now() - started < LIMIT_MS) {
    if (hasExited()) throw new Error('the server ended while it started');
    try {
      await ensureDatabase(connection);
      return;
    } catch (error) {
      last = refused(error);
    }
    if (!told && Date.now() - started > PATIENCE_MS) {
      told = true;
      log.info({}, 'postgresql is still starting, most likely recovering after a crash');
    }
    await sleep(POLL_MS);
  }
  throw new Error(`the server is not ready after ${LIMIT_MS / 1000} s`, { cause: last });
}

// The database remembers the password of the day it was made: asking again cannot help.
function refused(error: unknown): unknown {
  if (!refusals.includes(codeOf(error) ?? '')) return error;
  throw new ConfigInvalid([
    'DATA_DIR: the database in it was made with another password; put the old one back, or name another DATA_DIR',
  ]);
}

async function ensureDatabase(connection: Connection): Promise<void> {
  const client = new Client({ ...connection, database: 'postgres', ssl: false });
  // Without a listener, a server that dies in between would end the gateway.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const name = connection.database;
    const found = await client.query('select from pg_database where datname = $1', [name]);
    if (found.rowCount === 0)
      await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}
