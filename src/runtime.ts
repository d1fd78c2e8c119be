import { v7 as newId } from 'uuid';
import { handsMs, startWorkerProcess } from './beside.ts';
import type { Config } from './config.ts';
import type { ChannelModule, Environment, Tools } from './domain/channel.ts';
import { openSecrets } from './embedded/secrets.ts';
import { watchDisks } from './disk-watch.ts';
import { connectDemo, demoFor, demoVariable, startDemo } from './demo.ts';
import { type Keys, keysOf, openChannels, openStorage } from './foundation.ts';
import { fileTokens } from './http/attachments.ts';
import { createIntake } from './intake.ts';
import { openFallback } from './fallback.ts';
import { type Preparation, prepare } from './preparation.ts';
import { createLog, type Log } from './log.ts';
import { createMedia, type Media } from './media.ts';
import { createMetrics } from './metrics.ts';
import type { Parts, Role } from './parts.ts';
import { type QueueSource, redisPrefix } from './queue/connection.ts';
import { redisWarnings } from './queue/redis-check.ts';
import { createWake } from './queue/wake.ts';
import { createReleaseList, type ReleaseList } from './release.ts';
import { type Addresses, startServers } from './servers.ts';
import {
  type Connection,
  type Database,
  migrate,
  openDatabase,
  select,
  urlOf,
} from './store/database.ts';
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
  /** Given by whoever may have to end it all at once. */
  readonly release?: ReleaseList;
  /** So long a gateway that stops goes on answering: until balancers that ask /readyz send to another. */
  readonly lingerMs?: number;
};

export type Runtime = {
  readonly log: Log;
  readonly addresses: Addresses;
  readonly tellMetrics: () => Promise<readonly object[]>;
  readonly close: (withinMs?: number) => Promise<void>;
};

const tools: Tools = { fetch, now: Date.now, newId };

/** Builds everything and starts it. What was built is released again when building fails half-way. */
export async function startRuntime(options: Options): Promise<Runtime> {
  const { config, modules, role } = options;
  const secrets = openSecrets(config.dataDir);
  const keys = keysOf(config, secrets);
  const { release = createReleaseList() } = options;
  let log = createLog(config.logLevel, Object.values(keys).flat(), options.sink);
  try {
    const demo = await startDemo({ ...options, isGateway: takesIn(role) }, secrets, () => log);
    release.push('simulated providers', () => demo?.fakes?.close() ?? Promise.resolve());
    const channels = await openChannels(modules, { ...options, secrets, demo }, tools);
    log = createLog(config.logLevel, secretsOf(config, keys, channels), options.sink);
    const parts = await buildParts(options, { keys, channels, log, release, demo });
    const addresses = await startServers(parts, role);
    if (takesIn(role)) startDiskWatch(parts);
    if (demo) await connectDemo(demo, [...channels.keys()], gatewayUrl(addresses), log);
    if (role === 'all' && options.workersBeside) startBeside(parts, options, addresses);
    else if (role !== 'gateway') await startWork(parts, addresses, tools);
    const { lingerMs = 0 } = options;
    release.push(
      'readiness',
      async () => {
        parts.closing.abort();
        if (lingerMs > 0) await new Promise((resolve) => setTimeout(resolve, lingerMs));
      },
      { mostMs: lingerMs + 1000 },
    );
    const tellMetrics = () => parts.metrics.registry.getMetricsAsJSON();
    return { log, addresses, tellMetrics, close: (withinMs) => release.run(log, withinMs) };
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
    ...keys.coreSecrets.flatMap(fileTokens),
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
  const seal = createSeal(keys.dataKeys);
  const preparation = await prepare(
    {
      reach: () => select(database, 'select 1'),
      act: async () => {
        if (role !== 'hands') await migrate(connection);
        await pseudonymKey(database, seal); // fails before anything is moved in, if DATA_KEY is wrong
      },
    },
    // A gateway takes in without it; workers have nothing to do.
    { mayWait: takesIn(role) && config.databaseUrl !== null, log },
  );
  const queueSource: QueueSource = config.redisUrls
    ? { kind: 'redis', urls: config.redisUrls, prefix: redisPrefix }
    : { kind: 'postgres', connection };
  if (!preparation.isAway) await warn(role, config, database, log);
  const wake = createWake(queueSource, log);
  release.push('queues', () => wake.close());
  const media = takesIn(role) ? openMedia(config, begun) : null;
  const healthDatabase = open('health database', 2, 2500);
  const metrics = createMetrics(role === 'hands' ? null : () => countPending(healthDatabase));
  const { intake, fallback, asking } = await openIntake(takesIn(role), config, {
    ...{ open, preparation, seal, metrics, log, release, wake },
  });
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
    fallback,
    asking,
    queueSource,
    connection,
    tellers: [() => metrics.registry.getMetricsAsJSON()],
    closing: new AbortController(),
  };
}

type Taking = Pick<Parts, 'seal' | 'metrics' | 'log' | 'release' | 'wake'> & {
  readonly open: (name: string, poolSize: number, statementTimeoutMs: number) => Database;
  readonly preparation: Preparation;
};

/** With a spool where citizens are answered; a poller asks its provider again. */
async function openIntake(isGateway: boolean, { dataDir }: Config, taking: Taking) {
  const { open, preparation, seal, metrics, log, release } = taking;
  const stored = () => {
    taking.wake.wake('read', 0);
  };
  // Pools of their own, so that no backlog of work keeps a delivery from being stored.
  const fallback = isGateway
    ? await openFallback(dataDir, {
        ...preparation,
        database: open('spool database', 2, 5000),
        ...{ seal, stored, metrics, log, release },
      })
    : null;
  const database = open('intake database', 3, 5000);
  const intake = createIntake({ database, seal, fallback, stored });
  release.push('intake', () => intake.drain());
  // Whoever asks a provider asks again, rather than to move a cursor behind what is only spooled.
  const asking = fallback ? createIntake({ database, seal, fallback: null, stored }) : intake;
  return { intake, fallback, asking };
}

function startDiskWatch({ config, healthDatabase: database, metrics, log, release }: Parts): void {
  const { registry } = metrics;
  const watch = watchDisks({ config, database, registry, log, now: Date.now });
  release.push('disk watch', () => {
    watch.close();
    return Promise.resolve();
  });
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
async function warn(role: Role, config: Config, database: Database, log: Log): Promise<void> {
  if (role === 'hands') return; // the gateway beside has said it
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
  release.push('worker process', (withinMs) => beside.stop(withinMs), { mostMs: handsMs + 1000 });
  release.pushEnd(beside.end);
}

const portOf = (address: string): string => new URL(address).port;
