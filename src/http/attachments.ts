import { type ErrorRequestHandler, Router } from 'express';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NotFound, Unauthenticated } from '../errors.ts';
import { createLimiter, type Log } from '../log.ts';
import { savedName } from './file-name.ts';

/** A file of a complaint, ready to be sent. */
export type OpenFile = {
  readonly mediaType: string;
  readonly name: string;
  readonly bytes: number;
  readonly stream: Readable;
};

type Deps = {
  readonly openFile: (attachmentId: string) => Promise<OpenFile | null>;
  /** The secrets shared with the routing core; what is derived from any of them opens. */
  readonly secrets: readonly string[];
  readonly log: Pick<Log, 'warn'>;
  readonly now: () => number;
};

/**
 * The words that open files (contract section 10). Who only fetches files, or reads a log of requests, must
 * not be able to sign events. Both readings of "the bytes of the secret" are taken: as it is written, and
 * as Standard Webhooks reads it.
 */
export function fileTokens(secret: string): string[] {
  const keys = [Buffer.from(secret), Buffer.from(secret.replace(/^whsec_/, ''), 'base64')];
  return keys.map((key) =>
    createHmac('sha256', key).update('satu-pintu files v1').digest('base64url'),
  );
}

const warnEveryMs = 10 * 60_000;

/**
 * `GET /api/v1/attachments/:id`, the `url` of a stored attachment (contract section 10): for the routing
 * core alone, with a bearer token, so that no address opens a file by itself. 401 without, 404 for what is
 * not here.
 */
export function createAttachments({ openFile, secrets, log, now }: Deps): Router {
  const allowed = secrets.flatMap(fileTokens).map(digestOf);
  const outdated = secrets.map(digestOf);
  const limiter = createLimiter(warnEveryMs, now);
  const warn = (withheld: number) => {
    log.warn({ withheld }, `${deprecated}: the next release answers 401`);
  };
  const router = Router();
  router.get('/api/v1/attachments/:id', async (request, response) => {
    const [, token = ''] = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
    const isOutdated = isAmong(outdated, digestOf(token));
    if (!isOutdated && !isAmong(allowed, digestOf(token))) {
      throw new Unauthenticated('the token for files is missing or wrong');
    }
    if (isOutdated) limiter(warn);
    const file = await openFile(request.params.id);
    if (!file) throw new NotFound('no attachment of this id is stored here');
    response.attachment(savedName(file)).set(fileHeaders(file));
    await pipeline(file.stream, response);
  });
  router.use(nothingUnreadable);
  return router;
}

const deprecated =
  'the core fetches files with ROUTING_CORE_SECRET itself instead of the token for files';

const isAmong = (known: readonly Buffer[], given: Buffer): boolean =>
  known.some((each) => timingSafeEqual(each, given));

/** An address that cannot be decoded (`%ff`) names nothing. */
const nothingUnreadable: ErrorRequestHandler = (error: unknown, _request, _response, next) => {
  next(error instanceof URIError ? new NotFound('not an address', { cause: error }) : error);
};

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A citizen's file is never taken for a page of ours, whatever is in it. */
function fileHeaders({ mediaType, bytes }: OpenFile): Record<string, string> {
  return {
    'content-type': mediaType,
    'content-length': String(bytes),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
  };
}
