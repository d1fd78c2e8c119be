import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { defineChannel } from '../../src/domain/channel.ts';
import type { Channel, Tools, Webhook, WebhookRequest } from '../../src/domain/channel.ts';
import { Unauthenticated } from '../../src/errors.ts';
import { isSameSecret } from '../_shared/hmac.ts';
import { createAsk, createList, createPoll } from './api.ts';
import { inspectX } from './probe.ts';
import { readDelivery } from './read.ts';

const printable = z.string().regex(/^[\x21-\x7e]+$/, 'has printable characters only, no spaces');

export const x = defineChannel({
  name: 'x',
  settings: z.object({
    X_CONSUMER_SECRET: printable,
    X_USER_ID: z.string().regex(/^\d{1,20}$/, 'a user id has digits only'),
    X_HANDLE: z
      .string()
      .regex(/^@?\w{1,15}$/, 'a handle has at most 15 letters, digits and _')
      .default('LAPOR1708')
      .transform((handle) => handle.replace(/^@/, '')),
    X_CONSUMER_KEY: printable.optional(),
    X_ACCESS_TOKEN: printable.optional(),
    X_ACCESS_SECRET: printable.optional(),
    X_BEARER_TOKEN: printable.optional(),
    X_API_URL: z.url({ protocol: /^https?$/ }).default('https://api.x.com'),
    X_POLL_SECONDS: z.coerce.number().min(1).max(86_400).default(60),
  }),
  demo: (secret) => ({
    X_CONSUMER_SECRET: secret('x'),
    X_USER_ID: String(
      1_708_000_000_000 + (Number.parseInt(secret('x-user').slice(0, 8), 16) % 1e9),
    ),
    X_HANDLE: 'LAPOR1708',
  }),
  open: (settings, tools) => {
    const { X_CONSUMER_SECRET: secret, X_BEARER_TOKEN: bearer } = settings;
    const us = { userId: settings.X_USER_ID, handle: settings.X_HANDLE };
    const others = [settings.X_CONSUMER_KEY, settings.X_ACCESS_TOKEN, settings.X_ACCESS_SECRET];
    return {
      name: 'x',
      secrets: [secret, bearer, ...others].filter((each) => each !== undefined),
      webhook: webhookFor(secret),
      ...askedFor(settings, tools),
      read: (request) => readDelivery(us, request.body),
      ...inspectX({
        ...{ ...us, bearer, apiUrl: settings.X_API_URL, fetch: tools.fetch },
        keys: {
          consumerKey: settings.X_CONSUMER_KEY,
          consumerSecret: secret,
          accessToken: settings.X_ACCESS_TOKEN,
          accessSecret: settings.X_ACCESS_SECRET,
        },
      }),
    };
  },
});

type Asked = {
  readonly X_BEARER_TOKEN?: string | undefined;
  readonly X_USER_ID: string;
  readonly X_API_URL: string;
  readonly X_POLL_SECONDS: number;
};

/** X grants 450 questions in a quarter of an hour: polling takes 15 of them, a look at most 9. */
const LOOK_EVERY_MS = 30 * 60_000;

/** Both ways to the list of mentions, which share one limit; without a token there is neither. */
function askedFor(settings: Asked, { now }: Tools): Pick<Channel, 'poll' | 'backfill'> {
  const { X_BEARER_TOKEN: bearer, X_USER_ID: userId, X_API_URL: apiUrl } = settings;
  if (bearer === undefined) return { backfill: { impossible: 'X_BEARER_TOKEN is not set' } };
  const access = { bearer, userId, apiUrl, everyMs: settings.X_POLL_SECONDS * 1000, now };
  const ask = createAsk(access);
  return {
    poll: createPoll(access, ask),
    backfill: { account: userId, everyMs: LOOK_EVERY_MS, list: createList(access, ask) },
  };
}

/**
 * X signs events and answers to its challenge with the same secret in the same way, and anybody may ask
 * for the challenge. So we sign as a challenge only what begins no event, and take for an event only what
 * begins with `{`: otherwise everybody could fill the quarantine.
 */
const CHALLENGE = /^[\w+/=.~: -]{1,200}$/;
const BRACE = 0x7b;

function webhookFor(secret: string): Webhook {
  const sign = (content: string | Uint8Array): string =>
    `sha256=${createHmac('sha256', secret).update(content).digest('base64')}`;
  return {
    methods: ['POST'],
    // A body means nothing to X.
    success: { type: 'text/plain', body: '' },
    handshakeType: 'application/json',
    handshake: (request) => {
      const token = new URL(request.url).searchParams.get('crc_token') ?? '';
      return CHALLENGE.test(token) ? JSON.stringify({ response_token: sign(token) }) : null;
    },
    precheck: signatureIn,
    authenticate: (request: WebhookRequest) => {
      if (request.body[0] !== BRACE) throw new Unauthenticated('the body is no event of X');
      if (!isSameSecret(signatureIn(request.headers), sign(request.body))) {
        throw new Unauthenticated('x-twitter-webhooks-signature is wrong');
      }
    },
  };
}

function signatureIn(headers: WebhookRequest['headers']): string {
  const signature = headers['x-twitter-webhooks-signature'];
  if (!signature) throw new Unauthenticated('x-twitter-webhooks-signature is missing');
  return signature;
}
