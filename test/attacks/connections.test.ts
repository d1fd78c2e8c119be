import { setTimeout as pause } from 'node:timers/promises';
import { startTarget, type Target, withstands } from '../support/attack.ts';

describe('one stranger who holds connections', () => {
  let target: Target;

  before(async () => {
    target = await startTarget();
  });

  after(async () => {
    await target.stop();
  });

  it('locks nobody out with 1,000 that say nothing', async () => {
    await withstands(target, async ({ open }) => {
      for (let count = 0; count < 1000; count += 100) {
        await Promise.all(Array.from({ length: 100 }, () => open()));
      }
      await pause(2000);
    });
  });
});
