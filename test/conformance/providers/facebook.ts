import { createHmac } from 'node:crypto';
import { publicUrl } from '../../support/gateway.ts';
import { brackets, brokenJson, type Provider } from './provider.ts';

const page = '102030405060708'; // the page of the fixtures
const secret = 'facebook-app-secret-for-tests-00';

const psid = (number: number) => String(6_543_210_000_000_000 + number);

const facebookEvent = (text: unknown, number: number) => ({
  sender: { id: psid(number) },
  recipient: { id: page },
  timestamp: 1_795_255_200_123,
  message: { mid: `m_conformance-${String(number)}`, text },
});

const facebookDelivery = (...messaging: readonly unknown[]) => ({
  object: 'page',
  entry: [{ id: page, time: 1_795_255_200_456, messaging }],
});

/** JSON as Meta writes it: the signature is over these bytes, not over what they parse to. */
const wire = (value: object): Buffer =>
  Buffer.from(
    JSON.stringify(value)
      .replaceAll('/', '\\/')
      .replace(
        /[<%@]|[^\x20-\x7e]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  );

const facebookBody = (text: unknown, number: number) =>
  wire(facebookDelivery(facebookEvent(text, number)));

export const facebook: Provider = {
  settings: {
    FACEBOOK_APP_SECRET: secret,
    FACEBOOK_VERIFY_TOKEN: 'facebook-verify-token-for-tests',
    FACEBOOK_PAGE_ID: page,
    FACEBOOK_APP_ID: '123456789012345',
    FACEBOOK_PAGE_TOKEN: 'EAAB-facebook-page-token-for-tests',
    FACEBOOK_GRAPH_URL: 'https://graph.facebook.test/proxy/',
  },
  needed: ['FACEBOOK_APP_SECRET', 'FACEBOOK_VERIFY_TOKEN', 'FACEBOOK_PAGE_ID'],
  secret,
  success: { type: 'text/plain', body: 'EVENT_RECEIVED' },
  personal: (number) => [psid(number)],
  ways: [
    {
      label: 'delivery',
      proof: 'content',
      request: (content, key) => {
        const sign = (hash: string) => createHmac(hash, key).update(content).digest('hex');
        return {
          method: 'POST',
          path: '/webhooks/facebook',
          headers: {
            'content-type': 'application/json',
            'x-hub-signature': `sha1=${sign('sha1')}`,
            'x-hub-signature-256': `sha256=${sign('sha256')}`,
          },
          body: content,
        };
      },
      message: facebookBody,
      filled: (content, bytes) =>
        Buffer.concat([content, Buffer.alloc(bytes - content.length, ' ')]),
      unreadable: [
        ...brokenJson,
        {
          label: 'wrong types',
          content: Buffer.from('{"object":"page","entry":{}}'),
          ends: /entry is not a list/,
        },
        {
          label: 'a text that is 5,000 brackets deep, beside a long number',
          content: Buffer.from(
            JSON.stringify(facebookDelivery(facebookEvent(0, 903))).replace(
              '"text":0',
              `"app_id":12345678901234567890,"text":${brackets}`,
            ),
          ),
          ends: /^entry\[0\]\.messaging\[0\]: message: nothing to read$/,
        },
        {
          label: 'one bad event beside a good one',
          content: wire(facebookDelivery({ message: {} }, facebookEvent('Got mampet', 903))),
          ends: /^entry\[0\]\.messaging\[0\]: message\.mid: missing or of the wrong type$/,
        },
        {
          label: 'NUL and a lone surrogate in its text',
          content: facebookBody('a\u0000b\ud800c', 904),
          ends: 'read',
        },
        {
          label: 'invalid UTF-8 in its text',
          content: Buffer.from(
            JSON.stringify(facebookDelivery(facebookEvent('a\u00ffb', 905))),
            'latin1',
          ),
          ends: 'read',
        },
      ],
    },
  ],
  adopted: (bytes) => bytes,
  stored: (_file, bytes) => ({
    method: 'POST',
    url: `${publicUrl}/webhooks/facebook`,
    headers: { 'content-type': 'application/json' },
    body: bytes,
  }),
};
