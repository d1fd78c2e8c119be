import { type Candidate, duplicateMs } from '../src/domain/duplicate.ts';
import { followUpMs, type Known, repeatMs, signMs, urgentMs } from '../src/domain/judge.ts';
import {
  type Said,
  type Sense,
  senseOf,
  type Sign,
  type Understanding,
} from '../src/domain/said.ts';
import { type Alike, equalWeight, findAlike, mostAlike } from '../src/store/alike.ts';
import type { Database } from '../src/store/database.ts';
import type { WaitingMessage } from '../src/store/messages.ts';
import { findNamed, nameOf, type Original, takenBackName } from '../src/store/originals.ts';
import { findEarlier, type Question, type Told } from '../src/store/said-before.ts';
import type { Seal } from '../src/store/seal.ts';
import { findSigns, type GivenSign } from '../src/store/signs.ts';
import type { Signature, Words } from '../src/store/words.ts';
import { compareIds, type Entry, factsFrom, sharedBands, signFor } from './facts.ts';
import { hear, type Heard, type Hearing } from './heard.ts';

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
  readonly factsFor: (pending: Pending) => ReturnType<typeof factsFrom>;
  readonly signFor: (pending: Pending) => Sign | null;
  readonly candidatesFor: (pending: Pending) => Candidate[];
  /** `group`: the first complaint of the group that its complaint belongs to. */
  readonly remember: (words: Words, sense: Sense, group: string) => void;
  readonly rename: (channel: string, account: string, key: string, original: Original) => void;
  readonly sign: (sign: GivenSign) => void;
  readonly groupOf: (complaintId: string) => string;
  /** A complaint that was taken back is followed up no more. */
  readonly close: (complaintId: string) => void;
  readonly isClosed: (complaintId: string) => boolean;
  /** What was said of a complaint changed what is known of it. */
  readonly change: (complaint: Known) => void;
  /** A complaint as the batch left it. */
  readonly asNow: (complaint: Known) => Known;
  readonly isTakenBack: (waiting: WaitingMessage) => boolean;
  /** A deletion came before what it deletes. */
  readonly takeBack: (waiting: WaitingMessage) => void;
  /** What was said by a message that was taken back counts no more. */
  readonly unsay: (messageId: string) => void;
};

/** `hearing`: what this process heard lately. */
type Recalling = {
  readonly seal: Seal;
  readonly reading: Understanding;
  readonly hearing: Hearing;
};

/** Recalls what the messages of a batch may refer to: an index look for each kind of question. */
export async function recall(
  transaction: Database,
  { seal, reading, hearing }: Recalling,
  batch: readonly Pending[],
): Promise<Memory> {
  const { named, takenBack } = await findNamed(
    transaction,
    batch.map(({ waiting }) => waiting),
  );
  const questions = batch.map((pending) => questionFrom(pending, named));
  const windows = { followUpMs, repeatMs, urgentMs };
  const told = await findEarlier(transaction, seal, questions, windows);
  const alike = await findAlike(transaction, questions, duplicateMs);
  const heard = await hear(transaction, seal, hearing, alike.flat());
  const signs = await findSigns(transaction, questions, signMs);
  return memoryOf(reading, { batch, told, alike, heard, named, takenBack, signs });
}

function questionFrom(
  { waiting, said, signature }: Pending,
  named: ReadonlyMap<string, Original>,
): Question {
  const { reporter, channel, message, threadKey, underKeys } = waiting;
  const answers = message.setting === 'private' && (underKeys.length > 0 || said.wish !== null);
  const underIds = underKeys.flatMap((key) => namedBefore(named, waiting, key)?.id ?? []);
  const { account } = message;
  return { ...signature, reporter, channel, account, threadKey, underIds, answers, at: said.at };
}

type Recalled = {
  readonly batch: readonly Pending[];
  readonly told: readonly Told[];
  readonly alike: readonly (readonly Alike[])[];
  /** What those alike said, by mark. */
  readonly heard: ReadonlyMap<string, Heard>;
  readonly named: Map<string, Original>;
  /** Names of messages whose author's deletion came, and from which message on. */
  readonly takenBack: Map<string, string>;
  readonly signs: GivenSign[];
};

function memoryOf(reading: Understanding, recalled: Recalled): Memory {
  const { told, named, takenBack, signs } = recalled;
  const senses = new Map<string, Sense>();
  const senseFor = (messageId: string, kept: Words['kept']): Sense => {
    const known = senses.get(messageId) ?? senseOf(reading, kept.text, kept.location);
    senses.set(messageId, known);
    return known;
  };
  const entryFrom = (words: Told): Entry => ({
    ...words,
    sense: () => senseFor(words.messageId, words.kept),
  });
  const othersOf = othersIn(recalled);
  const entries = new Map(told.map((words) => [words.messageId, entryFrom(words)]));
  const groups = new Map(told.map(({ complaint, group }) => [complaint.id, group]));
  const closed = new Set<string>();
  const changed = new Map<string, Known>();
  const asNow = (complaint: Known): Known => changed.get(complaint.id) ?? complaint;
  const theirs = (reporter: string): Entry[] =>
    [...entries.values()]
      .filter((entry) => entry.reporter === reporter)
      .map((entry) => leftAs(entry, asNow(entry.complaint), closed));
  return {
    named: (waiting, key) => namedBefore(named, waiting, key),
    rename: (channel, account, key, original) => {
      rename(named, nameOf(channel, account, key), original);
    },
    remember: (words, sense, group) => {
      senses.set(words.messageId, sense);
      groups.set(words.complaint.id, group);
      entries.set(words.messageId, entryFrom({ ...words, isOpen: true, group }));
    },
    isTakenBack: (waiting) => {
      const since = takenBack.get(takenBackName(ownNameOf(waiting), waiting.reporter));
      return since !== undefined && compareIds(since, waiting.id) < 0;
    },
    takeBack: (waiting) =>
      takenBack.set(takenBackName(ownNameOf(waiting), waiting.reporter), waiting.id),
    unsay: (messageId) => entries.delete(messageId),
    sign: (sign) => signs.push(sign),
    groupOf: (complaintId) => groups.get(complaintId) ?? complaintId,
    close: (complaintId) => closed.add(complaintId),
    isClosed: (complaintId) => closed.has(complaintId),
    change: (complaint) => changed.set(complaint.id, complaint),
    asNow,
    signFor: (pending) => signFor(pending, theirs(pending.waiting.reporter), signs),
    factsFor: (pending) => {
      const { waiting } = pending;
      const under = waiting.underKeys.flatMap((key) => namedBefore(named, waiting, key) ?? []);
      return factsFrom(reading, pending, { theirs: theirs(waiting.reporter), under });
    },
    candidatesFor: (pending) =>
      likest(pending, [
        ...(othersOf.get(pending.waiting.id) ?? []),
        ...[...entries.values()].filter(({ head }) => head).map(otherFrom(pending.signature)),
      ]).map(({ messageId, group, at, sense }) => {
        return { messageId, head: group, at, comparable: sense().comparable };
      }),
  };
}

/** An entry as the batch left its complaint. */
const leftAs = (entry: Entry, complaint: Known, closed: ReadonlySet<string>): Entry => ({
  ...entry,
  complaint,
  isOpen: entry.isOpen && !closed.has(complaint.id),
});

/** The first version that made a complaint says more than later ones. */
function rename(named: Map<string, Original>, name: string, original: Original): void {
  const before = named.get(name);
  const isKept = before?.holding.state === 'judged' && before.holding.complaint !== null;
  if (!isKept || before.id === original.id) named.set(name, original);
}

/** A complaint that may say the same, with what it says. */
type Other = Omit<Alike, 'mark'> & Heard;

/** Of what was found alike, what can be opened, by the message it is like. */
const othersIn = ({ batch, alike, heard }: Recalled): ReadonlyMap<string, readonly Other[]> =>
  new Map(
    batch.map(({ waiting }, index) => [
      waiting.id,
      (alike[index] ?? []).flatMap((one) => {
        const said = heard.get(one.mark);
        return said ? [{ ...one, ...said }] : [];
      }),
    ]),
  );

const otherFrom =
  ({ exact, bands }: Signature) =>
  ({ messageId, reporter, group, at, kept, sense, ...entry }: Entry): Other => {
    const weight = entry.exact === exact ? equalWeight : sharedBands(entry.bands, bands);
    return { messageId, reporter, group, at, weight, anonymous: kept.anonymous, sense };
  };

/**
 * The likest, equal words first, as the database finds them. Never an own complaint when either is
 * anonymous: a link would join what the reporter parted.
 */
function likest({ waiting, said }: Pending, all: readonly Other[]): Other[] {
  const parts = ({ reporter, anonymous }: Other) =>
    reporter === waiting.reporter && (anonymous || said.anonymous);
  const isNear = ({ at }: Other) => Math.abs(said.at - at) <= duplicateMs;
  return [...new Map(all.map((one) => [one.messageId, one])).values()]
    .filter((one) => one.weight > 0 && isNear(one) && !parts(one))
    .toSorted((a, b) => b.weight - a.weight || a.at - b.at || compareIds(a.messageId, b.messageId))
    .slice(0, mostAlike);
}

const ownNameOf = ({ channel, message, messageKey }: WaitingMessage): string =>
  nameOf(channel, message.account, messageKey);

function namedBefore(
  named: ReadonlyMap<string, Original>,
  { id, channel, message }: WaitingMessage,
  key: string,
): Original | undefined {
  const original = named.get(nameOf(channel, message.account, key));
  return original && compareIds(original.id, id) < 0 ? original : undefined;
}
