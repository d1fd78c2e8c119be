import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { OutboundEvent } from '../domain/event.ts';
import { storable } from '../domain/text.ts';
import { createPost, lateCode, type Posted } from './post.ts';

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
  readonly now: () => number;
  readonly timeoutMs?: number;
};

/** These say that the event itself is wrong: sending it again cannot help. */
const final = new Set([400, 410, 413, 415, 422]);

const tracking = z.object({ trackingId: z.string().min(1).max(64).transform(storable) });

/** Sends events to the routing core: CloudEvents, structured JSON, signed per Standard Webhooks. */
export function createCoreClient(options: Options): CoreClient {
  const post = createPost(options.url);
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
        const headers = {
          'content-type': 'application/cloudevents+json; charset=utf-8',
          'webhook-id': event.id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          // All of them while rotating, so that the core may hold either.
          'webhook-signature': signers.map((signer) => signer.sign(event.id, at, body)).join(' '),
        };
        const answer = await post(headers, body, options.timeoutMs ?? 10_000);
        return answerFrom(answer, options.now());
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

function answerFrom({ status, retryAfter, text }: Posted, now: number): CoreAnswer {
  const isTaken = status >= 200 && status < 300;
  const isPage = isTaken && webPage.test(text);
  if ((isTaken && !isPage) || status === 409) {
    return { kind: 'done', status, trackingId: trackingIdIn(text) };
  }
  // Cutting may halve an emoji, and a core may send NUL: PostgreSQL's jsonb takes neither.
  if (final.has(status)) return { kind: 'refused', status, detail: storable(text.slice(0, 500)) };
  const detail = `the core answered ${status}${isPage ? ' with a web page' : ''}`;
  return { kind: 'retry', status, detail, retryAfterMs: waitFrom(retryAfter, now) };
}

/** How the page of a proxy or a login begins: it says 200, and the core never saw the event. */
const webPage = /^\s*<(?:!doctype\s+html|html)/i;

function trackingIdIn(text: string): string | null {
  if (text === '') return null; // the usual answer
  try {
    return tracking.safeParse(JSON.parse(text)).data?.trackingId ?? null;
  } catch {
    return null; // the body of a 2xx is optional and need not be JSON
  }
}

/** RFC 9110: seconds or a date. At most an hour is obeyed, so that a typo cannot stop us for a year. */
function waitFrom(header: string | null, now: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), 3_600_000);
}

function networkCause(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'network error';
  return code === lateCode
    ? 'the core did not answer in time'
    : `the core cannot be reached (${code})`;
}
