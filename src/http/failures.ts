import type { ErrorRequestHandler } from 'express';
import type { ServerResponse } from 'node:http';
import {
  AppError,
  Conflict,
  Invalid,
  Malformed,
  NotFound,
  OverShare,
  TooLarge,
  TooSlow,
  Unauthenticated,
  Unavailable,
} from '../errors.ts';
import type { Log } from '../log.ts';

/** The one translation of our errors into HTTP. Whatever is not here is a bug of ours: 500. */
const statuses: readonly (readonly [
  new (message: string, details?: { cause?: unknown }) => AppError,
  number,
])[] = [
  [Unauthenticated, 401],
  [Malformed, 400],
  [Invalid, 422],
  [NotFound, 404],
  [Conflict, 409],
  [TooLarge, 413],
  [TooSlow, 408],
  [OverShare, 503],
  [Unavailable, 503],
];

/** Seconds a sender should wait when nothing can be stored. */
const retryAfterSeconds = '5';

export function statusOf(error: unknown): number {
  return statuses.find(([type]) => error instanceof type)?.[1] ?? 500;
}

/** The headers that say what an answer is. */
export type Head = Readonly<Record<string, string | number>>;

export const headOf = (type: string, body: string): Head => ({
  'content-type': `${type}; charset=utf-8`,
  'content-length': Buffer.byteLength(body),
});

/** Answers with a text, beside what was said in headers before. */
export function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, headOf(type, body)).end(body);
}

/** Answers a failure. A 401 says nothing; the others say what was wrong in one line of plain text. */
export function answerFailure(response: ServerResponse, error: unknown): void {
  const status = statusOf(error);
  if (status === 503) response.setHeader('retry-after', retryAfterSeconds);
  if (status === 413) response.setHeader('connection', 'close'); // the rest of the body is not read
  const says = error instanceof AppError && status !== 401 && status !== 503;
  answer(response, status, 'text/plain', says ? `${error.message}\n` : '');
}

export function createFailureHandler(log: Log): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (error: unknown, request, response, _next) => {
    if (response.headersSent) {
      // Half an answer cannot be taken back: whoever asked must see that it is not whole.
      const level = response.closed ? 'debug' : 'error';
      log[level]({ err: error, method: request.method, path: request.path }, 'answer broke off');
      response.destroy();
      return;
    }
    if (statusOf(error) === 500) {
      log.error({ err: error, method: request.method, path: request.path }, 'request failed');
    }
    answerFailure(response, error);
  };
}
