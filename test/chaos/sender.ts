import { Agent, request as httpRequest } from 'node:http';

export type Outgoing = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
};

/** `refused`: nobody has heard it; `unheard`: it left, and no answer came. */
export type Outcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfter: boolean;
      readonly body: string;
    }
  | { readonly kind: 'refused' | 'unheard'; readonly why: string };

export type Sender = ReturnType<typeof createSender>;

/** Providers wait so long for an answer (Twilio 15 s). */
const patienceMs = 15_000;

/** Sends requests over kept connections, as providers do. Never throws. */
export function createSender() {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 64 });
  return {
    send: (port: number, { method, path, headers, body }: Outgoing): Promise<Outcome> =>
      new Promise((resolve) => {
        const length = String(Buffer.byteLength(body));
        const request = httpRequest({
          ...{ host: '127.0.0.1', port, method, path, agent },
          headers: { ...headers, 'content-length': length },
        });
        const late = setTimeout(() => {
          request.destroy(Object.assign(new Error('no answer'), { code: 'LATE' }));
        }, patienceMs);
        request.on('error', (error: Error) => {
          clearTimeout(late);
          const why = 'code' in error ? String(error.code) : error.message;
          // A kept connection that the other side closed as we used it: nobody has read from it.
          const isStale = request.reusedSocket && why === 'ECONNRESET';
          resolve({ kind: why === 'ECONNREFUSED' || isStale ? 'refused' : 'unheard', why });
        });
        request.on('response', (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', () => undefined); // told by the request
          response.on('end', () => {
            clearTimeout(late);
            resolve({
              kind: 'answer',
              status: response.statusCode ?? 0,
              retryAfter: response.headers['retry-after'] !== undefined,
              body: Buffer.concat(chunks).toString(),
            });
          });
        });
        request.end(body);
      }),
    close: () => {
      agent.destroy();
    },
  };
}
