import { z } from 'zod';

/** What an attachment is to a reader; decided from the media type until its bytes are looked at. */
export const attachmentKind = z.enum(['image', 'video', 'audio', 'document', 'link']);

/** The three kinds of report that SP4N-LAPOR! knows. */
export const reportClass = z.enum(['pengaduan', 'aspirasi', 'permintaan_informasi']);

/** How a reporter can be reached. Values: E.164, e-mail address, handle, page-scoped id, chat id. */
export const contactSchema = z.object({
  kind: z.enum(['phone', 'email', 'handle', 'psid', 'chat']),
  value: z.string(),
});

/** A place: words, WGS 84 degrees, or both. */
export const locationSchema = z.object({
  text: z.string().nullable(),
  latitude: z.number().min(-90).max(90).nullable(),
  longitude: z.number().min(-180).max(180).nullable(),
});

/**
 * A file that came with its message and is on our disk: `id` names it there and as an attachment,
 * `key` (base64) opens it, `sha256` (hex) is of its bytes as they were sent.
 */
const storedFileSchema = z.object({ id: z.uuid(), key: z.string(), sha256: z.string() });

/** Absent in what was stored before they were kept. */
export const tracesSchema = z.array(z.string().max(64)).max(2).readonly().default([]);

/**
 * What only the web form asks. `trackingNumber` was told to the citizen already; `occurredOn` is the
 * day it happened; `agency` the office they name; `suspicious`: written by a machine, by its looks.
 * `traces`: keyed pseudonyms of the browser's form cookie and of the page that was filled in, by which a
 * form is known to come from the same hands as another; none of who stays anonymous.
 */
const formSchema = z.object({
  trackingNumber: z.string().regex(/^\d{10}$/),
  class: reportClass,
  title: z.string(),
  occurredOn: z.iso.date().nullable(),
  agency: z.string().nullable(),
  anonymous: z.boolean(),
  confidential: z.boolean(),
  suspicious: z.boolean(),
  traces: tracesSchema,
});

/**
 * A file as the provider names it, before it is fetched. `ref` is the provider's own handle (a URL or
 * a file id); it may carry credentials and is kept sealed. `bytes` is what the provider claims.
 * `stored` is there where the file came along and need not be fetched.
 */
export const attachmentRefSchema = z.object({
  kind: attachmentKind,
  mediaType: z.string().nullable(),
  bytes: z.number().int().nonnegative().nullable(),
  ref: z.string(),
  name: z.string().nullable(),
  stored: storedFileSchema.optional(),
});

/**
 * Who wrote. `identity` names the person on this channel and never leaves us in the clear (it is what
 * the pseudonym is made from); `contact` is null where nobody can be answered (alphanumeric SMS sender). `unnamed`: the
 * provider does not say who it was (Facebook), and `identity` stands for this message alone.
 */
export const senderSchema = z.object({
  identity: z.string().min(1).max(256),
  unnamed: z.literal(true).optional(),
  name: z.string().nullable(),
  contact: contactSchema.nullable(),
});

/**
 * One message in one form, whatever the channel. Produced by a channel's `read`, judged by the worker.
 *
 * - `message` words, files or a place; `command` a word to us (`/start`), no report;
 *   `edit` replaces the content of `messageId`; `delete` takes `messageId` back;
 *   `profile` tells us about the sender (own contact card).
 * - `eventId` is the idempotency key within (channel, account); `messageId` names the message itself,
 *   so an edit or delete has its own `eventId` and its original's `messageId`.
 * - `sentAt` is the provider's time, RFC 3339 UTC with milliseconds; null where it gives none.
 * - `text` is what the citizen said (channel's own command word and own mention removed, nothing else);
 *   `originalText` is as sent.
 * - `quoted` is what somebody else said that they quote or answer, with its address; the core gets it below
 *   their own words, and the judge does not take it for theirs.
 * - `group` joins the parts of one message (a Telegram album); null when complete by itself.
 * - `setting` is `private` where only the citizen and we speak (SMS, a chat with the bot, a direct
 *   message): there, what comes within two minutes belongs together. Everything else is `public`.
 * - `thread` names the public conversation (X conversation, page post) in which the same author's
 *   further messages are follow-ups; null where nothing but an answer says what belongs together.
 * - `under` holds the ids of the messages it answers or stands below, nearest first (a comment: its
 *   parent comment, then the post; a reply: the post replied to, then the root); empty when none.
 * - `addressed` says whom it speaks to: `us` opens a complaint unless it is something else; `thread`
 *   does so only if what it stands under is nobody else's; `none` never does (a bystander's reply, a
 *   part of an album in a group without our mention, an edit of what was not said to us).
 * - `opensNew` is true where a sign (`/lapor`, `#lapor`) says that this is a new complaint.
 * - `form` is what the web form asks besides; null on every other channel.
 */
export const inboundMessageSchema = z.object({
  kind: z.enum(['message', 'edit', 'delete', 'command', 'profile']),
  eventId: z.string().min(1).max(256),
  messageId: z.string().min(1).max(256),
  account: z.string().min(1).max(256),
  sender: senderSchema,
  sentAt: z.iso.datetime({ precision: 3 }).nullable(),
  text: z.string(),
  originalText: z.string(),
  quoted: z.string().optional(),
  location: locationSchema.nullable(),
  attachments: z.array(attachmentRefSchema).readonly(),
  group: z.string().max(256).nullable(),
  setting: z.enum(['private', 'public']),
  thread: z.string().max(256).nullable(),
  under: z.array(z.string().max(256)).max(20).readonly(),
  addressed: z.enum(['us', 'thread', 'none']),
  permalink: z.string().nullable(),
  opensNew: z.boolean(),
  mayBeginWithKeyword: z.boolean(),
  form: formSchema.nullable().default(null),
});

export type AttachmentKind = z.infer<typeof attachmentKind>;
export type AttachmentRef = z.infer<typeof attachmentRefSchema>;
export type Location = z.infer<typeof locationSchema>;
export type Sender = z.infer<typeof senderSchema>;
export type InboundMessage = z.infer<typeof inboundMessageSchema>;

type Essentials = Pick<InboundMessage, 'eventId' | 'messageId' | 'account' | 'sender'> &
  Partial<InboundMessage>;

/**
 * Fills in what a message does not have. In: the four fields every message needs, plus what there is.
 * Out: a complete message; `originalText` defaults to `text`. Throws nothing.
 */
export function inboundMessage(essentials: Essentials): InboundMessage {
  return {
    kind: 'message',
    sentAt: null,
    text: '',
    originalText: essentials.text ?? '',
    location: null,
    attachments: [],
    group: null,
    setting: 'private',
    thread: null,
    under: [],
    addressed: 'us',
    permalink: null,
    opensNew: false,
    mayBeginWithKeyword: false,
    form: null,
    ...essentials,
  };
}

/**
 * The kind of a file by its media type (RFC 2046 top-level type). In: `image/jpeg`, or null when the
 * provider does not say. Out: `document` for everything that is not image, video or audio.
 */
export function attachmentKindFromMediaType(mediaType: string | null): AttachmentKind {
  const top = mediaType?.split('/', 1)[0]?.toLowerCase();
  return top === 'image' || top === 'video' || top === 'audio' ? top : 'document';
}
