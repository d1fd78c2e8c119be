import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './gateway.ts';
import { freePort } from '../../src/bench/free-port.ts';

const root = join(import.meta.dirname, '../..');

/** A folder of one installation's data, and ports nobody uses. */
export async function makeHome() {
  const dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-tree-'));
  const port = await freePort();
  const internalPort = await freePort();
  return {
    dataDir,
    url: `http://127.0.0.1:${port}`,
    internalUrl: `http://127.0.0.1:${internalPort}`,
    environment: {
      ...withoutOurs(process.env),
      PORT: String(port),
      INTERNAL_PORT: String(internalPort),
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
    },
    remove: async () => {
      // A test that failed has left its processes; they would keep the run from ending.
      for (const pid of processesOf(dataDir)) kill(pid);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The environment without anything that would configure us. */
function withoutOurs(environment: NodeJS.ProcessEnv): Record<string, string> {
  const ours =
    /^(TWILIO|X|FACEBOOK|TELEGRAM|ROUTING|DATA|DATABASE|REDIS)_|^(PUBLIC_URL|TRUST_PROXY)$/;
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || ours.test(name) ? [] : [[name, value]],
    ),
  );
}

export type Home = Awaited<ReturnType<typeof makeHome>>;

/** `npm start` as a user runs it: a tree of npm, shell, gateway and PostgreSQL. */
export async function startTree(home: Home, environment: Readonly<Record<string, string>> = {}) {
  const child = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: { ...home.environment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, as a terminal makes one
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  await eventually(
    `ready, it says: ${output}`,
    async () => {
      if (child.exitCode !== null) throw new Error(`npm start ended: ${output}`);
      return (await fetch(`${home.internalUrl}/readyz`).catch(() => null))?.ok;
    },
    60_000,
  );
  return {
    child,
    output: () => output,
    exited: () => exitOf(child),
    /** Ctrl-C at the terminal: the whole foreground group hears it, and npm passes it on as well. */
    ctrlC: () => process.kill(-(child.pid ?? 0), 'SIGINT'),
    /** kill -9 of every process that belongs to this installation. */
    killAll: async () => {
      const done = exitOf(child);
      for (const pid of [...processesOf(home.dataDir), child.pid ?? 0]) kill(pid);
      await done;
      await eventually('everything dead', () =>
        Promise.resolve(processesOf(home.dataDir).length === 0),
      );
    },
  };
}

/** Processes of an installation: those with its DATA_DIR in their environment or as working folder. */
export function processesOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return (
          readlinkSync(`/proc/${pid}/cwd`).startsWith(dataDir) ||
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`DATA_DIR=${dataDir}\0`)
        );
      } catch {
        return false; // it ended meanwhile, or is not ours to look at
      }
    })
    .map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // dead already: its parent's end took it along
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('exit', resolve));
}
