import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { OutboundEvent } from '../domain/event.ts';
import { storable } from '../domain/text.ts';

/** The core's answer, sorted by what follows from it (contract section 6). */
export type CoreAnswer =
  | { readonly kind: 'done'; readonly status: number; readonly trackingId: string | null }
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string }
  | {
      readonly kind: 'retry';
      readonly status: number;
      readonly detail: string;
      readonly retryAfterMs: number | null;
    };

export type CoreClient = { readonly send: (event: OutboundEvent) => Promise<CoreAnswer> };

type Options = {
  readonly url: string;
  readonly secrets: readonly string[];
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly timeoutMs?: number;
};

/** These say that the event itself is wrong: sending it again cannot help. */
const final = new Set([400, 410, 413, 415, 422]);

const tracking = z.object({ trackingId: z.string().min(1).max(64).transform(storable) });

/** Sends events to the routing core: CloudEvents, structured JSON, signed per Standard Webhooks. */
export function createCoreClient(options: Options): CoreClient {
  const signers = options.secrets.map((secret) => new Webhook(secret));
  return {
    send: async (event) => {
      let body: string;
      try {
        body = bodyFrom(event);
      } catch {
        return { kind: 'refused', status: 0, detail: 'no envelope can be made of it' };
      }
      const at = new Date(options.now());
      try {
        const response = await options.fetch(options.url, {
          method: 'POST',
          redirect: 'manual',
          signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
          headers: {
            'content-type': 'application/cloudevents+json; charset=utf-8',
            'webhook-id': event.id,
            'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
            // All of them while rotating, so that the core may hold either.
            'webhook-signature': signers.map((signer) => signer.sign(event.id, at, body)).join(' '),
          },
          body,
        });
        return answerFrom(response, await readSome(response), options.now());
      } catch (error) {
        return { kind: 'retry', status: 0, detail: networkCause(error), retryAfterMs: null };
      }
    },
  };
}

function bodyFrom(event: OutboundEvent): string {
  const { body } = HTTP.structured(
    new CloudEvent({
      id: event.id,
      type: event.type,
      source: `/satu-pintu/channels/${event.channel}`,
      subject: event.trackingNumber,
      time: event.receivedAt.toISOString(),
      datacontenttype: 'application/json',
      data: event.data,
    }),
  );
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function answerFrom(response: Response, text: string, now: number): CoreAnswer {
  const { status } = response;
  if (response.ok || status === 409)
    return { kind: 'done', status, trackingId: trackingIdIn(text) };
  // Cutting may halve an emoji, and a core may send NUL: PostgreSQL's jsonb takes neither.
  if (final.has(status)) return { kind: 'refused', status, detail: storable(text.slice(0, 500)) };
  const retryAfterMs = retryAfter(response.headers.get('retry-after'), now);
  return { kind: 'retry', status, detail: `the core answered ${status}`, retryAfterMs };
}

function trackingIdIn(text: string): string | null {
  if (text === '') return null; // the usual answer
  try {
    return tracking.safeParse(JSON.parse(text)).data?.trackingId ?? null;
  } catch {
    return null; // the body of a 2xx is optional and need not be JSON
  }
}

/** Reads at most 64 KiB, so that no answer can fill our memory. */
async function readSome(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body) {
    for await (const chunk of response.body) {
      const bytes: unknown = chunk;
      if (!(bytes instanceof Uint8Array)) break;
      chunks.push(bytes);
      length += bytes.length;
      if (length > 65_536) break;
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** RFC 9110: seconds or a date. At most an hour is obeyed, so that a typo cannot stop us for a year. */
function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), 3_600_000);
}

function networkCause(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return 'the core did not answer in time';
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'network error';
  return `the core cannot be reached (${code})`;
}
