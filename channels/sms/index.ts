import { createHash } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { z } from 'zod';
import { defineChannel } from '../../src/domain/channel.ts';
import type { Receipt, WebhookRequest } from '../../src/domain/channel.ts';
import { attachmentKindFromMediaType, inboundMessage } from '../../src/domain/message.ts';
import type { AttachmentRef, Location, Sender } from '../../src/domain/message.ts';
import { Malformed, Unauthenticated } from '../../src/errors.ts';
import { isSameSecret } from '../_shared/hmac.ts';
import { e164FromText } from '../_shared/phone.ts';
import { inspectTwilio } from './probe.ts';

type Fields = Readonly<Record<string, readonly string[]>>;

const MOST_PARAMETERS = 1_000; // Twilio sends some thirty; sorting a million would be a way to hurt us
const MOST_MEDIA = 10;

export const sms = defineChannel({
  name: 'sms',
  settings: z.object({
    TWILIO_ACCOUNT_SID: z.string().regex(/^AC\w+$/, 'an account SID begins with AC'),
    TWILIO_AUTH_TOKEN: z
      .string()
      .transform((value) => value.split(/\s+/).filter(Boolean))
      .refine((tokens) => tokens.length > 0, 'holds no token'),
    TWILIO_NUMBER: z.string().default('1708'),
    TWILIO_API_URL: z.url({ protocol: /^https?$/ }).default('https://api.twilio.com'),
  }),
  demo: (secret) => ({
    TWILIO_ACCOUNT_SID: `AC${secret('twilio-account').slice(0, 32)}`,
    TWILIO_AUTH_TOKEN: secret('twilio'),
    TWILIO_NUMBER: '1708',
  }),
  open: (settings, tools) => ({
    name: 'sms',
    secrets: settings.TWILIO_AUTH_TOKEN,
    webhook: {
      methods: ['POST', 'GET'],
      paths: ['status'],
      keepHeaders: ['content-type', 'i-twilio-idempotency-token'],
      // text/plain would be sent to the citizen as an SMS.
      success: { type: 'text/xml', body: '<Response/>' },
      authenticate: (request) => {
        authenticate(request, settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN);
      },
    },
    read,
    ...inspectTwilio({
      sid: settings.TWILIO_ACCOUNT_SID,
      tokens: settings.TWILIO_AUTH_TOKEN,
      number: settings.TWILIO_NUMBER,
      apiUrl: settings.TWILIO_API_URL,
      fetch: tools.fetch,
    }),
  }),
});

function authenticate(request: WebhookRequest, account: string, tokens: readonly string[]): void {
  const signature = request.headers['x-twilio-signature'];
  if (!signature) throw new Unauthenticated('X-Twilio-Signature is missing');
  const { url, query } = partsOf(request.url);
  const params = signedParams(request, query);
  if (!tokens.some((token) => isSigned(token, signature, url, params))) {
    throw new Unauthenticated('X-Twilio-Signature is wrong');
  }
  // The SDK hashes a decoded string, in which different bytes can look the same: hash the bytes here.
  const bodyHash = query.get('bodySHA256');
  if (isJson(request, query) && !isSameSecret(bodyHash ?? '', sha256Hex(request.body))) {
    throw new Unauthenticated('bodySHA256 does not match the body');
  }
  if (readableFields(request)['AccountSid']?.some((sid) => sid !== account)) {
    throw new Unauthenticated('AccountSid is not ours');
  }
}

// GET and JSON requests are signed over the URL alone.
function signedParams(request: WebhookRequest, query: URLSearchParams): Fields {
  if (request.method === 'GET' || isJson(request, query)) return {};
  const form = textOf(request.body);
  if (form.split('&', MOST_PARAMETERS + 1).length > MOST_PARAMETERS) {
    throw new Unauthenticated('more parameters than Twilio sends');
  }
  return grouped(new URLSearchParams(form));
}

function isJson(request: WebhookRequest, query: URLSearchParams): boolean {
  return request.method !== 'GET' && query.has('bodySHA256');
}

function isSigned(token: string, signature: string, url: string, params: Fields): boolean {
  try {
    return webhooks.validateRequest(token, signature, url, params);
  } catch {
    // It throws on a URL that it cannot parse.
    return false;
  }
}

function readableFields(request: WebhookRequest): Fields {
  try {
    return fieldsOf(request);
  } catch {
    return {}; // signed, so authentic; read will say what is wrong with it
  }
}

function fieldsOf(request: WebhookRequest): Fields {
  const { query } = partsOf(request.url);
  if (request.method === 'GET') return grouped(query);
  const text = textOf(request.body);
  return isJson(request, query) ? jsonFields(text) : grouped(new URLSearchParams(text));
}

// The signed URL has no fragment: Twilio keeps connection settings such as #rc=3 for itself.
function partsOf(address: string): { url: string; path: string; query: URLSearchParams } {
  const url = address.replace(/#.*$/s, '');
  const [path = '', ...query] = url.split('?');
  return { url, path, query: new URLSearchParams(query.join('?')) };
}

function textOf(body: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
}

function grouped(params: URLSearchParams): Fields {
  const names = new Map<string, string[]>();
  for (const [name, value] of params) {
    const values = names.get(name);
    if (values) values.push(value);
    else names.set(name, [value]);
  }
  return Object.fromEntries(names);
}

function jsonFields(text: string): Fields {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Malformed('the body is not JSON');
  }
  const fields = z.record(z.string(), z.unknown()).safeParse(parsed);
  if (!fields.success) throw new Malformed('the body is not a JSON object');
  const scalars = Object.entries(fields.data).filter(
    ([, value]) => typeof value === 'string' || typeof value === 'number',
  );
  return Object.fromEntries(scalars.map(([name, value]) => [name, [String(value)]]));
}

function read(request: WebhookRequest): Receipt {
  if (/\/status\/?$/.test(partsOf(request.url).path)) {
    return { messages: [], ignored: ['delivery status'] };
  }
  const fields = fieldsOf(request);
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
function addressFrom(address: string): { value: string; isPhone: boolean } {
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

function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
