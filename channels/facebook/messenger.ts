import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type InboundMessage, inboundMessage, type Sender } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import { attachments, contentFrom } from './attachments.ts';
import { anyId, kindName, lenient, needed, type Result, timeFrom } from './fields.ts';
import { hasLaporTag } from './words.ts';

const common = z.object({
  sender: lenient(z.object({ id: lenient(anyId), user_ref: lenient(anyId) })),
  timestamp: z.unknown().optional(),
});

const message = z.object({
  mid: lenient(anyId),
  text: lenient(z.string()),
  is_echo: lenient(z.boolean()),
  is_deleted: lenient(z.boolean()),
  is_unsupported: lenient(z.boolean()),
  sticker_id: lenient(anyId),
  reply_to: lenient(z.object({ mid: lenient(anyId) })),
  attachments,
});

const edit = z.object({ mid: anyId, text: z.string(), num_edit: lenient(anyId) }).partial();

const postback = z.object({
  mid: lenient(anyId),
  title: lenient(z.string()),
  payload: lenient(z.string()),
});

type Event = {
  readonly page: string;
  readonly sender: Sender | null;
  readonly sentAt: string | null;
  readonly timestamp: unknown;
};

/** Events in which nobody says anything; in others somebody may have. */
const SILENT =
  /^(reaction|read|delivery|optin|referral|account_linking|(pass|take|request)_thread_control|app_roles|policy[-_]enforcement|payment|pre_checkout|checkout_update|game_play)$/;

const BESIDE: readonly string[] = ['sender', 'recipient', 'timestamp', 'prior_message'];

/** Reads one event of a conversation: of `messaging`, or of `standby` while another app answers. */
export function readEvent(page: string, fields: Readonly<Record<string, unknown>>): Result {
  if ('message' in fields) return readMessage(eventFrom(page, fields), fields['message']);
  if ('message_edit' in fields) return readEdit(eventFrom(page, fields), fields['message_edit']);
  if ('postback' in fields) return readPostback(eventFrom(page, fields), fields['postback']);
  const kind = Object.keys(fields).find((name) => !BESIDE.includes(name));
  if (kind === undefined || SILENT.test(kind)) return { ignored: `event ${kindName(kind)}` };
  throw new Malformed('an event of a kind that we do not read');
}

function eventFrom(page: string, fields: unknown): Event {
  const { sender, timestamp } = common.parse(fields);
  return { page, sender: senderFrom(sender), sentAt: timeFrom(timestamp), timestamp };
}

/** Guests of the chat plugin have no id, and cannot be answered by it. */
function senderFrom(sender: z.output<typeof common>['sender']): Sender | null {
  const { id, user_ref: guest } = sender ?? {};
  if (id !== undefined) return { identity: id, name: null, contact: { kind: 'psid', value: id } };
  return guest === undefined ? null : { identity: guest, name: null, contact: null };
}

function readMessage(event: Event, value: unknown): Result {
  const fields = needed(message.safeParse(value).data, 'message');
  if (fields.is_echo) return { ignored: 'echo of what the page wrote' };
  const mid = needed(fields.mid, 'message.mid');
  if (fields.is_deleted) return whole(event, { kind: 'delete', ...idsOf(mid, 'delete') });
  const { text = '', sticker_id: stickerId, reply_to: answered } = fields;
  const content = contentFrom(fields.attachments, stickerId !== undefined);
  const { files, location, unread } = content;
  if (text.trim() === '' && files.length === 0 && location === null) {
    return nothingIn(fields, content.hasSticker && unread.length === 0);
  }
  const part = {
    ...idsOf(mid),
    text,
    location,
    attachments: files,
    under: answered?.mid === undefined ? [] : [answered.mid],
    opensNew: hasLaporTag(text),
  };
  return whole(
    event,
    part,
    unread.map((index) => `message.attachments[${index}]: nothing to read`),
  );
}

/** What a citizen sent and we cannot read waits for a person; a sticker does not. */
function nothingIn(fields: z.output<typeof message>, isSticker: boolean): Result {
  if (isSticker) return { ignored: 'message with a sticker only' };
  const where = fields.is_unsupported ? 'message.is_unsupported' : 'message';
  throw new Malformed(`${where}: nothing to read`);
}

function readEdit(event: Event, value: unknown): Result {
  const fields = needed(edit.safeParse(value).data, 'message_edit');
  const mid = needed(fields.mid, 'message_edit.mid');
  const text = needed(fields.text, 'message_edit.text');
  if (text.trim() === '') return { ignored: 'edit without words or files' };
  // Without a count of edits, what it says tells one from the next.
  const edition = fields.num_edit ?? hashOf([text, event.timestamp]);
  if (edition.length > 50) throw new Malformed('message_edit.num_edit: too long');
  return whole(event, {
    kind: 'edit',
    ...idsOf(mid, edition),
    text,
    opensNew: hasLaporTag(text),
  });
}

/** A tap on a button is a word to us; what the citizen saw on it is what they said. */
function readPostback(event: Event, value: unknown): Result {
  const fields = needed(postback.safeParse(value).data, 'postback');
  const { title, payload } = fields;
  const hash = hashOf([event.page, event.sender?.identity, event.timestamp, payload]);
  return whole(event, {
    kind: 'command',
    ...idsOf(fields.mid ?? `postback:${hash}`),
    text: title ?? payload ?? '',
  });
}

function whole(
  { page, sender, sentAt }: Event,
  part: Pick<InboundMessage, 'eventId' | 'messageId'> & Partial<InboundMessage>,
  unread: readonly string[] = [],
): Result {
  if (sender === null) throw new Malformed('sender: missing or of the wrong type');
  // An echo that does not say so: taking it would answer ourselves for ever.
  if (sender.identity === page) return { ignored: 'written by the page' };
  return { message: inboundMessage({ account: page, sender, sentAt, ...part }), unread };
}

function idsOf(mid: string, suffix?: string): Pick<InboundMessage, 'eventId' | 'messageId'> {
  return { eventId: suffix === undefined ? mid : `${mid}#${suffix}`, messageId: mid };
}

function hashOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}
