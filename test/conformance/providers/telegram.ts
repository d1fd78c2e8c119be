import { channelSettings, publicUrl } from '../../support/gateway.ts';
import { brackets, brokenJson, type Provider } from './provider.ts';

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

export const telegram: Provider = {
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
