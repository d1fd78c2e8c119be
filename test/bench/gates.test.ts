import { expect } from 'chai';
import { gatesOf, missed, type Run } from '../../src/bench/gates.ts';
import { reconcile } from '../../src/bench/ledger.ts';

const books = {
  acknowledged: ['m1'],
  deliveries: new Map([['m1', 1]]),
  messages: new Map([['m1', 1]]),
  events: ['e1'],
  atCore: new Map([['e1', 1]]),
};

/** Every promise just kept. */
const run: Run = {
  count: 2000,
  queue: 'PostgreSQL',
  acknowledged: 1,
  refused: 0,
  ledger: reconcile(books),
  acceptRatio: 0.65,
  endToEndRatio: 0.03,
  ackP99Ms: 25,
  burst: { waiting: 0, mostMb: 300 },
  growth: 0.9,
};

describe('a run of the benchmark', () => {
  const rows: readonly (readonly [label: string, change: Partial<Run>, fails: RegExp | null])[] = [
    ['passes when every promise is kept', {}, null],
    ['passes without a burst and without growth', { burst: null, growth: null }, null],
    [
      'fails when something is lost, however short it is',
      { ledger: reconcile({ ...books, atCore: new Map() }), count: 1 },
      /at the core once: not exact/,
    ],
    ['fails when nothing was acknowledged', { acknowledged: 0 }, /at the core once/],
    ['fails when it accepts too slowly', { acceptRatio: 0.649 }, /durable accept.*0\.649/],
    ['fails when it is too slow end to end', { endToEndRatio: 0.0299 }, /end to end.*0\.0299/],
    ['asks more of Redis', { queue: 'Redis', endToEndRatio: 0.0799 }, /not ≥ 0\.08/],
    ['passes on Redis with what is asked there', { queue: 'Redis', endToEndRatio: 0.08 }, null],
    ['fails when its speed is no number', { endToEndRatio: NaN }, /NaN/],
    ['fails when answers come late', { ackP99Ms: 25.1 }, /ack p99.*25\.1 ms/],
    ['is not judged by its speed when it is short', { count: 1999, acceptRatio: 0.1 }, null],
    ['fails when something is left', { burst: { waiting: 1, mostMb: 1 } }, /left.*: 1/],
    [
      'fails when it does not know what is left',
      { burst: { waiting: Infinity, mostMb: 1 } },
      /left.*Infinity/,
    ],
    ['fails when a process grows', { burst: { waiting: 0, mostMb: 301 } }, /301 MB/],
    ['fails when it slows down as it fills', { growth: 0.899 }, /full \/ small.*0\.899/],
  ];
  for (const [label, change, fails] of rows) {
    it(label, () => {
      const failures = missed(gatesOf({ ...run, ...change }));

      expect(failures).to.have.lengthOf(fails === null ? 0 : 1);
      if (fails !== null) expect(failures[0]).to.match(fails);
    });
  }
});
