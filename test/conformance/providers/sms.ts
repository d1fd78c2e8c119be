import { createHash } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { channelSettings, publicUrl } from '../../support/gateway.ts';
import { brokenJson, notUtf8, type Provider, type Unreadable } from './provider.ts';

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

export const sms: Provider = {
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
