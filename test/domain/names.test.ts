import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { abbreviations, dateWords } from '../../src/domain/abbreviations.ts';
import { comparableFrom } from '../../src/domain/comparable.ts';
import { isRepeat, likeness, placesDiffer, saysOfAnother } from '../../src/domain/likeness.ts';
import { reading } from '../support/reading.ts';

const read = (text: string) => comparableFrom(reading, text);

/** What the same words with two names come to, from one sender within a minute and from two. */
const judged = (one: string, other: string) => {
  const [a, b] = [read(one), read(other)];
  const parts = saysOfAnother(a, b) || placesDiffer(a, b);
  return { isRepeat: isRepeat(a, b, 60_000), verdict: likeness(a, b).verdict, parts };
};

const matter =
  'lampu penerangan jalan sudah mati cukup lama, warga takut keluar malam karena gelap sekali dan rawan kejahatan, belum ada perbaikan sama sekali';

type Frame = (name: string) => string;

const ofVillages: readonly Frame[] = [
  (name) => `Lampu mati di desa ${name}`,
  (name) => `di ${name} ${matter}`,
  (name) => `${matter} di Kel. ${name} RT 3 RW 2`,
  (name) => `bantuan untuk ${name}, Kecamatan Genuk, Kota Semarang belum turun. ${matter}`,
];
const ofListedVillages: readonly Frame[] = [
  ...ofVillages,
  (name) => `Di ${name.toLowerCase()} ${matter}`,
  (name) => `${matter}, warga ${name.toLowerCase()}`,
  (name) => `Desa ${name} RT 3 RW 2 Kecamatan Genuk: ${matter}`,
];
const ofStreets: readonly Frame[] = [
  (name) => `Jalan berlubang di Jl. ${name}`,
  (name) => `jalan berlubang di jln ${name.toLowerCase()} depan pasar`,
  (name) => `${matter} di Gang ${name}`,
  (name) => `${matter} di Jalan ${name} no 14, Kota Semarang`,
];
const ofSchools: readonly Frame[] = [
  (name) => `Pungutan di SDN ${name} memberatkan wali murid. ${matter}`,
  (name) => `pungutan di smp ${name.toLowerCase()} memberatkan`,
  (name) => `Guru di sekolah ${name} sering tidak masuk dan anak-anak kami dibiarkan saja`,
];
const ofPersons: readonly Frame[] = [
  (name) => `Bantuan untuk Ibu ${name} RT 3 RW 2 Kelurahan Gayamsari belum cair sejak lama sekali`,
  (name) => `bansos bu ${name.toLowerCase()} belum cair, tolong diperiksa petugas`,
  (name) => `KTP atas nama ${name} belum jadi sampai sekarang, sudah lama sekali menunggu`,
];

/** Every pair of villages of one regency with one letter more, less, other or swapped. */
function villagesOneLetterApart(): readonly (readonly [string, string])[] {
  const main = fileURLToPath(import.meta.resolve('idn-area-data'));
  const regencies = new Map<string, Set<string>>();
  for (const line of readFileSync(new URL('../data/villages.csv', `file://${main}`), 'utf8')
    .trim()
    .split('\n')
    .slice(1)) {
    const [code = '', , name = ''] = line.split(',');
    const names = regencies.get(code.slice(0, 5)) ?? new Set();
    regencies.set(code.slice(0, 5), names.add(name.trim().replaceAll('"', '')));
  }
  return [...regencies.values()].flatMap((names) =>
    pairsAmong([...names].filter(isReadable).sort()),
  );
}

/** Not those that spell a word of SMS ("Nanga Pak", "Koting D") or a number, nor with a full stop within. */
const isReadable = (name: string): boolean =>
  !name.includes('.') &&
  !lowerWords(name).some((word) => abbreviations.has(word) || dateWords.has(word));

const lowerWords = (name: string): readonly string[] => name.toLowerCase().split(/[^a-z0-9]+/);

function pairsAmong(names: readonly string[]): readonly (readonly [string, string])[] {
  return names.flatMap((one, at) =>
    names
      .slice(at + 1)
      .filter((other) => isOneLetterApart(lettersOf(one), lettersOf(other)))
      .map((other) => [one, other] as const),
  );
}

/** A space or an apostrophe is no letter: "Suka Maju" and "Sukamaju" are written for each other. */
const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

function isOneLetterApart(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let [start, end] = [0, 0];
  const least = Math.min(a.length, b.length);
  while (start < least && a[start] === b[start]) start += 1;
  while (end < least - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [restA, restB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (restA.length <= 1 && restB.length <= 1) return true;
  return restA.length === 2 && restA === `${restB.slice(1)}${restB.slice(0, 1)}`;
}

describe('names one letter apart', () => {
  it('are two of any villages within one regency, in any frame', () => {
    const pairs = villagesOneLetterApart();
    const merged = pairs.flatMap(([one, other]) =>
      ofListedVillages.flatMap((frame) => {
        const { isRepeat: repeats, verdict } = judged(frame(one), frame(other));
        return repeats || verdict === 'same_report' ? [`${one} / ${other}: ${frame('')}`] : [];
      }),
    );

    expect(pairs.length).to.be.above(2000);
    expect(merged).to.deep.equal([]);
  });

  const kinds: readonly (readonly [kind: string, names: string, frames: readonly Frame[]])[] = [
    ['villages', 'Margasari Sukamukti Karanglo Mekarwangi Tegalrejo', ofVillages],
    ['streets', 'Kenanga Wirobrajan Melati Sudirman Cempaka Pandanaran', ofStreets],
    ['schools', 'Kenanga Harapan Pelita Wonosari Tunas', ofSchools],
    ['persons', 'Aminah Sukirman Melati Kartini Harapan Wagiyem', ofPersons],
  ];
  for (const [kind, names, frames] of kinds) {
    it(`are two ${kind}, whichever letter it is`, () => {
      const letters = fc.constantFrom(...'a b e g h i k l m n o p r s t u w'.split(' '));
      const changes = fc.constantFrom('other', 'more', 'less', 'swapped');
      fc.assert(
        fc.property(
          ...[fc.constantFrom(...names.split(' ')), fc.constantFrom(...frames)],
          ...[changes, fc.nat(30), letters],
          (name: string, frame: Frame, change: string, place: number, letter: string) => {
            const at = 1 + (place % (name.length - 2));
            const slipped = slip(name, change, at, letter);
            // Not "jalan memati", a verb, and not what becomes the same when stretched letters are cut.
            fc.pre(slipped !== name && !/(.)\1\1|^(?:me|be|te|di)/i.test(slipped));

            const seen = judged(frame(name), frame(slipped));
            expect(seen.isRepeat).to.equal(false);
            expect(seen.verdict).not.to.equal('same_report');
            expect(seen.parts, 'is no follow-up either').to.equal(true);
          },
        ),
        { numRuns: 400 },
      );
    });
  }

  const apart: readonly (readonly [label: string, one: string, other: string])[] = [
    ['villages', 'Banjir di desa Margasari', 'Banjir di desa Margosari'],
    ['villages without a marker', `di margasari ${matter}`, `di margosari ${matter}`],
    ['streets', `Jl. Kenanga ${matter}`, `Jl. Kenangan ${matter}`],
    ['persons', `Bansos Ibu Aminah ditahan. ${matter}`, `Bansos Ibu Aminoh ditahan. ${matter}`],
    ['two villages of one address', ...bothWith('Desa Margasari', 'Desa Margosari')],
    ['two names that are words', ...bothWith('Jl. Kenanga', 'Jl. Kenangan')],
  ];
  for (const [label, one, other] of apart) {
    it(`are two: ${label}`, () => {
      const { isRepeat: repeats, verdict } = judged(one, other);

      expect(repeats).to.equal(false);
      expect(verdict).not.to.equal('same_report');
    });
  }

  const shown: readonly (readonly [label: string, one: string, other: string])[] = [
    ['the rest of an explicit address', ...bothWith('Jl. Wirobrajan', 'Jl. Wirobrjan')],
    ['a village no list knows', ...bothWith('Desa Margasari', 'Desa Margasrai')],
    [
      'a number',
      `Tagihan pelanggan 520012345678 atas nama Aminah keliru terus. ${matter}`,
      `Tagihan pelanggan 520012345678 atas nama Aminoh keliru terus. ${matter}`,
    ],
  ];
  for (const [label, one, other] of shown) {
    it(`may be a slip of the finger, never a repeat, as ${label} shows`, () => {
      expect(judged(one, other)).to.include({ isRepeat: false, verdict: 'same_report' });
    });
  }

  const ordinary: readonly (readonly [word: string, slipped: string])[] = [
    ['jembatan', 'jembtan'],
    ['kejahatan', 'kejahtan'],
    ['lampu', 'lamou'],
    ['perbaikan', 'perbaiakn'],
  ];
  for (const [word, slipped] of ordinary) {
    it(`are one where the word is ordinary: ${slipped}`, () => {
      const text = `jembatan dan lampu di Jl. Wirobrajan rusak, rawan kejahatan, perlu perbaikan warga`;

      expect(judged(text, text.replace(word, slipped))).to.include({
        isRepeat: true,
        verdict: 'same_report',
      });
    });
  }
});

function bothWith(one: string, other: string): [string, string] {
  const framed = (name: string) =>
    `${matter}. Alamat: ${name} RT 3 RW 2 Kelurahan Gayamsari Kecamatan Genuk`;
  return [framed(one), framed(other)];
}

function slip(name: string, change: string, at: number, letter: string): string {
  const [before, here, behind] = [name.slice(0, at), name.slice(at, at + 1), name.slice(at + 1)];
  switch (change) {
    case 'other':
      return before + letter + behind;
    case 'more':
      return before + letter + here + behind;
    case 'less':
      return before + behind;
    default:
      return before + behind.slice(0, 1) + here + behind.slice(1);
  }
}
