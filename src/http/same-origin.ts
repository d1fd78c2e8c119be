import type { IncomingMessage } from 'node:http';

/**
 * Whether a form was sent from a page of ours. A browser says so; what sends neither header is no
 * browser, and no other site can have made it send.
 */
export function isSameOrigin({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
