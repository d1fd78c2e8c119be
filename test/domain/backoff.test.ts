import { expect } from 'chai';
import { backoffMs } from '../../src/domain/backoff.ts';

const bounds = { firstMs: 1000, mostMs: 60_000 };

describe('backoffMs', () => {
  const rows: readonly (readonly [tries: number, least: number, most: number])[] = [
    [1, 500, 1000],
    [2, 1000, 2000],
    [3, 2000, 4000],
    [6, 16_000, 32_000],
    [7, 30_000, 60_000],
    [100, 30_000, 60_000],
    [5000, 30_000, 60_000],
  ];
  for (const [tries, least, most] of rows) {
    it(`waits ${least} to ${most} ms after try ${tries}`, () => {
      expect(backoffMs(tries, bounds, 0)).to.equal(least);
      expect(backoffMs(tries, bounds, 1)).to.equal(most);
      expect(backoffMs(tries, bounds, 0.5)).to.equal((least + most) / 2);
    });
  }

  it('never waits longer than its bound, whatever the first wait is', () => {
    expect(backoffMs(1, { firstMs: 5000, mostMs: 100 }, 1)).to.equal(100);
  });
});
