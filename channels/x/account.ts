import { ApiResponseError, type TwitterApiTokens } from 'twitter-api-v2';
import { z } from 'zod';
import { failed, type Finding, passed, warned } from '../../src/domain/check.ts';
import { type Heard, troubleWith } from '../_shared/outbound.ts';
import { clientFor } from './client.ts';

export type Keys = {
  readonly consumerKey: string | undefined;
  readonly consumerSecret: string;
  readonly accessToken: string | undefined;
  readonly accessSecret: string | undefined;
};

type Account = {
  readonly userId: string;
  readonly handle: string;
  readonly keys: Keys;
  readonly apiUrl: string;
};

type Platform = Parameters<typeof troubleWith>[1];

const ANSWER_WITHIN_MS = 10_000;
const KEYS = 'X_CONSUMER_KEY, X_CONSUMER_SECRET, X_ACCESS_TOKEN and X_ACCESS_SECRET';

/** Whether the keys for replies are those of the account citizens mention. */
export async function accountFinding(
  account: Account,
  platform: Platform,
  signal: AbortSignal,
): Promise<Finding> {
  const tokens = tokensFrom(account.keys);
  if (!('appKey' in tokens)) {
    return warned(
      'account',
      `without ${tokens.join(', ')} there are no replies`,
      'Copy them from the X Developer Console: the app, Keys and tokens, OAuth 1.0a, permission Read and write and Direct message.',
    );
  }
  const heard = await usersMe(tokens, account.apiUrl, signal);
  if (heard.status === 401 || heard.status === 403) {
    return failed(
      'account',
      `X refuses ${KEYS} (${heard.status})`,
      'Copy all four again from the X Developer Console: the app, Keys and tokens. Regenerating one makes the old one void.',
    );
  }
  const { data } = me.safeParse(heard.status === 200 ? heard.body : null);
  return data ? identity(account, data.data) : troubleWith('account', platform, heard);
}

const me = z.object({ data: z.object({ id: z.string(), username: z.string() }) });

function identity({ userId, handle }: Account, found: { id: string; username: string }): Finding {
  if (found.id !== userId) {
    return failed(
      'account',
      `the access token is that of @${found.username} (${found.id}), X_USER_ID says ${userId}`,
      'Set X_USER_ID to that number, or generate the access token while logged in as the account citizens mention.',
    );
  }
  return found.username.toLowerCase() === handle.toLowerCase()
    ? passed('account', `@${found.username}`)
    : failed(
        'account',
        `the account is @${found.username}, X_HANDLE says @${handle}`,
        'Set X_HANDLE to the name of the account: mentions are recognised by it.',
      );
}

function tokensFrom(keys: Keys): TwitterApiTokens | readonly string[] {
  const { consumerKey, consumerSecret, accessToken, accessSecret } = keys;
  if (consumerKey !== undefined && accessToken !== undefined && accessSecret !== undefined) {
    return { appKey: consumerKey, appSecret: consumerSecret, accessToken, accessSecret };
  }
  const named = { X_CONSUMER_KEY: consumerKey, X_ACCESS_TOKEN: accessToken };
  return Object.entries({ ...named, X_ACCESS_SECRET: accessSecret })
    .filter(([, value]) => value === undefined)
    .map(([name]) => name);
}

/** With the SDK, which can sign as an account does (OAuth 1.0a). */
async function usersMe(
  tokens: TwitterApiTokens,
  apiUrl: string,
  signal: AbortSignal,
): Promise<Heard> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  try {
    const answer = await clientFor(tokens, apiUrl, ended).v2.get<unknown>(
      'users/me',
      {},
      // As bytes: parsing an odd error of X, the SDK throws where nobody can catch it.
      { fullResponse: true, forceParseMode: 'buffer' },
    );
    return { status: 200, body: parsed(answer.data) };
  } catch (error) {
    return error instanceof ApiResponseError
      ? { status: error.code, body: parsed(error.data) }
      : { status: null, why: ended.aborted ? 'no answer in 10 s' : 'network error' };
  }
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.from(z.instanceof(Uint8Array).parse(body)).toString());
  } catch {
    return null;
  }
}
