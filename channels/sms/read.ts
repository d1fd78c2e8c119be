import { backfillMethod, type Receipt, type WebhookRequest } from '../../src/domain/channel.ts';
import { attachmentKindFromMediaType, inboundMessage } from '../../src/domain/message.ts';
import type { AttachmentRef, Location, Sender } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import { e164FromText } from '../_shared/phone.ts';
import { listedFrom } from './listed.ts';
import { type Fields, fieldsOf, partsOf } from './request.ts';

const MOST_MEDIA = 10;

export function read(request: WebhookRequest): Receipt {
  if (request.method === backfillMethod) return readListed(request.body);
  if (/\/status\/?$/.test(partsOf(request.url).path)) {
    return { messages: [], ignored: ['delivery status'] };
  }
  return readFields(fieldsOf(request), null);
}

function readListed(body: Uint8Array): Receipt {
  const listed = listedFrom(body);
  return 'ignored' in listed
    ? { messages: [], ignored: [listed.ignored] }
    : readFields(listed.fields, listed.sentAt);
}

/** `sentAt`: a webhook tells no time, the list does. */
function readFields(fields: Fields, sentAt: string | null): Receipt {
  if (isDeliveryStatus(fields)) return { messages: [], ignored: ['delivery status'] };
  // At most 40: a captured request can be re-split into other keys under the same signature, and a
  // name and value glued to the SID must not look like a new message.
  const messageSid = needed(fields, 'MessageSid', /^\w{1,40}$/);
  const sender = senderFrom(needed(fields, 'From', PRINTABLE));
  const account = addressFrom(needed(fields, 'To', PRINTABLE)).value;
  const text = first(fields, 'Body') ?? '';
  const attachments = attachmentsFrom(fields);
  const message = inboundMessage({
    kind: isOptOut(fields, text) && attachments.length === 0 ? 'command' : 'message',
    eventId: messageSid,
    messageId: messageSid,
    account,
    sender,
    sentAt,
    text,
    location: locationFrom(fields),
    attachments,
    mayBeginWithKeyword: true,
  });
  return { messages: [message], ignored: [] };
}

function isDeliveryStatus(fields: Fields): boolean {
  const status = first(fields, 'MessageStatus') ?? first(fields, 'SmsStatus') ?? 'received';
  return status !== 'received' && !fields['Body'] && !fields['MediaUrl0'];
}

// Twilio has recognised the word itself, answered it and blocked replies: nobody's complaint.
function isOptOut(fields: Fields, text: string): boolean {
  return /^(STOP|START|HELP)$/.test(first(fields, 'OptOutType') ?? '') && !/\S\s+\S/.test(text);
}

const PRINTABLE = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

function needed(fields: Fields, name: string, shape: RegExp): string {
  const value = first(fields, name);
  if (!value) throw new Malformed(`${name} is missing`);
  if (!shape.test(value)) throw new Malformed(`${name} is not of the right form`);
  return value;
}

// Of repeated parameters the first that says anything; an empty one says no more than an absent one.
function first(fields: Fields, name: string): string | undefined {
  return Object.hasOwn(fields, name) ? fields[name]?.find(Boolean) : undefined;
}

function senderFrom(from: string): Sender {
  const { value, isPhone } = addressFrom(from);
  return {
    identity: value,
    name: null,
    contact: isPhone ? { kind: 'phone', value } : null,
  };
}

// E.164, a short code, a word, or one of these behind the name of a Twilio channel (`whatsapp:+62…`).
export function addressFrom(address: string): { value: string; isPhone: boolean } {
  const bare = address.replace(/^[a-z]+:(?=\+)/, '').trim();
  const isDialled = /^(\+|0|62\d{6})/.test(bare);
  const phone = isDialled ? e164FromText(bare) : null;
  return { value: phone ?? (bare || address), isPhone: phone !== null };
}

function attachmentsFrom(fields: Fields): AttachmentRef[] {
  // NumMedia is not asked: what counts is which URLs are there.
  return Array.from({ length: MOST_MEDIA }, (_, index) => index).flatMap((index) => {
    const ref = first(fields, `MediaUrl${index}`);
    if (ref === undefined) return [];
    const mediaType = first(fields, `MediaContentType${index}`) ?? null;
    const kind = attachmentKindFromMediaType(mediaType);
    return [{ kind, mediaType, bytes: null, ref, name: null }];
  });
}

function locationFrom(fields: Fields): Location | null {
  const latitude = degreesFrom(fields, 'Latitude', 90);
  const longitude = degreesFrom(fields, 'Longitude', 180);
  if (latitude === null || longitude === null) return null;
  const words = [first(fields, 'Label'), first(fields, 'Address')].filter(Boolean).join(', ');
  return { text: words || null, latitude, longitude };
}

function degreesFrom(fields: Fields, name: string, limit: number): number | null {
  const written = first(fields, name) ?? '';
  const degrees = Number(written);
  return /^-?\d/.test(written) && Math.abs(degrees) <= limit ? degrees : null;
}
