import { type Candidate, duplicateMs } from '../src/domain/duplicate.ts';
import { type Earlier, type Facts, followUpMs, type Known, repeatMs } from '../src/domain/judge.ts';
import { type Said, type Sense, senseOf, type Understanding } from '../src/domain/said.ts';
import type { Database } from '../src/store/database.ts';
import type { WaitingMessage } from '../src/store/messages.ts';
import { findNamed, nameOf, type Original } from '../src/store/originals.ts';
import type { Seal } from '../src/store/seal.ts';
import {
  type Alike,
  findAlike,
  findEarlier,
  type Question,
  type Signature,
  type Words,
} from '../src/store/words.ts';

/** A message about to be judged, understood. */
export type Pending = {
  readonly waiting: WaitingMessage;
  readonly said: Said;
  readonly signature: Signature;
};

/** What judging remembers: what the database knew before the batch, and what the batch added since. */
export type Memory = {
  /** What we hold, from before this message, under a keyed name in its channel and account. */
  readonly named: (waiting: WaitingMessage, key: string) => Original | undefined;
  readonly factsFor: (
    pending: Pending,
  ) => Pick<Facts, 'alike' | 'recent' | 'inThread'> &
    Pick<Facts, 'answered' | 'latest' | 'isUnderAnothers'>;
  readonly candidatesFor: (pending: Pending) => Candidate[];
  readonly remember: (words: Words, sense: Sense) => void;
  readonly rename: (channel: string, account: string, key: string, original: Original) => void;
  /** A complaint that was taken back is followed up no more. */
  readonly close: (complaintId: string) => void;
};

type Entry = Words & { readonly sense: () => Sense };

/** Recalls what the messages of a batch may refer to: an index look for each kind of question. */
export async function recall(
  transaction: Database,
  seal: Seal,
  reading: Understanding,
  batch: readonly Pending[],
): Promise<Memory> {
  const named = await findNamed(
    transaction,
    batch.map(({ waiting }) => waiting),
  );
  const questions = batch.map((pending) => questionFrom(pending, named));
  const windows = { followUpMs, repeatMs };
  const earlier = await findEarlier(transaction, seal, questions, windows);
  const alike = await findAlike(transaction, seal, questions, duplicateMs);
  return memoryOf(reading, { batch, earlier, alike, named });
}

function questionFrom(
  { waiting, said, signature }: Pending,
  named: ReadonlyMap<string, Original>,
): Question {
  const { reporter, channel, message, threadKey, underKeys } = waiting;
  const answers = message.setting === 'private' && underKeys.length > 0;
  const underIds = underKeys.flatMap((key) => namedBefore(named, waiting, key)?.id ?? []);
  const { account } = message;
  return { ...signature, reporter, channel, account, threadKey, underIds, answers, at: said.at };
}

type Recalled = {
  readonly batch: readonly Pending[];
  readonly earlier: readonly Words[];
  readonly alike: readonly (readonly Alike[])[];
  readonly named: Map<string, Original>;
};

function memoryOf(reading: Understanding, { batch, earlier, alike, named }: Recalled): Memory {
  const senses = new Map<string, Sense>();
  const senseFor = (messageId: string, kept: Words['kept']): Sense => {
    const known = senses.get(messageId) ?? senseOf(reading, kept.text, kept.location);
    senses.set(messageId, known);
    return known;
  };
  const entryFrom = (words: Words): Entry => ({
    ...words,
    sense: () => senseFor(words.messageId, words.kept),
  });
  const alikeOf = new Map(batch.map(({ waiting }, index) => [waiting.id, alike[index] ?? []]));
  const entries = earlier.map(entryFrom);
  const closed = new Set<string>();
  const theirs = (reporter: string) =>
    entries.filter((entry) => entry.reporter === reporter && !closed.has(entry.complaint.id));
  return {
    named: (waiting, key) => namedBefore(named, waiting, key),
    rename: (channel, account, key, original) => {
      const name = nameOf(channel, account, key);
      // The first version that made a complaint says more than later ones.
      const before = named.get(name);
      const isKept = before?.holding.state === 'judged' && before.holding.complaint !== null;
      if (!isKept || before.id === original.id) named.set(name, original);
    },
    remember: (words, sense) => {
      senses.set(words.messageId, sense);
      entries.push(entryFrom(words));
    },
    close: (complaintId) => {
      closed.add(complaintId);
    },
    factsFor: (pending) => factsFrom(reading, pending, theirs(pending.waiting.reporter), named),
    candidatesFor: ({ waiting, said, signature }) => [
      ...(alikeOf.get(waiting.id) ?? []).map(({ messageId, head, at, kept }) => ({
        head,
        at,
        comparable: senseFor(messageId, kept).comparable,
      })),
      ...entries
        .filter(({ head, at }) => head && Math.abs(said.at - at) <= duplicateMs)
        .filter(({ bands }) => shareBand(bands, signature.bands))
        .map(({ complaint, at, sense }) => ({
          head: complaint.id,
          at,
          comparable: sense().comparable,
        })),
    ],
  };
}

function factsFrom(
  reading: Understanding,
  { waiting, said, signature }: Pending,
  theirs: readonly Entry[],
  named: ReadonlyMap<string, Original>,
): ReturnType<Memory['factsFor']> {
  const { message, underKeys, threadKey } = waiting;
  const under = underKeys.flatMap((key) => namedBefore(named, waiting, key) ?? []);
  const isPrivate = message.setting === 'private';
  const dialogue = theirs.filter(
    ({ setting, account }) => isPrivate && setting === 'private' && account === message.account,
  );
  // After it, never before: what is released later belongs to nothing that was said since.
  const near = dialogue.filter(({ at }) => said.at >= at && said.at - at <= followUpMs);
  const ownUnder = under.filter(({ reporter }) => reporter === waiting.reporter);
  const answersUs = isPrivate && underKeys.length > 0 && ownUnder.length === 0;
  const thread = theirs.filter((entry) => threadKey !== null && entry.threadKey === threadKey);
  const withAll = (entry: Entry | undefined) => entry && wholeOf(reading, entry, theirs);
  return {
    alike: theirs
      .filter(({ at, role }) => role !== 'repeat' && Math.abs(said.at - at) <= repeatMs)
      .filter(({ bands }) => shareBand(bands, signature.bands))
      .map((entry) => earlierFrom(entry, entry.sense())),
    answered: answeredAmong(ownUnder, theirs),
    latest: answersUs ? (latestOf(dialogue)?.complaint ?? null) : null,
    recent: withAll(latestOf(near)) ?? null,
    inThread: withAll(latestOf(thread)) ?? null,
    isUnderAnothers: isUnderAnothers(under, waiting.reporter),
  };
}

function namedBefore(
  named: ReadonlyMap<string, Original>,
  { id, channel, message }: WaitingMessage,
  key: string,
): Original | undefined {
  const original = named.get(nameOf(channel, message.account, key));
  return original && compareIds(original.id, id) < 0 ? original : undefined;
}

/** Whether something somebody else said is above it: a complaint, or what may become one. */
function isUnderAnothers(under: readonly Original[], reporter: string): boolean | 'waiting' {
  const others = under.filter((original) => original.reporter !== reporter);
  const isComplaint = ({ holding }: Original) =>
    holding.state === 'judged' && holding.complaint !== null;
  if (others.some(isComplaint)) return true;
  return others.some(({ holding }) => holding.state === 'waiting') ? 'waiting' : false;
}

/** The complaint of a message that is answered, if it is still open: only open ones are among `theirs`. */
function answeredAmong(own: readonly Original[], theirs: readonly Entry[]): Known | null {
  for (const { holding } of own) {
    if (holding.state !== 'judged' || holding.complaint === null) continue;
    const { id } = holding.complaint;
    const open = theirs.find(({ complaint }) => complaint.id === id);
    if (open) return open.complaint;
  }
  return null;
}

const latestOf = (entries: readonly Entry[]): Entry | undefined =>
  entries
    .toSorted((one, other) => one.at - other.at || compareIds(one.messageId, other.messageId))
    .at(-1);

/** Decimal ids in inbox order. */
const compareIds = (one: string, other: string): number =>
  one.length - other.length || (one < other ? -1 : Number(one > other));

/** A complaint that goes on and on is looked at as it began and as it goes on now. */
const mostLooked = 8;

/** The last message of a complaint with what was said of it. */
function wholeOf(reading: Understanding, last: Entry, theirs: readonly Entry[]): Earlier {
  const of = theirs.filter(
    ({ complaint, role }) => complaint.id === last.complaint.id && role !== 'repeat',
  );
  const all = of.length > mostLooked ? [...of.slice(0, 1), ...of.slice(1 - mostLooked)] : of;
  const [only] = all;
  if (all.length === 1 && only) return earlierFrom(last, only.sense());
  const text = all.map(({ kept }) => kept.text).join('\n');
  const location = all.map(({ kept }) => kept.location).find((place) => place !== null) ?? null;
  return earlierFrom(last, senseOf(reading, text, location));
}

function earlierFrom({ complaint, at, kept }: Entry, sense: Sense): Earlier {
  const { agency, anonymous, confidential } = kept;
  return { complaint, at, sense, agency, anonymous, confidential };
}

function shareBand(one: readonly number[], other: readonly number[]): boolean {
  return one.some((band) => other.includes(band));
}
