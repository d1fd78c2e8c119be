import { createHmac, randomBytes } from 'node:crypto';
import type { Environment } from '../../domain/channel.ts';
import type { Sending, Simulator } from './simulator.ts';

export const facebook: Simulator = {
  needs: ['FACEBOOK_APP_SECRET', 'FACEBOOK_PAGE_ID'],
  request: facebookRequest,
};

function facebookRequest(settings: Environment, _publicUrl: string, { text, from }: Sending) {
  const page = settings['FACEBOOK_PAGE_ID'] ?? '';
  const now = Date.now();
  const event = {
    sender: { id: from ?? '6543210987654321' },
    recipient: { id: page },
    timestamp: now,
    message: { mid: `m_${randomBytes(36).toString('base64url')}`, text },
  };
  const body = escaped({ object: 'page', entry: [{ id: page, time: now, messaging: [event] }] });
  const signature = createHmac('sha256', settings['FACEBOOK_APP_SECRET'] ?? '').update(body);
  return {
    method: 'POST',
    path: '/webhooks/facebook',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      'x-hub-signature-256': `sha256=${signature.digest('hex')}`,
    },
    body,
  } as const;
}

/** As Meta writes JSON, and signs it: whoever checks a signature over JSON written anew must notice. */
function escaped(value: object): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[<%@]|[^\x20-\x7e]/g, (character) => {
      const code = character.charCodeAt(0).toString(16);
      return `\\u${code.padStart(4, '0')}`;
    });
}
