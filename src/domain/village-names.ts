/**
 * Names of villages as hashes of their letters, each in the first free place from the one its value names:
 * 83,762 villages are 512 kB, and whether a word is one costs a look or two. 0: nothing is there.
 */
export type VillageNames = Uint32Array;

/** No village of Indonesia is named in more words. */
const mostWords = 6;

/** In: names as written, any case. Out: what `villageAt` looks in. Throws nothing. */
export function villageNamesFrom(names: Iterable<string>): VillageNames {
  const hashes = new Set<number>();
  for (const name of names) hashes.add(lettersInto(begin, name));
  // At least a third stays free, so that a look ends soon.
  const table = new Uint32Array(2 ** Math.ceil(Math.log2(1.5 * hashes.size + 1)));
  for (const hash of hashes) table[placeOf(table, hash)] = hash;
  return table;
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

const has = (table: VillageNames, hash: number): boolean => table[placeOf(table, hash)] === hash;

/** Where a hash is, or would be. */
function placeOf(table: VillageNames, hash: number): number {
  const last = table.length - 1;
  let place = hash & last;
  while (table[place] !== 0 && table[place] !== hash) place = (place + 1) & last;
  return place;
}
