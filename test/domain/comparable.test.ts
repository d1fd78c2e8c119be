import { expect } from 'chai';
import fc from 'fast-check';
import { loadAreas } from '../../src/areas.ts';
import { createDictionary } from '../../src/dictionary.ts';
import { type Reading, comparableFrom } from '../../src/domain/comparable.ts';

describe('comparableFrom', () => {
  let reading: Reading;

  before(async () => {
    reading = { gazetteer: await loadAreas(), isOrdinaryWord: createDictionary() };
  });

  const wordsOf = (text: string) =>
    comparableFrom(reading, text)
      .tokens.map((token) => token.text)
      .join(' ');

  const rows: readonly (readonly [label: string, text: string, words: string])[] = [
    [
      'writes abbreviations out',
      'jln blm jd diperbaiki krn bnyk hujan',
      'jalan belum jadi perbaiki karena banyak hujan',
    ],
    ['leaves names of offices and utilities', 'PJU PLN PDAM PU KK', 'pju pln pdam pu kk'],
    ['reads "an." as atas nama', 'KTP an. [NAMA]', 'ktp nama [nama]'],
    ['reads "a.n." as atas nama', 'KTP a.n. [NAMA]', 'ktp nama [nama]'],
    ['keeps masks', 'kartu [NOMOR]', 'kartu [nomor]'],
    [
      'drops courtesy and grammar',
      'Yth. Bapak, mohon lampu itu segera diperbaiki, terima kasih',
      'lampu perbaiki',
    ],
    [
      'drops the time of day of a greeting only',
      'Selamat malam pak, lampu mati malam hari',
      'lampu mati malam hari',
    ],
    ['keeps courtesy where there is nothing else', 'tolong pak', 'tolong bapak'],
    ['keeps negations', 'tdk bs, gak bisa, ora iso', 'tidak bisa tidak bisa tidak bisa'],
    ['shortens stretched letters', 'maceeeeet', 'macet'],
    ['reads a doubled word once', 'lubang2 lubang-lubang lubang', 'lubang'],
    ['parts a number from its word', 'rt03 500m SDN2', '3 500 m sdn 2'],
    ['joins thousands and phone numbers', 'Rp 150.000 ke 0812-3456-7890', 'rp 150000 081234567890'],
    ['reads number words', 'dua lampu mati', '2 lampu mati'],
    ['drops handles, links and #lapor', '@lapor1708 #LaporHendi banjir https://t.co/x', 'banjir'],
    ['keeps the word of a hashtag', '#banjir lagi', 'banjir lagi'],
    ['drops the mark of a radio relay', 'lampu mati (SMS Radio Gema)', 'lampu mati'],
    ['reads letters of other alphabets and widths alike', 'ｂａｎｊｉｒ', 'banjir'],
  ];
  for (const [label, text, words] of rows) {
    it(label, () => {
      expect(wordsOf(text)).to.equal(words);
    });
  }

  const asking: readonly (readonly [label: string, text: string, asks: boolean])[] = [
    ['a question about nothing in particular', 'Apa saja syarat pindah faskes?', true],
    ['a request for information', 'Informasi tentang cara pindah kelas', true],
    ['no question that names a place', 'Apa syarat pindah ke Kota Semarang?', false],
    ['no question with a masked name', 'Apakah KTP atas nama [NAMA] sudah jadi?', false],
    ['no question with a card number', 'Apakah kartu 6032981234 masih aktif?', false],
    [
      'no question about a person',
      'Saya mau bertanya apakah KTP atas nama Sukirman sudah jadi',
      false,
    ],
    ['no complaint', 'Lampu jalan mati', false],
    [
      'no complaint with a question behind it',
      'Pelayanan loket lambat sekali tiap pagi. Kapan diperbaiki?',
      false,
    ],
  ];
  for (const [label, text, asks] of asking) {
    it(`finds ${label}`, () => {
      expect(comparableFrom(reading, text).asks).to.equal(asks);
    });
  }

  it('counts characters of the normalised text', () => {
    expect(comparableFrom(reading, '  Banjir,   bro!! ').length).to.equal('banjir bro'.length);
  });

  it('takes the place and the point the platform sends', () => {
    const read = comparableFrom(reading, 'banjir', {
      text: 'Kecamatan Genuk',
      latitude: -6.95,
      longitude: 110.48,
    });

    expect([...read.places]).to.deep.equal(['kecamatan genuk']);
    expect(read.point).to.deep.equal({ latitude: -6.95, longitude: 110.48 });
  });

  it('takes a point only if both coordinates are there', () => {
    const read = comparableFrom(reading, 'banjir', { text: null, latitude: 1, longitude: null });

    expect(read.point).to.equal(null);
  });

  it('is deterministic, and throws on no text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(comparableFrom(reading, text)).to.deep.equal(comparableFrom(reading, text));
      }),
    );
  });
});
