import { expect } from 'chai';
import { ConfigInvalid, Malformed } from '../../src/errors.ts';
import { createPseudonyms, createSeal } from '../../src/store/seal.ts';

const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const plain = Buffer.from('Jalan berlubang di depan rumah Bu Ratna, +6281298765432');

describe('a seal', () => {
  const seal = createSeal([key(1)]);

  const texts = { 'a text': plain, nothing: Buffer.alloc(0), '3 MB': Buffer.alloc(3 << 20, 0xa5) };
  for (const [label, bytes] of Object.entries(texts)) {
    it(`opens what it sealed: ${label}`, () => {
      const sealed = seal.seal('delivery', bytes);

      expect(seal.open('delivery', sealed).equals(bytes)).to.equal(true);
    });
  }

  it('opens a view into a larger buffer', () => {
    const sealed = seal.seal('message', plain);
    const larger = Buffer.concat([Buffer.alloc(7, 9), sealed, Buffer.alloc(5, 9)]);

    const view = new Uint8Array(larger.buffer, larger.byteOffset + 7, sealed.length);

    expect(seal.open('message', view).equals(plain)).to.equal(true);
  });

  it('shows nothing of the plain bytes', () => {
    const sealed = seal.seal('complaint', plain);

    expect(sealed.includes('Ratna')).to.equal(false);
    expect(sealed.includes('62812')).to.equal(false);
  });

  it('seals the same bytes differently every time', () => {
    const all = Array.from({ length: 100 }, () => seal.seal('reporter', plain).toString('hex'));

    expect(new Set(all).size).to.equal(100);
  });

  it('does not open a value in the place of another kind', () => {
    const sealed = seal.seal('reporter', plain);

    expect(() => seal.open('complaint', sealed)).to.throw(Malformed, /changed/);
  });

  it('does not open a value with any one byte changed', () => {
    const sealed = seal.seal('event', plain);

    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => seal.open('event', changed), `byte ${String(at)}`).to.throw(Malformed);
    }
  });

  it('does not open a value that was cut anywhere', () => {
    const sealed = seal.seal('event', plain);

    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => seal.open('event', sealed.subarray(0, length))).to.throw(Malformed);
    }
  });

  it('opens with every key and seals with the first while rotating', () => {
    const old = createSeal([key(1)]);
    const rotating = createSeal([key(2), key(1)]);
    const after = createSeal([key(2)]);

    const before = old.seal('message', plain);
    const since = rotating.seal('message', plain);

    expect(rotating.open('message', before).equals(plain)).to.equal(true);
    expect(rotating.open('message', since).equals(plain)).to.equal(true);
    expect(after.open('message', since).equals(plain)).to.equal(true);
    expect(() => old.open('message', since)).to.throw(Malformed, /not in DATA_KEY/);
    expect(() => after.open('message', before)).to.throw(Malformed, /not in DATA_KEY/);
  });

  it('says so when the key is gone', () => {
    const sealed = seal.seal('secret', plain);

    expect(() => createSeal([key(3)]).open('secret', sealed)).to.throw(Malformed, /DATA_KEY/);
  });

  it('cannot be made without a key', () => {
    expect(() => createSeal([])).to.throw(ConfigInvalid, /DATA_KEY/);
  });
});

describe('a pseudonym', () => {
  const pseudonym = createPseudonyms(Buffer.alloc(32, 1));

  it('is the same for the same person on the same channel, always', () => {
    const again = createPseudonyms(Buffer.alloc(32, 1));

    expect(again('sms', '+6281298765432')).to.equal(pseudonym('sms', '+6281298765432'));
  });

  it('tells persons and channels apart', () => {
    const all = [
      pseudonym('sms', '+6281298765432'),
      pseudonym('sms', '+6281298765433'),
      pseudonym('telegram', '+6281298765432'),
      createPseudonyms(Buffer.alloc(32, 2))('sms', '+6281298765432'),
    ];

    expect(new Set(all).size).to.equal(4);
  });

  it('cannot be made alike by moving letters between channel and identity', () => {
    expect(pseudonym('sms', 'x1')).not.to.equal(pseudonym('smsx', '1'));
  });

  it('begins with r_ and contains nothing of the number', () => {
    expect(pseudonym('sms', '+6281298765432')).to.match(/^r_[\w-]{22}$/);
    expect(pseudonym('sms', '+6281298765432')).not.to.contain('81298765432');
  });
});
