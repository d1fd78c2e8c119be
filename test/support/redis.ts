import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../src/bench/free-port.ts';
import { redisServerPath } from './debian.ts';

/** A Redis of a test's own: a real server on a free port, persistent as production should be. */
export type TestRedis = {
  readonly url: string;
  readonly port: number;
  readonly stop: () => Promise<void>;
  /** As a power cut would: no good-bye to anybody. */
  readonly kill: () => Promise<void>;
  /** It hangs: takes connections and answers nothing, until it is resumed. */
  readonly pause: () => void;
  readonly resume: () => void;
};

const started: TestRedis[] = [];

export async function startTestRedis(
  settings: readonly string[] = [],
  onPort?: number,
): Promise<TestRedis> {
  const redisServer = redisServerPath();
  const folder = await mkdtemp(join(tmpdir(), 'satu-pintu-redis-'));
  const port = onPort ?? (await freePort());
  const child = spawn(
    redisServer,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
      .concat(['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'])
      .concat(settings),
    { stdio: 'ignore' },
  );
  const url = `redis://127.0.0.1:${port}`;
  await untilAnswers(url);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await ended(child, signal);
    await rm(folder, { recursive: true, force: true });
  };
  const redis = {
    ...{ url, port, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
  };
  started.push(redis);
  return redis;
}

/** Ends what this file's tests have started and not ended. */
export async function stopTestRedis(): Promise<void> {
  await Promise.all(started.splice(0).map((redis) => redis.stop()));
}

async function untilAnswers(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  redis.on('error', () => undefined); // it is starting
  await redis.ping();
  redis.disconnect();
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.kill(signal);
  });
}
