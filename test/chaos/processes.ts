import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { holds } from './chance.ts';
import { added, ask, type Figures, scrape } from './metrics.ts';

const root = join(import.meta.dirname, '../..');

export type Ending = { readonly code: number | null; readonly ms: number };

/** A process of the product, and who starts it again when it ends by itself, as systemd would. */
export type Product = Awaited<ReturnType<typeof startProduct>>;

type Plan = {
  readonly name: string;
  readonly role: 'gateway' | 'worker';
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  readonly internalPort: number;
  readonly folder: string;
};

const comeBackMs = 500;
const upWithinMs = 60_000;

export async function startProduct(plan: Plan) {
  const { name, role, environment, port, internalPort, folder } = plan;
  await mkdir(folder, { recursive: true });
  const logFile = join(folder, `${name}.log`);
  const past: Figures[] = [];
  const deaths: string[] = [];
  let child: ChildProcess | null = null;
  let isWanted = false;
  let endings = 0;

  const launch = (): void => {
    const log = openSync(logFile, 'a');
    const started = spawn(process.execPath, ['src/main.ts', role], {
      cwd: root,
      env: { ...environment },
      stdio: ['ignore', log, log],
      detached: true, // Ctrl-C is ours to pass on
    });
    closeSync(log);
    child = started;
    started.once('exit', (code, signal) => {
      endings += 1;
      if (child === started) child = null;
      if (!isWanted) return;
      deaths.push(`${name} ended by itself (${signal ?? `code ${code}`})`);
      setTimeout(() => {
        if (isWanted && child === null) launch();
      }, comeBackMs);
    });
  };
  const start = async (): Promise<void> => {
    isWanted = true;
    if (child === null) launch();
    const isUp = async () => (await ask(internalPort, '/healthz', 1000))?.status === 200;
    if (await holds(isUp, upWithinMs, 50)) return;
    throw new Error(`${name} does not start: ${readFileSync(logFile, 'utf8').slice(-1500)}`);
  };
  /** What this life has counted; it is over for the figures, a moment early. */
  const keepFigures = async (): Promise<void> => {
    const figures = await scrape(internalPort, 500);
    if (figures) past.push(figures);
  };
  const end = async (signal: NodeJS.Signals): Promise<Ending> => {
    isWanted = false;
    const ending = child;
    const startedAt = Date.now();
    if (ending === null) return { code: null, ms: 0 };
    const code = await new Promise<number | null>((resolve) => {
      ending.once('exit', resolve);
      ending.kill(signal);
    });
    return { code, ms: Date.now() - startedAt };
  };
  return {
    name,
    role,
    port,
    internalPort,
    logFile,
    pid: () => child?.pid ?? null,
    start,
    /** Lets it come up by itself; for when it cannot yet. */
    launch: () => {
      isWanted = true;
      if (child === null) launch();
    },
    kill: async (): Promise<void> => {
      await keepFigures();
      await end('SIGKILL');
    },
    terminate: async (): Promise<Ending> => {
      await keepFigures();
      return end('SIGTERM');
    },
    /** Figures of all its lives. */
    figures: async (): Promise<Figures> => {
      const now = await scrape(internalPort);
      return added(now ? [...past, now] : past);
    },
    /** What it says of this moment; null when it does not answer. */
    gauges: (): Promise<Figures | null> => scrape(internalPort),
    /** How often it has ended: with an end, some of what it counted was never told. */
    endings: () => endings,
    deaths: () => [...deaths],
    stop: async (): Promise<void> => {
      const ended = end('SIGTERM');
      await Promise.race([ended, sleep(30_000, undefined, { ref: false })]);
      child?.kill('SIGKILL');
      await ended;
    },
    destroy: () => {
      isWanted = false;
      child?.kill('SIGKILL');
    },
  };
}
