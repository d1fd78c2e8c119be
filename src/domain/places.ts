import { areaAliases, common, fillers, polarity, prepositions, titles } from './abbreviations.ts';
import { type Place, labelOf, levelOfKind, numbered } from './place-kinds.ts';
import {
  behindNames,
  continues,
  honours,
  inTwoWords,
  measures,
  plain,
  verbal,
  onlyNumbers,
  shapes,
  worldly,
} from './place-words.ts';
import { type VillageNames, villageAt, villageNamesFrom } from './village-names.ts';
import { type Word, nameFrom, wordsOf } from './words.ts';

type Kind = 'provinsi' | 'kabupaten' | 'kota' | 'kecamatan';

/** Names of areas, made for reading texts. Made by `gazetteerFrom`; not to be looked into. */
export type Gazetteer = {
  readonly names: ReadonlyMap<string, ReadonlySet<Kind>>;
  /** By their first word, how many words the longest of them has. */
  readonly longest: ReadonlyMap<string, number>;
  readonly villages: VillageNames;
};

/**
 * In: the official names of provinces, regencies (with "Kabupaten" or "Kota" before them), districts and
 * villages. Out: what `placesIn` needs. Throws nothing.
 */
export function gazetteerFrom(areas: {
  readonly provinces: readonly string[];
  readonly regencies: readonly string[];
  readonly districts: readonly string[];
  readonly villages: Iterable<string>;
}): Gazetteer {
  const names = new Map<string, Set<Kind>>();
  const add = (name: string, kind: Kind) => {
    const kinds = names.get(name);
    if (kinds) kinds.add(kind);
    else names.set(name, new Set([kind]));
  };
  for (const name of areas.provinces) {
    add(nameFrom(name).replace(/^daerah (?:khusus ibukota|istimewa) /, ''), 'provinsi');
  }
  for (const name of areas.regencies) {
    const [kind, ...rest] = nameFrom(name)
      .replace(/ administrasi /, ' ')
      .split(' ');
    add(rest.join(' '), kind === 'kota' ? 'kota' : 'kabupaten');
  }
  for (const name of areas.districts) add(nameFrom(name), 'kecamatan');
  const longest = new Map<string, number>();
  for (const [first = '', ...more] of [...names.keys()].map((name) => name.split(' ')))
    longest.set(first, Math.max(longest.get(first) ?? 0, more.length + 1));
  return { names, longest, villages: villageNamesFrom(areas.villages) };
}

/**
 * The places a text names, normalised ("kota semarang", "semarang", "jalan mawar", "rt 3"): areas of
 * the gazetteer, and whatever stands behind a word that announces a place. Names of districts that are
 * ordinary words count only where a marker or a capital asks for it. In: any text; the dictionary, if
 * there is one, keeps "jalan rusak" from being a street. Throws nothing.
 */
export function placesIn(
  gazetteer: Gazetteer,
  text: string,
  isOrdinaryWord: (word: string) => boolean = () => false,
): ReadonlySet<string> {
  const words = wordsOf(text, isOrdinaryWord);
  return new Set(findPlaces(gazetteer, words, isOrdinaryWord).map(({ place }) => labelOf(place)));
}

/** A place and the words that name it, from `from` up to but not including `to`; its marker stands before. */
export type Found = { readonly place: Place; readonly from: number; readonly to: number };

type Reader = {
  readonly gazetteer: Gazetteer;
  readonly words: readonly Word[];
  readonly isOrdinaryWord: (word: string) => boolean;
};

/** What `placesIn` finds, in order, with positions. Throws nothing. */
export function findPlaces(
  gazetteer: Gazetteer,
  words: readonly Word[],
  isOrdinaryWord: (word: string) => boolean,
): readonly Found[] {
  const reader = { gazetteer, words, isOrdinaryWord };
  const found: Found[] = [];
  for (let at = 0; at < words.length;) {
    const here = aliasAt(reader, at) ?? markedAt(reader, at) ?? areaAt(reader, at);
    if (here) found.push(...here);
    at = here?.at(-1)?.to ?? at + 1;
  }
  return found;
}

const area = (kind: string, name: string): Place => ({
  level: levelOfKind(kind) ?? 'regency',
  kind,
  name,
  listed: true,
});

function aliasAt({ words }: Reader, at: number): Found[] | null {
  const alias = areaAliases.get(words[at]?.text ?? '');
  if (alias === undefined) return null;
  const [kind = '', ...rest] = alias.split(' ');
  const place = area(kind, rest.join(' '));
  // "DKI Jakarta", "DI Jogja": the name again is no second place.
  const again = words[at + 1]?.text;
  return [{ place, from: at, to: at + (again === place.name ? 2 : 1) }];
}

function markedAt(reader: Reader, at: number): Found[] | null {
  const marker = reader.words[at];
  if (marker?.kind !== 'word') return null;
  const { kind, from } = markerAt(reader.words, at);
  const level = levelOfKind(kind);
  if (level === undefined) return null;
  const listed = listedBehind(reader, kind, from);
  if (listed !== null) return [listed];
  const start = behindHonours(reader, from);
  const end = endOfName(reader, kind, start, marker.short);
  if (end === start) return null;
  // "Desa Lubok Batee": there is a district of the name Batee, but it does not begin here.
  const { villages } = reader.gazetteer;
  const ofVillage = level === 'village' ? villageAt(villages, reader.words, start) : 0;
  const to = Math.max(end, start + ofVillage);
  const name = nameOf(reader.words, start, to);
  const place = {
    level,
    kind,
    name,
    listed: villageAt(villages, reader.words, start, to) === to - start,
  };
  return [{ place, from: start, to }, ...(kind === 'rt' ? rwBehind(reader, to) : [])];
}

/** "Jl. Jend. Sudirman" is "Jalan Sudirman"; "dr" was read as "dari". */
function behindHonours({ words }: Reader, from: number): number {
  let at = from;
  while (words[at + 1]?.apart === false && isHonour(words[at])) at += 1;
  return at;
}

const isHonour = (word: Word | undefined): boolean =>
  word !== undefined && (honours.has(word.text) || (word.text === 'dari' && word.short));

/** RT 16/03 names an RW as well. */
function rwBehind({ words }: Reader, at: number): Found[] {
  const word = words[at];
  if (word?.kind !== 'number' || !word.apart) return [];
  const place = { level: 'rw', kind: 'rw', name: word.text, listed: false };
  return [{ place, from: at, to: at + 1 }];
}

const areaKinds: ReadonlySet<string> = new Set(['kota', 'kabupaten', 'kecamatan', 'provinsi']);

function listedBehind(reader: Reader, kind: string, from: number): Found | null {
  const length = areaKinds.has(kind) ? listedAt(reader, from) : 0;
  if (length === 0) return null;
  const name = nameOf(reader.words, from, from + length);
  const kinds: ReadonlySet<string> = reader.gazetteer.names.get(name) ?? new Set();
  // "Kota Sulawesi Selatan" is a slip; what was meant is the province.
  if (!kinds.has(kind) && kinds.has('provinsi')) return null;
  return { place: { ...area(kind, name), listed: kinds.has(kind) }, from, to: from + length };
}

/** The kind of place announced here, and where its name begins. */
function markerAt(
  words: readonly Word[],
  at: number,
): { readonly kind: string; readonly from: number } {
  const [one, next] = words.slice(at, at + 2);
  const kind = one?.text ?? '';
  if (next === undefined) return { kind, from: at + 1 };
  const two = inTwoWords.get(`${kind} ${next.text}`);
  if (two !== undefined) return { kind: two, from: at + 2 };
  const isNumbering = next.text === 'nomor' && numbered.has(kind);
  const isCounting = next.kind === 'number' && kind === 'simpang';
  return { kind, from: at + (isNumbering || isCounting ? 2 : 1) };
}

function endOfName(reader: Reader, kind: string, from: number, strong: boolean): number {
  const first = reader.words[from];
  if (first === undefined || !beginsName(reader, { kind, strong }, first, from)) return from;
  if (first.kind === 'number' && levelOfKind(kind) !== 'school') return from + 1;
  const most = from + (kind === 'blok' ? 2 : 4);
  let to = from + 1;
  while (to < most && (goesOn(reader, to) || (strong && endsName(reader, to)))) to += 1;
  return to;
}

type Marker = { readonly kind: string; readonly strong: boolean };

function beginsName(reader: Reader, marker: Marker, word: Word, at: number): boolean {
  if (word.apart && marker.kind !== 'rt') return false;
  if (word.kind === 'number') return numbered.has(marker.kind);
  if (shapes.get(marker.kind)?.test(word.text) === true) return true;
  if (!mayBeName(word) || onlyNumbers.has(marker.kind)) return false;
  return isNameLike(reader, at) || mayBeOrdinaryName(reader, marker, at);
}

/** "jl mawar" is a street and so is "jalan mawar no 3"; "jalan mawar" may be a flowery road. */
const mayBeOrdinaryName = (reader: Reader, marker: Marker, at: number): boolean =>
  !verbal.test(textAt(reader, at)) && (marker.strong || isFramed(reader, at));

const mayBeName = (word: Word): boolean =>
  word.text.length > 2 && (!isPlain(word) || isNamedAfterPlace(word));

const isFramed = (reader: Reader, at: number): boolean => {
  const next = reader.words[at + 1];
  return next !== undefined && (behindNames.test(next.text) || continues.test(next.text));
};

const isNameLike = (reader: Reader, at: number): boolean =>
  reader.words[at]?.capital === true || isUnknown(reader, at);

/** "Jalan Pasar Baru", but neither "Jalan Desa" nor "jalan pasar". */
const isNamedAfterPlace = (word: Word): boolean =>
  word.capital && word.kind === 'word' && !plain.has(word.text) && !isSmallWord(word.text);

/** Words that are no part of a name, or begin another. */
const isPlain = (word: Word): boolean =>
  word.kind !== 'word' ||
  plain.has(word.text) ||
  isSmallWord(word.text) ||
  levelOfKind(word.text) !== undefined;

const isSmallWord = (word: string): boolean =>
  fillers.has(word) || polarity.has(word) || prepositions.has(word) || titles.has(word);

function isUnknown({ words, isOrdinaryWord }: Reader, at: number): boolean {
  const word = words[at];
  if (word?.kind !== 'word' || word.short || common.has(word.text)) return false;
  return !isSmallWord(word.text) && !isOrdinaryWord(word.text);
}

function goesOn(reader: Reader, at: number): boolean {
  const word = reader.words[at];
  if (word === undefined || word.apart) return false;
  if (word.kind === 'number') return word.text.length < 3 && !measures.test(textAt(reader, at + 1));
  if (continues.test(word.text)) return true;
  if (isPlain(word) || isAreaAt(reader, at)) return false;
  return word.text.length > (word.capital ? 2 : 3) && isNameLike(reader, at);
}

const textAt = ({ words }: Reader, at: number): string => words[at]?.text ?? '';

/** "kel cihaur geulis, kec …": what fills the room up to a comma or the next marker belongs to the name. */
function endsName({ words }: Reader, at: number): boolean {
  const [word, next] = [words[at], words[at + 1]];
  if (word === undefined || next === undefined) return false;
  if (word.apart || word.text.length < 4 || isPlain(word)) return false;
  return (next.apart && next.kind === 'word') || levelOfKind(next.text) !== undefined;
}

/** A street's name ends where the name of its district or city begins. */
function isAreaAt(reader: Reader, at: number): boolean {
  if (areaAliases.has(textAt(reader, at))) return true;
  const length = listedAt(reader, at);
  const kinds = reader.gazetteer.names.get(nameOf(reader.words, at, at + length));
  if (kinds === undefined) return false;
  const isDistrict = kinds.size === 1 && kinds.has('kecamatan');
  return !isDistrict || (isUnknown(reader, at) && textAt(reader, at).length > 4);
}

/** How many words from here on the gazetteer knows as one name; 0 if none. */
function listedAt({ gazetteer, words }: Reader, at: number): number {
  for (let length = gazetteer.longest.get(words[at]?.text ?? '') ?? 0; length > 0; length -= 1) {
    const slice = words.slice(at, at + length);
    if (slice.length < length || slice.some((word, index) => index > 0 && word.apart)) continue;
    if (gazetteer.names.has(slice.map(({ text }) => text).join(' '))) return length;
  }
  return 0;
}

const nameOf = (words: readonly Word[], from: number, to: number): string =>
  words
    .slice(from, to)
    .map(({ text }) => text)
    .join(' ');

function areaAt(reader: Reader, at: number): Found[] | null {
  if (reader.words[at]?.kind !== 'word') return null;
  const length = listedAt(reader, at);
  if (length === 0) return null;
  const name = nameOf(reader.words, at, at + length);
  const kinds = reader.gazetteer.names.get(name) ?? new Set<Kind>();
  if (!isMeant(reader, at, length, kinds)) return null;
  const [only] = kinds.size === 1 ? kinds : [''];
  // A name that the city and the regency share, or a regency and a district, is not resolved.
  return [{ place: area(only ?? '', name), from: at, to: at + length }];
}

function isMeant(reader: Reader, at: number, length: number, kinds: ReadonlySet<Kind>): boolean {
  const words = reader.words.slice(at, at + length);
  const seen = {
    several: length > 1,
    capital: words.every((word) => word.capital),
    led: prepositions.has(textAt(reader, at - 1)),
  };
  const isDistrict = kinds.size === 1 && kinds.has('kecamatan');
  return isDistrict ? isDistrictMeant(reader, at, length, seen) : isCityMeant(reader, at, seen);
}

type Evidence = { readonly several: boolean; readonly capital: boolean; readonly led: boolean };

function isCityMeant(reader: Reader, at: number, { several, capital, led }: Evidence): boolean {
  if (several || led || !worldly.has(textAt(reader, at))) return true;
  // "Polda Metro Jaya": a capital among capitals names something else.
  return capital && reader.words[at + 1]?.capital !== true;
}

function isDistrictMeant(
  reader: Reader,
  at: number,
  length: number,
  { several, capital, led }: Evidence,
): boolean {
  const positions = Array.from({ length }, (_, index) => at + index);
  const isOrdinary = positions.every((position) => !isUnknown(reader, position));
  if (isOrdinary) return capital && (led || several);
  return capital || led || several || textAt(reader, at).length > 4;
}
