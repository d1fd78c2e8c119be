import { expect } from 'chai';
import { brokenSubjects } from './broken.ts';
import { fuzzProofs } from './proving.ts';
import { fuzzReading } from './reading.ts';
import { type Failure, noBeacon } from './run.ts';
import type { Subject, Subjects } from './subject.ts';
import { subjects } from './subjects.ts';
import { watched } from './watch.ts';

// The short form of `npm run fuzz`: the same seed each time, so that it fails for a change and not by chance.

const limits = { count: 300, seed: 1708, path: null };

const subjectOf = (all: Subjects, name: string): Subject => {
  const subject = all[name];
  if (!subject) throw new Error(`there is no ${name}`);
  return subject;
};

describe('what nobody should send', () => {
  for (const subject of Object.values(subjects)) {
    it(`is read or refused by ${subject.name}, and what is valid is read`, async () => {
      const { failure } = fuzzReading(subject, await subject.open(), limits, noBeacon);

      expect(failure).to.equal(null);
    });

    if (subject.ways.every(({ proof }) => proof === null)) continue;

    it(`proves nothing to ${subject.name}`, async () => {
      const few = { ...limits, count: 150 };
      const { failure } = fuzzProofs(subject, await subject.open(), few, noBeacon);

      expect(failure).to.equal(null);
    });
  }
});

describe('the fuzzer', () => {
  const longer = { ...limits, count: 3000, shrinkMs: 200 };
  const quick = { ...longer, mostMs: 50 };

  const rows: readonly (readonly [string, RegExp])[] = [
    ['throws', /TypeError: cannot read this direction/],
    ['quarantines', /Malformed: half a character/],
    ['changes', /not the words that were sent/],
    ['loses', /not the words that were sent/],
    ['remembers', /another receipt|not read: read number/],
    ['overflows', /too_big|ZodError/],
    ['slow', /reading took \d+ ms/],
  ];

  for (const [name, what] of rows) {
    it(`finds the channel that ${name}, and comes back to it`, async () => {
      const subject = subjectOf(brokenSubjects, name);
      const channel = await subject.open();

      const { failure } = fuzzReading(subject, channel, quick, noBeacon);

      expect(failure?.what).to.match(what);
      expect(repeated(subject, channel, failure)?.what).to.match(what);
    });
  }

  const repeated = (
    subject: Subject,
    channel: Awaited<ReturnType<Subject['open']>>,
    failure: Failure | null,
  ): Failure | null => {
    const path = failure?.path ?? null;
    return fuzzReading(subject, channel, { ...quick, path }, noBeacon).failure;
  };

  for (const name of ['trims', 'ignoresCase', 'trustsAbsence', 'ignoresBody']) {
    it(`finds the channel that ${name} in its proofs`, async () => {
      const subject = subjectOf(brokenSubjects, name);

      const { failure } = fuzzProofs(subject, await subject.open(), longer, noBeacon);

      expect(failure?.what).to.match(/accepted/);
    });
  }

  it('ends the channel that hangs, and names what it was given', async () => {
    const thread = new URL('broken-thread.ts', import.meta.url);

    const { failure } = await watched(
      thread,
      { what: 'reading', channel: 'hangs', limits: longer },
      1500,
    );

    expect(failure?.what).to.match(/no end after/);
    expect(failure?.payload).to.include('\u2066');
    expect(failure?.path).to.match(/^\d+$/);
  });
});
