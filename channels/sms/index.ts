import { createHash } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { z } from 'zod';
import { defineChannel } from '../../src/domain/channel.ts';
import type { WebhookRequest } from '../../src/domain/channel.ts';
import { Unauthenticated } from '../../src/errors.ts';
import { isSameSecret } from '../_shared/hmac.ts';
import { createList } from './backfill.ts';
import { inspectTwilio } from './probe.ts';
import { addressFrom, read } from './read.ts';
import { type Fields, fieldsOf, grouped, isJson, partsOf, textOf } from './request.ts';

const MOST_PARAMETERS = 1_000; // Twilio sends some thirty; sorting a million would be a way to hurt us

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
  open: (settings, tools) => {
    const account = {
      sid: settings.TWILIO_ACCOUNT_SID,
      tokens: settings.TWILIO_AUTH_TOKEN,
      number: settings.TWILIO_NUMBER,
      apiUrl: settings.TWILIO_API_URL,
      fetch: tools.fetch,
    };
    return {
      name: 'sms',
      secrets: account.tokens,
      webhook: {
        methods: ['POST', 'GET'],
        paths: ['status'],
        keepHeaders: ['content-type', 'i-twilio-idempotency-token'],
        // text/plain would be sent to the citizen as an SMS.
        success: { type: 'text/xml', body: '<Response/>' },
        precheck: signatureIn,
        authenticate: (request) => {
          authenticate(request, account.sid, account.tokens);
        },
      },
      backfill: {
        account: addressFrom(account.number).value,
        everyMs: 10 * 60_000,
        list: createList({ ...account, now: tools.now }),
      },
      read,
      ...inspectTwilio(account),
    };
  },
});

function signatureIn(headers: WebhookRequest['headers']): string {
  const signature = headers['x-twilio-signature'];
  if (!signature) throw new Unauthenticated('X-Twilio-Signature is missing');
  return signature;
}

function authenticate(request: WebhookRequest, account: string, tokens: readonly string[]): void {
  const signature = signatureIn(request.headers);
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
  const isForm = request.method !== 'GET' && !isJson(request, query);
  const fields = isForm ? params : readableFields(request);
  if (fields['AccountSid']?.some((sid) => sid !== account)) {
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

function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
