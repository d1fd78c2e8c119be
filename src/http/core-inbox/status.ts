import { CloudEvent, HTTP } from 'cloudevents';
import type { Request } from 'express';
import { Webhook } from 'standardwebhooks';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { complaintStatus } from '../../domain/complaint.ts';
import { eventTypes } from '../../domain/event.ts';
import type { Database } from '../../store/database.ts';
import { storeCoreEvent } from '../../store/embedded-core.ts';
import { loadCoreComplaints } from '../../store/embedded-core-cards.ts';
import type { Seal } from '../../store/seal.ts';
import type { BodyReader } from '../body.ts';
import { isSameOrigin } from '../same-origin.ts';

type Deps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly secrets: readonly string[];
  readonly readBody: BodyReader;
};

type Outcome =
  | { readonly kind: 'sent'; readonly complaintId: string }
  | {
      readonly kind: 'failed';
      readonly status: number;
      readonly text: string;
      readonly complaintId: string | null;
    };

const optional = (most: number) =>
  z
    .string()
    .max(most)
    .default('')
    .transform((text) => text.trim() || undefined);

const form = z.object({
  laporan: z.uuid(),
  status: complaintStatus,
  instansi: optional(500),
  balasan: optional(10_000),
});

const mostFormBytes = 64 * 1024;
const patienceMs = 10_000;

/**
 * Sends a status from the form on a card to the gateway, over HTTP and signed, as a real core would;
 * what the gateway took is kept with the complaint.
 */
export function createStatusSender(deps: Deps): (request: Request) => Promise<Outcome> {
  return async (request) => {
    if (!isSameOrigin(request)) return failed(403, 'Permintaan ini tidak datang dari halaman ini.');
    const body = await deps.readBody(request, mostFormBytes);
    const given = form.safeParse(Object.fromEntries(new URLSearchParams(body.toString())));
    if (!given.success) return failed(422, 'Isian status tidak lengkap. Silakan ulangi.');
    const { laporan: complaintId, status, instansi: agency, balasan: reply } = given.data;
    const [complaint] = await loadCoreComplaints(deps.database, deps.seal, [complaintId]);
    if (!complaint) return failed(404, 'Laporan ini tidak ada di sini.');
    const { trackingNumber } = complaint;
    const event = eventOf(trackingNumber, { complaintId, trackingNumber, status, agency, reply });
    const answer = await post(deps.secrets, ownAddress(request), event);
    if (answer !== 202 && answer !== 200) {
      const why = answer === null ? 'tidak dapat dihubungi' : `menolaknya (jawaban ${answer})`;
      return failed(502, `Status belum terkirim: Satu Pintu ${why}.`, complaintId);
    }
    await storeCoreEvent(deps.database, deps.seal, Buffer.from(event.body));
    return { kind: 'sent', complaintId };
  };
}

const failed = (status: number, text: string, complaintId: string | null = null): Outcome => ({
  kind: 'failed',
  status,
  text,
  complaintId,
});

function eventOf(subject: string, data: object): { id: string; body: string } {
  const id = newId();
  const { body } = HTTP.structured(
    new CloudEvent({
      id,
      type: eventTypes.status,
      source: '/satu-pintu/inti',
      subject,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data,
    }),
  );
  return { id, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** Where this very request arrived: the gateway's own listener, whatever its host and port. */
function ownAddress({ socket }: Request): string {
  const host = socket.localAddress ?? '127.0.0.1';
  return `http://${host.includes(':') ? `[${host}]` : host}:${socket.localPort ?? 80}`;
}

/** Out: the status of the answer; null when there was none. */
async function post(
  secrets: readonly string[],
  address: string,
  { id, body }: { id: string; body: string },
): Promise<number | null> {
  const at = new Date();
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, at, body));
  try {
    const answer = await fetch(`${address}/api/v1/core/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signatures.join(' '),
      },
      body,
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null; // said to whoever sent the form
  }
}
