import { type Alignment, align, worse } from './alignment.ts';
import type { Comparable } from './comparable.ts';
import {
  type Place,
  comparePlaces,
  contradict,
  identifies,
  isSamePlace,
  isSpot,
  labelOf,
  maySamePlace,
} from './place-kinds.ts';
import { commonOf } from './trigrams.ts';

/** What two texts are to each other; `reasons` are stable machine words; `score` 0..1, two decimals. */
export type Likeness = {
  readonly verdict: 'none' | 'possible' | 'same_report';
  readonly score: number;
  readonly reasons: readonly Reason[];
};

/** Why two texts are, or are not, taken for one. */
export type Reason =
  | 'near_exact'
  | 'contained'
  | 'same_place'
  | 'same_point'
  | 'long_text'
  | 'same_topic_words'
  | 'different_place'
  | 'different_number'
  | 'different_name'
  | 'different_words'
  | 'different_order'
  | 'one_sided_place'
  | 'one_sided_number'
  | 'general_question'
  | 'short_text'
  | 'no_place';

const nearExact = 0.9;
const shortest = { possible: 25, withoutPlace: 60, oneSided: 120, contained: 60 };
/** Share of common words about the matter; of pairs at one spot, strangers stay below. */
const sameTopic = 0.2;
const fewestWords = 4;
const hourMs = 3_600_000;
const repeatWithinMs = { any: 72 * hourMs, short: hourMs / 6 };
const metres = { same: 100, apart: 300 };

/**
 * Judges two texts of two reporters (contract section 5). `same_report`: near-exact, nothing
 * particular differs, and long enough or at the same place. `possible`: worth a look. False
 * merges are worse than missed links, so every doubt falls to the weaker side. Symmetric; throws nothing.
 */
export function likeness(a: Comparable, b: Comparable): Likeness {
  const seen = compare(a, b);
  return {
    verdict: verdictOf(seen),
    score: Math.round(seen.score * 100) / 100,
    reasons: reasonsOf(seen),
  };
}

/**
 * Whether the same reporter sent the same again. In: both texts, and how far apart they were sent,
 * in milliseconds, either sign. A place, number or name more is news, so no repeat; neither is a name with
 * another letter, whatever else agrees. Symmetric; throws nothing.
 */
export function isRepeat(a: Comparable, b: Comparable, apartMs: number): boolean {
  const seen = compare(a, b);
  if (!seen.symmetric || seen.length < 1 || bringsNews(seen)) return false;
  if ((a.point === null) !== (b.point === null) || a.contact !== b.contact) return false;
  const isShort = seen.length < shortest.possible && !seen.samePlace;
  return Math.abs(apartMs) <= (isShort ? repeatWithinMs.short : repeatWithinMs.any);
}

const bringsNews = ({ different, misspelt, alone, added }: Seen): boolean =>
  different.size > 0 || misspelt || alone.length > 0 || added.size > 0;

/**
 * Whether both say the same, but of two places, persons or numbers: two reports of one template. Where
 * they say nothing else an address is put right. Symmetric; throws nothing.
 */
export function saysOfAnother(a: Comparable, b: Comparable): boolean {
  // Most share no matter, which is cheaper to see than to lay them side by side.
  if (matterOf(a).intersection(matterOf(b)).size < 2) return false;
  const aligned = align(a.tokens, b.tokens);
  if (aligned === null) return false;
  const { alike, changed, misspelt, restWords } = aligned;
  const isOther = changed.has('name') || changed.has('number') || misspelt !== 'none';
  return isOther && restWords * 10 <= alike;
}

/**
 * Whether both say where and not the same: other areas, other streets, other RT, or points more than 300 m
 * apart; a letter is enough. A place that only one names contradicts nothing. Symmetric; throws nothing.
 */
export function placesDiffer(a: Comparable, b: Comparable): boolean {
  return arePointsApart(a, b) || contradict(a.spots, b.spots, isSamePlace);
}

/** Whether they cannot mean the same place, slips of the finger allowed for. */
const cannotMeet = (a: Comparable, b: Comparable): boolean =>
  arePointsApart(a, b) || contradict(a.spots, b.spots, maySamePlace);

const arePointsApart = (a: Comparable, b: Comparable): boolean =>
  (distanceBetween(a, b) ?? 0) > metres.apart;

/**
 * Whether the verdict is `none` whatever the words are, told by places and numbers alone: laying texts
 * side by side is dear, and of a petition with a number of its own for each signer nothing comes of it.
 * Symmetric; throws nothing.
 */
export function isRuledOut(a: Comparable, b: Comparable): boolean {
  if (cannotMeet(a, b) || areAimedApart(a, b)) return true;
  const { onlyA, onlyB, shared } = comparePlaces(a.spots, b.spots);
  if (isSamePoint(a, b) || shared.some(isSpot)) return false;
  if (numbersBetween(a, b) === 'different_number' || haveOtherContacts(a, b)) return true;
  return onlyA.some((place) => !says(b, place)) && onlyB.some((place) => !says(a, place));
}

type Seen = {
  readonly score: number;
  readonly topic: number;
  readonly length: number;
  readonly symmetric: boolean;
  readonly contained: boolean;
  readonly added: Alignment['added'];
  readonly different: ReadonlySet<Reason>;
  /** A name has another letter, and may be the same nonetheless. */
  readonly misspelt: boolean;
  readonly contradicting: boolean;
  readonly alone: readonly Place[];
  readonly samePlace: boolean;
  readonly sameSpot: boolean;
  readonly samePoint: boolean;
  readonly onlyAsks: boolean;
  readonly signedOnce: boolean;
};

function compare(a: Comparable, b: Comparable): Seen {
  const { aligned, score } = layTogether(a, b);
  const places = comparePlaces(a.spots, b.spots);
  const onlyA = places.onlyA.filter((place) => !says(b, place));
  const onlyB = places.onlyB.filter((place) => !says(a, place));
  const samePoint = isSamePoint(a, b);
  const contradicting = cannotMeet(a, b) || areAimedApart(a, b);
  const isElsewhere = contradicting || (onlyA.length > 0 && onlyB.length > 0);
  const misspelt = worse(aligned.misspelt, places.misspelt.length > 0 ? 'place' : 'none');
  const differences = { ...aligned, isElsewhere, isOtherName: !isShown(a, b, misspelt) };
  return {
    score,
    topic: topicBetween(a, b),
    length: Math.min(a.length, b.length),
    symmetric: aligned !== unaligned && score >= nearExact,
    contained: aligned !== unaligned && isContained(aligned, a, b),
    added: aligned.added,
    different: differencesOf(a, b, differences),
    misspelt: misspelt !== 'none',
    contradicting,
    alone: [...onlyA, ...onlyB],
    samePlace: samePoint || places.shared.some(identifies),
    sameSpot: samePoint || places.shared.some(isSpot),
    samePoint,
    onlyAsks: a.asks || b.asks,
    signedOnce: a.contact !== b.contact,
  };
}

/** Whether what else both say shows that a name with another letter is the same name. */
function isShown(a: Comparable, b: Comparable, misspelt: Alignment['misspelt']): boolean {
  if (misspelt === 'none' || sharesLongNumber(a, b)) return true;
  return misspelt === 'place' && sharesAddress(a, b);
}

/** A customer's, a card's or a mobile number (a call centre's is shorter): who gives it means the same. */
function sharesLongNumber(a: Comparable, b: Comparable): boolean {
  return [...a.numbers].some((number) => /^\d{9,}$/.test(number) && b.numbers.has(number));
}

/** The same RT of a place with the same name: there are no two streets of nearly one name. */
function sharesAddress(a: Comparable, b: Comparable): boolean {
  const both = a.spots.filter((place) => b.spots.some((other) => isSamePlace(place, other)));
  return both.some(({ level }) => level === 'rt') && both.some(identifies);
}

/** The same words, only that a missing capital kept them from being read as a place. */
function says({ tokens }: Comparable, place: Place): boolean {
  return ` ${tokens.map(({ text }) => text).join(' ')} `.includes(` ${labelOf(place)} `);
}

const isSamePoint = (a: Comparable, b: Comparable): boolean =>
  (distanceBetween(a, b) ?? Infinity) <= metres.same;

/** By trigrams first; laying side by side is the dear part, and nothing comes of it below these. */
function layTogether(
  a: Comparable,
  b: Comparable,
): { readonly aligned: Alignment; readonly score: number } {
  const common = commonOf(a.grams, b.grams);
  const grams = ratio(common, a.grams.length + b.grams.length - common);
  const within = ratio(common, Math.min(a.grams.length, b.grams.length));
  const aligned = grams > 0.5 || within > 0.8 ? align(a.tokens, b.tokens) : null;
  const words = aligned === null ? 0 : ratio(aligned.alike, unionOf(aligned));
  return { aligned: aligned ?? unaligned, score: Math.max(grams, words) };
}

const unaligned: Alignment = {
  ...{ alike: 0, spanA: 0, spanB: 0, restA: 0, restB: 0, restWords: 0 },
  ...{ changed: new Set(), added: new Set(), misspelt: 'none' },
};

type Differences = Pick<Alignment, 'changed'> & {
  readonly isElsewhere: boolean;
  readonly isOtherName: boolean;
};

function differencesOf(
  a: Comparable,
  b: Comparable,
  { changed, isElsewhere, isOtherName }: Differences,
): ReadonlySet<Reason> {
  const found = new Set<Reason>();
  for (const kind of changed) found.add(reasonFor[kind]);
  if (isElsewhere) found.add('different_place');
  if (isOtherName) found.add('different_name');
  const numbers = numbersBetween(a, b);
  if (numbers !== null) found.add(numbers);
  if (haveOtherContacts(a, b)) found.add('different_number');
  if (hasOtherOrder(a, b)) found.add('different_order');
  return found;
}

const haveOtherContacts = (a: Comparable, b: Comparable): boolean =>
  a.contact !== null && b.contact !== null && a.contact !== b.contact;

/** A number of the one against another of the other, or a number that only one has. */
function numbersBetween(a: Comparable, b: Comparable): Reason | null {
  if (a.numbers.isSubsetOf(b.numbers) && b.numbers.isSubsetOf(a.numbers)) return null;
  const oneSided = a.numbers.isSubsetOf(b.numbers) || b.numbers.isSubsetOf(a.numbers);
  return oneSided ? 'one_sided_number' : 'different_number';
}

const reasonFor = {
  name: 'different_name',
  number: 'different_number',
  word: 'different_words',
} as const;

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const unionOf = ({ alike, restA, restB }: Alignment): number => alike + restA + restB;

/** "@PemkotBandung …" and "@PemkotSemarang …" are said to two cities. */
const areAimedApart = (a: Comparable, b: Comparable): boolean =>
  a.aimed.size > 0 && b.aimed.size > 0 && a.aimed.isDisjointFrom(b.aimed);

/** From Demak to Kudus is not from Kudus to Demak. */
function hasOtherOrder(a: Comparable, b: Comparable): boolean {
  const [one, other] = [particularsOf(a), particularsOf(b)];
  return (
    one.join(' ') !== other.join(' ') && one.toSorted().join(' ') === other.toSorted().join(' ')
  );
}

const particularsOf = ({ tokens }: Comparable): readonly string[] =>
  tokens.flatMap(({ kind, name, text }) => (name || kind === 'number' ? [text] : []));

/** Likeness of the words that are no particulars: what is the matter, not where. Few words prove nothing. */
function topicBetween(a: Comparable, b: Comparable): number {
  const [one, other] = [matterOf(a), matterOf(b)];
  const common = one.intersection(other).size;
  return common < fewestWords ? 0 : ratio(common, one.size + other.size - common);
}

const matterOf = ({ tokens }: Comparable): ReadonlySet<string> =>
  new Set(tokens.flatMap(({ kind, name, text }) => (kind === 'word' && !name ? [text] : [])));

/** The shorter stands in the longer as one piece; before and behind it there may be more. */
function isContained(aligned: Alignment, a: Comparable, b: Comparable): boolean {
  if (Math.min(a.length, b.length) < shortest.contained || aligned.changed.size > 0) return false;
  if (aligned.added.has('unknown')) return false;
  const aIsShort = a.tokens.length <= b.tokens.length;
  const size = Math.min(a.tokens.length, b.tokens.length);
  const [rest, span] = aIsShort ? [aligned.restA, aligned.spanB] : [aligned.restB, aligned.spanA];
  return rest <= size * 0.05 && span - size <= Math.max(2, size * 0.15);
}

const isNear = ({ symmetric, contained }: Seen): boolean => symmetric || contained;

function verdictOf(seen: Seen): Likeness['verdict'] {
  if (seen.contradicting || seen.length < 1) return 'none';
  if (isSameReport(seen)) return 'same_report';
  if (seen.length < shortest.possible) return 'none';
  if (!isNear(seen)) return seen.sameSpot && isSameMatter(seen) ? 'possible' : 'none';
  return isAnother(seen) && !seen.sameSpot ? 'none' : 'possible';
}

/** Another name or number is another case, unless both happen at one spot. */
const isAnother = ({ different }: Seen): boolean =>
  different.has('different_name') ||
  different.has('different_number') ||
  different.has('different_place');

function isSameReport(seen: Seen): boolean {
  if (!isNear(seen) || seen.different.size > 0 || seen.onlyAsks) return false;
  if (isOneSided(seen) && !(seen.length >= shortest.oneSided && isTolerable(seen))) return false;
  // A number below one of them is the sender's only where nothing else is left open.
  return seen.samePlace || (seen.length >= shortest.withoutPlace && !seen.signedOnce);
}

/** A few words in common at one spot may be chance: the place itself makes up most of a short text. */
const isSameMatter = ({ topic }: Seen): boolean => topic >= sameTopic;

/** A word nobody knows may be a village as well as slang. */
const isOneSided = ({ alone, added }: Seen): boolean =>
  alone.length > 0 || added.has('name') || added.has('unknown');

/** The city more is tolerable where both name a place, the street more only where both name one as exact. */
function isTolerable({ alone, added, symmetric, sameSpot, samePlace }: Seen): boolean {
  const onlyAreas = added.size === 0 && !alone.some(isSpot);
  return symmetric && (sameSpot || (onlyAreas && samePlace));
}

function reasonsOf(seen: Seen): readonly Reason[] {
  const near = isNear(seen);
  const isLong = seen.length >= shortest.withoutPlace;
  const likes: readonly (readonly [boolean, Reason])[] = [
    [seen.symmetric, 'near_exact'],
    [near && !seen.symmetric, 'contained'],
    [!near && isSameMatter(seen), 'same_topic_words'],
    [seen.samePoint, 'same_point'],
    [seen.samePlace && !seen.samePoint, 'same_place'],
  ];
  const limits: readonly (readonly [boolean, Reason])[] = [
    [isLong, 'long_text'],
    [!isLong, 'short_text'],
    [!seen.samePlace, 'no_place'],
    [seen.onlyAsks, 'general_question'],
    [isOneSided(seen), 'one_sided_place'],
    [seen.signedOnce, 'one_sided_number'],
  ];
  const different = near || seen.contradicting ? [...seen.different].sort() : [];
  const holding = [...likes, ...(near ? limits : [])].flatMap(([holds, reason]) =>
    holds ? [reason] : [],
  );
  return [...new Set([...holding, ...different])];
}

/** Metres on the sphere between the two points, if there are two. */
function distanceBetween(a: Comparable, b: Comparable): number | null {
  if (a.point === null || b.point === null) return null;
  const radians = Math.PI / 180;
  const [north, south] = [a.point.latitude * radians, b.point.latitude * radians];
  const east = (b.point.longitude - a.point.longitude) * radians;
  const chord =
    Math.sin((south - north) / 2) ** 2 +
    Math.cos(north) * Math.cos(south) * Math.sin(east / 2) ** 2;
  return 2 * 6_371_000 * Math.asin(Math.sqrt(Math.min(1, chord)));
}
