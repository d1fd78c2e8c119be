import { createHmac } from 'node:crypto';
import { isSame } from './credentials.ts';
import type { Call } from './server.ts';

export type OAuthKeys = {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token: string;
  readonly tokenSecret: string;
};

const MOST_SKEW_SECONDS = 300;

/** Whether a call is signed with these keys (RFC 5849), as for one of these bases of the API. */
export function isSignedBy(
  keys: OAuthKeys,
  call: Call,
  bases: readonly string[],
  now: number,
): boolean {
  const given = parametersOf(call.headers.authorization ?? '');
  const at = Number(given.get('oauth_timestamp'));
  return (
    isSame(given.get('oauth_consumer_key') ?? '', keys.consumerKey) &&
    isSame(given.get('oauth_token') ?? '', keys.token) &&
    Math.abs(now / 1000 - at) <= MOST_SKEW_SECONDS &&
    bases.some((base) =>
      isSame(given.get('oauth_signature') ?? '', signatureOf(keys, call, base + call.path, given)),
    )
  );
}

function parametersOf(authorization: string): ReadonlyMap<string, string> {
  if (!/^OAuth\s/i.test(authorization)) return new Map();
  const pairs = authorization.matchAll(/(\w+)="([^"]*)"/g);
  return new Map([...pairs].map(([, name = '', value = '']) => [name, decoded(value)]));
}

function signatureOf(
  keys: OAuthKeys,
  { method, query, headers, body }: Call,
  url: string,
  given: ReadonlyMap<string, string>,
): string {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const parameters = [
    ...query,
    ...[...given].filter(([name]) => name !== 'oauth_signature'),
    ...(isForm ? new URLSearchParams(body) : []),
  ]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const key = `${encoded(keys.consumerSecret)}&${encoded(keys.tokenSecret)}`;
  const base = [method, encoded(url), encoded(parameters)].join('&');
  return createHmac('sha1', key).update(base).digest('base64');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return ''; // no signature is empty
  }
}
