import { createPostgresBackend, type Job, type JobsOptions, Queue, Worker } from 'bullmq';
import { Cluster, Redis } from 'ioredis';
import type { Connection } from '../store/database.ts';
import type { Stage } from '../store/lanes.ts';
import { queueNames } from './jobs.ts';
import { openPostgresQueue, openPostgresWorker } from './postgres.ts';
import { soon } from '../wait.ts';

/** Where the jobs are: Redis (several addresses: a cluster), or PostgreSQL. */
export type QueueSource =
  | { readonly kind: 'redis'; readonly urls: readonly string[]; readonly prefix: string }
  | { readonly kind: 'postgres'; readonly connection: Connection };

/** In a cluster, all keys of a queue must share a slot: the braces see to that. */
export const redisPrefix = '{satu-pintu}';

type Patience = 'fail-fast' | 'for-ever';

/**
 * A request must not wait for a queue that is away, a worker must: these are different clients.
 */
export function connectRedis(urls: readonly string[], patience: Patience): Redis | Cluster {
  const redisOptions =
    patience === 'fail-fast'
      ? { maxRetriesPerRequest: 0, commandTimeout: 2000, connectTimeout: 2000 }
      : { maxRetriesPerRequest: null };
  const retryStrategy = (times: number) => Math.min(times * 100, 2000);
  const enableOfflineQueue = patience === 'for-ever';
  const [first, ...others] = urls;
  if (first !== undefined && others.length === 0) {
    return new Redis(first, { ...redisOptions, enableOfflineQueue, retryStrategy });
  }
  const nodes = urls.map((url) => new URL(url));
  return new Cluster(
    nodes.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 6379) })),
    {
      clusterRetryStrategy: retryStrategy,
      enableOfflineQueue,
      redisOptions: {
        ...redisOptions,
        ...(nodes[0]?.username ? { username: decodeURIComponent(nodes[0].username) } : {}),
        ...(nodes[0]?.password ? { password: decodeURIComponent(nodes[0].password) } : {}),
        ...(nodes[0]?.protocol === 'rediss:' ? { tls: {} } : {}),
      },
    },
  );
}

type OnError = (error: Error) => void;

export type OpenQueue = {
  readonly add: (name: string, data: { lane: number }, options: JobsOptions) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

/** Opens a queue to add to. `onError` hears of lost connections, again and again while they last. */
export function openQueue(source: QueueSource, stage: Stage, onError: OnError): OpenQueue {
  if (source.kind === 'redis') {
    const connection = connectRedis(source.urls, 'fail-fast');
    connection.on('error', onError);
    const queue = new Queue(queueNames[stage], {
      connection,
      prefix: source.prefix,
      skipWaitingForReady: true,
      // Asked before the connection is up, and a client that fails fast would never get over the answer.
      skipVersionCheck: true,
    });
    queue.on('error', onError);
    return {
      add: (name, data, options) => queue.add(name, data, options),
      close: async () => {
        await soon(queue.close(), closeQueueMs);
        connection.disconnect();
      },
    };
  }
  return openPostgresQueue(source.connection, stage, onError);
}

/** A Redis that hangs is not waited for: what it still holds is a wake-up, the work is in rows. */
const closeQueueMs = 1000;
const closeWorkerMs = 3000;

type Process = (job: Job) => Promise<void>;

export type OpenWorker = { readonly close: () => Promise<void> };

/** Opens a worker. Rows are the work and the sweeper looks after them: no job is kept or retried. */
export function openWorker(
  source: QueueSource,
  stage: Stage,
  { process, concurrency, onError }: { process: Process; concurrency: number; onError: OnError },
): OpenWorker {
  const options = {
    concurrency,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
    stalledInterval: 10_000,
    lockDuration: 30_000,
  };
  if (source.kind === 'redis') {
    const connection = connectRedis(source.urls, 'for-ever');
    connection.on('error', onError);
    const worker = new Worker(queueNames[stage], process, {
      ...options,
      connection,
      prefix: source.prefix,
    });
    worker.on('error', onError);
    return {
      close: async () => {
        // Without Redis it would wait for Redis; what runs is waited for by who runs it.
        await soon(worker.close(connection.status !== 'ready'), closeWorkerMs);
        connection.disconnect();
      },
    };
  }
  return openPostgresWorker(source.connection, onError, (connection) => {
    const given = { ...options, connection, autorun: false };
    return new Worker(queueNames[stage], process, given, createPostgresBackend);
  });
}
