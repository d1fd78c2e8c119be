import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { type Check, failed, passed, warned } from '../domain/check.ts';
import { findRunning } from '../embedded/postgres/running.ts';
import { openSecrets } from '../embedded/secrets.ts';
import { keysOf } from '../foundation.ts';
import { redisTrouble } from './redis.ts';
import { redisWarnings } from '../queue/redis-check.ts';
import { AppError } from '../errors.ts';
import { type Connection, type Database, openDatabase } from '../store/database.ts';
import { inspectServer, openIncidents, opensWhatIsKept } from '../store/inspection.ts';
import { beat, durabilityWarnings } from '../store/operation.ts';
import { createSeal } from '../store/seal.ts';
import { within } from '../wait.ts';

const OLDEST_VERSION = 14;
/** Whoever asks the doctor has no time: a server that is well answers at once. */
const ANSWER_WITHIN_MS = 4000;

/** PostgreSQL: there, recent, migrated, writable, safe; and DATA_KEY opens what is kept in it. */
export async function databaseChecks(config: Config): Promise<readonly Check[]> {
  const connection = await connectionOf(config);
  if (connection === null) {
    return [
      warned(
        'database',
        `no gateway runs on DATA_DIR (${config.dataDir}), so its own PostgreSQL is not there to be checked`,
        'Start it (npm start), then run doctor again.',
      ),
    ];
  }
  const database = openDatabase(connection, { poolSize: 1, statementTimeoutMs: ANSWER_WITHIN_MS });
  try {
    return await within(ANSWER_WITHIN_MS, checksOf(database, config), lateWords);
  } catch (error) {
    return [unreachable(config, codeOf(error))];
  } finally {
    // A connection to a server that hangs is not waited for.
    void database.destroy().catch(() => undefined);
  }
}

const lateWords = `no answer in ${ANSWER_WITHIN_MS / 1000} s`;

/** Made-up secrets are only read: making them is the gateway's business. */
const hasSecrets = ({ dataDir }: Config): boolean => existsSync(join(dataDir, 'secrets.json'));

async function connectionOf(config: Config): Promise<Connection | null> {
  if (config.databaseUrl !== null) return { connectionString: config.databaseUrl };
  if (!hasSecrets(config)) return null;
  return findRunning(config.dataDir, keysOf(config, openSecrets(config.dataDir)).postgresPassword);
}

async function checksOf(database: Database, config: Config): Promise<readonly Check[]> {
  const { majorVersion, pending } = await inspectServer(database);
  if (majorVersion < OLDEST_VERSION) {
    const says = `PostgreSQL ${majorVersion} is too old`;
    return [failed('database', says, `Use PostgreSQL ${OLDEST_VERSION} or newer.`)];
  }
  if (pending.length > 0) {
    const says = `PostgreSQL ${majorVersion}; not migrated: ${pending.join(', ')}`;
    return [failed('database', says, 'npm run migrate, or start the gateway, which migrates too.')];
  }
  const warnings = await durabilityWarnings(database);
  return [
    await writing(database, majorVersion),
    warnings.length === 0
      ? passed('durability', 'commits survive a power cut')
      : warned(
          'durability',
          warnings.join('; '),
          'Set fsync, full_page_writes and synchronous_commit to on, in a primary server.',
        ),
    await dataKey(database, config),
    ...(await incidents(database)),
  ];
}

async function writing(database: Database, majorVersion: number): Promise<Check> {
  try {
    await beat(database, 'doctor');
    return passed('database', `PostgreSQL ${majorVersion}, migrated, takes writes`);
  } catch (error) {
    return failed(
      'database',
      `PostgreSQL ${majorVersion} does not take writes (${codeOf(error)})`,
      'It must be the primary server, with room on its disk, and DATABASE_URL must name the owner of the tables.',
    );
  }
}

/** What the gateway has noticed and nobody has ended. */
async function incidents(database: Database): Promise<readonly Check[]> {
  const open = await openIncidents(database);
  const told = open.slice(0, mostIncidents).map(({ kind, subject, detail, openedAt, count }) => {
    const since = openedAt.toISOString().slice(0, 16).replace('T', ' ');
    const others = count > 1 ? `, and ${count - 1} more such` : '';
    const says = `open since ${since} UTC: ${kind} ${subject}, ${detail}${others}`;
    return warned('incident', says, incidentRemedies[kind] ?? 'It ends by itself when it is over.');
  });
  const more = open.length - told.length;
  return more > 0 ? [...told, warned('incident', `and ${more} more`, 'As above.')] : told;
}

const mostIncidents = 5;

const incidentRemedies: Readonly<Record<string, string>> = {
  core: 'Ask whoever runs the core. Events wait, in order, and go on by themselves.',
  event: 'npm run held -- list shows what the core does not take; replay or discard it.',
  disk: 'Make room on that disk, or give it a larger one.',
};

async function dataKey(database: Database, config: Config): Promise<Check> {
  const name = 'data key';
  const keys = config.dataKeys ?? (hasSecrets(config) ? keysIn(config) : null);
  if (keys === null) return passed(name, 'is made at the first start');
  const opens = await opensWhatIsKept(database, createSeal(keys));
  if (opens === null) return passed(name, 'nothing is kept yet');
  return opens
    ? passed(name, 'opens what is kept')
    : failed(
        name,
        'DATA_KEY does not open what is kept in this database',
        'Put every key that ever sealed into DATA_KEY, separated by spaces, the newest first. Without them the data is lost.',
      );
}

const keysIn = (config: Config): readonly string[] =>
  keysOf(config, openSecrets(config.dataDir)).dataKeys;

const remedies: Readonly<Record<string, string>> = {
  '28P01': 'User or password in DATABASE_URL is wrong.',
  '28000': 'pg_hba.conf of the server does not let this user in from here.',
  '3D000': 'Make the database (createdb), or correct its name in DATABASE_URL.',
  '42501': 'The user in DATABASE_URL must own the tables.',
  ENOTFOUND: 'The host in DATABASE_URL is unknown: check its name.',
  '53300': 'Too many connections: raise max_connections of the server.',
};

const meanwhile = 'Meanwhile a running gateway takes deliveries into its spool.';

function unreachable(config: Config, code: string): Check {
  const where = config.databaseUrl === null ? `PostgreSQL in ${config.dataDir}` : 'DATABASE_URL';
  const hangs = code === lateWords || code === '57014';
  const remedy =
    remedies[code] ??
    (hangs
      ? 'It hangs, or the network swallows what we send: look at its log, its disk and its load; restart it.'
      : 'Check that PostgreSQL runs and this machine may connect to it.');
  return failed('database', `${where} cannot be used (${code})`, `${remedy} ${meanwhile}`);
}

// The message of the driver repeats addresses and rows.
function codeOf(error: unknown): string {
  const hasCode = error instanceof Error && !(error instanceof AppError) && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : lateWords;
}

/** Redis, where it is used: there, and keeps what it is given. */
export async function redisChecks({ redisUrls }: Config): Promise<readonly Check[]> {
  if (redisUrls === null) return [passed('redis', 'not used: wake-ups go through PostgreSQL')];
  const trouble = await redisTrouble(redisUrls);
  if (trouble !== null) {
    const remedy =
      'Start it, and check host, port and password in REDIS_URL. Until then work goes on, slower.';
    return [failed('redis', `cannot be used (${trouble})`, remedy)];
  }
  const warnings = await redisWarnings(redisUrls);
  return warnings.length === 0
    ? [passed('redis', 'keeps what it is given')]
    : warnings.map((warning) =>
        warned('redis', warning, 'Set this in redis.conf and restart Redis.'),
      );
}
