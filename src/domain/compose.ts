import type { Addition, Attachment, Complaint, Withdrawal } from './complaint.ts';
import type { Known } from './judge.ts';
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
    messageIds: anonymous ? [] : words.messageIds,
  };
}

function flagsOf({ sense, screening }: Said): string[] {
  const incomplete = !sense.hasPlace && !sense.hasMatter;
  return [...(incomplete ? ['incomplete'] : []), ...screening.flags];
}

/**
 * What came to an existing complaint (contract section 6, `complaint.updated`): only what is new, and
 * nothing that leads back from an anonymous one.
 */
export function additionFrom(
  complaint: Known,
  change: Addition['change'],
  said: Said,
  attachments: readonly Attachment[],
): Addition {
  return {
    complaintId: complaint.id,
    trackingNumber: complaint.trackingNumber,
    change,
    ...said.words,
    messageIds: complaint.anonymous ? [] : said.words.messageIds,
    attachments: [...attachments],
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
