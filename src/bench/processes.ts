import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { UpstreamUnavailable } from '../errors.ts';
import { heardFrom } from './threads.ts';

const source = join(import.meta.dirname, '..');

export type Running = { readonly port: number; readonly stop: () => Promise<void> };

/** Bare Express in a process of its own. */
export async function startEcho(): Promise<Running> {
  const child = fork(join(source, 'bench/echo.ts'));
  const port = await new Promise<unknown>((resolve) => child.once('message', resolve));
  return {
    port: Number(port),
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

const manifest = z.object({ scripts: z.object({ start: z.string() }) });

export type Product = { readonly pid: number; readonly stop: () => Promise<void> };

/** The product, as `npm start` runs it, with the flags that Node gets there. */
export async function startProduct(
  environment: Readonly<Record<string, string>>,
): Promise<Product> {
  const { scripts } = manifest.parse(
    JSON.parse(await readFile(join(source, '../package.json'), 'utf8')),
  );
  const child = fork(join(source, 'main.ts'), ['all'], {
    execArgv: scripts.start.split(' ').filter((word) => word.startsWith('--')),
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = `http://127.0.0.1:${environment['INTERNAL_PORT'] ?? ''}/readyz`;
  await until('the product is ready', 60_000, async () => {
    if (child.exitCode !== null) throw new UpstreamUnavailable('the product did not start');
    return (await fetch(ready).catch(() => null))?.ok ?? false;
  });
  return { pid: child.pid ?? 0, stop: () => stopped(child) };
}

export type CountingCore = {
  readonly url: string;
  /** How often it was told of what, by event id. */
  readonly seen: () => Promise<ReadonlyMap<string, number>>;
  /** How busy it was since this was last asked, 0 to 1. */
  readonly busy: () => number;
  readonly stop: () => Promise<void>;
};

/** A core that answers at once, in a thread of its own. */
export async function startCountingCore(): Promise<CountingCore> {
  const thread = new Worker(new URL('./counting-core.ts', import.meta.url));
  const port = String(await heardFrom(thread));
  let before = thread.performance.eventLoopUtilization();
  return {
    url: `http://127.0.0.1:${port}/events`,
    seen: async () => {
      thread.postMessage('seen');
      return seenSchema.parse(await heardFrom(thread));
    },
    busy: () => {
      const now = thread.performance.eventLoopUtilization();
      const { utilization } = thread.performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
    stop: async () => {
      await thread.terminate();
    },
  };
}

const seenSchema = z.map(z.string(), z.number());

/** Waits until `check` holds, looking ten times a second. */
export async function until(
  what: string,
  ms: number,
  check: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > end) throw new UpstreamUnavailable(`gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
