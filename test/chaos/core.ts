import { createServer, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { tokenIn } from './citizens.ts';

/** How the core behaves. */
export type Mood =
  | { readonly kind: 'well' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'failing' }
  /** Every third call fails, whosever it is. */
  | { readonly kind: 'moody' }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  | { readonly kind: 'hanging' }
  /** Takes it, and says so when nobody listens any more. */
  | { readonly kind: 'late'; readonly ms: number };

/** One event id, at its first arrival. */
export type Arrival = {
  readonly eventId: string;
  /** Which of all events it was, by first arrival. */
  readonly place: number;
  readonly type: string;
  readonly complaintId: string;
  readonly reporter: string | null;
  /** The mark of the citizen's message in its words; null when it holds none. */
  readonly token: string | null;
  /** The core has taken it, whether or not we heard so. */
  accepted: boolean;
  /** Which of all events it was, by first acceptance. */
  takenPlace: number | null;
  /** How often it was taken, and how often it came. */
  taken: number;
  calls: number;
};

export type ChaosCore = Awaited<ReturnType<typeof startChaosCore>>;

const envelope = z.object({
  id: z.string(),
  type: z.string(),
  data: z.looseObject({
    id: z.string().optional(),
    complaintId: z.string().optional(),
    originalText: z.string().optional(),
    reporter: z.looseObject({ ref: z.string() }).optional(),
  }),
});

/** A routing core that checks signatures and writes down what came, by first arrival. */
export async function startChaosCore(port: number, secret: string) {
  const webhook = new Webhook(secret);
  const arrivals: Arrival[] = [];
  const byId = new Map<string, Arrival>();
  const hanging = new Set<ServerResponse>();
  const problems: string[] = [];
  let mood: Mood = { kind: 'well' };
  let isListening = false;
  let acceptances = 0;
  let calls = 0;

  const note = (body: string): Arrival => {
    const { id, type, data } = envelope.parse(JSON.parse(body));
    const known = byId.get(id);
    if (known) {
      known.calls += 1;
      return known;
    }
    const arrival: Arrival = {
      eventId: id,
      place: arrivals.length,
      type,
      complaintId: data.id ?? data.complaintId ?? '',
      reporter: data.reporter?.ref ?? null,
      token: tokenIn(data.originalText ?? ''),
      accepted: false,
      takenPlace: null,
      taken: 0,
      calls: 1,
    };
    byId.set(id, arrival);
    arrivals.push(arrival);
    return arrival;
  };
  const take = (arrival: Arrival, response: ServerResponse): void => {
    arrival.accepted = true;
    if (arrival.takenPlace === null) {
      arrival.takenPlace = acceptances;
      acceptances += 1;
    }
    arrival.taken += 1;
    response.writeHead(202).end();
  };
  const answer = (arrival: Arrival, response: ServerResponse): void => {
    switch (mood.kind) {
      case 'well':
        take(arrival, response);
        return;
      case 'slow':
      case 'late':
        setTimeout(take, mood.ms, arrival, response).unref();
        return;
      case 'moody':
        calls += 1;
        if (calls % 3 === 0) response.writeHead(500).end();
        else take(arrival, response);
        return;
      case 'failing':
        response.writeHead(500).end();
        return;
      case 'busy':
        response.writeHead(429, { 'retry-after': String(mood.retryAfterSeconds) }).end();
        return;
      case 'hanging':
        hanging.add(response);
        response.once('close', () => hanging.delete(response));
    }
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      try {
        webhook.verify(body, {
          'webhook-id': String(request.headers['webhook-id']),
          'webhook-timestamp': String(request.headers['webhook-timestamp']),
          'webhook-signature': String(request.headers['webhook-signature']),
        });
        answer(note(body), response);
      } catch (error) {
        problems.push(`an event that cannot be taken: ${String(error)}`);
        response.writeHead(401).end();
      }
    });
  });
  const on = (): Promise<void> =>
    isListening
      ? Promise.resolve()
      : new Promise((resolve) => {
          isListening = true;
          server.listen(port, '127.0.0.1', resolve);
        });
  const off = (): Promise<void> =>
    new Promise((resolve) => {
      isListening = false;
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  await on();
  return {
    url: `http://127.0.0.1:${port}/events`,
    arrivals,
    /** Events that were not signed as they must be, or make no sense. */
    problems,
    feel: (next: Mood) => {
      mood = next;
      if (next.kind !== 'hanging') for (const response of hanging) response.destroy();
    },
    on,
    off,
    close: () => (isListening ? off() : Promise.resolve()),
  };
}
