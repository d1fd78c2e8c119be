import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../src/bench/texts.ts';

/** Choices that are the same for the same seed. */
export type Chance = {
  readonly random: () => number;
  /** A whole number, both ends included. */
  readonly between: (least: number, most: number) => number;
  readonly happens: (share: number) => boolean;
  readonly pick: <Item>(items: readonly Item[]) => Item | undefined;
};

export function createChance(seed: number): Chance {
  const random = createRandom(seed);
  const between = (least: number, most: number) =>
    least + Math.floor(random() * (most - least + 1));
  return {
    random,
    between,
    happens: (share) => random() < share,
    pick: (items) => items[between(0, items.length - 1)],
  };
}

/** Waits until `check` holds, looking often. Out: whether it came to hold in time. */
export async function holds(
  check: () => Promise<boolean>,
  ms: number,
  everyMs = 100,
): Promise<boolean> {
  const end = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > end) return false;
    await sleep(everyMs);
  }
  return true;
}
