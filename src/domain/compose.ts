import type { Addition, Attachment, Complaint, Withdrawal } from './complaint.ts';
import { isUrgent, isWithheld, type Known } from './judge.ts';
import type { InboundMessage } from './message.ts';
import type { Said } from './said.ts';

type Identity = {
  readonly id: string;
  readonly trackingNumber: string;
  readonly channel: string;
  /** The reporter's pseudonym, or for an anonymous complaint one made for it alone. */
  readonly reporterRef: string;
  readonly attachments: readonly Attachment[];
  readonly duplicate: Complaint['duplicate'];
};

/**
 * Makes a complaint (contract section 5). In: who and what it is, its first message, and what was
 * said. Out: the complaint without name and contact, which stay with the reporter and are filled in on
 * sending; an anonymous one never carries them, nor anything that leads back to the message.
 */
export function complaintFrom(identity: Identity, message: InboundMessage, said: Said): Complaint {
  const { anonymous, confidential, words } = said;
  return {
    id: identity.id,
    trackingNumber: identity.trackingNumber,
    class: message.form?.class ?? null,
    channel: identity.channel,
    channelAccount: message.account,
    permalink: anonymous ? null : message.permalink,
    reporter: { ref: identity.reporterRef, name: null, contact: null },
    anonymous,
    confidential,
    title: message.form?.title ?? null,
    occurredAt: message.form?.occurredOn ?? null,
    category: null,
    attachments: [...identity.attachments],
    duplicate: identity.duplicate,
    flags: flagsOf(said),
    ...words,
    text: textOf(said, anonymous),
    messageIds: anonymous ? [] : words.messageIds,
  };
}

/** Below one's own words what one quotes, unless that leads back from an anonymous complaint to its post. */
function textOf({ words, quoted }: Said, anonymous: boolean): string {
  return anonymous ? words.text : [words.text, quoted].filter(Boolean).join('\n\n');
}

/** The flags of a complaint that begins with these words. */
export function flagsOf({ sense, screening, dangers, secrecyAsked }: Said): string[] {
  const incomplete = !sense.hasPlace && !sense.hasMatter;
  return [
    ...(incomplete ? ['incomplete'] : []),
    ...screening.flags,
    ...(dangers.size > 0 ? ['urgent'] : []),
    ...(secrecyAsked ? ['secrecy_asked'] : []),
  ];
}

/**
 * A complaint after something was said of it: a wish for secrecy closes it up, a danger makes it urgent. The
 * same one if nothing changes.
 */
export function knownAfter(
  complaint: Known,
  { wish, dangers }: Pick<Said, 'wish' | 'dangers'>,
): Known {
  const isClosedUp = wish !== null && !complaint.anonymous && !isWithheld(complaint);
  const isNowUrgent = dangers.size > 0 && !isUrgent(complaint);
  if (!isClosedUp && !isNowUrgent) return complaint;
  return {
    ...complaint,
    confidential: complaint.confidential || isClosedUp,
    flags: [
      ...complaint.flags,
      ...(isNowUrgent ? ['urgent'] : []),
      ...(isClosedUp ? ['secrecy_asked'] : []),
    ],
  };
}

/**
 * A complaint as the core may see it now. In: as it was made, and who made it, if they are known. Who asked
 * for secrecy is not named, nor is the public post that shows them.
 */
export function complaintTold(
  complaint: Complaint,
  person: Pick<Complaint['reporter'], 'name' | 'contact'> | null,
): Complaint {
  if (complaint.anonymous) return complaint;
  if (isWithheld(complaint)) {
    const messageIds = complaint.permalink === null ? complaint.messageIds : [];
    return { ...complaint, permalink: null, messageIds };
  }
  const { name = null, contact = null } = person ?? {};
  return { ...complaint, reporter: { ref: complaint.reporter.ref, name, contact } };
}

/**
 * What came to an existing complaint (contract section 6, `complaint.updated`): only what is new, and
 * nothing that leads back to who wants to stay unknown. `before`: the complaint before it came.
 */
export function additionFrom(
  complaint: Known,
  change: Addition['change'],
  said: Said,
  attachments: readonly Attachment[],
  before = complaint,
): Addition {
  const isHidden = complaint.anonymous || (said.isPublic && isWithheld(complaint));
  return {
    complaintId: complaint.id,
    trackingNumber: complaint.trackingNumber,
    change,
    ...said.words,
    messageIds: isHidden ? [] : said.words.messageIds,
    attachments: [...attachments],
    ...changesSince(before, complaint),
  };
}

/** That a complaint is closed up because its reporter asks for secrecy elsewhere; it says nothing else. */
export function closingFrom(complaint: Known, said: Said, before: Known): Addition {
  const { sentAt, receivedAt } = said.words;
  const nothing = { text: '', originalText: '', messageIds: [], location: null, agency: null };
  const words = { ...nothing, sentAt, receivedAt };
  return additionFrom(complaint, 'followup', { ...said, words }, [], before);
}

function changesSince(before: Known, { confidential, flags }: Known) {
  return {
    ...(confidential === before.confidential ? {} : { confidential }),
    ...(flags === before.flags ? {} : { flags: [...flags] }),
  };
}

/** That a complaint was taken back, and when (the provider's time, ours). */
export function withdrawalFrom(complaint: Known, { words }: Pick<Said, 'words'>): Withdrawal {
  return {
    complaintId: complaint.id,
    trackingNumber: complaint.trackingNumber,
    change: 'withdrawn',
    sentAt: words.sentAt,
    receivedAt: words.receivedAt,
  };
}
