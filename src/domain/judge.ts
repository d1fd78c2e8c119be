import { type Addition, type Agency, type Attachment, type Complaint } from './complaint.ts';
import type { InboundMessage, Location } from './message.ts';
import { normaliseText, storable, withoutLaporTag } from './text.ts';

/** How long the parts of one message are gathered, from the arrival of the first (contract section 7). */
export const gatherMs = 1500;

/** A message in its place in the inbox. `receivedAt` is ours, RFC 3339 UTC with milliseconds. */
export type Received = { readonly message: InboundMessage; readonly receivedAt: string };

/** An existing complaint, as far as judging needs it. */
export type Known = { readonly id: string; readonly trackingNumber: string };

/**
 * What we hold of the message an edit changes, or of the group a part belongs to: nothing, something
 * not judged yet, or something judged (with its complaint, if it made one).
 */
export type Holding =
  | { readonly state: 'none' }
  | { readonly state: 'waiting' }
  | { readonly state: 'judged'; readonly complaint: Known | null };

/** The outcomes of `satupintu_messages_total` that judging can give, plus `wait`: not yet. */
export type Verdict =
  | { readonly outcome: 'complaint' }
  | { readonly outcome: 'followup'; readonly change: 'attachments'; readonly complaint: Known }
  | { readonly outcome: 'edit'; readonly change: 'edited'; readonly complaint: Known }
  | { readonly outcome: 'command'; readonly reason: string }
  | { readonly outcome: 'ignored'; readonly reason: string }
  | { readonly outcome: 'wait' };

/**
 * Judges one message (contract section 7, as far as it goes today: command, edit, late part, new).
 * In: its parts in inbox order (nearly always just the one), and what we hold of the message or group
 * it refers to. Out: the verdict on all of them. Deterministic; throws nothing.
 */
export function judge(
  parts: readonly [InboundMessage, ...InboundMessage[]],
  holding: Holding,
): Verdict {
  const [message] = parts;
  switch (message.kind) {
    case 'command':
      return { outcome: 'command', reason: 'a word to us, no report' };
    case 'profile':
      return { outcome: 'ignored', reason: 'own contact, kept with the reporter' };
    case 'delete':
    case 'edit':
      return judgeEdit(message, holding);
    case 'message':
      return judgeParts(parts, holding);
  }
}

/** One part that is for us brings all of them with it. */
function judgeParts(parts: readonly InboundMessage[], holding: Holding): Verdict {
  if (holding.state === 'judged' && holding.complaint !== null) {
    return { outcome: 'followup', change: 'attachments', complaint: holding.complaint };
  }
  return parts.every(({ addressed }) => addressed === 'none')
    ? { outcome: 'ignored', reason: 'part of an album that is not for us' }
    : { outcome: 'complaint' };
}

function judgeEdit(message: InboundMessage, holding: Holding): Verdict {
  if (holding.state === 'waiting') return { outcome: 'wait' };
  if (holding.state === 'judged' && holding.complaint !== null) {
    return { outcome: 'edit', change: 'edited', complaint: holding.complaint };
  }
  return message.addressed !== 'none'
    ? { outcome: 'complaint' }
    : { outcome: 'ignored', reason: 'edit of a message that is not ours' };
}

/** What turns words into a complaint's words: the reading of routing keywords, given normalised text. */
export type ReadKeyword = (text: string) => {
  readonly agency: Agency | null;
  readonly rest: string;
};

type Words = Pick<
  Complaint,
  'text' | 'originalText' | 'messageIds' | 'sentAt' | 'receivedAt' | 'location' | 'agency'
>;

/**
 * One set of words from the parts of one message, in inbox order: captions joined by line feeds, the
 * first place named, ids in order, the first part's times. In: at least one part. Throws nothing.
 */
export function wordsFrom(parts: readonly [Received, ...Received[]], read: ReadKeyword): Words {
  const [first] = parts;
  const texts = parts.map(({ message }) => withoutLaporTag(normaliseText(message.text)));
  const joined = texts.filter((text) => text !== '').join('\n');
  const { agency, rest } = first.message.mayBeginWithKeyword
    ? read(joined)
    : { agency: null, rest: joined };
  return {
    text: rest,
    originalText: parts
      .map(({ message }) => storable(message.originalText))
      .filter((text) => text !== '')
      .join('\n'),
    messageIds: [...new Set(parts.map(({ message }) => message.messageId))],
    sentAt: first.message.sentAt,
    receivedAt: first.receivedAt,
    location: parts.map(({ message }) => message.location).find((place) => place !== null) ?? null,
    agency: agency === null ? null : { keyword: agency.keyword, name: agency.name },
  };
}

type Identity = {
  readonly id: string;
  readonly trackingNumber: string;
  readonly channel: string;
  readonly reporterRef: string;
  readonly attachments: readonly Attachment[];
};

/**
 * Makes a complaint (contract section 5). In: who and what it is, and the parts it is made from. Out:
 * the complaint without name and contact, which stay with the reporter and are filled in on sending.
 */
export function complaintFrom(
  identity: Identity,
  parts: readonly [Received, ...Received[]],
  read: ReadKeyword,
): Complaint {
  const words = wordsFrom(parts, read);
  const [{ message }] = parts;
  return {
    id: identity.id,
    trackingNumber: identity.trackingNumber,
    class: null,
    channel: identity.channel,
    channelAccount: message.account,
    permalink: message.permalink,
    reporter: { ref: identity.reporterRef, name: null, contact: null },
    anonymous: false,
    confidential: false,
    title: null,
    occurredAt: null,
    category: null,
    attachments: [...identity.attachments],
    duplicate: { verdict: 'none', of: null, score: null, reasons: [] },
    flags: isIncomplete(words.text, words.location) ? ['incomplete'] : [],
    ...words,
  };
}

/**
 * What came to an existing complaint (contract section 6, `complaint.updated`): only what is new.
 */
export function additionFrom(
  complaint: Known,
  change: Addition['change'],
  parts: readonly [Received, ...Received[]],
  attachments: readonly Attachment[],
  read: ReadKeyword,
): Addition {
  return {
    complaintId: complaint.id,
    trackingNumber: complaint.trackingNumber,
    change,
    ...wordsFrom(parts, read),
    attachments: [...attachments],
  };
}

function isIncomplete(text: string, location: Location | null): boolean {
  return text === '' && location === null;
}
