import { askingWords, common, fillers, grievances, prepositions, titles } from './abbreviations.ts';
import type { Location } from './message.ts';
import { isArea, type Place, labelOf, levelOfKind } from './place-kinds.ts';
import { type Found, type Gazetteer, findPlaces } from './places.ts';
import { plain, verbal } from './place-words.ts';
import { trigramsOf } from './trigrams.ts';
import { villageAt } from './village-names.ts';
import { type Word, nameFrom, wordsOf } from './words.ts';

/**
 * A word that says something. `known`: ordinary, common or an abbreviation we know; `name`: it stands
 * where names stand (behind a title, a preposition, a marker; with a capital of its own). `led`: an ordinary
 * word that says where ("di depan"), so that more of it is news.
 */
export type Token = {
  readonly text: string;
  readonly kind: 'word' | 'number' | 'mask' | 'place' | 'area' | 'marker';
  readonly known: boolean;
  readonly name: boolean;
  readonly led: boolean;
  readonly proper: boolean;
};

/**
 * A text as the judgement of duplicates sees it. `tokens`: its words without courtesy and grammar, in
 * order; `grams`: sorted hashes of its trigrams; `places`: labels of the places it names, the
 * location's among them, `spots` the same with their kinds; `aimed`: areas named by the accounts
 * it addresses; `numbers` and `names`: its other particulars; `length`: characters of the normalised text;
 * `contact`: a mobile number that stands below the text like a signature;
 * `asks`: it only asks for information, about nothing in particular.
 */
export type Comparable = {
  readonly tokens: readonly Token[];
  readonly grams: Uint32Array;
  readonly places: ReadonlySet<string>;
  readonly spots: readonly Place[];
  readonly aimed: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
  readonly length: number;
  readonly point: { readonly latitude: number; readonly longitude: number } | null;
  readonly contact: string | null;
  readonly asks: boolean;
};

/** Places are compared each with each; no report names as many. The words of the others still count. */
const mostPlaces = 40;

/** What reading needs: the areas and the dictionary of ordinary words. */
export type Reading = {
  readonly gazetteer: Gazetteer;
  readonly isOrdinaryWord: (word: string) => boolean;
};

/**
 * Makes a text comparable. In: any text, and the place the platform sent with it; its words count
 * as named places, its coordinates as a point. Deterministic; throws nothing.
 */
export function comparableFrom(
  reading: Reading,
  text: string,
  location: Location | null = null,
): Comparable {
  const { gazetteer, isOrdinaryWord } = reading;
  const all = wordsOf(text, isOrdinaryWord);
  const contact = contactBelow(all);
  const words = contact === null ? all : all.toSpliced(contact.at, 1);
  const found = findPlaces(gazetteer, words, isOrdinaryWord);
  const tokens = tokensOf(reading, words, found);
  const spots = unique([
    ...found.slice(0, mostPlaces).map(({ place }) => place),
    ...placesOfLocation(reading, location),
  ]);
  const plain = words
    .flatMap(({ kind, text: word }) => (kind === 'handle' ? [] : [word]))
    .join(' ');
  const names = new Set(tokens.flatMap((token) => (token.name ? [token.text] : [])));
  return {
    tokens,
    grams: trigramsOf(tokens.map((token) => token.text).join(' ')),
    places: new Set(spots.map(labelOf)),
    spots,
    aimed: aimedAt(gazetteer, words),
    numbers: numbersOf(tokens),
    names,
    length: plain.length,
    point: pointOf(location),
    contact: contact === null ? null : contact.text,
    asks: spots.length === 0 && contact === null && onlyAsks(words, tokens),
  };
}

/** "… terima kasih. (0812…)": who writes, not what about. Relays of SMS put it there, too. */
function contactBelow(
  words: readonly Word[],
): { readonly at: number; readonly text: string } | null {
  const at = words.findLastIndex(({ text }) => !fillers.has(text));
  const last = words[at];
  if (last === undefined || !last.apart || at < 5) return null;
  const isNumber = last.text === '[nomor]' || /^08\d{8,11}$/.test(last.text);
  return isNumber ? { at, text: last.text } : null;
}

/** What is masked cannot be compared, but counted: a second masked number is a second number. */
function numbersOf(tokens: readonly Token[]): ReadonlySet<string> {
  const masks = tokens.filter(({ kind }) => kind === 'mask');
  return new Set([
    ...tokens.flatMap(({ kind, text }) => (kind === 'number' ? [text] : [])),
    ...masks.map(({ text }, at) => `${text} ${at + 1}`),
  ]);
}

function pointOf(location: Location | null): Comparable['point'] {
  const { latitude, longitude } = location ?? { latitude: null, longitude: null };
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

function unique(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [labelOf(place), place])).values()];
}

/** The form's own limit; what platforms give is shorter. */
const longestPlace = 500;

/** A place typed into the field for places needs no marker. */
function placesOfLocation(
  { gazetteer, isOrdinaryWord }: Reading,
  location: Location | null,
): Place[] {
  const text = (location?.text ?? '').slice(0, longestPlace);
  if (nameFrom(text) === '') return [];
  const words = wordsOf(text, isOrdinaryWord);
  const places = findPlaces(gazetteer, words, isOrdinaryWord).map(({ place }) => place);
  if (places.length > 0) return places;
  const name = words.flatMap((word) => (fillers.has(word.text) ? [] : [word.text])).join(' ');
  return name === '' ? [] : [{ level: 'location', kind: 'lokasi', name, listed: false }];
}

/** "@PemkotBandung" and "@dishub_semarang" are said to different cities. */
function aimedAt({ names }: Gazetteer, words: readonly Word[]): ReadonlySet<string> {
  const office =
    /^@(?:pemkot|pemkab|pemprov|pemda|dishub|dinkes|humas|dpu|pu|diskominfo|satpolpp|damkar|polres|polresta|bpbd|pdam|info)_?(?:kota|kab|kabupaten|prov)?_?(.+)$/;
  return new Set(
    words.flatMap(({ kind, text }) => {
      const name = kind === 'handle' ? office.exec(text)?.[1] : undefined;
      return name !== undefined && names.has(name) ? [name] : [];
    }),
  );
}

function tokensOf(
  reading: Reading,
  words: readonly Word[],
  found: readonly Found[],
): readonly Token[] {
  const placeAt = new Map(
    found.flatMap(({ place, from, to }) =>
      Array.from({ length: to - from }, (_, index) => [from + index, place] as const),
    ),
  );
  const villages = villagesIn(reading.gazetteer, words);
  const tokens = words.map((word, at): Token | null => {
    const { text, kind } = word;
    const plainly = { text, known: true, name: false, led: false, proper: false };
    if (kind === 'handle') return null;
    if (kind !== 'word') return { ...plainly, kind };
    const place = placeAt.get(at);
    const village = villages.get(at);
    const known = !isLetterOf(village, text) && isKnown(word, reading.isOrdinaryWord);
    if (place) {
      const ofPlace = isArea(place) && place.listed ? 'area' : 'place';
      return { text, kind: ofPlace, known, name: true, led: false, proper: true };
    }
    if (isGreeting(words, at) || heldByPlaces.test(text)) return null;
    const proper = isProper(words, at, village);
    if (levelOfKind(text) !== undefined) return { ...plainly, kind: 'marker', proper };
    return { text, kind, known, proper, name: isName(words, at, known), led: isLed(words, at) };
  });
  const saying = tokens.flatMap((token, at) => {
    if (token === null) return [];
    const isFiller = fillers.has(token.text) && villages.get(at) !== 'behind';
    return token.kind === 'word' && isFiller ? [] : [token];
  });
  // A text of nothing but courtesy is compared by its courtesy.
  return saying.length > 0 ? withoutEchoes(saying) : tokens.flatMap((token) => token ?? []);
}

/** Which word of the name of a village: its only one, the first of several, or one behind that. */
type OfVillage = 'alone' | 'first' | 'behind' | undefined;

/** Which words name a village, with a marker or without; the longest name counts. */
function villagesIn(gazetteer: Gazetteer, words: readonly Word[]): ReadonlyMap<number, OfVillage> {
  const found = new Map<number, OfVillage>();
  for (const at of words.keys()) {
    const length = villageAt(gazetteer.villages, words, at);
    if (length > 0 && !found.has(at)) found.set(at, length > 1 ? 'first' : 'alone');
    for (let behind = 1; behind < length; behind += 1) found.set(at + behind, 'behind');
  }
  return found;
}

/** "Songan A" and "Songan B" are two. */
const isLetterOf = (village: OfVillage, text: string): boolean =>
  village === 'behind' && text.length < 3;

/** "sudah" is a village, too: an ordinary word by itself is one only where a name is due. */
function isProper(words: readonly Word[], at: number, village: OfVillage): boolean {
  const [before, word] = [wordBefore(words, at), words[at]];
  if (word === undefined || village === 'first' || village === 'behind') return word !== undefined;
  if (village === 'alone' && (word.capital || announcesName(before))) return true;
  return levelOfKind(word.text) === undefined && (word.capital || titles.has(before));
}

/** Without a vowel it is an abbreviation, if one we have not heard of. */
const isKnown = ({ text, short }: Word, isOrdinaryWord: (word: string) => boolean): boolean =>
  short || !/[aeiou]/.test(text) || common.has(text) || isOrdinaryWord(text);

/** "RT 3 RW 2" and "RT 3/2", "no. 5" and "5" say the same; the places and numbers hold it. */
const heldByPlaces = /^(?:rt|rw|nomor)$/;

/** "lubang-lubang" is said once. */
function withoutEchoes(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(({ kind, text }, at) => kind !== 'word' || tokens[at - 1]?.text !== text);
}

/** So many words may go by before the matter begins. */
const greetingLength = 6;

const dayTimes = /^(?:pagi|siang|sore|malam|petang)$/;

function isGreeting(words: readonly Word[], at: number): boolean {
  if (!dayTimes.test(words[at]?.text ?? '')) return false;
  return at < 3 || words[at - 1]?.text === 'selamat';
}

function isName(words: readonly Word[], at: number, known: boolean): boolean {
  const [before, word] = [wordBefore(words, at), words[at]];
  if (word === undefined || fillers.has(word.text) || common.has(word.text)) return false;
  // "Kang Yoto, …", "Lapor Hendi …": who is spoken to, not what about.
  if (at < greetingLength && (titles.has(before) || before === 'lapor')) return false;
  if (known) return isOrdinaryName(word, before);
  return word.capital || announcesName(before);
}

/** "di Mekar", "desa mekar": an ordinary word where a name is due. */
function isOrdinaryName({ text, capital }: Word, before: string): boolean {
  if (villageWords.test(before)) return !plain.has(text);
  if (levelOfKind(before) !== undefined) return !plain.has(text) && !verbal.test(text);
  return capital && whereWords.test(before);
}

const villageWords = /^(?:desa|kelurahan|kecamatan|dusun|dukuh|kabupaten)$/;

const whereWords = /^(?:di|ke|dari|daerah|wilayah|kawasan|warga|sekitar|menuju|arah)$/;

const isLed = (words: readonly Word[], at: number): boolean =>
  whereWords.test(wordBefore(words, at));

/** The word before, unless punctuation parts them. */
function wordBefore(words: readonly Word[], at: number): string {
  return words[at]?.apart === false ? (words[at - 1]?.text ?? '') : '';
}

const announcesName = (word: string): boolean =>
  prepositions.has(word) || titles.has(word) || levelOfKind(word) !== undefined;

/**
 * A question about nothing in particular: two who ask it are two. A complaint that ends in "kapan
 * diperbaiki?" is no such question; it has a sentence that complains.
 */
function onlyAsks(words: readonly Word[], tokens: readonly Token[]): boolean {
  if (tokens.some(isParticular) || namesAPerson(words)) return false;
  const sentences = sentencesOf(words);
  if (!sentences.some(isAsking)) return false;
  return !sentences.some((sentence) => !isAsking(sentence) && complains(sentence));
}

const isParticular = ({ kind, text }: Token): boolean =>
  kind === 'mask' || kind === 'place' || kind === 'area' || (kind === 'number' && text.length > 4);

function namesAPerson(words: readonly Word[]): boolean {
  return words.some(
    ({ capital, apart }, at) =>
      capital && !apart && at >= greetingLength && titles.has(words[at - 1]?.text ?? ''),
  );
}

function sentencesOf(words: readonly Word[]): readonly (readonly Word[])[] {
  const sentences: Word[][] = [];
  for (const word of words) {
    if (word.opens || sentences.length === 0) sentences.push([]);
    sentences.at(-1)?.push(word);
  }
  return sentences;
}

const isAsking = (sentence: readonly Word[]): boolean =>
  sentence.some(
    ({ text }, at) =>
      askingWords.has(text) ||
      (text === 'cara' && sentence.length < 12) ||
      (text === 'tata' && sentence[at + 1]?.text === 'cara'),
  );

const complains = (sentence: readonly Word[]): boolean =>
  sentence.length > 4 &&
  sentence.some(({ text }) => [...grievances].some((beginning) => text.includes(beginning)));
