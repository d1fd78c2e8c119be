import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import { DATABASE, failure, openCluster, USER } from './postgres/cluster.ts';
import {
  explained,
  openDataDir,
  openServerLog,
  openSocketDir,
  PORT,
} from './postgres/directories.ts';
import type { SocketDir } from './postgres/directories.ts';
import { findHost, type Host } from './postgres/host.ts';
import { clearServers, removeStaleFiles, type Log } from './postgres/leftovers.ts';
import { locatePrograms } from './postgres/programs.ts';
import { untilReady, type Connection } from './postgres/ready.ts';

export type EmbeddedPostgres = {
  /** `host` is the folder of the unix socket: there is no port that two gateways could fight for. */
  readonly connection: Connection;
  readonly pid: number;
  /** Ends it within so long: in order if there is time, otherwise it recovers at its next start. */
  readonly stop: (withinMs?: number) => Promise<void>;
  /** Resolves when the server ends, wanted or not. */
  readonly exited: Promise<void>;
};

export type PostgresOptions = {
  readonly dataDir: string;
  readonly password: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Log;
  /** The folder with bin, lib and share; the one npm installed unless named. */
  readonly nativeDir?: string;
  /** Aborted: the server is ended without waiting, also while it starts; it recovers at its next start. */
  readonly signal?: AbortSignal;
};

type Server = {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly hasExited: () => boolean;
  readonly exited: Promise<void>;
};

const USUAL_STOP_MS = 20_000;
/** What ending it by force may take: told to quit, then killed. */
const FORCE_MS = 2000;

/** Starts PostgreSQL in DATA_DIR. Only for the holder of `lockDataDir`. */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = await openDataDir(options.dataDir);
  try {
    return await startIn(dataDir, options);
  } catch (error) {
    throw explained(error, dataDir);
  }
}

async function startIn(dataDir: string, options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { log, password, settings = {}, signal = new AbortController().signal } = options;
  const clusterDir = join(dataDir, 'postgres');
  const host = await findHost(options.nativeDir ?? locatePrograms(), dataDir, clusterDir);
  const socketDir = await openSocketDir(dataDir, host.runDir, host.launcher.owner);
  await clearServers(clusterDir, host.launcher, log);
  await removeStaleFiles(clusterDir, socketDir.path);
  const durable = settings['fsync'] !== 'off';
  await openCluster({ host, dataDir, clusterDir, password, durable, log });

  const serverLog = await openServerLog(dataDir, host.launcher.owner);
  try {
    const args = ['-D', clusterDir, ...flags(settings, socketDir.path)];
    const server = await launch(host, args, { clusterDir, logFd: serverLog.fd, signal });
    const place = { host, clusterDir, socketDir };
    const stop = once((withinMs = USUAL_STOP_MS) => stopServer(server, place, withinMs, log));
    const connection = {
      host: socketDir.path,
      port: PORT,
      user: USER,
      password,
      database: DATABASE,
    };
    try {
      await untilReady(connection, server.hasExited, log);
    } catch (error) {
      await stop();
      if (error instanceof AppError || !(error instanceof Error)) throw error;
      throw failure(`postgresql: ${error.message}`, await serverLog.tail(), dataDir);
    }
    log.info({ pid: server.pid, dataDir }, 'postgresql is ready');
    return { connection, pid: server.pid, stop, exited: server.exited };
  } finally {
    await serverLog.close();
  }
}

function flags(settings: Readonly<Record<string, string>>, socketDir: string): readonly string[] {
  const all = {
    // Details quote the rows at fault, that is, what people wrote to us.
    log_error_verbosity: 'terse',
    ...settings,
    listen_addresses: '',
    port: String(PORT),
    // A list, so a comma in the path must be quoted.
    unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"`,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

type Beginning = {
  readonly clusterDir: string;
  readonly logFd: number;
  readonly signal: AbortSignal;
};

async function launch(
  host: Host,
  args: readonly string[],
  { clusterDir, logFd, signal }: Beginning,
): Promise<Server> {
  signal.throwIfAborted();
  // The working directory is how a later run recognises this process, from its first moment.
  const child = host.launcher.start(join(host.native, 'bin', 'postgres'), args, {
    cwd: clusterDir,
    stdio: ['ignore', logFd, logFd],
  });
  // In a process group of its own it would outlive us if nobody ended it before it is ready.
  const giveUp = () => {
    endChild(child);
  };
  signal.addEventListener('abort', giveUp);
  let ended = false;
  const exited = new Promise<void>((done) => {
    child.once('exit', () => {
      ended = true;
      signal.removeEventListener('abort', giveUp);
      done();
    });
  });
  await new Promise<void>((done, fail) => {
    child.once('spawn', done).once('error', fail);
  });
  if (child.pid === undefined) throw new Error('a spawned process has a pid');
  return { child, pid: child.pid, hasExited: () => ended, exited };
}

type Place = {
  readonly host: Host;
  readonly clusterDir: string;
  readonly socketDir: SocketDir;
};

async function stopServer(
  server: Server,
  { host, clusterDir, socketDir }: Place,
  withinMs: number,
  log: Log,
): Promise<void> {
  if (!server.hasExited()) {
    server.child.kill('SIGINT'); // "fast": open transactions are rolled back, nothing is lost
    const fastMs = Math.max(0, withinMs - FORCE_MS);
    await Promise.race([server.exited, sleep(fastMs, undefined, { ref: false })]);
  }
  if (!server.hasExited()) {
    log.warn(
      { pid: server.pid },
      'postgresql does not stop; ending it, it will recover at its next start',
    );
    endServer(server);
    await Promise.race([server.exited, sleep(FORCE_MS / 4, undefined, { ref: false })]);
  }
  // Also ends the backends of a postmaster that died, or that ignored us.
  await clearServers(clusterDir, host.launcher, log, { fastMs: 0, quitMs: FORCE_MS / 4 });
  await server.exited;
  await socketDir.discard();
}

function endServer(server: Server): void {
  if (!server.hasExited()) endChild(server.child);
}

function endChild(child: ChildProcess): void {
  child.kill('SIGQUIT');
  child.kill('SIGCONT'); // a stopped process hears nothing else
}

function once(action: (withinMs?: number) => Promise<void>): (withinMs?: number) => Promise<void> {
  let running: Promise<void> | undefined;
  return (withinMs) => (running ??= action(withinMs));
}
