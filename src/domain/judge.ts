import type { Danger } from './danger.ts';
import { isRepeat, placesDiffer, saysOfAnother } from './likeness.ts';
import { comparePlaces } from './place-kinds.ts';
import type { InboundMessage } from './message.ts';
import type { Said, Sense } from './said.ts';

/** How long the parts of one message are gathered, from the arrival of the first (contract section 7). */
export const gatherMs = 1500;

/** How soon after the previous message a private one still belongs to it (contract section 7). */
export const followUpMs = 120_000;

/** How soon after a danger to life was told what follows belongs to it (contract section 7). */
export const urgentMs = 30 * 60_000;

/** How long a wish for secrecy sent by itself is kept for what comes next: people take their time to write. */
export const signMs = 30 * 60_000;

/** How long the same words of the same reporter are a repeat (contract section 7). */
export const repeatMs = 72 * 3_600_000;

/** An existing complaint, as far as judging needs it. */
export type Known = {
  readonly id: string;
  readonly trackingNumber: string;
  readonly anonymous: boolean;
  readonly confidential: boolean;
  readonly flags: readonly string[];
  /** Whose it is: the pseudonym, also of an anonymous one. */
  readonly reporter: string;
};

/**
 * What we hold of the message an edit changes, of the group a part belongs to, or of the same message
 * by another event: nothing, something not judged yet, something held back, or something judged (with
 * its complaint, if it made one; `isFirst` when that complaint began with it, `isWithdrawn` when that
 * was taken back).
 */
export type Holding =
  | { readonly state: 'none' | 'waiting' | 'held' }
  | {
      readonly state: 'judged';
      readonly complaint: Known | null;
      readonly isFirst: boolean;
      readonly isWithdrawn: boolean;
    };

/** Whether its reporter's name and contact are kept from the core because they asked for it. */
export const isWithheld = ({ flags }: Pick<Known, 'flags'>): boolean =>
  flags.includes('secrecy_asked');

/** Whether it tells of a danger to life. */
export const isUrgent = ({ flags }: Pick<Known, 'flags'>): boolean => flags.includes('urgent');

/** What the same reporter said before, in a complaint that is still open. */
export type Earlier = {
  readonly complaint: Known;
  /** Its own time, epoch milliseconds. */
  readonly at: number;
  readonly sense: Sense;
  readonly agency: string | null;
  /** As in `Said`; empty where none were kept. */
  readonly traces: readonly string[];
};

/**
 * What is known when a message is judged. Every complaint in it is the reporter's own and open
 * (neither withdrawn nor closed); what is held back is no complaint.
 */
export type Facts = {
  readonly holding: Holding;
  /** Released by an admin: what would hold it back does not count any more. */
  readonly released: boolean;
  /** Theirs, with words much alike, within `repeatMs`. */
  readonly alike: readonly Earlier[];
  /**
   * The complaint of the message of theirs that it answers or stands under; `closed` when that one is
   * withdrawn or closed.
   */
  readonly answered: Known | 'closed' | null;
  /** In a private dialogue, when it answers something that is not theirs: their latest complaint there. */
  readonly latest: Known | null;
  /**
   * What they said last within `followUpMs` in the same private dialogue, with all of its complaint; null
   * when that complaint is not open.
   */
  readonly recent: Earlier | null;
  /** Their urgent complaint in the same dialogue or thread, if they spoke of it within `urgentMs`, with all that was said. */
  readonly urgent: (Earlier & { readonly dangers: ReadonlySet<Danger> }) | null;
  /** The latest complaint in the same private dialogue, however old; looked for when secrecy is asked. */
  readonly inDialogue: Known | null;
  /** Their complaint in the same public thread, with all that was said of it. */
  readonly inThread: Earlier | null;
  /** It stands under what they said themselves and is held. */
  readonly isUnderOwnHeld: boolean;
  /** An edit or deletion of what somebody else said, or a deletion that does not say whose it is. */
  readonly isByAnother: boolean;
  /** Taken back before it came: its deletion is here already. */
  readonly isTakenBack: boolean;
  /** It stands under what somebody else said to us; `waiting`: that is not judged yet. */
  readonly isUnderAnothers: boolean | 'waiting';
  /** The complaint that BATAL names. */
  readonly named: Known | null;
};

/**
 * The outcomes of `satupintu_messages_total` that judging can give, plus `wait`: not yet. `alone`: later
 * messages need not wait with it (it waits for the gathering of an album).
 */
export type Verdict =
  /** `closesUp`: what was said openly of the same matter before. */
  | { readonly outcome: 'complaint'; readonly closesUp: Known | null }
  | {
      readonly outcome: 'followup';
      readonly change: 'attachments' | 'followup';
      readonly complaint: Known;
    }
  | { readonly outcome: 'repeat'; readonly change: 'repeat'; readonly complaint: Known }
  | { readonly outcome: 'edit'; readonly change: 'edited'; readonly complaint: Known }
  | { readonly outcome: 'edit'; readonly change: 'withdrawn'; readonly complaint: Known }
  | { readonly outcome: 'edit'; readonly change: 'heldTakenBack'; readonly reason: string }
  | { readonly outcome: 'command'; readonly reason: string; readonly withdraws: Known | null }
  | { readonly outcome: 'held'; readonly reason: string }
  | { readonly outcome: 'ignored'; readonly reason: string }
  | { readonly outcome: 'wait'; readonly alone: boolean };

/**
 * Judges one message in the order of contract section 7: command, (redelivery: absorbed before),
 * edit or delete, a wish for secrecy alone, repeat, danger, follow-up, new. In: its parts in inbox order, what they say, and what is
 * known. Out: the verdict on all of them. Looks at no clock: the same message among the same facts is
 * always judged the same. Throws nothing.
 */
export function judge(
  parts: readonly [InboundMessage, ...InboundMessage[]],
  said: Said,
  facts: Facts,
): Verdict {
  const [message] = parts;
  switch (message.kind) {
    case 'command':
      return { outcome: 'command', reason: 'a word to us, no report', withdraws: null };
    case 'profile':
      return { outcome: 'ignored', reason: 'own contact, kept with the reporter' };
    case 'delete':
      return changesAnothers(facts) ?? judgeDelete(facts.holding);
    case 'edit':
    case 'message':
      if (facts.isTakenBack) return { outcome: 'ignored', reason: 'taken back before it came' };
      return message.kind === 'edit'
        ? (changesAnothers(facts) ?? judgeEdit(message, said, facts))
        : judgeMessage(parts, said, facts);
  }
}

/** Only who said it changes it. Somebody decides about the rest: a page may remove what is said below it. */
function changesAnothers({ isByAnother, holding, released }: Facts): Verdict | null {
  if (!isByAnother || released) return null;
  const isAnyChanged =
    holding.state === 'held' || (holding.state === 'judged' && holding.complaint !== null);
  return isAnyChanged ? { outcome: 'held', reason: 'changed_by_another' } : null;
}

function judgeDelete(holding: Holding): Verdict {
  switch (holding.state) {
    case 'none':
      return { outcome: 'ignored', reason: 'taken back, and never seen by us' };
    case 'waiting':
      return { outcome: 'wait', alone: true };
    case 'held':
      return { outcome: 'edit', change: 'heldTakenBack', reason: 'taken back by its sender' };
    case 'judged':
      if (holding.complaint === null) {
        return { outcome: 'ignored', reason: 'taken back, and no complaint of its own' };
      }
      if (holding.isWithdrawn) return { outcome: 'ignored', reason: 'taken back already' };
      // Of several messages of one complaint the first is the complaint; another one's words go.
      return holding.isFirst
        ? { outcome: 'edit', change: 'withdrawn', complaint: holding.complaint }
        : { outcome: 'edit', change: 'edited', complaint: holding.complaint };
  }
}

function judgeEdit(message: InboundMessage, said: Said, facts: Facts): Verdict {
  const { holding } = facts;
  if (holding.state === 'waiting') return { outcome: 'wait', alone: true };
  const complaint = holding.state === 'judged' ? holding.complaint : null;
  if (complaint === null) return judgeWords([message], said, facts);
  if (isOfItsOwn(said, complaint)) return { outcome: 'complaint', closesUp: openIn(said, facts) };
  return (
    judgeCommand(said, facts) ??
    spamIn(said, facts) ?? { outcome: 'edit', change: 'edited', complaint }
  );
}

/** Who wants to be anonymous only now cannot be it in what was said openly: it becomes a complaint of its own. */
function isOfItsOwn({ anonymous, wish }: Said, complaint: Known): boolean {
  return anonymous && !complaint.anonymous && wish?.isAll !== true;
}

function judgeMessage(parts: readonly InboundMessage[], said: Said, facts: Facts): Verdict {
  const isPart = parts.some(({ group }) => group !== null);
  return judgeMet(said, facts, isPart) ?? judgeWords(parts, said, facts);
}

function judgeWords(parts: readonly InboundMessage[], said: Said, facts: Facts): Verdict {
  return (
    judgeCommand(said, facts) ??
    judgeWish(said, facts) ??
    repeatedBy(said, facts) ??
    judgeFollowUp(said, facts) ??
    judgeAddress(parts, facts) ??
    judgeNew(said, facts)
  );
}

/** A message that is here already, by another event of its provider, or a part of an album that is. */
function judgeMet(said: Said, facts: Facts, isPart: boolean): Verdict | null {
  const { holding, released } = facts;
  if (holding.state === 'waiting') return { outcome: 'wait', alone: true };
  if (isPart) return judgePart(said, facts);
  const isHere = holding.state === 'judged' && holding.complaint !== null;
  return isHere || (holding.state === 'held' && !released)
    ? { outcome: 'ignored', reason: 'the same message by another event' }
    : null;
}

/** A late part goes where its album went. */
function judgePart(said: Said, facts: Facts): Verdict | null {
  const { holding, released } = facts;
  if (holding.state === 'held' && !released) {
    return { outcome: 'held', reason: 'part of what is held' };
  }
  if (holding.state !== 'judged' || holding.complaint === null || holding.isWithdrawn) return null;
  const { complaint } = holding;
  if (isOfItsOwn(said, complaint)) return null;
  return spamIn(said, facts) ?? { outcome: 'followup', change: 'attachments', complaint };
}

/** Words to us, or LAPOR BARU with nothing behind it; with a photo or a place they are a report. */
function judgeCommand(said: Said, { named }: Facts): Verdict | null {
  if (said.hasFiles || said.hasPlaceBeside) return null;
  if (said.command !== null) {
    const { name } = said.command;
    return { outcome: 'command', reason: name, withdraws: name === 'batal' ? named : null };
  }
  return said.opensNew && said.compared === '' ? bareSign : null;
}

const bareSign: Verdict = {
  outcome: 'command',
  reason: 'a sign without a report',
  withdraws: null,
};

/**
 * A wish for secrecy alone marks what is open; with nothing open it is meant for what comes next. Files or a
 * place beside it say more.
 */
function judgeWish(said: Said, facts: Facts): Verdict | null {
  if (!said.wish?.isAll) return null;
  const saysMore = said.hasFiles || said.hasPlaceBeside;
  const complaint = markedBy(said, facts, saysMore);
  if (complaint) {
    return spamIn(said, facts) ?? { outcome: 'followup', change: 'followup', complaint };
  }
  return saysMore ? null : bareSign;
}

/** ANONIM by itself long after a report is meant for the next one: telling of it would tell whose that is. */
function markedBy(said: Said, facts: Facts, saysMore: boolean): Known | null {
  const near = continuedBy(said, facts);
  const isForNext = said.wish?.anonymous === true || said.opensNew || facts.answered === 'closed';
  return near ?? (isForNext || saysMore ? null : facts.inDialogue);
}

function judgeFollowUp(said: Said, facts: Facts): Verdict | null {
  const complaint = followedBy(said, facts);
  if (complaint === null) return null;
  return spamIn(said, facts) ?? { outcome: 'followup', change: 'followup', complaint };
}

/**
 * Among others not all that is said is said to us. One part that is for us brings all of them with it, and
 * below their own complaint whatever a citizen says is for us.
 */
function judgeAddress(parts: readonly InboundMessage[], facts: Facts): Verdict | null {
  if (parts.some(({ addressed }) => addressed === 'us')) return null;
  const isTheirs = facts.answered !== null || facts.inThread !== null || facts.isUnderOwnHeld;
  if (isTheirs) return null;
  if (parts.every(({ addressed }) => addressed === 'none')) {
    return { outcome: 'ignored', reason: 'said among others and not to us' };
  }
  if (facts.isUnderAnothers === 'waiting') return { outcome: 'wait', alone: false };
  return facts.isUnderAnothers
    ? { outcome: 'ignored', reason: "said in another citizen's thread and not to us" }
    : null;
}

function judgeNew(said: Said, facts: Facts): Verdict {
  const { hold } = said.screening;
  const complaint = { outcome: 'complaint', closesUp: openIn(said, facts) } as const;
  if (hold === null || facts.released) return complaint;
  // A photo or a place says more than the "tes" beside it.
  const saysMore = said.hasFiles || said.hasPlaceBeside;
  return saysMore && hold !== 'spam_suspected' ? complaint : { outcome: 'held', reason: hold };
}

function spamIn(said: Said, facts: Facts): Verdict | null {
  return said.screening.hold === 'spam_suspected' && !facts.released
    ? { outcome: 'held', reason: 'spam_suspected' }
    : null;
}

/** The same words again, asking for no more secrecy, to the same agency; with files they bring news. */
function repeatedBy(said: Said, facts: Facts): Verdict | null {
  const first = alikeIn(
    said,
    facts,
    ({ anonymous, confidential }) =>
      anonymous === said.anonymous && (confidential || !said.confidential),
  );
  if (!first) return null;
  const { complaint } = first;
  const bringsPlace = said.hasPlaceBeside && first.sense.comparable.point === null;
  return said.hasFiles || bringsPlace
    ? { outcome: 'followup', change: 'followup', complaint }
    : { outcome: 'repeat', change: 'repeat', complaint };
}

const alikeIn = (
  said: Said,
  { alike }: Facts,
  isRight: (complaint: Known) => boolean,
): Earlier | undefined =>
  alike.find(
    (earlier) =>
      isRight(earlier.complaint) &&
      isSameHand(earlier, said) &&
      isSameAgency(earlier.agency, said.words.agency?.keyword ?? null) &&
      isRepeat(earlier.sense.comparable, said.sense.comparable, said.at - earlier.at),
  );

/**
 * What was said openly of the matter that secrecy is asked for now: the message it edits or belongs to, the
 * same words, or what it would go on about. Of who wants to be anonymous only the same words: closing up
 * another complaint at that moment would tell whose the anonymous one is.
 */
function openIn(said: Said, facts: Facts): Known | null {
  if (said.wish === null) return null;
  const { holding } = facts;
  const own = holding.state === 'judged' && !holding.isWithdrawn ? holding.complaint : null;
  const complaint =
    own ??
    alikeIn(said, facts, isOpenly)?.complaint ??
    (said.wish.anonymous ? null : continuedBy(said, facts));
  return complaint && isOpenly(complaint) ? complaint : null;
}

const isOpenly = (complaint: Known): boolean => !complaint.anonymous && !isWithheld(complaint);

/**
 * Anybody can type a name and a number: a form repeats another only when it shows the same cookie or comes from
 * the same page. Of who stays anonymous nothing shows it.
 */
function isSameHand(earlier: Earlier, { traces, anonymous }: Said): boolean {
  if (traces === null) return true;
  return !anonymous && traces.some((trace) => earlier.traces.includes(trace));
}

function isSameAgency(one: string | null, other: string | null): boolean {
  return one === null || other === null || one === other;
}

/** The complaint that a message joins; null when it opens one of its own. */
function followedBy(said: Said, facts: Facts): Known | null {
  // Who asks for secrecy now must not be joined to what was said openly.
  if (said.wish !== null) return null;
  const complaint = continuedBy(said, facts);
  if (!said.anonymous && !said.confidential) return complaint;
  // A wish by itself was meant for what it closed up, too: what only goes on about that joins it.
  return complaint && isWithheld(complaint) && !said.sense.standsAlone ? complaint : null;
}

/** The complaint that a message goes on about, as if no secrecy were asked. */
function continuedBy(said: Said, facts: Facts): Known | null {
  if (said.opensNew) return null;
  const isDanger = said.dangers.size > 0;
  if (facts.answered !== null && !isDanger) {
    return facts.answered === 'closed' ? null : facts.answered;
  }
  if (isOfDanger(said, facts)) return facts.urgent?.complaint ?? null;
  // Danger to life never hides in what is not urgent.
  return isDanger ? null : spokenOf(said, facts);
}

function spokenOf(said: Said, { latest, inThread, recent }: Facts): Known | null {
  if (latest) return latest;
  const earlier = inThread ?? recent;
  return earlier && !isAnotherMatter(said.sense, earlier.sense) ? earlier.complaint : null;
}

/**
 * Whether a message goes on about a danger told shortly before: an address, an answer, how it grows. A matter of
 * its own does not, nor a suicide behind a fire.
 */
function isOfDanger(said: Said, { urgent, recent }: Facts): boolean {
  if (urgent === null) return false;
  const { sense, dangers } = said;
  if (dangers.size > 0) {
    const isSameKind = dangers.has('suicide') === urgent.dangers.has('suicide');
    return isSameKind && !arePlacesApart(sense, urgent.sense);
  }
  // They spoke of something else since.
  if (recent !== null && recent.complaint.id !== urgent.complaint.id) return false;
  return goesOn(said, urgent);
}

function goesOn({ sense, at }: Said, urgent: Earlier): boolean {
  // A danger is a matter, whatever words tell of it: the place alone may part them.
  if (sense.standsAlone && arePlacesApart(sense, urgent.sense)) return false;
  const isOfItsOwn = sense.topics.size > 0 && sense.topics.isDisjointFrom(urgent.sense.topics);
  const isSoon = at - urgent.at <= followUpMs;
  return !isOfItsOwn || (isSoon && !sense.standsAlone);
}

/**
 * Whether two messages of one sender are two reports (a radio's relay number, a staff counter): they say
 * the same of two, or each would stand alone and they differ in place or matter. Who goes on about the
 * same place names it again, or none.
 */
function isAnotherMatter(one: Sense, other: Sense): boolean {
  return standApart(one, other) || saysOfAnother(one.comparable, other.comparable);
}

function standApart(one: Sense, other: Sense): boolean {
  if (!one.standsAlone || !other.standsAlone) return false;
  const differInMatter =
    one.topics.size > 0 && other.topics.size > 0 && one.topics.isDisjointFrom(other.topics);
  return differInMatter || arePlacesApart(one, other);
}

function arePlacesApart({ comparable: one }: Sense, { comparable: other }: Sense): boolean {
  if (placesDiffer(one, other)) return true;
  const { shared } = comparePlaces(one.spots, other.spots);
  return one.spots.length > 0 && other.spots.length > 0 && shared.length === 0;
}
