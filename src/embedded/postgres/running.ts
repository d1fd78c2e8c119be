import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DATABASE, USER } from './cluster.ts';
import { orMissing, PORT } from './directories.ts';
import type { Connection } from './ready.ts';

/**
 * The PostgreSQL that a running gateway keeps in DATA_DIR, for a command beside it; null when none
 * runs there (postmaster.pid, line 5, names the folder of its socket).
 */
export async function findRunning(dataDir: string, password: string): Promise<Connection | null> {
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
  const text = await orMissing(readFile(pidFile, 'utf8'));
  const host = text?.split('\n')[4]?.trim();
  return host ? { host, port: PORT, user: USER, password, database: DATABASE } : null;
}
