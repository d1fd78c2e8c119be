import { expect } from 'chai';
import fc from 'fast-check';
import { loadAreas } from '../../src/areas.ts';
import { createDictionary } from '../../src/dictionary.ts';
import { type Reading, comparableFrom } from '../../src/domain/comparable.ts';
import { bandCount, createSigner } from '../../src/domain/signature.ts';
import { createSipHash } from '../../src/domain/sip-hash.ts';

const keyOf = (byte: number) => new Uint8Array(32).fill(byte).map((value, at) => value + at);

const text =
  'Lampu jalan di depan balai desa Tegalwangi mati sejak minggu lalu, gelap sekali dan rawan kecelakaan, tolong segera diperbaiki';

describe('createSigner', () => {
  let reading: Reading;

  before(async () => {
    reading = { gazetteer: await loadAreas(), isOrdinaryWord: createDictionary() };
  });

  const sign = (words: string, byte = 1) =>
    createSigner(keyOf(byte))(comparableFrom(reading, words));
  const shared = (one: string, other: string) => {
    const bands = new Set(sign(one).bands);
    return sign(other).bands.filter((band) => bands.has(band)).length;
  };

  it('is deterministic, fits its columns, and has at most 16 distinct bands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (words) => {
        const signature = sign(words);

        expect(sign(words)).to.deep.equal(signature);
        expect(BigInt.asIntN(64, BigInt(signature.exact)).toString()).to.equal(signature.exact);
        expect(signature.bands).to.have.lengthOf.at.most(16);
        expect(new Set(signature.bands).size).to.equal(signature.bands.length);
        for (const band of signature.bands) expect(band | 0).to.equal(band);
      }),
    );
  });

  it('has bands in one order, so that those shared stand at the same place', () => {
    const words = fc.constantFrom(...text.split(' '));
    const some = fc.array(words, { minLength: 1, maxLength: 30 }).map((all) => all.join(' '));

    fc.assert(
      fc.property(some, some, (one, other) => {
        const [a, b] = [sign(one).bands, sign(other).bands];
        fc.pre(a.length > 0 && b.length > 0);

        expect(a).to.have.lengthOf(bandCount);
        expect(a.filter((band, at) => band === b[at])).to.have.lengthOf(shared(one, other));
      }),
    );
  });

  it('gives texts that compare equal one exact hash', () => {
    expect(sign(`Pak, ${text.toUpperCase()}!`).exact).to.equal(sign(text).exact);
  });

  it('gives other texts another', () => {
    expect(sign(`${text} RT 3`).exact).to.not.equal(sign(text).exact);
  });

  it('shares no band and no hash between keys', () => {
    const other = sign(text, 2);

    expect(other.exact).to.not.equal(sign(text).exact);
    expect(sign(text).bands.filter((band) => other.bands.includes(band))).to.deep.equal([]);
  });

  it('shares bands with a retyped text', () => {
    expect(shared(text, text.replace('sekali', 'skli').replace('lalu', ''))).to.be.above(0);
  });

  it('shares a band with a text that contains it', () => {
    expect(
      shared(
        text,
        `Selamat siang, kami warga sangat kecewa. ${text}. Sampah juga menumpuk di mana-mana.`,
      ),
    ).to.be.above(0);
  });

  it('shares none with a stranger', () => {
    expect(
      shared(text, 'Antrean paspor daring selalu penuh padahal baru dibuka pagi hari'),
    ).to.equal(0);
  });

  it('has no bands for a text without words', () => {
    expect(sign('?!').bands).to.deep.equal([]);
  });

  it('refuses a key that could be guessed', () => {
    expect(() => createSigner(new Uint8Array(15))).to.throw(RangeError);
  });
});

describe('createSipHash', () => {
  // The reference vectors of SipHash-2-4: key 00 01 … 0f, message 00 01 02 …
  const vectors: readonly (readonly [bytes: number, hash: string])[] = [
    [0, '726fdb47dd0e0e31'],
    [4, 'cf2794e0277187b7'],
    [8, '93f5f5799a932462'],
  ];
  for (const [bytes, hash] of vectors) {
    it(`agrees with the reference on ${bytes} bytes`, () => {
      const key = Uint8Array.from({ length: 16 }, (_, at) => at);
      const message = Uint8Array.from({ length: bytes }, (_, at) => at);

      const [high, low] = createSipHash(key)(new Uint32Array(message.buffer));

      expect(((BigInt(high) << 32n) | BigInt(low)).toString(16)).to.equal(hash);
    });
  }
});
