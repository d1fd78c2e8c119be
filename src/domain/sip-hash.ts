/** A keyed 64-bit hash as two 32-bit halves. */
export type Hash64 = readonly [high: number, low: number];

/**
 * SipHash-2-4 (Aumasson, Bernstein: https://www.aumasson.jp/siphash/siphash.pdf): short, keyed, and
 * without the key nobody can try out guesses. Written here because the domain imports nothing. In:
 * a key of 16 bytes or more (more are folded in); 32-bit words, the message in little endian. Throws RangeError for a shorter key.
 */
export function createSipHash(key: Uint8Array): (words: ArrayLike<number>) => Hash64 {
  if (key.length < 16) throw new RangeError('a key of at least 16 bytes is needed');
  const folded = new Uint8Array(16);
  key.forEach((byte, at) => {
    folded[at % 16] = (folded[at % 16] ?? 0) ^ byte;
  });
  const view = new DataView(folded.buffer);
  const begin: State = {
    ...{ high0: view.getInt32(4, true) ^ 0x736f6d65, low0: view.getInt32(0, true) ^ 0x70736575 },
    ...{ high1: view.getInt32(12, true) ^ 0x646f7261, low1: view.getInt32(8, true) ^ 0x6e646f6d },
    ...{ high2: view.getInt32(4, true) ^ 0x6c796765, low2: view.getInt32(0, true) ^ 0x6e657261 },
    ...{ high3: view.getInt32(12, true) ^ 0x74656462, low3: view.getInt32(8, true) ^ 0x79746573 },
  };
  return (words) => hash({ ...begin }, words);
}

/** v0 to v3, each as high and low half. Changed in place: a hash is taken seventeen times a message. */
type State = Record<`${'high' | 'low'}${0 | 1 | 2 | 3}`, number>;

function hash(v: State, words: ArrayLike<number>): Hash64 {
  const odd = words.length % 2;
  for (let at = 0; at < words.length - odd; at += 2) absorb(v, words[at + 1] ?? 0, words[at] ?? 0);
  // The last block carries the length in bytes.
  absorb(v, ((words.length * 4) & 0xff) << 24, odd === 1 ? (words[words.length - 1] ?? 0) : 0);
  v.low2 ^= 0xff;
  for (let round = 0; round < 4; round += 1) mix(v);
  const high = v.high0 ^ v.high1 ^ v.high2 ^ v.high3;
  return [high >>> 0, (v.low0 ^ v.low1 ^ v.low2 ^ v.low3) >>> 0];
}

function absorb(v: State, high: number, low: number): void {
  v.high3 ^= high;
  v.low3 ^= low;
  mix(v);
  mix(v);
  v.high0 ^= high;
  v.low0 ^= low;
}

/** One round; the halves of v0 and v2 change places by turning 32 bits. */
function mix(v: State): void {
  let { high0, low0, high1, low1, high2, low2, high3, low3 } = v;
  let low = (low0 >>> 0) + (low1 >>> 0);
  high0 = (high0 + high1 + (low > 0xffffffff ? 1 : 0)) | 0;
  low0 = low | 0;
  [high1, low1] = [(high1 << 13) | (low1 >>> 19), (low1 << 13) | (high1 >>> 19)];
  high1 ^= high0;
  low1 ^= low0;
  [high0, low0] = [low0, high0];
  low = (low2 >>> 0) + (low3 >>> 0);
  high2 = (high2 + high3 + (low > 0xffffffff ? 1 : 0)) | 0;
  low2 = low | 0;
  [high3, low3] = [(high3 << 16) | (low3 >>> 16), (low3 << 16) | (high3 >>> 16)];
  high3 ^= high2;
  low3 ^= low2;
  low = (low0 >>> 0) + (low3 >>> 0);
  high0 = (high0 + high3 + (low > 0xffffffff ? 1 : 0)) | 0;
  low0 = low | 0;
  [high3, low3] = [(high3 << 21) | (low3 >>> 11), (low3 << 21) | (high3 >>> 11)];
  high3 ^= high0;
  low3 ^= low0;
  low = (low2 >>> 0) + (low1 >>> 0);
  high2 = (high2 + high1 + (low > 0xffffffff ? 1 : 0)) | 0;
  low2 = low | 0;
  [high1, low1] = [(high1 << 17) | (low1 >>> 15), (low1 << 17) | (high1 >>> 15)];
  high1 ^= high2;
  low1 ^= low2;
  [high2, low2] = [low2, high2];
  v.high0 = high0;
  v.low0 = low0;
  v.high1 = high1;
  v.low1 = low1;
  v.high2 = high2;
  v.low2 = low2;
  v.high3 = high3;
  v.low3 = low3;
}
