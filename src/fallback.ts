import { randomInt } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

import { join } from 'node:path';
import { v7 as newId, validate } from 'uuid';
import { newPromisedNumber } from './domain/tracking-number.ts';
import { tellSpool } from './metrics.ts';
import type { Preparation } from './preparation.ts';
import type { ReleaseList } from './release.ts';
import { openSpool } from './spool.ts';
import { createFallback, type Fallback, type FallbackDeps } from './spool/fallback.ts';
import { openNumbers } from './spool/numbers.ts';
import { leaseNumbers, stillLeased } from './store/claims.ts';

type Given = Pick<FallbackDeps, 'database' | 'seal' | 'stored' | 'log'> &
  Preparation & {
    readonly metrics: FallbackDeps['metrics'] & Parameters<typeof tellSpool>[0];
    readonly release: ReleaseList;
  };

/** Where a gateway's spool is. */
export const spoolFolder = (dataDir: string): string => join(dataDir, 'spool');

/** Opens the spool in DATA_DIR and what goes with it. Throws ConfigInvalid when it cannot be written. */
export async function openFallback(dataDir: string, given: Given): Promise<Fallback> {
  const { log, release, metrics, database } = given;
  const folder = spoolFolder(dataDir);
  const newNumber = () => newPromisedNumber(randomInt);
  const spool = await openSpool({ folder, log });
  const numbers = openNumbers({
    folder,
    used: new Set(spool.claims.map(({ number }) => number)),
    check: (candidates) => stillLeased(database, candidates),
    lease: (count) => leaseNumbers(database, Array.from({ length: count }, newNumber)),
  });
  tellSpool(metrics, spool.status);
  const fallback = createFallback({ ...given, name: nameIn(folder), spool, numbers, newNumber });
  release.push('spool', () => fallback.close(), { mostMs: 6000 });
  return fallback;
}

/** A gateway keeps its name with its spool: others wait for what is in it. */
function nameIn(folder: string): string {
  const path = join(folder, 'gateway');
  const found = nameAt(path);
  if (found !== null) return found;
  const name = newId();
  try {
    writeFileSync(`${path}.part`, name, { mode: 0o600 });
    renameSync(`${path}.part`, path);
  } catch {
    // A full disk is no reason not to start; the next start takes another name.
  }
  return name;
}

function nameAt(path: string): string | null {
  try {
    const name = readFileSync(path, 'utf8');
    return validate(name) ? name : null;
  } catch {
    return null;
  }
}
