import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { backfillMethod, defineChannel } from '../../src/domain/channel.ts';
import type { WebhookRequest } from '../../src/domain/channel.ts';
import { Unauthenticated } from '../../src/errors.ts';
import { isSameSecret } from '../_shared/hmac.ts';
import { createBackfill } from './backfill.ts';
import { readListed } from './listed.ts';
import { inspectFacebook } from './probe.ts';
import { readDelivery } from './read.ts';

export const facebook = defineChannel({
  name: 'facebook',
  settings: z.object({
    FACEBOOK_APP_SECRET: z.string(),
    FACEBOOK_VERIFY_TOKEN: z.string(),
    FACEBOOK_PAGE_ID: z.string().regex(/^\d{1,30}$/, 'a page id has digits only'),
    FACEBOOK_APP_ID: z.string().regex(/^\d+$/, 'an app id has digits only').optional(),
    FACEBOOK_PAGE_TOKEN: z.string().regex(/^\S+$/, 'a token has no white space').optional(),
    FACEBOOK_GRAPH_URL: z.url({ protocol: /^https?$/ }).default('https://graph.facebook.com'),
  }),
  demo: (secret) => ({
    FACEBOOK_APP_SECRET: secret('facebook'),
    FACEBOOK_VERIFY_TOKEN: secret('facebook-verify'),
    FACEBOOK_PAGE_ID: '100000000001708',
  }),
  open: (settings, tools) => {
    const {
      FACEBOOK_APP_SECRET: appSecret,
      FACEBOOK_VERIFY_TOKEN: verifyToken,
      FACEBOOK_PAGE_TOKEN: pageToken,
      FACEBOOK_PAGE_ID: page,
    } = settings;
    const api = {
      ...{ appSecret, verifyToken, pageToken, pageId: page, ...tools },
      appId: settings.FACEBOOK_APP_ID,
      graphUrl: settings.FACEBOOK_GRAPH_URL,
    };
    return {
      name: 'facebook',
      secrets: [appSecret, verifyToken, ...(pageToken === undefined ? [] : [pageToken])],
      webhook: {
        methods: ['POST'],
        success: { type: 'text/plain', body: 'EVENT_RECEIVED' },
        handshake: (request) => challengeOf(request, verifyToken),
        precheck: signatureIn,
        authenticate: (request) => {
          authenticate(request, appSecret);
        },
      },
      backfill: createBackfill(api),
      read: ({ method, body }) =>
        method === backfillMethod ? readListed(page, body) : readDelivery(page, body),
      ...inspectFacebook(api),
    };
  },
});

/** Every GET is a handshake; one without our token must not learn that anybody is here. */
function challengeOf(request: WebhookRequest, verifyToken: string): string {
  const query = new URLSearchParams(/\?(.*)$/s.exec(request.url)?.[1]);
  const isOurs = isSameSecret(query.get('hub.verify_token') ?? '', verifyToken);
  const challenge = query.get('hub.challenge');
  if (!isOurs || query.get('hub.mode') !== 'subscribe' || !challenge) {
    throw new Unauthenticated('the handshake is incomplete, or hub.verify_token is wrong');
  }
  return challenge;
}

function signatureIn(headers: WebhookRequest['headers']): string {
  const signature = headers['x-hub-signature-256'];
  if (!signature) throw new Unauthenticated('X-Hub-Signature-256 is missing');
  return signature;
}

/**
 * Over the bytes as sent: Meta signs its own escaping (`\u0040`, `\/`), which parsing and writing
 * again would undo. The older X-Hub-Signature (SHA-1) is sent too and proves nothing.
 */
function authenticate({ headers, body }: WebhookRequest, appSecret: string): void {
  const signature = signatureIn(headers);
  const expected = `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
  if (!isSameSecret(signature, expected)) throw new Unauthenticated('X-Hub-Signature-256 is wrong');
}
