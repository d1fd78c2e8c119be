import cookieParser from 'cookie-parser';
import { doubleCsrf } from 'csrf-csrf';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { repeatMs } from '../../domain/judge.ts';

export type Csrf = {
  readonly cookies: RequestHandler;
  /** The token for a page, and its cookie. */
  readonly issue: (request: Request, response: Response) => string;
  readonly isValid: (request: Request, token: string) => boolean;
};

/**
 * Double-submit cookie: only our own page knows what the cookie says. In: secrets, newest first, the same
 * at every gateway. There is no session to tie a token to, nor anything to gain by one's own.
 */
export function createCsrf(secrets: readonly string[], isSecure: boolean): Csrf {
  const sent = new WeakMap<Request, string>();
  const { generateCsrfToken, validateRequest } = doubleCsrf({
    getSecret: () => [...secrets],
    getSessionIdentifier: () => 'web',
    cookieName: isSecure ? '__Host-formulir' : 'formulir',
    cookieOptions: {
      ...{ sameSite: 'lax', httpOnly: true, secure: isSecure, path: '/' },
      maxAge: repeatMs,
    },
    getCsrfTokenFromRequest: (request) => sent.get(request),
  });
  return {
    cookies: Router().use(cookieParser(), textCookies),
    issue: (request, response) => generateCsrfToken(request, response),
    isValid: (request, token) => {
      sent.set(request, token);
      return validateRequest(request);
    },
  };
}

const isText = ([, value]: readonly [string, unknown]): boolean => typeof value === 'string';

/** `j:` begins JSON to the parser; our own cookie is text, whatever a stranger has put there. */
const textCookies: RequestHandler = (request, _response, next) => {
  const all = Object.entries(z.record(z.string(), z.unknown()).parse(request.cookies));
  request.cookies = Object.fromEntries(all.filter(isText));
  next();
};
