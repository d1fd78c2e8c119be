import type { Comparable } from '../src/domain/comparable.ts';
import type { Complaint } from '../src/domain/complaint.ts';
import type { Holding, Known } from '../src/domain/judge.ts';
import type { Understanding } from '../src/domain/said.ts';
import type { NewAlias, NewAttachment } from '../src/store/complaints.ts';
import type { supersedeHeld } from '../src/store/held.ts';
import type { NewLink } from '../src/store/links.ts';
import type { MessageEnd, WaitingMessage } from '../src/store/messages.ts';
import type { Original } from '../src/store/originals.ts';
import type { NewEvent } from '../src/store/outbox.ts';
import type { GivenSign } from '../src/store/signs.ts';
import type { Words } from '../src/store/words.ts';
import type { Memory, Pending } from './memory.ts';

/** What making complaints and events takes from the world. */
export type Making = {
  readonly reading: Understanding;
  readonly newId: () => string;
  /** The reporter of an anonymous complaint: a pseudonym made for it alone. */
  readonly anonymousRef: (complaintId: string) => string;
  /** Where the core fetches a file that is here. */
  readonly attachmentUrl: (attachmentId: string) => string;
};

/** Everything one batch will write, in order. */
export type Plan = {
  readonly complaints: { readonly complaint: Complaint; readonly reporter: string }[];
  readonly attachments: NewAttachment[];
  /** Numbers told already, of what proved to belong to an earlier complaint. */
  readonly aliases: NewAlias[];
  readonly events: NewEvent[];
  readonly words: Words[];
  readonly links: NewLink[];
  /** Messages whose words the links rely on. */
  readonly relied: string[];
  /** Complaints of which something is known now that was not when they were made. */
  readonly changed: Known[];
  readonly withdrawn: string[];
  /** Complaints whose own words were edited, and what they say now. */
  readonly rewritten: { readonly complaintId: string; readonly comparable: Comparable }[];
  readonly ends: (MessageEnd & { readonly channel: string })[];
  /** Messages that took the place of earlier ones, if those are held, and why. */
  readonly superseded: Parameters<typeof supersedeHeld>[1][number][];
  readonly signs: GivenSign[];
  /** Messages whose words were taken back. */
  readonly unsaid: string[];
  readonly sightings: WaitingMessage[];
  readonly postponed: string[];
  /** Whether the lane stopped at a message that waits for another lane. */
  blocked: boolean;
  /** Whether the batch ended before its time: it took too long. */
  isCut: boolean;
};

/** Whether groups lose or change their first complaint: what is behind looks again who that is. */
export const changesGroups = ({ withdrawn, rewritten }: Plan): boolean =>
  withdrawn.length > 0 || rewritten.length > 0;

/** The parts of one message, in inbox order; nearly always just the one. */
export type Parts = readonly [WaitingMessage, ...WaitingMessage[]];

/** A message with what it refers to, and the number it gets if it becomes a complaint. */
export type Case = Pending & {
  readonly parts: Parts;
  readonly original: Original | null;
  readonly trackingNumber: string;
};

export function emptyPlan(): Plan {
  return {
    complaints: [],
    attachments: [],
    aliases: [],
    events: [],
    words: [],
    links: [],
    relied: [],
    changed: [],
    withdrawn: [],
    rewritten: [],
    ends: [],
    superseded: [],
    signs: [],
    unsaid: [],
    sightings: [],
    postponed: [],
    blocked: false,
    isCut: false,
  };
}

type Judged = Extract<Holding, { state: 'judged' }>;

/** What is held of a message from now on. */
export const judgedAs = (complaint: Known | null, more: Partial<Judged>): Judged => ({
  state: 'judged',
  complaint,
  isFirst: false,
  isWithdrawn: false,
  ...more,
});

/** Whether an edit or deletion is not, or may not be, by who said what it changes. */
export function isByAnother({ message, reporter }: WaitingMessage, original: Original): boolean {
  // Of comments that do not name their author (Facebook) only the author edits, but the page may remove.
  if (message.sender.unnamed) return message.kind === 'delete';
  return message.kind !== 'message' && original.reporter !== reporter;
}

/** Lets later messages of the batch find these by their names. */
export function rename(memory: Memory, { parts }: Case, holding: Holding): void {
  for (const { id, channel, reporter, message, messageKey, groupKey } of parts) {
    if (message.kind === 'delete') continue; // says nothing itself
    const original: Original = { id, reporter, holding, refs: [] };
    memory.rename(channel, message.account, messageKey, original);
    if (groupKey !== null && message.kind === 'message') {
      memory.rename(channel, message.account, `group:${groupKey}`, original);
    }
  }
}

/** Every part ends; the first with the verdict, the others as what came with it. */
export function endAll(plan: Plan, { parts }: Case, outcome: string, { id }: Known): void {
  for (const [index, part] of parts.entries()) {
    const end = ended(part.id, index === 0 ? outcome : 'followup', null, id);
    plan.ends.push({ ...end, channel: part.channel });
  }
}

export const ended = (
  id: string,
  outcome: string,
  reason: string | null,
  complaintId: string | null = null,
): MessageEnd => ({ id, outcome, reason, complaintId });
