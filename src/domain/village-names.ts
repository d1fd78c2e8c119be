/** Names of villages as sorted hashes of their letters: 83,762 of them are 335 kB. */
export type VillageNames = Uint32Array;

/** No village of Indonesia is named in more words. */
const mostWords = 6;

/** In: names as written, any case. Out: what `wordsOfVillage` looks in. Throws nothing. */
export function villageNamesFrom(names: Iterable<string>): VillageNames {
  const hashes: number[] = [];
  for (const name of names) hashes.push(lettersInto(begin, name));
  return Uint32Array.from(hashes).sort();
}

/**
 * How many words from `at` on, up to but not including `to`, are the longest name of a village; 0 if none.
 * Spaces do not count ("Marga Sari"), and no name goes on behind punctuation (`apart`). Throws nothing.
 */
export function villageAt(
  villages: VillageNames,
  words: readonly { readonly text: string; readonly apart: boolean }[],
  at: number,
  to = words.length,
): number {
  let [hash, longest] = [begin, 0];
  for (let next = at; next < Math.min(to, at + mostWords); next += 1) {
    const word = words[next];
    if (word === undefined || (word.apart && next > at)) break;
    hash = lettersInto(hash, word.text);
    if (has(villages, hash)) longest = next + 1 - at;
  }
  return longest;
}

const begin = 0x811c9dc5;

/** FNV-1a over letters and digits: of words one after the other as of all in one. */
function lettersInto(start: number, text: string): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isCapital = code > 64 && code < 91;
    if (isCapital || (code > 96 && code < 123) || (code > 47 && code < 58)) {
      hash = Math.imul(hash ^ (isCapital ? code + 32 : code), 0x01000193) >>> 0;
    }
  }
  return hash;
}

function has(sorted: Uint32Array, value: number): boolean {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return sorted[from] === value;
}
