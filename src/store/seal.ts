import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  randomBytes,
} from 'node:crypto';
import { ConfigInvalid, Malformed } from '../errors.ts';

const version = 1;
const keyIdLength = 4;
const ivLength = 12;
const tagLength = 16;
const headLength = 1 + keyIdLength + ivLength;

/** What a sealed value is for. It is authenticated with it, so that one cannot stand in for another. */
const contexts = {
  delivery: Buffer.from('delivery'),
  message: Buffer.from('message'),
  complaint: Buffer.from('complaint'),
  event: Buffer.from('event'),
  answer: Buffer.from('answer'),
  reporter: Buffer.from('reporter'),
  attachment: Buffer.from('attachment'),
  status: Buffer.from('status'),
  words: Buffer.from('words'),
  secret: Buffer.from('secret'),
  core: Buffer.from('core'),
};

export type SealContext = keyof typeof contexts;

/**
 * AES-256-GCM. Layout: version, key id, nonce, ciphertext, tag. `seal` uses the first key, `open` any
 * (by the key id in the value). `open` throws Malformed when the key is gone or the value was changed.
 */
export type Seal = {
  readonly seal: (context: SealContext, plain: Uint8Array) => Buffer;
  readonly open: (context: SealContext, sealed: Uint8Array) => Buffer;
};

/** In: base64 keys of 32 bytes, newest first. Throws ConfigInvalid when there is none. */
export function createSeal(keysBase64: readonly string[]): Seal {
  const keys = keysBase64.map((base64) => {
    const key = Buffer.from(base64, 'base64');
    const id = createHash('sha256').update(key).digest().subarray(0, keyIdLength);
    // Made once: of bytes Node makes a key anew for each use, which takes longer than sealing.
    return { key: createSecretKey(key), id, head: Buffer.of(version, ...id) };
  });
  const [newest] = keys;
  if (!newest) throw new ConfigInvalid(['DATA_KEY is empty']);
  const nonce = createNonces();
  return {
    seal: (context, plain) => {
      const iv = nonce();
      const cipher = createCipheriv('aes-256-gcm', newest.key, iv).setAAD(contexts[context]);
      const body = cipher.update(plain);
      cipher.final(); // nothing: this cipher keeps no bytes back
      return Buffer.concat([newest.head, iv, body, cipher.getAuthTag()]);
    },
    open: (context, value) => {
      const sealed = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      const id = sealed.subarray(1, 1 + keyIdLength);
      const found = keys.find((candidate) => candidate.id.equals(id));
      if (!found || sealed[0] !== version || sealed.length < headLength + tagLength) {
        throw new Malformed('sealed with a key that is not in DATA_KEY');
      }
      try {
        const decipher = createDecipheriv(
          'aes-256-gcm',
          found.key,
          sealed.subarray(1 + keyIdLength, headLength),
        )
          .setAAD(contexts[context])
          .setAuthTag(sealed.subarray(-tagLength));
        const plain = decipher.update(sealed.subarray(headLength, -tagLength));
        decipher.final(); // throws unless the tag is right
        return plain;
      } catch (cause) {
        throw new Malformed('a sealed value was changed', { cause });
      }
    },
  };
}

/** Random nonces, drawn many at a time: asking takes longer than drawing. None is ever given twice. */
function createNonces(): () => Buffer {
  let drawn = Buffer.alloc(0);
  return () => {
    if (drawn.length === 0) drawn = randomBytes(256 * ivLength);
    const nonce = drawn.subarray(0, ivLength);
    drawn = drawn.subarray(ivLength);
    return nonce;
  };
}

/** A key for another use, derived from one that is kept: neither tells of the other. */
export function keyFor(key: Uint8Array, use: string): Buffer {
  return createHmac('sha256', key).update(`key for ${use}`).digest();
}

/**
 * The pseudonym of a person on a channel: keyed, so that nobody without the key can test a number,
 * and made with a key of its own, so that rotating DATA_KEY changes no pseudonym.
 */
export function createPseudonyms(key: Uint8Array): (channel: string, identity: string) => string {
  const secret = createSecretKey(key);
  return (channel, identity) =>
    `r_${createHmac('sha256', secret).update(`${channel}\u0000${identity}`).digest('base64url').slice(0, 22)}`;
}
