import { expect } from 'chai';
import type { Arrival } from './core.ts';
import { type Books, check, type Stored } from './invariants.ts';
import type { Entry } from './ledger.ts';

/** Two messages of one reporter, answered and told to the core; an outcome of ordinary days. */
const first = { sent: entry('a', 1, 2), stored: row('a', 10), arrival: event('a', 0) };
const second = { sent: entry('b', 3, 4), stored: row('b', 11), arrival: event('b', 1) };

const well: Books = {
  sent: [first.sent, second.sent],
  stored: [first.stored, second.stored],
  arrivals: [first.arrival, second.arrival],
  left: { 'rows that wait': 0 },
  accounts: [{ what: 'accepted', is: 2, least: 2, most: 2 }],
};

const never = { ...second.sent, answeredAt: null };

type Case = {
  readonly what: string;
  readonly books: Partial<Books>;
  readonly says: readonly string[];
};

const cases: readonly Case[] = [
  { what: 'nothing when all is as promised', books: {}, says: [] },
  {
    what: 'an answered message that is not in the inbox',
    books: { stored: [first.stored], arrivals: [first.arrival] },
    says: ['I1 not stored', 'I1 not at the core'],
  },
  {
    what: 'an answered message that never reached the core',
    books: { arrivals: [first.arrival] },
    says: ['I1 not at the core'],
  },
  {
    what: 'a message that the core heard of and did not take',
    books: {
      arrivals: [first.arrival, { ...second.arrival, accepted: false, takenPlace: null, taken: 0 }],
    },
    says: ['I1 not at the core'],
  },
  {
    what: 'a message that became two events',
    books: { arrivals: [first.arrival, second.arrival, { ...event('b', 2), eventId: 'again' }] },
    says: ['I1 at the core under 2 event ids'],
  },
  {
    what: 'nothing when the same event came twice',
    books: { arrivals: [first.arrival, { ...second.arrival, taken: 2, calls: 3 }] },
    says: [],
  },
  {
    what: 'a delivery that was read as two messages',
    books: {
      stored: [
        first.stored,
        { ...second.stored, messages: [...row('b', 11).messages, message(12)] },
      ],
    },
    says: ['I1 read as 2 messages'],
  },
  {
    what: 'an answered message that is held',
    books: {
      stored: [first.stored, { ...second.stored, messages: [{ ...message(11), state: 'held' }] }],
    },
    says: ['I1 its message is held'],
  },
  {
    what: 'nothing when a message without an answer left no trace',
    books: { sent: [first.sent, never], stored: [first.stored], arrivals: [first.arrival] },
    says: [],
  },
  {
    what: 'nothing when a message without an answer is complete',
    books: { sent: [first.sent, never] },
    says: [],
  },
  {
    what: 'a message without an answer that was stored and not told',
    books: { sent: [first.sent, never], arrivals: [first.arrival] },
    says: ['I2 not at the core'],
  },
  {
    what: 'a message without an answer that was told and not stored',
    books: { sent: [first.sent, never], stored: [first.stored] },
    says: ['I2 not stored'],
  },
  {
    what: 'what nobody sent',
    books: { sent: [first.sent] },
    says: ['I2 stored, but nobody sent it', 'I2 at the core, but nobody sent it'],
  },
  {
    what: 'an inbox in another order than that of our answers',
    books: {
      stored: [row('a', 11), row('b', 10)],
      arrivals: [event('b', 0), event('a', 1)],
    },
    says: ['I3 stored behind b, which was sent after its 2xx'],
  },
  {
    what: 'a core that heard of the later message first',
    books: { arrivals: [event('b', 0), event('a', 1)] },
    says: ['I3 at the core before a, which stands before it in the inbox'],
  },
  {
    what: 'a core that took the later message while it had not yet taken the first',
    books: {
      arrivals: [
        { ...first.arrival, takenPlace: 1 },
        { ...second.arrival, takenPlace: 0 },
      ],
    },
    says: ['I3 at the core before a, which stands before it in the inbox'],
  },
  {
    what: 'nothing when two messages that were under way together changed places',
    books: {
      sent: [{ ...first.sent, answeredAt: 5 }, second.sent],
      stored: [row('a', 11), row('b', 10)],
      arrivals: [event('b', 0), event('a', 1)],
    },
    says: [],
  },
  {
    what: 'nothing when messages of two people changed places',
    books: {
      sent: [first.sent, { ...second.sent, reporter: 'somebody else' }],
      stored: [row('a', 11), row('b', 10)],
    },
    says: [],
  },
  {
    what: 'what is left in a spool',
    books: { left: { satupintu_spool_deliveries: 3 } },
    says: ['I4 3 left'],
  },
  {
    what: 'a metric that says more than was answered',
    books: { accounts: [{ what: 'accepted', is: 3, least: 2, most: 2 }] },
    says: ['I5 3 is not 2'],
  },
  {
    what: 'a metric that says less than was answered',
    books: { accounts: [{ what: 'accepted', is: 1, least: 2, most: 4 }] },
    says: ['I5 1 is not between 2 and 4'],
  },
];

describe('comparing the ledger of a chaos run with inbox and core', () => {
  for (const { what, books, says } of cases) {
    it(`reports ${what}`, () => {
      const broken = check({ ...well, ...books });

      expect(broken.map(({ invariant, what: fault }) => `${invariant} ${fault}`)).to.deep.equal(
        says,
      );
    });
  }

  it('finds the delivery of a web form by the complaint that came of it', () => {
    const form: Entry = { ...second.sent, digest: null, channel: 'web' };
    const stored = { ...second.stored, digest: 'a key of the form', channel: 'web' };

    const found = check({ ...well, sent: [first.sent, form], stored: [first.stored, stored] });
    const lost = check({ ...well, sent: [first.sent, form], stored: [first.stored] });

    expect(found).to.deep.equal([]);
    expect(lost.map(({ what }) => what)).to.deep.equal(['not stored']);
  });
});

function entry(token: string, firstSentAt: number, answeredAt: number): Entry {
  return {
    ...{ token, firstSentAt, answeredAt },
    ...{ channel: 'sms', reporter: 'sms 1', digest: `digest of ${token}` },
  };
}

function row(token: string, id: number): Stored {
  const digest = `digest of ${token}`;
  return { digest, channel: 'sms', state: 'read', messages: [message(id, token)] };
}

function message(id: number, token = 'b') {
  return { id, state: 'judged', outcome: 'complaint', complaintId: `complaint of ${token}` };
}

function event(token: string, place: number): Arrival {
  return {
    eventId: `event of ${token}`,
    ...{ place, token, takenPlace: place, accepted: true, taken: 1, calls: 1, reporter: null },
    type: 'id.go.lapor.complaint.received.v1',
    complaintId: `complaint of ${token}`,
  };
}
