import { type ErrorRequestHandler, Router } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NotFound, Unauthenticated } from '../errors.ts';

/** A file of a complaint, ready to be sent. */
export type OpenFile = {
  readonly mediaType: string;
  readonly name: string;
  readonly bytes: number;
  readonly stream: Readable;
};

type Deps = {
  readonly openFile: (attachmentId: string) => Promise<OpenFile | null>;
  /** The secrets shared with the routing core; any of them opens. */
  readonly secrets: readonly string[];
};

/**
 * `GET /api/v1/attachments/:id`, the `url` of a stored attachment (contract section 5): for the routing
 * core alone, with `Authorization: Bearer <ROUTING_CORE_SECRET>`, so that no address opens a file by
 * itself. 401 without, 404 for what is not here.
 */
export function createAttachments({ openFile, secrets }: Deps): Router {
  const allowed = secrets.map(digestOf);
  const router = Router();
  router.get('/api/v1/attachments/:id', async (request, response) => {
    const [, token = ''] = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
    const given = digestOf(token);
    if (!allowed.some((secret) => timingSafeEqual(secret, given))) {
      throw new Unauthenticated('the secret of the core is missing or wrong');
    }
    const file = await openFile(request.params.id);
    if (!file) throw new NotFound('no attachment of this id is stored here');
    response.attachment(file.name.toWellFormed()).set(fileHeaders(file));
    await pipeline(file.stream, response);
  });
  router.use(nothingUnreadable);
  return router;
}

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
