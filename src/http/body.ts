import type { IncomingMessage } from 'node:http';
import { Malformed, TooLarge } from '../errors.ts';
import { createRoom, type Room } from './room.ts';

/** Contract section 3: 413 over this. */
export const mostBodyBytes = 3 * 1024 * 1024;

/** `limit` in bytes, for routes that need less. */
export type BodyReader = (request: IncomingMessage, limit?: number) => Promise<Buffer>;

/**
 * Reads request bodies as the bytes that came: never inflated, never parsed, because signatures are
 * over them. Bodies that are not complete share a room, by network. Throws TooLarge, OverShare (others
 * need the room, or it comes too slowly), or Malformed when the sender broke off.
 */
export function createBodyReader(networkOf: (request: IncomingMessage) => string): BodyReader {
  const room = createRoom();
  return (request, limit = mostBodyBytes) =>
    Number(request.headers['content-length'] ?? 0) > limit
      ? Promise.reject(tooLarge(limit))
      : collect(request, limit, room, networkOf(request));
}

function collect(
  request: IncomingMessage,
  limit: number,
  room: Room,
  network: string,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let pieces: Buffer[] = [];
    const stop = (error: Error): void => {
      request.off('data', take);
      room.leave(reading);
      pieces = [];
      reject(error);
    };
    const reading = room.enter(network, (error) => {
      stop(error);
      // What still comes is dropped: a connection that is cut would take the answer along.
      request.resume();
    });
    const take = (piece: Buffer): void => {
      pieces.push(piece);
      room.take(reading, piece.length);
      if (reading.size <= limit) return;
      stop(tooLarge(limit));
      request.pause(); // what comes behind the limit is left unread
    };
    const end = (): void => {
      request.off('error', broke).off('close', broke);
      room.leave(reading);
      const [only = Buffer.alloc(0)] = pieces;
      resolve(pieces.length > 1 ? Buffer.concat(pieces) : only);
    };
    const broke = (cause?: unknown): void => {
      stop(new Malformed('the request broke off', { cause }));
    };
    request.on('data', take).once('end', end).once('error', broke).once('close', broke);
  });
}

function tooLarge(limit: number): TooLarge {
  return new TooLarge(`the body is over ${limit} bytes`);
}
