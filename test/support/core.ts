import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

export const coreSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** What the core fetches files with, as README says that it is made of its secret. */
export const fileToken = createHmac('sha256', coreSecret)
  .update('satu-pintu files v1')
  .digest('base64url');

const envelope = z.looseObject({
  id: z.string(),
  type: z.string(),
  source: z.string(),
  subject: z.string(),
  time: z.string(),
  data: z.looseObject({}),
});

export type SeenEvent = z.infer<typeof envelope>;

type Call = {
  readonly event: SeenEvent;
  readonly headers: IncomingHttpHeaders;
  /** As signed. */
  readonly body: string;
  readonly at: number;
};

/** How the core answers a call; the default takes everything with 202. */
export type Answering = (call: Call, response: ServerResponse) => void;

/** A routing core on the far side of a socket. It checks signatures and keeps every call in order. */
export async function startCore(port = 0) {
  const calls: Call[] = [];
  const waiting: (() => void)[] = [];
  let answer: Answering = (_call, response) => {
    response.writeHead(202).end();
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      new Webhook(coreSecret).verify(body, {
        'webhook-id': String(request.headers['webhook-id']),
        'webhook-timestamp': String(request.headers['webhook-timestamp']),
        'webhook-signature': String(request.headers['webhook-signature']),
      });
      const call = {
        event: envelope.parse(JSON.parse(body)),
        headers: request.headers,
        body,
        at: Date.now(),
      };
      calls.push(call);
      answer(call, response);
      for (const wake of waiting.splice(0)) wake();
    });
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/events`;
  return {
    url,
    calls,
    /** How many connections were ever opened to it. */
    connections: () => connections,
    /** Events by first arrival, each id once. */
    events: (): SeenEvent[] =>
      [
        ...new Map(calls.map(({ event }) => [event.id, event] as const).reverse()).values(),
      ].reverse(),
    answerWith: (next: Answering) => {
      answer = next;
    },
    /** Waits until `enough` says so of the calls; fails after `ms`. */
    until: async (enough: (calls: readonly Call[]) => boolean, ms = 15_000): Promise<void> => {
      const end = Date.now() + ms;
      while (!enough(calls)) {
        const left = end - Date.now();
        if (left <= 0) throw new Error(`the core saw only ${calls.length} calls`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(left, 250));
          waiting.push(() => {
            clearTimeout(timer);
            resolve();
          });
        });
      }
    },
    stop: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export type TestCore = Awaited<ReturnType<typeof startCore>>;
