import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { z } from 'zod';
import { align } from '../../src/domain/alignment.ts';
import { readCommand, readFlags } from '../../src/domain/commands.ts';
import { comparableFrom } from '../../src/domain/comparable.ts';
import { duplicateAmong } from '../../src/domain/duplicate.ts';
import { readKeyword } from '../../src/domain/keywords.ts';
import {
  isRepeat,
  isRuledOut,
  likeness,
  placesDiffer,
  saysOfAnother,
} from '../../src/domain/likeness.ts';
import { disguisedIn, plainLetters } from '../../src/domain/lookalikes.ts';
import { attachmentKindFromMediaType, inboundMessage } from '../../src/domain/message.ts';
import { personalDataIn } from '../../src/domain/personal-data.ts';
import {
  comparePlaces,
  contradict,
  isSamePlace,
  maySamePlace,
} from '../../src/domain/place-kinds.ts';
import { placesIn } from '../../src/domain/places.ts';
import { saidIn, senseOf } from '../../src/domain/said.ts';
import { screen } from '../../src/domain/screening.ts';
import { saysNothingIn, secrecyIn } from '../../src/domain/secrecy.ts';
import { dangersIn } from '../../src/domain/danger.ts';
import { meantBy, sentencesOf, wordsBySentence } from '../../src/domain/tagged.ts';
import { createSigner } from '../../src/domain/signature.ts';
import { isSlip, sharesRoot, shortens } from '../../src/domain/slips.ts';
import { solicitationIn } from '../../src/domain/solicitation.ts';
import { contentFrom, type Fields, lengthOf } from '../../src/domain/submission.ts';
import * as text from '../../src/domain/text.ts';
import { hasMatter, isRequest, topicsIn } from '../../src/domain/topics.ts';
import { isTrackingNumber } from '../../src/domain/tracking-number.ts';
import { commonOf, trigramsOf } from '../../src/domain/trigrams.ts';
import { isAmong, listOf, squeezed, wordsIn } from '../../src/domain/vocabulary.ts';
import { nameFrom, wordsOf } from '../../src/domain/words.ts';
import { emptyFields } from '../../src/http/form/fields.ts';
import { tooDear } from '../support/hostile.ts';
import { reading } from '../support/reading.ts';

const { gazetteer, isOrdinaryWord } = reading;
const sign = createSigner(Buffer.alloc(32, 5));
const keywords = [{ keyword: 'TANGKAB', name: null }];
const few = listOf('halo hai');

/** The longest text anybody can write to us: X's long posts. */
const longest = 25_000;

/** So much of a text is compared with others'. */
const compared = 4000;

const received = (words: string) => ({
  message: inboundMessage({
    ...{ eventId: '1', messageId: '1', account: '1708', text: words, quoted: words },
    sender: { identity: 'a', name: null, contact: null },
    location: { text: words, latitude: null, longitude: null },
    mayBeginWithKeyword: true,
  }),
  receivedAt: '2026-11-21T05:00:00.000Z',
});

const contentOf = (fields: Partial<Fields>) =>
  contentFrom({ ...emptyFields, ...fields }, { today: '2026-11-21', phone: () => null });

/** Every function of the domain that takes a citizen's text. */
const ofOneText: Readonly<Record<string, (words: string) => unknown>> = {
  normaliseText: text.normaliseText,
  composed: text.composed,
  folded: text.folded,
  bareLetters: text.bareLetters,
  isAscii: text.isAscii,
  storable: text.storable,
  withoutLaporTag: text.withoutLaporTag,
  quotedLines: text.quotedLines,
  plainLetters,
  disguisedIn,
  wordsIn,
  squeezed,
  isAmong: (words) => isAmong(few, words),
  nameFrom,
  wordsOf: (words) => wordsOf(words, isOrdinaryWord),
  readCommand,
  readFlags: (words) => readFlags(words, isOrdinaryWord),
  secrecyIn: (words) => secrecyIn(words, isOrdinaryWord),
  saysNothingIn,
  dangersIn: (words) => dangersIn(words, isOrdinaryWord),
  wordsBySentence: (words) => wordsBySentence(words),
  sentencesOf: (words) => sentencesOf(wordsBySentence(words), () => new Set()),
  meantBy: (words) => meantBy(words, ['kebakaran'], isOrdinaryWord),
  readKeyword: (words) => readKeyword(keywords, isOrdinaryWord, words),
  personalDataIn,
  solicitationIn: (words) => solicitationIn(words, words),
  screen: (words) => screen(words, words),
  topicsIn,
  hasMatter: (words) => hasMatter(words, isOrdinaryWord),
  isRequest,
  placesIn: (words) => placesIn(gazetteer, words, isOrdinaryWord),
  comparableFrom: (words) => comparableFrom(reading, words),
  senseOf: (words) => senseOf(reading, words, null),
  trigramsOf,
  isTrackingNumber,
  attachmentKindFromMediaType,
  lengthOf,
  contentFrom: (words) => [
    contentOf({ title: words }),
    contentOf({ text: words }),
    contentOf({ location: words }),
    contentOf({ agency: words }),
    contentOf({ name: words }),
    contentOf({ contact: words }),
    contentOf({ occurredOn: words }),
    contentOf({ latitude: words, longitude: words }),
  ],
};

const comparable = (words: string) => comparableFrom(reading, words.slice(0, compared));
type Two = readonly [a: ReturnType<typeof comparable>, b: ReturnType<typeof comparable>];

/** Every function that takes two of them, as the judgement has them by then. */
const ofTwoTexts: Readonly<Record<string, (two: Two) => unknown>> = {
  likeness: ([a, b]) => likeness(a, b),
  isRepeat: ([a, b]) => isRepeat(a, b, 0),
  isRuledOut: ([a, b]) => isRuledOut(a, b),
  saysOfAnother: ([a, b]) => saysOfAnother(a, b),
  placesDiffer: ([a, b]) => placesDiffer(a, b),
  align: ([a, b]) => align(a.tokens, b.tokens),
  comparePlaces: ([a, b]) => comparePlaces(a.spots, b.spots),
  contradict: ([a, b]) => contradict(a.spots, b.spots, maySamePlace),
  commonOf: ([a, b]) => commonOf(a.grams, b.grams),
  duplicateAmong: ([a, b]) =>
    duplicateAmong(a, [{ messageId: '1', head: '1', at: 0, comparable: b }]),
  createSigner: ([a, b]) => [sign(a), sign(b)],
};

/** And those that take two words. */
const ofTwoWords: Readonly<Record<string, (a: string, b: string) => unknown>> = {
  isSlip,
  shortens,
  sharesRoot,
  isSamePlace: (a, b) => isSamePlace(placeCalled(a), placeCalled(b)),
  maySamePlace: (a, b) => maySamePlace(placeCalled(a), placeCalled(b)),
};

const placeCalled = (name: string) =>
  ({ level: 'village', kind: 'desa', name, listed: false }) as const;

/** What makes of a text another one that is like it. */
const twists: Readonly<Record<string, (words: string) => string>> = {
  'with its words from behind': (words) => words.split(' ').reverse().join(' '),
  'with its halves swapped': (words) =>
    words.slice(words.length / 2) + words.slice(0, words.length / 2),
  'with a wrong letter in each word': (words) => words.replace(/(?<=\p{L}{2})\p{L}/gu, 'q'),
  'with a suffix on each second word': (words) => words.replace(/(\p{L} \p{L}+)(?= )/gu, '$1kan'),
  'with a letter more': (words) => `${words.slice(1)}x`,
};

/** Read once for all that compares them. */
function pairsOf(twist: (words: string) => string): (words: string) => Two {
  const known = new Map<string, Two>();
  return (words) => {
    const two = known.get(words) ?? [comparable(words), comparable(twist(words))];
    known.set(words, two);
    return two;
  };
}

/** Bounded before they are called, or without a citizen's text; each is somebody's decision. */
const spared = new Set([
  ...['listOf', 'gazetteerFrom', 'villageNamesFrom', 'createSipHash'], // our own words and numbers
  ...[
    'villageAt',
    'worse',
    'findPlaces',
    'canBeLinked',
    'levelOfKind',
    'labelOf',
    'isSpot',
    'isArea',
    'identifies',
  ], // by the above
  ...['saidIn', 'signedBy', 'judge', 'complaintFrom', 'additionFrom', 'withdrawalFrom'], // below
  ...[
    'closingFrom',
    'complaintTold',
    'flagsOf',
    'knownAfter',
    'isWithheld',
    'isUrgent',
    'tagTable',
    'near',
    'is',
  ],
  ...['inboundMessage', 'laneOf', 'newTrackingNumber', 'newPromisedNumber', 'backoffMs'],
  ...['defineChannel', 'complaintJsonSchema', 'inspection', 'passed', 'warned', 'failed'],
]);

describe('a hostile text of the greatest length', () => {
  for (const [name, act] of Object.entries(ofOneText)) {
    it(`costs ${name} little`, () => {
      expect(tooDear((words) => () => act(words), longest)).to.equal(null);
    });
  }

  for (const [how, twist] of Object.entries(twists)) {
    it(`costs little to be compared with itself ${how}`, () => {
      const pairs = pairsOf(twist);
      for (const [name, act] of Object.entries(ofTwoTexts)) {
        expect(
          tooDear((words) => () => act(pairs(words)), compared),
          name,
        ).to.equal(null);
      }
    });
  }

  for (const [name, act] of Object.entries(ofTwoWords)) {
    it(`costs ${name} little as a word beside another`, () => {
      const prepare = (word: string) => () => [act(word, `x${word}`), act(word, word.slice(1))];

      expect(tooDear(prepare, longest)).to.equal(null);
    });
  }

  it('costs the whole of understanding little', () => {
    const prepare = (words: string) => () => saidIn(reading, [received(words)]);

    expect(tooDear(prepare, 2 * longest)).to.equal(null);
  });
});

describe('a text that is longer than any channel allows', () => {
  it('is a complaint all the same, kept to its last word', () => {
    const words = `TANGKAB rahasia ${'Jalan Mawar berlubang, 12 orang jatuh. '.repeat(30_000)}Sekian.`;

    const { words: kept, screening } = saidIn(reading, [received(words)]);

    expect(kept.text).to.equal(words.slice('TANGKAB rahasia '.length));
    expect(kept.originalText).to.equal(words);
    expect(kept.agency?.keyword).to.equal('TANGKAB');
    expect(screening.hold).to.equal(null);
  });
});

describe('the table of what takes a text', () => {
  it('names every function that the domain gives away', async () => {
    const folder = new URL('../../src/domain/', import.meta.url);
    const given = z.record(z.string(), z.unknown());
    const modules = await Promise.all(
      readdirSync(folder).map(async (file) =>
        given.parse(await import(new URL(file, folder).href)),
      ),
    );
    const functions = modules.flatMap((module) =>
      Object.entries(module).flatMap(([name, value]) =>
        typeof value === 'function' ? [name] : [],
      ),
    );
    const measured = [ofOneText, ofTwoTexts, ofTwoWords].flatMap((table) => Object.keys(table));

    expect(functions.filter((name) => !measured.includes(name) && !spared.has(name))).to.deep.equal(
      [],
    );
    expect([...measured, ...spared].filter((name) => !functions.includes(name))).to.deep.equal([]);
  });
});
