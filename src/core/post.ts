import { Agent as PlainAgent, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';

export type Posted = {
  readonly status: number;
  readonly retryAfter: string | null;
  /** At most 64 KiB of the body, so that no answer can fill our memory. */
  readonly text: string;
};

export type Post = (
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs: number,
) => Promise<Posted>;

const mostAnswerBytes = 65_536;

/** A time-out of ours, told apart from what the network says. */
export const lateCode = 'LATE';

/**
 * POSTs to one address over connections that are kept; fetch takes twice the time of this for each event.
 * Redirects are not followed. Rejects with the network's error, or one with the code `LATE` when the whole
 * answer was not there in time.
 */
export function createPost(address: string): Post {
  const url = new URL(address);
  const isTls = url.protocol === 'https:';
  const agent = isTls ? new TlsAgent(pool) : new PlainAgent(pool);
  const request = isTls ? tlsRequest : plainRequest;
  const once: Post = (headers, body, timeoutMs) =>
    new Promise((resolve, reject) => {
      const length = String(Buffer.byteLength(body));
      const all = { ...headers, 'content-length': length };
      const outgoing = request(url, { method: 'POST', agent, headers: all });
      const late = setTimeout(() => {
        outgoing.destroy(Object.assign(new Error('no answer in time'), { code: lateCode }));
      }, timeoutMs);
      const fail = (error: Error) => {
        clearTimeout(late);
        // The other side closed a kept connection just as we used it: it has not heard us.
        const isStale = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
        if (isStale) resolve(once(headers, body, timeoutMs));
        else reject(error);
      };
      outgoing.on('error', fail);
      outgoing.on('response', (incoming) => {
        readSome(incoming).then((posted) => {
          clearTimeout(late);
          resolve(posted);
        }, fail);
      });
      outgoing.end(body);
    });
  return once;
}

const pool = { keepAlive: true, maxSockets: 256, maxFreeSockets: 64, scheduling: 'lifo' } as const;

async function readSome(incoming: IncomingMessage): Promise<Posted> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    const bytes: unknown = chunk;
    if (!(bytes instanceof Uint8Array)) break;
    chunks.push(bytes);
    length += bytes.length;
    if (length > mostAnswerBytes) break;
  }
  return {
    status: incoming.statusCode ?? 0,
    retryAfter: incoming.headers['retry-after'] ?? null,
    text: Buffer.concat(chunks).toString('utf8'),
  };
}
