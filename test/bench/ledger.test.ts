import { expect } from 'chai';
import { type Books, isExact, type Ledger, reconcile } from '../../src/bench/ledger.ts';

const once = (...names: string[]) => new Map(names.map((name) => [name, 1]));

/** Three messages that came through. */
const books: Books = {
  acknowledged: ['m1', 'm2', 'm3'],
  deliveries: once('m1', 'm2', 'm3'),
  messages: once('m1', 'm2', 'm3'),
  events: ['e1', 'e2', 'e3'],
  atCore: once('e1', 'e2', 'e3'),
};

describe('the ledger', () => {
  const rows: readonly (readonly [
    label: string,
    change: Partial<Books>,
    amiss: Partial<Ledger>,
  ])[] = [
    ['is exact when everything is there once', {}, {}],
    [
      'is exact when something was stored whose 2xx got lost on its way',
      { acknowledged: ['m1', 'm2'] },
      {},
    ],
    [
      'finds an acknowledged request that is not stored',
      { deliveries: once('m1', 'm2') },
      { notStored: 1 },
    ],
    [
      'finds one that is stored twice',
      { deliveries: new Map([...books.deliveries, ['m2', 2]]) },
      { storedTwice: 1 },
    ],
    [
      'finds one that no message came of',
      { messages: once('m1', 'm2') },
      { notRead: 1, eventsAmiss: 1 },
    ],
    [
      'finds one that two messages came of',
      { messages: new Map([...books.messages, ['m3', 2]]) },
      { readTwice: 1 },
    ],
    [
      'finds a message that no event came of',
      { events: ['e1', 'e2'], atCore: once('e1', 'e2') },
      { eventsAmiss: 1 },
    ],
    ['finds an event that never reached the core', { atCore: once('e1', 'e3') }, { notAtCore: 1 }],
    [
      'finds an event that the core was told twice',
      { atCore: new Map([...books.atCore, ['e1', 2]]) },
      { atCoreTwice: 1 },
    ],
    [
      'finds an event at the core that nobody sent',
      { atCore: once('e1', 'e2', 'e3', 'e4') },
      { unknownAtCore: 1 },
    ],
    [
      'finds one lost behind another that came twice',
      {
        atCore: new Map([
          ['e1', 2],
          ['e2', 1],
        ]),
      },
      { notAtCore: 1, atCoreTwice: 1 },
    ],
  ];
  for (const [label, change, amiss] of rows) {
    it(label, () => {
      const ledger = reconcile({ ...books, ...change });

      expect(
        Object.fromEntries(Object.entries(ledger).filter(([, times]) => times > 0)),
      ).to.deep.equal(amiss);
      expect(isExact(ledger)).to.equal(Object.keys(amiss).length === 0);
    });
  }
});
