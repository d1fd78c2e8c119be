import { createHash } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { Environment, WebhookRequest } from '../../src/domain/channel.ts';
import { channelSettings, publicUrl } from '../support/gateway.ts';
import type { Sent } from '../support/http.ts';

/** What a delivery of these bytes must come to: quarantined for a reason, or read. */
export type Unreadable = {
  readonly label: string;
  readonly content: Buffer;
  readonly ends: RegExp | 'read';
};

/** One way in which a provider delivers. `content` is the body, or the query string of a GET. */
export type Way = {
  readonly label: string;
  /** What its proof covers: the content, or nothing (a token that is sent along). */
  readonly proof: 'content' | 'token';
  readonly request: (content: Buffer, secret: string) => Sent;
  /** A message as a person writes it; another one for another number. */
  readonly message: (text: string, number: number) => Buffer;
  /** The same message, made this long; null where the protocol has no room for it. */
  readonly filled: ((content: Buffer, bytes: number) => Buffer) | null;
  readonly unreadable: readonly Unreadable[];
};

/** What the conformance suite must know of a provider: one entry for every channel with a webhook. */
export type Provider = {
  /** A valid value for every variable of the channel. */
  readonly settings: Environment;
  readonly needed: readonly string[];
  readonly secret: string;
  readonly success: { readonly type: string; readonly body: string };
  /** Personal data in the message of this number, which no log may show. */
  readonly personal: (number: number) => readonly string[];
  readonly ways: readonly Way[];
  /** A fixture's bytes as if they had been sent to the account of these settings. */
  readonly adopted: (bytes: Buffer) => Buffer;
  /** A file of test/fixtures/<channel> as `read` meets it. */
  readonly stored: (file: string, bytes: Buffer) => WebhookRequest;
};

/** Numbers of the messages in `unreadable` that can be read after all. */
export const oddNumbers = [901, 902, 903, 904, 905] as const;

const brackets = '['.repeat(5000) + ']'.repeat(5000);
const notUtf8 = Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0x80]);

/** JSON nobody can read, whatever the provider. */
const brokenJson: readonly Unreadable[] = [
  { label: 'broken JSON', content: Buffer.from('{"message": {'), ends: /JSON/ },
  { label: 'an empty body', content: Buffer.alloc(0), ends: /JSON/ },
  { label: 'NUL bytes', content: Buffer.from('\u0000{"a":1}\u0000'), ends: /JSON/ },
  { label: 'invalid UTF-8', content: notUtf8, ends: /JSON/ },
  { label: '5,000 brackets deep', content: Buffer.from(brackets), ends: /not an? (JSON )?object/ },
  { label: 'a list', content: Buffer.from('[1,2]'), ends: /not an? (JSON )?object/ },
  { label: 'a lone surrogate', content: Buffer.from('"\\ud800"'), ends: /not an? (JSON )?object/ },
];

/** Another person each time: what one person writes twice is no new complaint. */
const smsPhone = (number: number) => `+628131112${String(2000 + number)}`;

const smsFields = (text: string, number: number) => ({
  AccountSid: channelSettings['TWILIO_ACCOUNT_SID'] ?? '',
  MessageSid: `SM${String(number).padStart(32, '0')}`,
  From: smsPhone(number),
  To: '1708',
  Body: text,
});

const smsForm = (text: string, number: number) =>
  Buffer.from(new URLSearchParams(smsFields(text, number)).toString());

/** Forms nobody can read; ASCII, so that they can stand in a URL too. */
const brokenForms: readonly Unreadable[] = [
  { label: 'garbage', content: Buffer.from('%%%&&&===;%G1'), ends: /MessageSid is missing/ },
  {
    label: 'wrong types',
    content: Buffer.from('MessageSid[]=1&From[a][b]=2&To=&Body[0]=x'),
    ends: /MessageSid is missing/,
  },
  {
    label: '5,000 brackets deep',
    content: Buffer.from(`Body${'['.repeat(2500)}${']'.repeat(2500)}=x`),
    ends: /MessageSid is missing/,
  },
  { label: 'nothing at all', content: Buffer.alloc(0), ends: /MessageSid is missing/ },
  {
    label: 'NUL bytes in its identifier',
    content: Buffer.from('MessageSid=SM%00&From=%00&To=%00'),
    ends: /MessageSid is not of the right form/,
  },
  {
    label: 'a lone surrogate in its sender',
    content: Buffer.from('MessageSid=SM404&From=%00%ED%A0%80&To=1708'),
    ends: /From is not of the right form/,
  },
  {
    label: 'NUL, a lone surrogate and invalid UTF-8 in its text',
    content: Buffer.concat([smsForm('', 901), Buffer.from('&Body=a%00b%ED%A0%80c%FFd')]),
    ends: 'read',
  },
];

function signTwilio(url: string, form: string, secret: string): string {
  const params = new URLSearchParams(form);
  const grouped = Object.fromEntries(
    [...new Set(params.keys())].map((name) => [name, params.getAll(name)]),
  );
  return webhooks.getExpectedTwilioSignature(secret, publicUrl + url, grouped);
}

const sms: Provider = {
  settings: {
    TWILIO_ACCOUNT_SID: channelSettings['TWILIO_ACCOUNT_SID'],
    TWILIO_AUTH_TOKEN: channelSettings['TWILIO_AUTH_TOKEN'],
    TWILIO_NUMBER: '1708',
    TWILIO_API_URL: 'https://api.twilio.test',
  },
  needed: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'],
  secret: channelSettings['TWILIO_AUTH_TOKEN'] ?? '',
  success: { type: 'text/xml', body: '<Response/>' },
  personal: (number) => [smsPhone(number), smsPhone(number).slice(3)],
  ways: [
    {
      label: 'form',
      proof: 'content',
      request: (content, secret) => ({
        method: 'POST',
        path: '/webhooks/sms',
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
          'x-twilio-signature': signTwilio('/webhooks/sms', content.toString(), secret),
        },
        body: content,
      }),
      message: smsForm,
      filled: (content, bytes) =>
        Buffer.concat([
          content,
          Buffer.from('&Isi='),
          Buffer.alloc(bytes - content.length - 5, 'a'),
        ]),
      unreadable: [
        ...brokenForms,
        { label: 'raw NUL bytes', content: Buffer.alloc(64), ends: /MessageSid is missing/ },
        { label: 'raw invalid UTF-8', content: notUtf8, ends: /MessageSid is missing/ },
      ],
    },
    {
      label: 'JSON',
      proof: 'content',
      request: (content, secret) => {
        const hash = createHash('sha256').update(content).digest('hex');
        const path = `/webhooks/sms?bodySHA256=${hash}`;
        const signature = signTwilio(path, '', secret);
        const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature };
        return { method: 'POST', path, headers, body: content };
      },
      message: (text, number) => Buffer.from(JSON.stringify(smsFields(text, number))),
      filled: (content, bytes) =>
        Buffer.concat([content, Buffer.alloc(bytes - content.length, ' ')]),
      unreadable: [
        ...brokenJson,
        {
          label: 'wrong types',
          content: Buffer.from('{"MessageSid":{},"From":[],"To":null,"Body":true}'),
          ends: /MessageSid is missing/,
        },
        {
          label: 'NUL and a lone surrogate in its text',
          content: Buffer.from(JSON.stringify(smsFields('a\u0000b\ud800c', 902))),
          ends: 'read',
        },
      ],
    },
    {
      label: 'GET',
      proof: 'content',
      request: (content, secret) => {
        const path = `/webhooks/sms?${content.toString()}`;
        const headers = { 'x-twilio-signature': signTwilio(path, '', secret) };
        return { method: 'GET', path, headers, body: null };
      },
      message: smsForm,
      filled: null,
      unreadable: brokenForms.map((row) =>
        row.ends === 'read'
          ? { ...row, content: Buffer.from(row.content.toString().replace('0901', '0903')) }
          : row,
      ),
    },
  ],
  adopted: (bytes) =>
    Buffer.from(
      bytes
        .toString()
        .replaceAll(
          'AC5f0c1d2e3b4a59687786958493a2b1c0',
          channelSettings['TWILIO_ACCOUNT_SID'] ?? '',
        ),
    ),
  stored: (file, bytes) => {
    const address = `${publicUrl}/webhooks/sms`;
    if (file.endsWith('.query')) {
      return {
        method: 'GET',
        url: `${address}?${bytes.toString()}`,
        headers: {},
        body: Buffer.alloc(0),
      };
    }
    const hash = createHash('sha256').update(bytes).digest('hex');
    const url = file.endsWith('.json') ? `${address}?bodySHA256=${hash}` : address;
    return { method: 'POST', url, headers: {}, body: bytes };
  },
};

const telegramUser = (number: number) => ({
  id: 6_198_765_000 + number,
  is_bot: false,
  first_name: 'Ratnaningsih',
  last_name: 'Wiryokusumo',
});

const telegramUpdate = (text: unknown, number: number) => ({
  update_id: 700_000_000 + number,
  message: {
    message_id: 40_000 + number,
    date: 1_795_255_200,
    chat: { ...telegramUser(number), type: 'private' },
    from: telegramUser(number),
    text,
  },
});

const telegram: Provider = {
  settings: {
    TELEGRAM_BOT_TOKEN: channelSettings['TELEGRAM_BOT_TOKEN'],
    TELEGRAM_SECRET_TOKEN: channelSettings['TELEGRAM_SECRET_TOKEN'],
    TELEGRAM_BOT_USERNAME: channelSettings['TELEGRAM_BOT_USERNAME'],
    TELEGRAM_API_URL: 'https://api.telegram.test',
    TELEGRAM_MODE: 'webhook',
  },
  needed: ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_SECRET_TOKEN'],
  secret: channelSettings['TELEGRAM_SECRET_TOKEN'] ?? '',
  success: { type: 'text/plain', body: '' },
  personal: (number) => [String(telegramUser(number).id), 'Ratnaningsih', 'Wiryokusumo'],
  ways: [
    {
      label: 'update',
      proof: 'token',
      request: (content, secret) => ({
        method: 'POST',
        path: '/webhooks/telegram',
        headers: {
          'content-type': 'application/json',
          'x-telegram-bot-api-secret-token': secret,
        },
        body: content,
      }),
      message: (text, number) => Buffer.from(JSON.stringify(telegramUpdate(text, number))),
      filled: (content, bytes) =>
        Buffer.concat([content, Buffer.alloc(bytes - content.length, ' ')]),
      unreadable: [
        ...brokenJson,
        {
          label: 'wrong types',
          content: Buffer.from('{"update_id":"x","message":[]}'),
          ends: /update_id is missing or not an integer/,
        },
        {
          label: 'a text that is 5,000 brackets deep',
          content: Buffer.from(
            JSON.stringify(telegramUpdate(0, 903)).replace('"text":0', `"text":${brackets}`),
          ),
          ends: /message\.text cannot be read/,
        },
        {
          label: 'NUL and a lone surrogate in its text',
          content: Buffer.from(JSON.stringify(telegramUpdate('a\u0000b\ud800c', 904))),
          ends: 'read',
        },
        {
          label: 'invalid UTF-8 in its text',
          content: Buffer.from(JSON.stringify(telegramUpdate('a\u00ffb', 905)), 'latin1'),
          ends: 'read',
        },
      ],
    },
  ],
  adopted: (bytes) => bytes,
  stored: (_file, bytes) => ({
    method: 'POST',
    url: `${publicUrl}/webhooks/telegram`,
    headers: { 'content-type': 'application/json' },
    body: bytes,
  }),
};

export const providers: Readonly<Record<string, Provider>> = { sms, telegram };
