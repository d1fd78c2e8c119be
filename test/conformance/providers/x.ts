import { createHmac } from 'node:crypto';
import { publicUrl } from '../../support/gateway.ts';
import { brackets, brokenJson, type Provider, type Unreadable } from './provider.ts';

const userId = '1111111111111111111'; // the account of the fixtures
const secret = 'x-consumer-secret-for-tests-0000';

const xUser = (number: number) => ({
  id: String(1_502_000_000_000_000_000n + BigInt(number)),
  username: `ratna_wiryo_${String(number)}`,
  name: 'Ratnaningsih Wiryokusumo',
});

const xEvent = (text: unknown, number: number) => {
  const { id: author_id } = xUser(number);
  const id = String(1_992_000_000_000_000_000n + BigInt(number));
  return {
    data: {
      event_uuid: `-${id}`,
      filter: { user_id: userId },
      event_type: 'post.mention.create',
      tag: 'mentions',
      payload: { id, author_id, created_at: '2026-11-21T10:00:00.000Z', text, conversation_id: id },
      includes: { users: [xUser(number)] },
    },
  };
};

const xBody = (text: unknown, number: number) => Buffer.from(JSON.stringify(xEvent(text, number)));

/** X's challenge signs whatever it is given, so only what begins as an event is one. */
const isEvent = ({ content }: Unreadable): boolean => content[0] === '{'.charCodeAt(0);

export const x: Provider = {
  settings: {
    X_CONSUMER_SECRET: secret,
    X_USER_ID: userId,
    X_HANDLE: '@LAPOR1708',
    X_CONSUMER_KEY: 'x-consumer-key-for-tests',
    X_ACCESS_TOKEN: '1111111111111111111-x-access-token-for-tests',
    X_ACCESS_SECRET: 'x-access-secret-for-tests',
    X_BEARER_TOKEN: 'x-bearer-token-for-tests',
    // Nobody answers there, at once.
    X_API_URL: 'https://127.0.0.1:9/x/',
    X_POLL_SECONDS: '3600',
  },
  needed: ['X_CONSUMER_SECRET', 'X_USER_ID'],
  secret,
  success: { type: 'text/plain', body: '' },
  personal: (number) => [xUser(number).id, xUser(number).username, 'Ratnaningsih', 'Wiryokusumo'],
  ways: [
    {
      label: 'event',
      proof: 'content',
      request: (content, key) => {
        const signature = createHmac('sha256', key).update(content).digest('base64');
        return {
          method: 'POST',
          path: '/webhooks/x',
          headers: {
            'content-type': 'application/json',
            'x-twitter-webhooks-signature': `sha256=${signature}`,
          },
          body: content,
        };
      },
      message: (text, number) => xBody(`@LAPOR1708 ${text}`, number),
      filled: (content, bytes) =>
        Buffer.concat([content, Buffer.alloc(bytes - content.length, ' ')]),
      refused: brokenJson.filter((row) => !isEvent(row)),
      unreadable: [
        ...brokenJson.filter(isEvent),
        {
          label: 'wrong types',
          content: Buffer.from('{"data":{"event_type":"post.mention.create","payload":[7]}}'),
          ends: /payload is not an object/,
        },
        {
          label: 'an event of neither kind',
          content: Buffer.from('{"data":[],"text":"@LAPOR1708"}'),
          ends: /neither data\.event_type nor for_user_id is there/,
        },
        {
          label: 'a text that is 5,000 brackets deep',
          content: Buffer.from(
            JSON.stringify(xEvent(0, 903)).replace('"text":0', `"text":${brackets}`),
          ),
          ends: /payload\.text is missing/,
        },
        {
          label: 'an id that JavaScript cannot hold, in a body 5,000 brackets deep',
          content: Buffer.from(
            `{"data":{"event_type":"post.delete","payload":{"id":1992000000000000001,"author_id":"7","x":${brackets}}}}`,
          ),
          ends: 'read',
        },
        {
          label: 'NUL and a lone surrogate in its text',
          content: xBody('@LAPOR1708 a\u0000b\ud800c', 904),
          ends: 'read',
        },
        {
          label: 'invalid UTF-8 in its text',
          content: Buffer.from(JSON.stringify(xEvent('@LAPOR1708 a\u00ffb', 905)), 'latin1'),
          ends: 'read',
        },
      ],
    },
  ],
  adopted: (bytes) => bytes,
  stored: (_file, bytes) => ({
    method: 'POST',
    url: `${publicUrl}/webhooks/x`,
    headers: { 'content-type': 'application/json' },
    body: bytes,
  }),
};
