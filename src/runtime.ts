import { v7 as newId } from 'uuid';
import { startWorkerProcess } from './beside.ts';
import type { Config } from './config.ts';
import type { ChannelModule, Environment, Tools } from './domain/channel.ts';
import { openSecrets } from './embedded/secrets.ts';
import { connectDemo, demoFor, demoVariable, startDemo } from './demo.ts';
import { type Keys, keysOf, openChannels, openStorage } from './foundation.ts';
import { createIntake } from './intake.ts';
import { createLog, type Log } from './log.ts';
import { createMedia, type Media } from './media.ts';
import { createMetrics } from './metrics.ts';
import type { Parts, Role } from './parts.ts';
import { type QueueSource, redisPrefix } from './queue/connection.ts';
import { redisWarnings } from './queue/redis-check.ts';
import { createWake } from './queue/wake.ts';
import { createReleaseList } from './release.ts';
import { type Addresses, startServers } from './servers.ts';
import { type Connection, type Database, migrate, openDatabase, urlOf } from './store/database.ts';
import { countPending } from './store/lanes.ts';
import { durabilityWarnings, pseudonymKey } from './store/operation.ts';
import { createSeal } from './store/seal.ts';
import { startWork } from './work.ts';

export type Options = {
  readonly config: Config;
  readonly environment: Environment;
  readonly modules: readonly ChannelModule[];
  readonly role: Role;
  readonly sink: { write(line: string): void };
  /** With role `all`: the workers in a process of their own. */
  readonly workersBeside?: boolean;
};

export type Runtime = {
  readonly log: Log;
  readonly addresses: Addresses;
  readonly tellMetrics: () => Promise<readonly object[]>;
  readonly close: () => Promise<void>;
};

const tools: Tools = { fetch, now: Date.now, newId };

/** Builds everything and starts it. What was built is released again when building fails half-way. */
export async function startRuntime(options: Options): Promise<Runtime> {
  const { config, modules, role } = options;
  const secrets = openSecrets(config.dataDir);
  const keys = keysOf(config, secrets);
  const release = createReleaseList();
  let log = createLog(config.logLevel, Object.values(keys).flat(), options.sink);
  try {
    const demo = await startDemo({ ...options, isGateway: takesIn(role) }, secrets, () => log);
    release.push('simulated providers', () => demo?.fakes?.close() ?? Promise.resolve());
    const channels = await openChannels(modules, { ...options, secrets, demo }, tools);
    log = createLog(config.logLevel, secretsOf(config, keys, channels), options.sink);
    const parts = await buildParts(options, { keys, channels, log, release, demo });
    const addresses = await startServers(parts, role);
    if (demo) await connectDemo(demo, [...channels.keys()], gatewayUrl(addresses), log);
    if (role === 'all' && options.workersBeside) startBeside(parts, options, addresses);
    else if (role !== 'gateway') await startWork(parts, addresses, tools);
    release.push('readiness', () => {
      parts.closing.abort();
      return Promise.resolve();
    });
    const tellMetrics = () => parts.metrics.registry.getMetricsAsJSON();
    return { log, addresses, tellMetrics, close: () => release.run(log) };
  } catch (error) {
    await release.run(log);
    throw error;
  }
}

const gatewayUrl = (addresses: Addresses): string => addresses.public ?? '';

/** What no line of the log may hold. */
function secretsOf(config: Config, keys: Keys, channels: Parts['channels']): string[] {
  return [
    ...Object.values(keys).flat(),
    ...[...channels.values()].flatMap((open) => open.secrets),
    ...[config.databaseUrl, ...(config.redisUrls ?? [])].flatMap(passwordIn),
  ];
}

/** The password of an address, as it is written there and as it is meant. */
function passwordIn(address: string | null): string[] {
  const password = address === null ? '' : new URL(address).password;
  return password === '' ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone % is meant as one
  }
}

type Begun = Pick<Parts, 'keys' | 'channels' | 'log' | 'release' | 'demo'>;

async function buildParts({ config, role }: Options, begun: Begun): Promise<Parts> {
  const { keys, log, release } = begun;
  const connection: Connection =
    (role === 'worker' || role === 'hands') && config.databaseUrl !== null
      ? { connectionString: config.databaseUrl }
      : await openStorage(config, keys, release, log);
  const open = (name: string, poolSize: number, statementTimeoutMs: number) => {
    const opened = openDatabase(connection, { poolSize, statementTimeoutMs });
    release.push(name, () => opened.destroy());
    return opened;
  };
  const database = open('database', 20, 30_000);
  if (role !== 'hands') await migrate(database);
  const seal = createSeal(keys.dataKeys);
  await pseudonymKey(database, seal); // fails here, before anything is taken in, if DATA_KEY is wrong
  const queueSource: QueueSource = config.redisUrls
    ? { kind: 'redis', urls: config.redisUrls, prefix: redisPrefix }
    : { kind: 'postgres', connection };
  if (role !== 'hands') await warn(config, database, log);
  const wake = createWake(queueSource, log);
  release.push('queues', () => wake.close());
  // Of its own, so that no backlog of work keeps a delivery from being stored.
  const intake = createIntake({
    database: open('intake database', 3, 5000),
    seal,
    stored: () => {
      wake.wake('read', 0);
    },
  });
  release.push('intake', () => intake.drain());
  const media = takesIn(role) ? openMedia(config, begun) : null;
  const healthDatabase = open('health database', 2, 2500);
  const metrics = createMetrics(role === 'hands' ? null : () => countPending(healthDatabase));
  return {
    ...begun,
    config,
    database,
    healthDatabase,
    pagesDatabase: open('pages database', 5, 5000),
    seal,
    metrics,
    media,
    wake,
    intake,
    queueSource,
    connection,
    tellers: [() => metrics.registry.getMetricsAsJSON()],
    closing: new AbortController(),
  };
}

const takesIn = (role: Role): boolean => role === 'all' || role === 'gateway';

function openMedia({ mediaDir }: Config, { log, release }: Begun): Media {
  const media = createMedia({ folder: mediaDir, log, now: Date.now });
  release.push('media', () => {
    media.close();
    return Promise.resolve();
  });
  return media;
}

/** Settings of others that would lose what we promise to keep are said aloud. */
async function warn(config: Config, database: Database, log: Log): Promise<void> {
  const warnings = [
    ...(await durabilityWarnings(database)),
    ...(config.redisUrls ? await redisWarnings(config.redisUrls) : []),
  ];
  for (const warning of warnings) log.warn({}, warning);
}

/** The workers in a process of their own, told where everything is that we opened or made up. */
function startBeside(parts: Parts, { environment }: Options, addresses: Addresses): void {
  const { log, release, tellers, keys, connection, demo, channels } = parts;
  const beside = startWorkerProcess(
    {
      ...environment,
      PORT: portOf(addresses.public ?? ''),
      INTERNAL_PORT: portOf(addresses.internal),
      DATABASE_URL: urlOf(connection),
      DATA_KEY: keys.dataKeys.join(' '),
      ...(demo ? { [demoVariable]: demoFor(demo, [...channels.keys()]) } : {}),
    },
    log,
  );
  tellers.push(() => beside.metrics());
  release.push('worker process', () => beside.stop());
}

const portOf = (address: string): string => new URL(address).port;
