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
  const [lowA, highA, lowB, highB] = [0, 4, 8, 12].map((at) => view.getInt32(at, true));
  const begin = [
    (highA ?? 0) ^ 0x736f6d65,
    (lowA ?? 0) ^ 0x70736575,
    (highB ?? 0) ^ 0x646f7261,
    (lowB ?? 0) ^ 0x6e646f6d,
    (highA ?? 0) ^ 0x6c796765,
    (lowA ?? 0) ^ 0x6e657261,
    (highB ?? 0) ^ 0x74656462,
    (lowB ?? 0) ^ 0x79746573,
  ];
  return (words) => hash(begin, words);
}

/** The state: v0 to v3, each as high and low half. */
function hash(begin: readonly number[], words: ArrayLike<number>): Hash64 {
  const v = Int32Array.from(begin);
  const odd = words.length % 2;
  for (let at = 0; at < words.length - odd; at += 2) absorb(v, words[at + 1] ?? 0, words[at] ?? 0);
  // The last block carries the length in bytes.
  absorb(v, ((words.length * 4) & 0xff) << 24, odd === 1 ? (words[words.length - 1] ?? 0) : 0);
  v[5] = (v[5] ?? 0) ^ 0xff;
  for (let round = 0; round < 4; round += 1) mix(v);
  const half = (at: number) =>
    (v[at] ?? 0) ^ (v[at + 2] ?? 0) ^ (v[at + 4] ?? 0) ^ (v[at + 6] ?? 0);
  return [half(0) >>> 0, half(1) >>> 0];
}

function absorb(v: Int32Array, high: number, low: number): void {
  v[6] = (v[6] ?? 0) ^ high;
  v[7] = (v[7] ?? 0) ^ low;
  mix(v);
  mix(v);
  v[0] = (v[0] ?? 0) ^ high;
  v[1] = (v[1] ?? 0) ^ low;
}

function mix(v: Int32Array): void {
  add(v, 0, 2);
  turn(v, 2, 13);
  merge(v, 2, 0);
  turn(v, 0, 32);
  add(v, 4, 6);
  turn(v, 6, 16);
  merge(v, 6, 4);
  add(v, 0, 6);
  turn(v, 6, 21);
  merge(v, 6, 0);
  add(v, 4, 2);
  turn(v, 2, 17);
  merge(v, 2, 4);
  turn(v, 4, 32);
}

function add(v: Int32Array, to: number, from: number): void {
  const low = ((v[to + 1] ?? 0) >>> 0) + ((v[from + 1] ?? 0) >>> 0);
  v[to + 1] = low;
  v[to] = (v[to] ?? 0) + (v[from] ?? 0) + (low > 0xffffffff ? 1 : 0);
}

function merge(v: Int32Array, to: number, from: number): void {
  v[to] = (v[to] ?? 0) ^ (v[from] ?? 0);
  v[to + 1] = (v[to + 1] ?? 0) ^ (v[from + 1] ?? 0);
}

function turn(v: Int32Array, at: number, by: number): void {
  const [high, low] = [v[at] ?? 0, v[at + 1] ?? 0];
  if (by === 32) [v[at], v[at + 1]] = [low, high];
  else {
    v[at] = (high << by) | (low >>> (32 - by));
    v[at + 1] = (low << by) | (high >>> (32 - by));
  }
}
