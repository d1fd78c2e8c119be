import type { IncomingMessage } from 'node:http';
import { Malformed, TooLarge, Unavailable } from '../errors.ts';

/** Contract section 3: 413 over this. */
export const mostBodyBytes = 3 * 1024 * 1024;

/** Providers send at once; who takes longer holds a connection for nothing. */
const longestReadMs = 30_000;

/** `limit` in bytes, for routes that need less. */
export type BodyReader = (request: IncomingMessage, limit?: number) => Promise<Buffer>;

/**
 * Reads request bodies as the bytes that came: never inflated, never parsed, because signatures are
 * over them. What all requests hold at once is bounded by `budgetBytes`, counted as it arrives; beyond
 * it they are refused or cut off, so that no flood can fill our memory. Throws TooLarge, Unavailable, or
 * Malformed when the sender broke off.
 */
export function createBodyReader(budgetBytes: number): BodyReader {
  let held = 0;
  return async (request, limit = mostBodyBytes) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
    if (held >= budgetBytes) throw new Unavailable('too many bodies are being read');
    let own = 0;
    const late = setTimeout(() => request.destroy(), longestReadMs);
    try {
      return await collect(request, limit, (bytes) => {
        own += bytes;
        held += bytes;
        return held <= budgetBytes;
      });
    } finally {
      clearTimeout(late);
      held -= own;
    }
  };
}

/** All that comes; what comes behind the limit is left unread. `count` says whether there is room for it. */
function collect(
  request: IncomingMessage,
  limit: number,
  count: (bytes: number) => boolean,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (!count(chunk.length)) request.destroy();
      if (size <= limit) return;
      request.off('data', take).pause();
      reject(tooLarge(limit));
    };
    const end = (): void => {
      request.off('error', broke).off('close', broke);
      const [only = Buffer.alloc(0)] = chunks;
      resolve(chunks.length > 1 ? Buffer.concat(chunks, size) : only);
    };
    const broke = (cause?: unknown): void => {
      reject(new Malformed('the request broke off', { cause }));
    };
    request.on('data', take).once('end', end).once('error', broke).once('close', broke);
  });
}

function tooLarge(limit: number): TooLarge {
  return new TooLarge(`the body is over ${limit} bytes`);
}
