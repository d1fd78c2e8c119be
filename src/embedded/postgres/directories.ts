import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, open, realpath, rename, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { AppError, ConfigInvalid } from '../../errors.ts';

export type Owner = { readonly uid: number; readonly gid: number };
export type SocketDir = { readonly path: string; readonly discard: () => Promise<void> };
export type ServerLog = {
  readonly fd: number;
  readonly tail: () => Promise<string>;
  readonly close: () => Promise<void>;
};

export const PORT = 5432;
export const SOCKET_FILE = `.s.PGSQL.${PORT}`;
const SOCKET_PATH_LIMIT = 107;
const LOG_LIMIT_BYTES = 20 * 1024 * 1024;
const TAIL_BYTES = 4096;

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

export const isRoot = (): boolean => process.getuid?.() === 0;

/** Answers `undefined` where nothing is, and throws everything else. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const remedies = new Map([
  ['ENOSPC', 'the disk is full; free some space'],
  ['EDQUOT', 'the disk quota is used up; free some space'],
  ['EROFS', 'it is on a read-only file system; name a folder that can be written'],
  ['EACCES', 'this user may not write there; change its owner, or name another folder'],
  ['EPERM', 'this user may not change it; change its owner, or name another folder'],
  ['ENOTDIR', 'a part of the path is a file; name a folder'],
  ['EEXIST', 'it is a file; name a folder'],
  ['ENAMETOOLONG', 'the path is too long; name a shorter one'],
]);

/** Turns what the file system says about DATA_DIR into words for the person who set it. */
export function explained(error: unknown, dataDir: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const remedy = remedies.get(codeOf(error) ?? '');
  if (remedy === undefined) return error;
  return new ConfigInvalid([`DATA_DIR (${dataDir}) cannot be used: ${remedy} (${error.message})`]);
}

/** Creates DATA_DIR when it is missing and answers its real path. */
export async function openDataDir(dataDir: string): Promise<string> {
  const path = resolve(dataDir);
  // PostgreSQL refuses root and runs as somebody else, who must be able to walk through.
  const mode = isRoot() ? 0o711 : 0o700;
  try {
    const first = await mkdir(path, { recursive: true, mode });
    for (let made = path; first !== undefined; made = dirname(made)) {
      await chmod(made, mode); // mkdir's mode is cut by the umask
      if (made === first) break;
    }
    return await realpath(path);
  } catch (error) {
    // What Node says about a folder to be made on a read-only file system.
    if (codeOf(error) === 'ENOENT') {
      throw new ConfigInvalid([
        `DATA_DIR (${path}) cannot be made: is the file system read-only? Name another folder`,
      ]);
    }
    throw explained(error, path);
  }
}

/** A folder that belongs to the server's user alone. */
export async function openOwnDir(
  path: string,
  owner: Owner | undefined,
  trusted: boolean,
): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  const found = await lstat(path);
  const acceptable = [process.getuid?.(), owner?.uid].includes(found.uid) || (trusted && isRoot());
  if (!found.isDirectory() || !acceptable) {
    throw new ConfigInvalid([
      `DATA_DIR: ${path} belongs to somebody else (uid ${found.uid}) or is no folder; remove it, or start the gateway as its owner`,
    ]);
  }
  if ((found.mode & 0o777) !== 0o700) await chmod(path, 0o700);
  if (owner !== undefined && found.uid !== owner.uid) await handOver(path, owner);
}

async function handOver(path: string, owner: Owner): Promise<void> {
  try {
    await chown(path, owner.uid, owner.gid);
  } catch (error) {
    throw new ConfigInvalid([
      `DATA_DIR: PostgreSQL refuses to run as root, and root may not hand ${path} over to another user here (${String(error)}); start the gateway as an ordinary user, give the container CAP_CHOWN, CAP_SETUID and CAP_SETGID, or set DATABASE_URL`,
    ]);
  }
}

/** The kernel allows about a hundred bytes for a socket's path: a deep DATA_DIR gets a short one. */
export async function openSocketDir(
  dataDir: string,
  runDir: string,
  owner: Owner | undefined,
): Promise<SocketDir> {
  if (fits(runDir)) return { path: runDir, discard: () => Promise.resolve() };
  const name = `satu-pintu-${createHash('sha256').update(dataDir).digest('hex').slice(0, 24)}`;
  // root's TMPDIR is often root's alone.
  const short = join(owner === undefined ? tmpdir() : '/tmp', name);
  const path = fits(short) ? short : join('/tmp', name);
  await openOwnDir(path, owner, false);
  return { path, discard: () => rmdir(path).catch(() => undefined) };
}

const fits = (dir: string): boolean =>
  Buffer.byteLength(join(dir, SOCKET_FILE)) < SOCKET_PATH_LIMIT;

/** The server writes to a file and not to us, so that our death does not break its output. */
export async function openServerLog(dataDir: string, owner: Owner | undefined): Promise<ServerLog> {
  const path = join(dataDir, 'postgres.log');
  const before = await orMissing(stat(path));
  if ((before?.size ?? 0) > LOG_LIMIT_BYTES) await rename(path, `${path}.1`);
  const file = await open(path, 'a+', 0o600);
  // A single start by root must not lock the owner out.
  if (owner !== undefined) await file.chown(owner.uid, owner.gid);
  const start = (await file.stat()).size;
  return {
    fd: file.fd,
    tail: async () => {
      const { size } = await file.stat();
      const length = Math.min(size - start, TAIL_BYTES);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString().trim();
    },
    close: () => file.close(),
  };
}
