import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { sync } from '../media/folder.ts';

export type Numbers = {
  /** A number nobody has; null when none is left. */
  readonly take: () => string | null;
  /** Leases more when few are left. Out: how many. Throws what the lease throws. */
  readonly refill: () => Promise<number>;
  /** Writes down which are left, so that a number that was taken is never taken again. */
  readonly save: () => Promise<void>;
};

type Options = {
  readonly folder: string;
  /** Numbers that were promised already, whatever the file says. */
  readonly used: ReadonlySet<string>;
  /** Which of these are still leased: a database may have been put back to an earlier day. */
  readonly check: (numbers: readonly string[]) => Promise<readonly string[]>;
  /** So many new ones, which from then on are ours alone. */
  readonly lease: (count: number) => Promise<readonly string[]>;
  readonly most?: number;
};

const stock = z.array(z.string());

/**
 * Tracking numbers leased beforehand, for forms that are sent while PostgreSQL is away. They stand in a
 * file, so that a gateway that starts without PostgreSQL has them too.
 */
export function openNumbers({ folder, used, check, lease, most = 5000 }: Options): Numbers {
  const path = join(folder, 'numbers.json');
  let left = readStock(path).filter((number) => !used.has(number));

  const write = async (): Promise<void> => {
    const part = `${path}.part`;
    const handle = await open(part, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify(left));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, path);
    await sync(dirname(path));
  };
  let writing: Promise<void> = Promise.resolve();
  /** Without a file no number is told twice either; with an old one it could be. */
  const save = (): Promise<void> => {
    writing = writing.then(write).catch(() => rm(path, { force: true }));
    return writing;
  };

  return {
    take: () => left.pop() ?? null,
    save,
    refill: async () => {
      const before = left;
      const kept = new Set(await check(before));
      left = left.filter((number) => kept.has(number) || !before.includes(number));
      if (left.length > most / 2) return 0;
      const leased = await lease(most - left.length);
      left = [...left, ...leased];
      await save();
      return leased.length;
    },
  };
}

function readStock(path: string): string[] {
  try {
    return stock.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? [];
  } catch {
    return []; // none leased yet, or the file is no use: new ones are leased
  }
}
