import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { freePort } from '../../src/bench/free-port.ts';
import { redisServerPath } from '../support/debian.ts';

export type OwnRedis = Awaited<ReturnType<typeof startOwnRedis>>;

/** A real Redis with its append-only file, on a port of its own, that comes back with its data. */
export async function startOwnRedis(folder: string) {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const command = redisServerPath();
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
  ].concat(['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']);
  let child: ChildProcess;

  const on = async (): Promise<void> => {
    child = spawn(command, args, { stdio: 'ignore', detached: true });
    const client = patientClient(port);
    await client.ping();
    client.disconnect();
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  await on();
  return {
    url: `redis://127.0.0.1:${port}`,
    on,
    off: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    flush: async () => {
      const client = patientClient(port);
      await client.flushall();
      client.disconnect();
    },
    /** Jobs that wait, are worked on or are put off, by list. */
    openJobs: async (): Promise<Record<string, number>> => {
      const client = patientClient(port);
      const open: Record<string, number> = {};
      for (const key of await client.keys('*:satu-pintu-*')) {
        const [, list = ''] = /:(wait|active|prioritized|delayed)$/.exec(key) ?? [];
        if (list === '') continue;
        const isList = list === 'wait' || list === 'active';
        const count = isList ? await client.llen(key) : await client.zcard(key);
        if (count > 0) open[key] = count;
      }
      client.disconnect();
      return open;
    },
    close: () => end('SIGTERM'),
    destroy: () => {
      child.kill('SIGKILL');
    },
  };
}

function patientClient(port: number): Redis {
  const options = { maxRetriesPerRequest: null, retryStrategy: () => 50 };
  const client = new Redis(`redis://127.0.0.1:${port}`, options);
  client.on('error', () => undefined); // it is starting
  return client;
}
