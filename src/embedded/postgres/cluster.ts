import { chmod, chown, lchown, mkdir, open, readdir, readFile } from 'node:fs/promises';
import { rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigInvalid } from '../../errors.ts';
import { isRoot, orMissing, type Owner } from './directories.ts';
import type { Host } from './host.ts';
import { run } from './launcher.ts';
import { clearServers, type Log } from './leftovers.ts';

export const USER = 'satu_pintu';
export const DATABASE = 'satu_pintu';
const LINES_SHOWN = 8;

export type ClusterPlan = {
  readonly host: Host;
  readonly dataDir: string;
  readonly clusterDir: string;
  readonly password: string;
  /** False only where a lost machine may lose the data: tests. */
  readonly durable: boolean;
  readonly log: Log;
};

/** Makes the cluster when there is none, and checks the one that is there. */
export async function openCluster(plan: ClusterPlan): Promise<void> {
  const staging = join(plan.dataDir, 'postgres.new');
  // An initdb that outlived its gateway would go on writing below our hands.
  await clearServers(join(staging, 'data'), plan.host.launcher, plan.log);
  await rm(staging, { recursive: true, force: true });
  const { clusterDir } = plan;
  const version = await orMissing(readFile(join(clusterDir, 'PG_VERSION'), 'utf8'));
  if (version !== undefined) {
    checkVersion(version.trim(), plan.host.major, clusterDir);
    await claim(clusterDir, plan.host.launcher.owner);
    return;
  }
  await removeEmpty(clusterDir);
  await createCluster(plan, staging);
}

function checkVersion(found: string, bundled: string, clusterDir: string): void {
  if (found === bundled) return;
  throw new ConfigInvalid([
    `DATA_DIR: ${clusterDir} was made by PostgreSQL ${found}, the built-in one is PostgreSQL ${bundled} and cannot read it; dump it with PostgreSQL ${found} (pg_dumpall) and load the dump into an empty DATA_DIR, or serve it with PostgreSQL ${found} and set DATABASE_URL`,
  ]);
}

// A folder restored by root (cp -r, tar) has root's ownership and loose permissions: PostgreSQL
// accepts neither.
async function claim(clusterDir: string, owner: Owner | undefined): Promise<void> {
  const found = await stat(clusterDir);
  if (isRoot() && owner !== undefined && found.uid !== owner.uid) {
    await chown(clusterDir, owner.uid, owner.gid);
    for (const entry of await readdir(clusterDir, { recursive: true })) {
      await lchown(join(clusterDir, entry), owner.uid, owner.gid);
    }
  }
  if (!isRoot() && found.uid !== process.getuid?.()) {
    throw new ConfigInvalid([
      `DATA_DIR: ${clusterDir} belongs to another user (uid ${found.uid}); start the gateway as that user or as root, or change the owner of the whole folder`,
    ]);
  }
  if ((found.mode & 0o027) !== 0) await chmod(clusterDir, 0o700);
}

async function removeEmpty(clusterDir: string): Promise<void> {
  const entries = await orMissing(readdir(clusterDir));
  if (entries === undefined) return;
  if (entries.length === 0) {
    await rmdir(clusterDir);
    return;
  }
  throw new ConfigInvalid([
    `DATA_DIR: ${clusterDir} holds files but no PostgreSQL cluster (PG_VERSION is missing); move it away, or name another DATA_DIR`,
  ]);
}

/** Built aside and renamed when complete, so that a kill in the middle leaves nothing half-made. */
async function createCluster(plan: ClusterPlan, staging: string): Promise<void> {
  const { launcher, native } = plan.host;
  const data = join(staging, 'data');
  const passwordFile = join(staging, 'password');
  try {
    await mkdir(staging, { mode: 0o700 });
    await mkdir(data, { mode: 0o700 });
    await writeFile(passwordFile, `${plan.password}\n`, { mode: 0o600 });
    if (launcher.owner !== undefined) {
      const { uid, gid } = launcher.owner;
      for (const path of [staging, data, passwordFile]) await chown(path, uid, gid);
    }
    const args = ['-D', data, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
    const flags = ['--no-locale', '-E', 'UTF8', ...(plan.durable ? [] : ['--no-sync'])];
    const { code, output } = await run(
      launcher,
      join(native, 'bin', 'initdb'),
      [...args, ...flags],
      data,
    );
    if (code !== 0) throw failure('initdb failed', output, plan.dataDir);
    await rename(data, plan.clusterDir);
    await syncDir(plan.dataDir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** What the programs say about a full disk is only in their words. */
export function failure(what: string, output: string, dataDir: string): Error {
  const end = output.split('\n').slice(-LINES_SHOWN).join('\n');
  if (!/No space left on device|Disk quota exceeded/.test(end)) {
    return new Error(`${what}: ${end}`);
  }
  return new ConfigInvalid([
    `DATA_DIR (${dataDir}) cannot be used: the disk is full; free some space (${what}: ${end})`,
  ]);
}

async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir);
  await handle.sync();
  await handle.close();
}
