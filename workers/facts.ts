import { dangersIn } from '../src/domain/danger.ts';
import {
  type Earlier,
  type Facts,
  followUpMs,
  isUrgent,
  type Known,
  repeatMs,
  signMs,
  urgentMs,
} from '../src/domain/judge.ts';
import {
  type Said,
  type Sense,
  senseOf,
  type Sign,
  type Understanding,
} from '../src/domain/said.ts';
import type { WaitingMessage } from '../src/store/messages.ts';
import type { Original } from '../src/store/originals.ts';
import type { Told } from '../src/store/said-before.ts';
import type { GivenSign } from '../src/store/signs.ts';
import type { Signature } from '../src/store/words.ts';

/** Something that was said of a complaint. */
export type Entry = Told & { readonly sense: () => Sense };

type Pending = {
  readonly waiting: WaitingMessage;
  readonly said: Said;
  readonly signature: Signature;
};

/** What a reporter's own past tells of a message: their entries, and what it stands under. */
export type Past = {
  readonly theirs: readonly Entry[];
  readonly under: readonly Original[];
};

type PastFacts = Pick<
  Facts,
  'alike' | 'recent' | 'inThread' | 'answered' | 'latest' | 'inDialogue' | 'urgent'
> &
  Pick<Facts, 'isUnderAnothers' | 'isUnderOwnHeld'>;

/** The facts about a message that follow from what was said before it. */
export function factsFrom(
  reading: Understanding,
  { waiting, said, signature }: Pending,
  { theirs, under }: Past,
): PastFacts {
  const { underKeys, threadKey } = waiting;
  const open = theirs.filter(({ isOpen }) => isOpen);
  const ownUnder = under.filter(({ reporter }) => reporter === waiting.reporter);
  const isPrivate = waiting.message.setting === 'private';
  const answersUs = isPrivate && underKeys.length > 0 && ownUnder.length === 0;
  const thread = open.filter((entry) => threadKey !== null && entry.threadKey === threadKey);
  const whole = (entry: Entry | undefined) => (entry ? wholeOf(reading, entry, theirs) : null);
  const inDialogue = latestOf(dialogueOf(waiting, open))?.complaint ?? null;
  const recent = latestOf(dialogueOf(waiting, theirs).filter(isWithin(said.at)));
  return {
    alike: alikeAmong(open, said, signature),
    answered: answeredAmong(ownUnder, open),
    latest: answersUs ? inDialogue : null,
    inDialogue,
    urgent: urgentAmong(reading, [...dialogueOf(waiting, open), ...thread], said.at),
    recent: recent?.isOpen ? whole(recent) : null,
    inThread: whole(latestOf(thread)),
    isUnderAnothers: isUnderAnothers(under, waiting.reporter),
    isUnderOwnHeld: ownUnder.some(({ holding }) => holding.state === 'held'),
  };
}

/** The open danger they told of last, soon enough before. */
function urgentAmong(
  reading: Understanding,
  entries: readonly Entry[],
  now: number,
): Facts['urgent'] {
  const isNear = isWithin(now, urgentMs);
  const last = latestOf(entries.filter((entry) => isUrgent(entry.complaint) && isNear(entry)));
  if (!last) return null;
  const of = entries.filter(({ complaint }) => complaint.id === last.complaint.id);
  const text = of.map(({ kept }) => kept.text).join('\n');
  const dangers = dangersIn(text, reading.isOrdinaryWord);
  return { ...wholeOf(reading, last, entries), dangers };
}

/** What was said in the same private dialogue. */
function dialogueOf({ message }: WaitingMessage, entries: readonly Entry[]): readonly Entry[] {
  return message.setting === 'private'
    ? entries.filter(({ setting, account }) => setting === 'private' && account === message.account)
    : [];
}

// After it, never before: what is released later belongs to nothing that was said since.
const isWithin =
  (now: number, ms = followUpMs) =>
  ({ at }: { readonly at: number }): boolean =>
    now >= at && now - at <= ms;

/** The sign that was sent by itself and is meant for this message: nothing was said since. */
export function signFor(
  { waiting, said }: Pick<Pending, 'waiting' | 'said'>,
  theirs: readonly Entry[],
  signs: readonly GivenSign[],
): Sign | null {
  if (waiting.message.kind !== 'message') return null;
  const near = isWithin(said.at, signMs);
  const isRecent = isWithin(said.at);
  const given = signs.filter(
    (sign) =>
      near(sign) && compareIds(sign.messageId, waiting.id) < 0 && isSameDialogue(sign, waiting),
  );
  const since = (sign: GivenSign) =>
    dialogueOf(waiting, theirs).some(
      ({ messageId, at }) => compareIds(messageId, sign.messageId) > 0 && at <= said.at,
    );
  const meant = given.filter((sign) => !since(sign));
  if (meant.length === 0) return null;
  return {
    anonymous: meant.some(({ anonymous }) => anonymous),
    confidential: meant.some(({ confidential }) => confidential),
    opensNew: meant.some((sign) => sign.opensNew && isRecent(sign)),
  };
}

const isSameDialogue = (sign: GivenSign, { reporter, message }: WaitingMessage): boolean =>
  message.setting === 'private' && sign.reporter === reporter && sign.account === message.account;

const mostAlike = 20;

/** Equal words first, then the latest: as the database finds them. */
function alikeAmong(
  open: readonly Entry[],
  { at: now }: Said,
  { exact, bands }: Signature,
): Earlier[] {
  return open
    .filter(({ at, role }) => role !== 'repeat' && Math.abs(now - at) <= repeatMs)
    .filter((entry) => sharedBands(entry.bands, bands) > 0)
    .toSorted(
      (one, other) =>
        Number(other.exact === exact) - Number(one.exact === exact) ||
        other.at - one.at ||
        compareIds(other.messageId, one.messageId),
    )
    .slice(0, mostAlike)
    .map((entry) => earlierFrom(entry, entry.sense()));
}

/** Whether something somebody else said is above it: a complaint, or what may become one. */
function isUnderAnothers(under: readonly Original[], reporter: string): boolean | 'waiting' {
  const others = under.filter((original) => original.reporter !== reporter);
  if (others.some((original) => complaintOf(original) !== null)) return true;
  return others.some(({ holding }) => holding.state === 'waiting') ? 'waiting' : false;
}

const complaintOf = ({ holding }: Original): Known | null =>
  holding.state === 'judged' ? holding.complaint : null;

/** The complaint of a message of theirs that is answered. */
function answeredAmong(own: readonly Original[], open: readonly Entry[]): Known | 'closed' | null {
  const complaints = own.flatMap((original) => complaintOf(original) ?? []);
  const still = open.find(({ complaint }) => complaints.some(({ id }) => id === complaint.id));
  return still?.complaint ?? (complaints.length > 0 ? 'closed' : null);
}

const latestOf = (entries: readonly Entry[]): Entry | undefined =>
  entries
    .toSorted((one, other) => one.at - other.at || compareIds(one.messageId, other.messageId))
    .at(-1);

/** Decimal ids in inbox order. */
export const compareIds = (one: string, other: string): number =>
  one.length - other.length || (one < other ? -1 : Number(one > other));

/** How many numbers two signatures share. */
export const sharedBands = (one: readonly number[], other: readonly number[]): number =>
  one.filter((band) => other.includes(band)).length;

/** The last message of a complaint with what was said of it: as it began, and as it goes on now. */
function wholeOf(reading: Understanding, last: Entry, theirs: readonly Entry[]): Earlier {
  const of = theirs
    .filter(({ complaint, role }) => complaint.id === last.complaint.id && role !== 'repeat')
    .toSorted((one, other) => compareIds(one.messageId, other.messageId));
  const all = of.length > 8 ? [...of.slice(0, 1), ...of.slice(-7)] : of;
  const [only] = all;
  if (all.length === 1 && only) return earlierFrom(last, only.sense());
  const text = all.map(({ kept }) => kept.text).join('\n');
  const location = all.map(({ kept }) => kept.location).find((place) => place !== null) ?? null;
  return earlierFrom(last, senseOf(reading, text, location));
}

function earlierFrom({ complaint, at, kept }: Entry, sense: Sense): Earlier {
  return { complaint, at, sense, agency: kept.agency, traces: kept.traces };
}
