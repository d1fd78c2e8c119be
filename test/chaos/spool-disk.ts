import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The disk of a gateway's spool, which can be full. */
export type SpoolDisk = {
  readonly how: string;
  readonly fill: (pid: number | null) => void;
  readonly empty: (pid: number | null) => void;
  readonly close: () => void;
};

const sizeMb = 256;

/**
 * Makes a small disk for DATA_DIR/spool: a tmpfs where root may mount one, filled with a file. Elsewhere
 * the gateway's right to write files is taken away while it runs (RLIMIT_FSIZE), which looks alike to it.
 */
export function makeSpoolDisk(dataDir: string): SpoolDisk {
  const folder = join(dataDir, 'spool');
  mkdirSync(folder, { recursive: true });
  return mounted(folder) ?? limited();
}

function mounted(folder: string): SpoolDisk | null {
  try {
    const options = `size=${sizeMb}m,mode=0700`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const filler = join(folder, '.filler');
  return {
    how: `a tmpfs of ${sizeMb} MiB below the spool, filled to its last byte`,
    fill: () => {
      writeUntilFull(filler);
    },
    empty: () => {
      rmSync(filler, { force: true });
    },
    close: () => {
      // Lazily: what a killed process still holds open must not keep it.
      execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
    },
  };
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const bytes of [Buffer.alloc(1024 * 1024), Buffer.alloc(4096)]) {
      while (hasRoom(file, bytes));
    }
  } finally {
    closeSync(file);
  }
}

function hasRoom(file: number, bytes: Uint8Array): boolean {
  try {
    return writeSync(file, bytes) > 0;
  } catch {
    return false;
  }
}

function limited(): SpoolDisk {
  const limit = (pid: number | null, size: string): void => {
    if (pid !== null) execFileSync('prlimit', ['--pid', String(pid), `--fsize=${size}`]);
  };
  return {
    how: 'RLIMIT_FSIZE of 0 on the running gateways (no tmpfs can be mounted here)',
    fill: (pid) => {
      limit(pid, '0:');
    },
    empty: (pid) => {
      limit(pid, 'unlimited:');
    },
    close: () => undefined,
  };
}
