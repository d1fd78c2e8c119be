import { type Command, readCommand, readFlags } from './commands.ts';
import { type Comparable, comparableFrom, type Reading } from './comparable.ts';
import type { Agency, Complaint } from './complaint.ts';
import { type Danger, dangersIn } from './danger.ts';
import type { InboundMessage, Location } from './message.ts';
import { type Screening, screen } from './screening.ts';
import { saysNothingIn, secrecyIn } from './secrecy.ts';
import { type SpelledWords, wordsBySentence } from './tagged.ts';
import { normaliseText, quotedLines, storable, withoutLaporTag } from './text.ts';
import { hasMatter, isRequest, topicsIn } from './topics.ts';

/** A message in its place in the inbox. `receivedAt` is ours, RFC 3339 UTC with milliseconds. */
export type Received = { readonly message: InboundMessage; readonly receivedAt: string };

/**
 * A message is understood by its beginning, in UTF-16 units: X's longest posts. What is longer is kept whole,
 * and no more of it is looked at.
 */
const mostHeard = 25_000;
/** But wishes to stay unknown often come last. */
const mostHeardOfEnding = 5000;

/** What turns words into a complaint's words: the reading of routing keywords, given normalised text. */
export type ReadKeyword = (text: string) => {
  readonly agency: Agency | null;
  readonly rest: string;
};

/** What understanding takes from the world: place names, the dictionary, the routing keywords. */
export type Understanding = Reading & { readonly readKeyword: ReadKeyword };

/** The words of one message as a complaint carries them (contract section 5). */
export type Words = Pick<
  Complaint,
  'text' | 'originalText' | 'messageIds' | 'sentAt' | 'receivedAt' | 'location' | 'agency'
>;

/** What words and a place come to by themselves; from text alone, so that stored text gives the same. */
export type Sense = {
  readonly comparable: Comparable;
  readonly topics: ReadonlySet<string>;
  readonly hasPlace: boolean;
  readonly hasMatter: boolean;
  /** Whether it would be a complaint if nothing else had been said: a matter at a place, or a whole request. */
  readonly standsAlone: boolean;
};

/**
 * One message understood. `at` is its own time in epoch milliseconds: the provider's, else ours.
 * `compared` is what the judgement of duplicates looks at: the words, below the title if it has one.
 */
export type Said = {
  readonly words: Words;
  /** What others said that is quoted, as it stands below the words; '' when nothing is. */
  readonly quoted: string;
  readonly compared: string;
  readonly sense: Sense;
  readonly at: number;
  readonly command: Command | null;
  readonly anonymous: boolean;
  readonly confidential: boolean;
  /** Confidential by words, said here or before: name and contact are kept from the core. */
  readonly secrecyAsked: boolean;
  /** What this message's own words ask for; null when they ask for no secrecy. */
  readonly wish: Wish | null;
  /** Dangers to life it tells of: such a complaint is `urgent`. */
  readonly dangers: ReadonlySet<Danger>;
  /** Whether a sign says that this is a new complaint: `/lapor`, `#lapor`, LAPOR BARU, a keyword. */
  readonly opensNew: boolean;
  readonly screening: Screening;
  readonly hasFiles: boolean;
  /** Said where everybody can read it: its id leads to its author. */
  readonly isPublic: boolean;
  /** A place sent along; the one a form asks of everybody says no more than the words. */
  readonly hasPlaceBeside: boolean;
  /** By what a form is known to come from the same hands as another; null where a platform says who it is. */
  readonly traces: readonly string[] | null;
};

/** `isAll`: nothing else is said that anybody could act on. */
type Wish = { readonly anonymous: boolean; readonly isAll: boolean };

/**
 * Understands one message. In: its parts in inbox order (nearly always just the one). Captions are
 * joined by line feeds, the first place named counts, and the first part's times. Out: its words
 * without the words that are meant for us, and what they come to. Throws nothing.
 */
export function saidIn(reading: Understanding, parts: readonly [Received, ...Received[]]): Said {
  const [first] = parts;
  const joined = linesOf(parts.map(({ message }) => withoutLaporTag(normaliseText(message.text))));
  const originalText = linesOf(parts.map(({ message }) => storable(message.originalText)));
  const heard = joined.slice(0, mostHeard);
  const { agency, ...signs } = signsIn(reading, heard, first.message.mayBeginWithKeyword);
  const location = parts.map(({ message }) => message.location).find((place) => place !== null);
  const words: Words = {
    text: signs.rest + joined.slice(heard.length),
    originalText,
    messageIds: [...new Set(parts.map(({ message }) => message.messageId))],
    sentAt: first.message.sentAt,
    receivedAt: first.receivedAt,
    location: location ?? null,
    agency: agency ?? agencyNamed(first.message),
  };
  const { form } = first.message;
  const { anonymous, confidential, title, traces } = form ?? unasked;
  const compared = linesOf([normaliseText(title), words.text]);
  const ending = joined.slice(heard.length).slice(-mostHeardOfEnding);
  const beginningAndEnd = linesOf([title, signs.rest, ending]);
  const wordsOfBoth = wordsBySentence(beginningAndEnd);
  const asked = secrecyOf(reading, parts, signs, { text: beginningAndEnd, words: wordsOfBoth });
  return {
    words,
    quoted: linesOf(parts.map(({ message }) => quotedLines(message.quoted ?? ''))),
    compared,
    sense: senseOf(reading, compared, words.location),
    at: timeOf(first),
    // Whoever filled in a form reports, whatever the words are.
    command: form === null ? readCommand(joined) : null,
    ...asked,
    anonymous: asked.anonymous || anonymous,
    confidential: asked.secrecyAsked || confidential,
    dangers: dangersIn(beginningAndEnd, reading.isOrdinaryWord, wordsOfBoth),
    opensNew: signs.opensNew || agency !== null || parts.some(({ message }) => message.opensNew),
    screening: screeningOf(first.message, compared, originalText),
    hasFiles: parts.some(({ message }) => message.attachments.length > 0),
    isPublic: first.message.setting === 'public',
    hasPlaceBeside: isSentAlong(words.location, form),
    traces,
  };
}

/** What words ask for: those in front (of every part and of the title, too), and wishes anywhere. */
function secrecyOf(
  reading: Understanding,
  parts: readonly [Received, ...Received[]],
  signs: Pick<Said, 'anonymous' | 'confidential'>,
  { text, words }: { readonly text: string; readonly words: SpelledWords },
): Pick<Said, 'anonymous' | 'secrecyAsked' | 'wish'> {
  const [{ message: first }, ...others] = parts;
  const found = secrecyIn(text, reading.isOrdinaryWord, words);
  const captions = [first.form?.title ?? '', ...others.map(({ message }) => message.text)];
  const all = [
    ...[signs, found],
    ...captions.map((caption) => readFlags(normaliseText(caption), reading.isOrdinaryWord)),
  ];
  const anonymous = all.some((said) => said.anonymous);
  const secrecyAsked = all.some((said) => said.confidential);
  if (!anonymous && !secrecyAsked) return { anonymous, secrecyAsked, wish: null };
  const isAll = first.form === null && saysNothingIn(found.rest);
  return { anonymous, secrecyAsked, wish: { anonymous, isAll } };
}

const unasked = { anonymous: false, confidential: false, title: '', traces: null };

const isSentAlong = (location: Location | null, form: InboundMessage['form']): boolean =>
  location !== null && (form === null || location.latitude !== null);

/** The office a form names is nobody's keyword. */
function agencyNamed({ form }: InboundMessage): Agency | null {
  return form?.agency ? { keyword: null, name: form.agency } : null;
}

function screeningOf({ form }: InboundMessage, text: string, originalText: string): Screening {
  const screening = screen(text.slice(0, mostHeard), originalText.slice(0, mostHeard));
  if (form?.suspicious !== true) return screening;
  return {
    hold: 'spam_suspected',
    flags: [...new Set([...screening.flags, 'spam_suspected' as const])],
    reasons: [...screening.reasons, 'honeypot'],
  };
}

/** A clock that runs ahead of ours by more than this is wrong. */
const mostAheadMs = 5 * 60_000;

function timeOf({ message, receivedAt }: Received): number {
  const received = Date.parse(receivedAt);
  return Math.min(Date.parse(message.sentAt ?? receivedAt), received + mostAheadMs);
}

/** What somebody wrote by itself is meant for what they say next. */
export type Sign = Pick<Said, 'anonymous' | 'confidential' | 'opensNew'>;

/** A message said under a sign that was sent before it. Throws nothing. */
export function signedBy(said: Said, sign: Sign | null): Said {
  if (sign === null) return said;
  return {
    ...said,
    anonymous: said.anonymous || sign.anonymous,
    confidential: said.confidential || sign.confidential,
    secrecyAsked: said.secrecyAsked || sign.confidential,
    opensNew: said.opensNew || sign.opensNew,
  };
}

/** Each text once: some platforms say the caption of all parts with each of them. */
const linesOf = (texts: readonly string[]): string =>
  [...new Set(texts)].filter((text) => text !== '').join('\n');

/** RAHASIA may stand before the keyword or behind it: people write both. */
function signsIn(reading: Understanding, text: string, mayBeginWithKeyword: boolean) {
  const before = readFlags(text, reading.isOrdinaryWord);
  if (!mayBeginWithKeyword) return { ...before, agency: null };
  const { agency, rest } = reading.readKeyword(before.rest);
  if (agency === null) return { ...before, agency };
  const behind = readFlags(rest, reading.isOrdinaryWord);
  return {
    agency,
    anonymous: before.anonymous || behind.anonymous,
    confidential: before.confidential || behind.confidential,
    opensNew: before.opensNew || behind.opensNew,
    rest: behind.rest,
  };
}

/** Longer texts are looked at as far as this: a report has said by then what it is about. */
const mostLooked = 4000;

/** What a text and a place come to. In: normalised text for people. Throws nothing. */
export function senseOf(reading: Reading, text: string, location: Location | null): Sense {
  const beginning = text.slice(0, mostLooked).toWellFormed();
  const comparable = comparableFrom(reading, beginning, location);
  const hasPlace = comparable.places.size > 0 || location !== null;
  const topics = topicsIn(beginning);
  const matter = topics.size > 0 || hasMatter(beginning, reading.isOrdinaryWord);
  return {
    comparable,
    topics,
    hasPlace,
    hasMatter: matter,
    standsAlone: matter && (hasPlace || isRequest(beginning)),
  };
}
