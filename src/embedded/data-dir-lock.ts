import { access, chmod, constants, lchown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigInvalid } from '../errors.ts';
import { codeOf, explained, isRoot, openDataDir } from './postgres/directories.ts';

const SQLITE_BUSY = 5;
const POLL_MS = 50;
const PATIENCE_MS = 1_000;

/**
 * One gateway per DATA_DIR. Node has no file locks of its own, SQLite takes real ones: the kernel
 * drops them however we die, and they are seen from other containers that mount the same folder,
 * which an abstract socket is not (it belongs to the network namespace).
 */
export async function lockDataDir(dataDir: string): Promise<{ release(): Promise<void> }> {
  const path = await openDataDir(dataDir);
  const file = join(path, 'gateway.lock');
  const database = openLockFile(file, path);
  try {
    await keepPrivate(file, path);
    // On a file it may only read, SQLite would quietly take a lock that others can share.
    // Never open and close this file by other means: that drops the lock of the whole process.
    await access(file, constants.R_OK | constants.W_OK);
    await lock(database);
  } catch (error) {
    database.close();
    throw isBusy(error) ? alreadyRunning(path) : unlockable(error, file, path);
  }
  const close = (): void => {
    if (database.isOpen) database.close();
  };
  // Besides being tidy, this keeps the lock from the garbage collector.
  process.once('exit', close);
  return {
    release: () => {
      process.off('exit', close);
      close();
      return Promise.resolve();
    },
  };
}

function openLockFile(file: string, dataDir: string): DatabaseSync {
  try {
    return new DatabaseSync(file);
  } catch (error) {
    throw unlockable(error, file, dataDir);
  }
}

function unlockable(error: unknown, file: string, dataDir: string): unknown {
  const told = explained(error, dataDir);
  if (!(told instanceof Error) || codeOf(told) !== 'ERR_SQLITE_ERROR') return told;
  return new ConfigInvalid([
    `DATA_DIR (${dataDir}) cannot be used: ${file} cannot be locked (${told.message}); check the owner of the folder, or name one on a local disk`,
  ]);
}

// The kernel needs a moment to bury a killed holder; who restarts it at once must not be refused.
async function lock(database: DatabaseSync): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      // In memory: a journal on disk would need room and would stay behind after a kill.
      database.exec('pragma journal_mode = memory; begin exclusive');
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
    }
    await sleep(POLL_MS);
  }
}

async function keepPrivate(file: string, dataDir: string): Promise<void> {
  // Whoever can open the file can take a lock on it.
  await chmod(file, 0o600);
  // A single start by root must not lock the folder's owner out.
  const owner = await stat(dataDir);
  if (isRoot()) await lchown(file, owner.uid, owner.gid);
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

const alreadyRunning = (dataDir: string): ConfigInvalid =>
  new ConfigInvalid([
    `DATA_DIR (${dataDir}): another gateway already runs on this folder; stop it first, or give this one a DATA_DIR of its own`,
  ]);
