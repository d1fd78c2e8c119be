import { createHmac, randomBytes } from 'node:crypto';
import type { Environment } from '../../domain/channel.ts';
import type { Sending, Simulator } from './simulator.ts';

export const x: Simulator = { needs: ['X_CONSUMER_SECRET', 'X_USER_ID'], request: xRequest };

function xRequest(settings: Environment, _publicUrl: string, { text, from }: Sending) {
  const id = randomId();
  const author = from ?? '1502234567890123456';
  const userId = settings['X_USER_ID'] ?? '';
  const handle = (settings['X_HANDLE'] ?? 'LAPOR1708').replace(/^@/, '');
  const mention = `@${handle}`;
  const written = text.toLowerCase().includes(mention.toLowerCase()) ? text : `${mention} ${text}`;
  const start = written.toLowerCase().indexOf(mention.toLowerCase());
  const event = {
    event_uuid: id,
    filter: { user_id: userId },
    event_type: 'post.mention.create',
    tag: 'mentions',
    payload: {
      id,
      author_id: author,
      created_at: new Date().toISOString(),
      text: written,
      conversation_id: id,
      edit_history_tweet_ids: [id],
      entities: {
        mentions: [{ start, end: start + mention.length, username: handle, id: userId }],
      },
      lang: 'in',
    },
    includes: { users: [{ id: author, username: `warga_${author.slice(-6)}`, name: 'Siti' }] },
  };
  const body = JSON.stringify({ data: event });
  const signature = createHmac('sha256', settings['X_CONSUMER_SECRET'] ?? '')
    .update(body)
    .digest('base64');
  return {
    method: 'POST',
    path: '/webhooks/x',
    headers: {
      'content-type': 'application/json',
      'x-twitter-webhooks-signature': `sha256=${signature}`,
    },
    body,
  } as const;
}

/** Nineteen digits, as X's ids have, and no two alike. */
function randomId(): string {
  return String(10n ** 18n + (randomBytes(8).readBigUInt64BE() % 10n ** 18n));
}
