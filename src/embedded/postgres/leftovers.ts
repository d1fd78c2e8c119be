import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigInvalid } from '../../errors.ts';
import { codeOf, orMissing, SOCKET_FILE } from './directories.ts';
import { launchersFor, run, type Launcher } from './launcher.ts';

export type Log = {
  readonly info: (fields: object, message: string) => void;
  readonly warn: (fields: object, message: string) => void;
};

const POLL_MS = 50;
const FAST_MS = 20_000;
// Told to quit, a postmaster gives its processes five seconds.
const QUIT_MS = 6_000;
const LONE_QUIT_MS = 1_000;
// A person may stand in the folder with a shell or an editor: only these are ours to signal.
const programs = ['postgres', 'initdb', 'setpriv'];

/** Every server process that works in this folder, whoever started it. */
async function serversIn(dir: string, launcher: Launcher): Promise<readonly number[]> {
  const folder = await orMissing(stat(dir, { bigint: true }));
  if (folder === undefined) return [];
  const found: number[] = [];
  const hidden: number[] = [];
  for (const pid of await candidates()) {
    try {
      const cwd = await stat(`/proc/${pid}/cwd`, { bigint: true });
      if (cwd.dev === folder.dev && cwd.ino === folder.ino) found.push(pid);
    } catch (error) {
      if (codeOf(error) === 'EACCES') hidden.push(pid);
    }
  }
  return [...found, ...(await askAsServer(dir, hidden, launcher))];
}

async function candidates(): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const names = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, index) => programs.includes((names[index] ?? '').trim()));
}

// In a container root is not allowed to look at other users' processes. Their own user is.
async function askAsServer(
  dir: string,
  pids: readonly number[],
  launcher: Launcher,
): Promise<readonly number[]> {
  if (pids.length === 0 || launcher.owner === undefined) return [];
  const script = 'for pid; do test "/proc/$pid/cwd" -ef "$0" && echo "$pid"; done; true';
  const { output } = await run(launcher, 'sh', ['-c', script, dir, ...pids.map(String)]);
  return output.split('\n').filter(Boolean).map(Number);
}

/** How long each way of asking may take. `fastMs` 0: it was asked to end in order already. */
type Patience = { readonly fastMs: number; readonly quitMs: number };

const patient: Patience = { fastMs: FAST_MS, quitMs: QUIT_MS };

/** Ends what an earlier run left working in this folder; returns when nothing is left. */
export async function clearServers(
  dir: string,
  launcher: Launcher,
  log: Log,
  { fastMs, quitMs } = patient,
): Promise<void> {
  const pids = await serversIn(dir, launcher);
  if (pids.length === 0) return;
  log.warn({ pids, dir }, 'stopping postgresql processes that were left behind');
  const postmaster = await postmasterOf(dir);
  const led = postmaster !== undefined && pids.includes(postmaster);
  if (led && fastMs > 0) {
    signal([postmaster], 'SIGINT');
    if (await gone(dir, launcher, fastMs)) return;
  }
  for (const last of ['SIGQUIT', 'SIGKILL'] as const) {
    signal(await serversIn(dir, launcher), last);
    if (await gone(dir, launcher, led ? quitMs : Math.min(quitMs, LONE_QUIT_MS))) return;
  }
  const left = (await serversIn(dir, launcher)).join(', ');
  throw new ConfigInvalid([
    `DATA_DIR: processes of an earlier run still work in ${dir} and cannot be ended (pid ${left}); end them, then start again`,
  ]);
}

/** The same for a folder whose programs nobody is about to start. */
export async function endLeftovers(dir: string, log: Log): Promise<void> {
  const [launcher] = await launchersFor(dir);
  if (launcher !== undefined) await clearServers(dir, launcher, log);
}

async function postmasterOf(dir: string): Promise<number | undefined> {
  const file = await orMissing(readFile(join(dir, 'postmaster.pid'), 'utf8'));
  return file === undefined ? undefined : Number.parseInt(file, 10);
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }
}

async function gone(dir: string, launcher: Launcher, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if ((await serversIn(dir, launcher)).length === 0) return true;
    await sleep(POLL_MS);
  }
  return false;
}

/**
 * To be called when no server is left: a pid in these files may belong to somebody else by now,
 * and PostgreSQL would refuse to start because of it.
 */
export async function removeStaleFiles(clusterDir: string, socketDir: string): Promise<void> {
  const socket = join(socketDir, SOCKET_FILE);
  if (await answers(socket)) {
    throw new ConfigInvalid([
      `DATA_DIR: a PostgreSQL server that this gateway cannot see (in another container, or of another user) still answers at ${socket}; stop it first`,
    ]);
  }
  for (const file of [join(clusterDir, 'postmaster.pid'), socket, `${socket}.lock`]) {
    await rm(file, { force: true });
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((done) => {
    const client = connect(socket);
    const finish = (open: boolean) => () => {
      client.destroy();
      done(open);
    };
    client.once('connect', finish(true)).once('error', finish(false));
  });
}
