import type { Agency } from './complaint.ts';

/** One routing keyword of SMS 1708, upper case letters and digits, and the agency it stands for if known. */
export type RoutingKeyword = { readonly keyword: string; readonly name: string | null };

type Match = { readonly agency: Agency | null; readonly rest: string };

/** Below this length a keyword is only taken when it stands alone: BJN would eat "BJNya", BBM "BBMku". */
const shortest = 6;

/**
 * Reads the routing keyword an SMS may begin with (contract section 7): exact in any case, with
 * punctuation (`Bjn.`), underscored (`LAPORHENDI_jalan`), spaced (`Lapor Hendi`), glued
 * (`LAPORHENDIjalan`), or with one letter wrong (`BATANGHGARI`) unless that is an ordinary word.
 * In: the table, `isOrdinaryWord`, normalised text. Out: the agency and the text without the keyword;
 * agency null and the text untouched when there is none. Throws nothing.
 */
export function readKeyword(
  table: readonly RoutingKeyword[],
  isOrdinaryWord: (word: string) => boolean,
  text: string,
): Match {
  const start = /^[^\p{L}\p{N}]*/u.exec(text)?.[0].length ?? 0;
  const words = text.slice(start);
  const first = /^[\p{L}\p{N}]+/u.exec(words)?.[0] ?? '';
  for (const take of [exact, oneLetterWrong, spelledOut]) {
    for (const entry of table) {
      const length = take(entry.keyword, first, words, isOrdinaryWord);
      if (length > 0) return { agency: entry, rest: afterKeyword(words.slice(length)) };
    }
  }
  return { agency: null, rest: text };
}

/** The separators people put behind a keyword go with it; nothing else does. */
function afterKeyword(text: string): string {
  return text.replace(/^[\s_.,:;\-–—#*]+/u, '');
}

function exact(keyword: string, first: string): number {
  return first.toUpperCase() === keyword ? first.length : 0;
}

/**
 * Matches a long keyword letter by letter, over spaces and underscores: spaced or glued to what follows,
 * unless that would cut an ordinary word in two ("Tang kabel").
 */
function spelledOut(
  keyword: string,
  _first: string,
  words: string,
  isOrdinaryWord: (word: string) => boolean,
): number {
  if (keyword.length < shortest) return 0;
  let position = 0;
  for (const letter of keyword) {
    if (position > 0) while (/[\s_]/.test(words[position] ?? '')) position += 1;
    if (words[position]?.toUpperCase() !== letter) return 0;
    position += 1;
  }
  const cut = wordCutAt(position, words);
  return cut !== null && isOrdinaryWord(cut) ? 0 : position;
}

function wordCutAt(position: number, words: string): string | null {
  const [tail] = /^\p{L}+/u.exec(words.slice(position)) ?? [];
  const [head] = /\p{L}+$/u.exec(words.slice(0, position)) ?? [];
  return tail === undefined ? null : `${head ?? ''}${tail}`;
}

function oneLetterWrong(
  keyword: string,
  first: string,
  _words: string,
  isOrdinaryWord: (word: string) => boolean,
): number {
  if (keyword.length < shortest || Math.abs(first.length - keyword.length) > 1) return 0;
  // A digit behind it is no slip of the finger: "TANGKAB2 jalan rusak" is about two roads.
  if (first.length > keyword.length && /\d$/.test(first)) return 0;
  return isOneEditApart(keyword, first.toUpperCase()) && !isOrdinaryWord(first) ? first.length : 0;
}

/** One letter more, less, other, or two neighbours swapped (Damerau-Levenshtein distance 1). */
function isOneEditApart(one: string, other: string): boolean {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const [a, b] = [one.slice(same), other.slice(same)];
  const swapped = a.charAt(1) + a.charAt(0) + a.slice(2);
  return a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1) || swapped === b;
}
