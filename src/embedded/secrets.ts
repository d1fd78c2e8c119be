import { createHmac, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigInvalid } from '../errors.ts';

const file = z.object({ seed: z.base64() });

export type Secrets = {
  /** A stable secret by name: 64 hexadecimal digits. */
  readonly hex: (name: string) => string;
  readonly base64: (name: string) => string;
};

/**
 * Made-up secrets of this DATA_DIR: one random seed, made once, in a file only its owner reads. All
 * others follow from it. The file appears whole or not at all, and the first of two starters wins.
 */
export function openSecrets(dataDir: string): Secrets {
  const path = join(dataDir, 'secrets.json');
  try {
    // Readable by name only: as root, PostgreSQL runs as another user and must get to its folder.
    if (mkdirSync(dataDir, { recursive: true })) chmodSync(dataDir, 0o711);
    makeOnce(path);
    return secretsIn(path);
  } catch (error) {
    throw new ConfigInvalid([`DATA_DIR is not usable: ${path} cannot be made or read`], {
      cause: error,
    });
  }
}

/** Those of a folder that has some; null where none can be read. */
export function findSecrets(folder: string): Secrets | null {
  const path = join(folder, 'secrets.json');
  try {
    return existsSync(path) ? secretsIn(path) : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null; // damaged
    throw error;
  }
}

function secretsIn(path: string): Secrets {
  const parsed = file.parse(JSON.parse(readFileSync(path, 'utf8')));
  const seed = Buffer.from(parsed.seed, 'base64');
  const derive = (name: string) => createHmac('sha256', seed).update(name).digest();
  return {
    hex: (name) => derive(name).toString('hex'),
    base64: (name) => derive(name).toString('base64'),
  };
}

function makeOnce(path: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ seed: randomBytes(32).toString('base64') }), {
    mode: 0o600,
    flush: true,
  });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
