import { z } from 'zod';
import { defineChannel } from '../../src/domain/channel.ts';
import type { Webhook, WebhookRequest } from '../../src/domain/channel.ts';
import { Unauthenticated } from '../../src/errors.ts';
import { secretCheck } from '../_shared/hmac.ts';
import { askUsername, createClient, createPoll } from './api.ts';
import { createFailover } from './failover.ts';
import { inspectTelegram } from './probe.ts';
import { readUpdate } from './read.ts';

export const telegram = defineChannel({
  name: 'telegram',
  settings: z.object({
    TELEGRAM_BOT_TOKEN: z.string().regex(/^\d{1,15}:[\w-]+$/, 'looks like 123456:ABC…'),
    TELEGRAM_SECRET_TOKEN: z
      .string()
      .regex(/^[\w-]{1,256}$/, '1 to 256 of A-Z a-z 0-9 _ -')
      .optional(),
    TELEGRAM_BOT_USERNAME: z
      .string()
      .regex(/^@?\w+$/, 'a user name has letters, digits and _ only')
      .optional(),
    TELEGRAM_API_URL: z.url({ protocol: /^https?$/ }).default('https://api.telegram.org'),
    TELEGRAM_MODE: z.enum(['webhook', 'polling']).default('webhook'),
  }),
  needs: (environment) =>
    environment['TELEGRAM_MODE'] === 'polling' ? [] : ['TELEGRAM_SECRET_TOKEN'],
  demo: (secret) => ({
    TELEGRAM_BOT_TOKEN: `${digitsFrom(secret('telegram-bot'))}:${secret('telegram-token')}`,
    TELEGRAM_SECRET_TOKEN: secret('telegram'),
    TELEGRAM_BOT_USERNAME: 'LaporDemoBot',
  }),
  open: async (settings, tools) => {
    const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_SECRET_TOKEN: secret } = settings;
    const client = createClient(token, settings.TELEGRAM_API_URL);
    const username = settings.TELEGRAM_BOT_USERNAME ?? (await askUsername(client));
    const bot = {
      id: Number(token.split(':', 1)[0]),
      username: username?.replace(/^@/, '').toLowerCase() ?? null,
    };
    return {
      name: 'telegram',
      secrets: secret === undefined ? [token] : [token, secret],
      ...(settings.TELEGRAM_MODE === 'polling'
        ? { poll: createPoll(client) }
        : {
            webhook: webhookFor(secret),
            backfill: {
              account: String(bot.id),
              // Looking costs one small question; a look takes over only after a while of failing.
              everyMs: 2 * 60_000,
              list: createFailover({ client, secret, now: tools.now }),
            },
          }),
      read: (request) => readUpdate(bot, request.body),
      ...inspectTelegram({
        ...{ token, secret, ...tools },
        username: settings.TELEGRAM_BOT_USERNAME,
        mode: settings.TELEGRAM_MODE,
        apiUrl: settings.TELEGRAM_API_URL,
      }),
    };
  },
});

function webhookFor(secret: string | undefined): Webhook {
  const isOurs = secret === undefined ? () => false : secretCheck(secret);
  // Telegram signs nothing: its proof is whole before the body is read.
  const precheck = (headers: WebhookRequest['headers']): void => {
    const given = headers['x-telegram-bot-api-secret-token'];
    if (!given || !isOurs(given)) {
      throw new Unauthenticated('X-Telegram-Bot-Api-Secret-Token is missing or wrong');
    }
  };
  return {
    methods: ['POST'],
    // A body could be taken for an API call.
    success: { type: 'text/plain', body: '' },
    precheck,
    authenticate: ({ headers }) => {
      precheck(headers);
    },
  };
}

function digitsFrom(hex: string): string {
  return String(1_000_000_000 + (Number.parseInt(hex.slice(0, 8), 16) % 1_000_000_000));
}
