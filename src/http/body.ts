import type { IncomingMessage } from 'node:http';
import getRawBody from 'raw-body';
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
    request.on('data', (chunk: Buffer) => {
      own += chunk.length;
      held += chunk.length;
      if (held > budgetBytes) request.destroy();
    });
    try {
      return await getRawBody(request, { limit });
    } catch (cause) {
      const type = cause instanceof Error && 'type' in cause ? cause.type : undefined;
      throw type === 'entity.too.large'
        ? tooLarge(limit, cause)
        : new Malformed('the request broke off', { cause });
    } finally {
      clearTimeout(late);
      held -= own;
    }
  };
}

function tooLarge(limit: number, cause?: unknown): TooLarge {
  return new TooLarge(`the body is over ${limit} bytes`, { cause });
}
