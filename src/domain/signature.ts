import type { Comparable, Token } from './comparable.ts';
import { createSipHash } from './sip-hash.ts';

/**
 * What is stored of a text to find its likes. `exact`: a signed 64-bit number in decimals, equal for texts
 * that compare equal; `bands`: signed 32-bit numbers, distinct, of which two like texts share at least
 * one; none for a text without words.
 */
export type Signature = { readonly exact: string; readonly bands: readonly number[] };

/**
 * Measured on 1,455 reports and some 4,000 retyped copies of them: near-exact copies share a band in
 * 99.9 %, a text contained in one up to twice as long in 99.5 %; of a million strangers 44 share one with a
 * text, on average. Trigrams find retyped texts, runs of five words find texts within longer ones.
 */
const bandsOf = { runs: 6, trigrams: 10 };

/** How many bands a signature has: always in the same order, so that equal ones stand at one place. */
export const bandCount = bandsOf.runs + bandsOf.trigrams;
const rowsOf = { runs: 1, trigrams: 7 };
const runLength = 5;

/**
 * Makes the signer. In: a secret key of 16 bytes or more; without it a stored signature cannot be
 * compared with a guessed text. Out: a function, deterministic for a key. Throws RangeError for a short key.
 */
export function createSigner(key: Uint8Array): (comparable: Comparable) => Signature {
  const keyed = createSipHash(key);
  return ({ tokens, grams }) => {
    const [high, low] = keyed(codesOf(tokens.map(({ text }) => text).join(' ')));
    const exact = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low)).toString();
    if (tokens.length === 0) return { exact, bands: [] };
    const least = [
      ...leastOf(runsOf(tokens), bandsOf.runs, rowsOf.runs),
      ...leastOf(grams, bandsOf.trigrams, rowsOf.trigrams),
    ];
    const bands = least.map((rows, band) => keyed([band, ...rows])[1] | 0);
    return { exact, bands: [...new Set(bands)] };
  };
}

function codesOf(text: string): Uint16Array {
  const codes = new Uint16Array(text.length);
  for (let at = 0; at < codes.length; at += 1) codes[at] = text.charCodeAt(at);
  return codes;
}

/** Hashes of every run of five words; of the whole text if it is shorter. */
function runsOf(tokens: readonly Token[]): Uint32Array {
  const length = Math.min(runLength, tokens.length);
  const words = tokens.map(({ text }) => hashOf(text));
  const runs = new Uint32Array(tokens.length - length + 1);
  for (let start = 0; start < runs.length; start += 1) {
    let hash = length;
    for (let at = start; at < start + length; at += 1) {
      hash = scatter(Math.imul(hash, 31) ^ (words[at] ?? 0));
    }
    runs[start] = hash;
  }
  return runs;
}

function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1) {
    hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  }
  return hash;
}

/** MinHash: per band, the least value of each row's permutation. */
function leastOf(features: Uint32Array, bands: number, rows: number): readonly Uint32Array[] {
  const all = new Uint32Array(bands * rows).map((_, index) => leastUnder(features, index + 1));
  return Array.from({ length: bands }, (_, band) => all.subarray(band * rows, (band + 1) * rows));
}

/** The innermost loop of judging. Signed numbers, their order turned to that of unsigned ones: twice as quick. */
function leastUnder(features: Uint32Array, permutation: number): number {
  const salt = Math.imul(permutation, 0x9e3779b1);
  let least = 0x7fffffff;
  let at = features.length;
  while (at > 0) {
    at -= 1;
    let hash = (features[at] ?? 0) ^ salt;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    const value = hash ^ (hash >>> 16) ^ -0x80000000;
    if (value < least) least = value;
  }
  return (least ^ -0x80000000) >>> 0;
}

/** Murmur3's finaliser: every bit in moves every bit out. */
function scatter(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
