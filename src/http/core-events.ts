import { Router } from 'express';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { complaintStatus } from '../domain/complaint.ts';
import { eventTypes } from '../domain/event.ts';
import { Invalid, NotFound, Unauthenticated } from '../errors.ts';
import { findComplaintId, recordStatus } from '../store/complaints.ts';
import type { Database } from '../store/database.ts';
import type { Seal } from '../store/seal.ts';
import type { BodyReader } from './body.ts';

type Deps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly secrets: readonly string[];
  readonly readBody: BodyReader;
  readonly now: () => number;
};

/** PostgreSQL holds no U+0000. */
const storableText = z.string().regex(/^[^\0]*$/, 'must not contain U+0000');

const data = z
  .object({
    complaintId: z.uuid().optional(),
    trackingNumber: storableText.max(64).optional(),
    status: complaintStatus,
    agency: z.string().max(500).nullish(),
    note: z.string().max(10_000).nullish(),
    reply: z.string().max(10_000).nullish(),
  })
  .refine((given) => given.complaintId ?? given.trackingNumber, {
    path: ['complaintId'],
    message: 'complaintId or trackingNumber is needed',
  });

const event = z.object({
  specversion: z.literal('1.0'),
  id: storableText.min(1).max(256),
  type: z.literal(eventTypes.status),
  time: z.iso.datetime({ offset: true }).optional(),
  data,
});

/** A status needs some 30 KB; the signature library hashes in JavaScript, 25 ms a megabyte. */
const mostEventBytes = 256 * 1024;

/** What the routing core tells us: POST /api/v1/core/events (contract section 6). */
export function createCoreEvents(deps: Deps): Router {
  const verifiers = deps.secrets.map((secret) => new Webhook(secret));
  const router = Router();
  router.post('/api/v1/core/events', async (request, response) => {
    if (!request.headers['webhook-signature']) throw new Unauthenticated('nothing is signed');
    const body = await deps.readBody(request, mostEventBytes);
    verify(verifiers, body, request.headers);
    const { id, time, data: given } = parse(body);
    const receivedAt = new Date(deps.now());
    const complaintId = await findComplaintId(
      deps.database,
      given.complaintId
        ? { id: given.complaintId }
        : { trackingNumber: given.trackingNumber ?? '' },
    );
    if (complaintId === null) throw new NotFound('no complaint has this id or tracking number');
    const fresh = await recordStatus(deps.database, deps.seal, {
      id,
      complaintId,
      status: given.status,
      data: given,
      at: timeOf(time, receivedAt),
      receivedAt,
    });
    response.status(fresh ? 202 : 200).end();
  });
  return router;
}

/** A clock that is further ahead would keep every later status from counting. */
const mostAheadMs = 5 * 60_000;

/** When the status began (contract section 6): as the core says; ours where it says nothing, or a time to come. */
function timeOf(time: string | undefined, receivedAt: Date): Date {
  const said = time === undefined ? receivedAt : new Date(time);
  return said.getTime() > receivedAt.getTime() + mostAheadMs ? receivedAt : said;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Throws Unauthenticated unless one of the secrets signed these bytes within five minutes of now. */
export function verify(verifiers: readonly Webhook[], body: Buffer, headers: Headers): void {
  const flat = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [
      name,
      String(headers[name] ?? ''),
    ]),
  );
  const signed = verifiers.some((verifier) => {
    try {
      verifier.verify(body, flat, { jsonParse: false }); // whether it is JSON is another question
      return true;
    } catch {
      return false; // the library throws for everything that is not a valid signature
    }
  });
  if (!signed) throw new Unauthenticated('signature of the core is missing or wrong');
}

function parse(body: Buffer): z.infer<typeof event> {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch (cause) {
    throw new Invalid('the body is not JSON', { cause });
  }
  const parsed = event.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Invalid(
    parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
  );
}
