import { Telegram, TelegramError } from 'telegraf';
import { z } from 'zod';
import type { Poll } from '../../src/domain/channel.ts';
import { UpstreamUnavailable } from '../../src/errors.ts';
import { upstreamError } from '../_shared/outbound.ts';

export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'channel_post',
  'callback_query',
  'my_chat_member',
] as const;
const LONG_POLL_SECONDS = 50; // the most Telegram grants
const ANSWER_WITHIN_MS = 65_000;
const USERNAME_WITHIN_MS = 3_000;

export function createClient(token: string, apiUrl: string): Telegram {
  // Without the trailing slash the last part of the path is lost when the SDK resolves against it.
  const apiRoot = apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`;
  return new Telegram(token, { apiRoot, webhookReply: false });
}

/** The bot's user name; null when Telegram does not tell: intake does not depend on its API. */
export async function askUsername(client: Telegram): Promise<string | null> {
  try {
    const options = optionsWith(AbortSignal.timeout(USERNAME_WITHIN_MS));
    const me: unknown = await client.callApi('getMe', {}, options);
    return z.object({ username: z.string() }).safeParse(me).data?.username ?? null;
  } catch {
    return null;
  }
}

/** A call of the API. Throws UpstreamUnavailable, UpstreamThrottled or UpstreamRejected. */
export async function callTelegram(
  client: Telegram,
  method: Method,
  payload: Payload,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    return await client.callApi(method, payload, optionsWith(signal));
  } catch (error) {
    throw translated(error, client.token, `Telegram ${method}`);
  }
}

type Method = 'getUpdates' | 'getWebhookInfo' | 'setWebhook' | 'deleteWebhook';
type Payload = Parameters<Telegram['callApi']>[1] & object;

/** Telegram forgets an update when a later fetch asks for what comes after it, never before. */
export function createPoll(client: Telegram): Poll {
  return {
    everyMs: 100,
    fetch: async (cursor, signal) => {
      const { updates, next } = await getUpdates(client, signal, {
        cursor,
        seconds: LONG_POLL_SECONDS,
        allowed: ALLOWED_UPDATES,
      });
      return { deliveries: updates.map(({ body }) => body), cursor: next };
    },
  };
}

const withId = z.object({ update_id: z.int() });

type Wanted = {
  readonly cursor: string | null;
  /** How long to wait for an update when there is none. */
  readonly seconds: number;
  readonly allowed: readonly string[];
};

export type Waiting = {
  readonly updates: readonly { readonly id: number | null; readonly body: Uint8Array }[];
  /** What to ask for next; asking so makes Telegram forget these. */
  readonly next: string | null;
};

export async function getUpdates(
  client: Telegram,
  signal: AbortSignal,
  { cursor, seconds, allowed }: Wanted,
): Promise<Waiting> {
  const payload = {
    limit: 100,
    timeout: seconds,
    allowed_updates: allowed,
    ...(cursor === null ? {} : { offset: Number(cursor) }),
  };
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const answer = z
    .array(z.unknown())
    .safeParse(await callTelegram(client, 'getUpdates', payload, bounded));
  if (!answer.success) throw new UpstreamUnavailable('Telegram getUpdates: not a list');
  const updates = answer.data.map((update) => ({
    id: withId.safeParse(update).data?.update_id ?? null,
    body: bytesFrom(update),
  }));
  const ids = updates.flatMap(({ id }) => id ?? []);
  return { updates, next: ids.length > 0 ? String(Math.max(...ids) + 1) : cursor };
}

type Options = NonNullable<Parameters<Telegram['callApi']>[2]>;

// The SDK names the type of a polyfill, but takes the platform's own AbortSignal.
function optionsWith(signal: AbortSignal): Options {
  return isTaken(signal) ? { signal } : {};
}

function isTaken(signal: unknown): signal is NonNullable<Options['signal']> {
  return signal instanceof AbortSignal;
}

function bytesFrom(update: unknown): Uint8Array {
  try {
    return Buffer.from(JSON.stringify(update));
  } catch {
    // Nested more deeply than JSON.stringify goes: let the reader quarantine it, not stop the queue.
    return Buffer.from(JSON.stringify({ ...withId.safeParse(update).data, message: 'too deep' }));
  }
}

// No `cause`: the SDK cleans the token out of an error's message, but not out of its stack.
function translated(error: unknown, token: string, call: string): Error {
  if (!(error instanceof TelegramError)) return upstreamError(call, null);
  const answer = z
    .object({
      error_code: z.int(),
      description: z.string().catch(''),
      parameters: z.object({ retry_after: z.number().positive() }).optional().catch(undefined),
    })
    .safeParse(error.response);
  if (!answer.success) return new UpstreamUnavailable(`${call}: not an answer`);
  const { error_code: status, description, parameters } = answer.data;
  if (status === 409) {
    return new UpstreamUnavailable(`${call}: another poller or a webhook is active`);
  }
  const retryAfterMs = parameters && parameters.retry_after * 1000;
  const detail = description.replaceAll(token, '…');
  return upstreamError(call, { status, detail, retryAfterMs });
}
