import { hash } from 'node:crypto';
import { z } from 'zod';
import type { WebhookRequest } from '../domain/channel.ts';
import { Malformed } from '../errors.ts';
import { column } from './column.ts';
import { type Database, select } from './database.ts';
import type { Seal } from './seal.ts';

/** A delivery ready to be stored: sealed, and named by what makes it the same one when it comes again. */
export type NewDelivery = {
  readonly channel: string;
  readonly digest: Buffer;
  readonly sealed: Buffer;
  readonly receivedAt: Date;
  /** When it was on a disk already, by PostgreSQL's clock; unset: when it is inserted. */
  readonly storedAt?: Date;
};

/** A stored delivery as the reader gets it. `id` is a decimal. */
export type Delivery = {
  readonly id: string;
  readonly channel: string;
  readonly sealed: Buffer;
  readonly receivedAt: Date;
};

/** How a delivery ended. `ignored`: reasons, one for each thing in it that is no message. */
export type DeliveryEnd = {
  readonly id: string;
  readonly state: 'read' | 'quarantined';
  readonly reason: string | null;
  readonly ignored: readonly string[];
};

const headSchema = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
});

/**
 * Seals a delivery. In: channel, request as it arrived (only the headers worth keeping), our time, and
 * its name where the bytes are none (`sameAs`). Out: a row. Its digest covers method, URL and body, so a
 * redelivery of the same bytes is the same row; or else the name. Throws nothing.
 */
export function sealDelivery(
  seal: Seal,
  channel: string,
  request: WebhookRequest,
  receivedAt: Date,
  sameAs?: string,
): NewDelivery {
  const { method, url, headers, body } = request;
  const head = Buffer.from(JSON.stringify({ method, url, headers }));
  const name = Buffer.from(`${method}\n${url}\n`);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return {
    channel,
    digest: hash(
      'sha256',
      Buffer.concat([name, sameAs === undefined ? body : Buffer.from(sameAs)]),
      'buffer',
    ),
    sealed: seal.seal('delivery', Buffer.concat([length, head, body])),
    receivedAt,
  };
}

/** Opens what `sealDelivery` made. Throws Malformed when the key is gone or the bytes were changed. */
export function openDelivery(seal: Seal, sealed: Uint8Array): WebhookRequest {
  const plain = seal.open('delivery', sealed);
  const end = 4 + plain.readUInt32BE(0);
  const head = headSchema.safeParse(JSON.parse(plain.subarray(4, end).toString()));
  if (!head.success) throw new Malformed('a stored delivery has no head');
  return { ...head.data, body: plain.subarray(end) };
}

/**
 * Stores deliveries in one statement, each once by channel and digest. In: in order of arrival, which
 * their ids keep. Rows are written sorted by key, because overlapping batches in different order
 * deadlock. What another gateway has brought again before keeps the time at which it was stored first.
 * Out: the digests (hex) that were new; all others are there already, committed.
 */
export async function insertDeliveries(
  database: Database,
  deliveries: readonly NewDelivery[],
): Promise<string[]> {
  const rows = await select(
    database,
    `insert into deliveries (id, channel, digest, sealed, received_at, stored_at)
     select distinct on (digest, channel)
       id, channel, digest, sealed, received_at, least(coalesce(stored_at, now()), now()) from (
       select nextval('deliveries_id_seq') as id, d.*
       from unnest(?::text[], ?::bytea[], ?::bytea[], ?::timestamptz[], ?::timestamptz[])
         as d (channel, digest, sealed, received_at, stored_at)
     ) as numbered
     order by digest, channel, id
     on conflict (channel, digest) do nothing returning encode(digest, 'hex') as digest`,
    [
      column(
        'text',
        deliveries.map(({ channel }) => channel),
      ),
      column(
        'bytea',
        deliveries.map(({ digest }) => digest),
      ),
      column(
        'bytea',
        deliveries.map(({ sealed }) => sealed),
      ),
      column(
        'timestamptz',
        deliveries.map(({ receivedAt }) => receivedAt),
      ),
      column(
        'timestamptz',
        deliveries.map(({ storedAt }) => storedAt ?? null),
      ),
    ],
    'take in',
  );
  const fresh = rows.map((row) => String(row['digest']));
  const known = new Set(fresh);
  await keepFirst(
    database,
    deliveries.filter(({ digest }) => !known.has(digest.toString('hex'))),
  );
  return fresh;
}

/**
 * What waits in the inbox and was in a spool earlier keeps that time. Not part of the INSERT, which would
 * lock rows in another order than the reader does; what the reader holds needs no time any more.
 */
async function keepFirst(database: Database, repeated: readonly NewDelivery[]): Promise<void> {
  const spooled = repeated.filter(({ storedAt }) => storedAt !== undefined);
  if (spooled.length === 0) return;
  await select(
    database,
    `update deliveries set stored_at = earlier.stored_at from (
       select d.id, s.stored_at from deliveries d
       join unnest(?::text[], ?::bytea[], ?::timestamptz[]) as s (channel, digest, stored_at)
         on d.channel = s.channel and d.digest = s.digest
       where d.state = 'pending' and d.stored_at > s.stored_at
       for update of d skip locked) as earlier
     where deliveries.id = earlier.id`,
    [
      spooled.map(({ channel }) => channel),
      spooled.map(({ digest }) => digest),
      spooled.map(({ storedAt }) => storedAt ?? null),
    ],
  );
}

const deliverySchema = z.object({
  id: z.string(),
  channel: z.string(),
  sealed: z.instanceof(Buffer),
  received_at: z.date(),
});

/** Bodies are up to 3 MB: a batch ends behind the delivery that fills this, whatever its count. */
const mostBatchBytes = 16 * 1024 * 1024;

/**
 * The oldest deliveries not yet read, in inbox order: the order in which they were stored. At most `limit`,
 * and 16 MiB of them or one more. Among several gateways none is taken that one of them may still precede
 * (`store/gateways`). The caller holds the reading lane.
 */
export async function takeDeliveries(transaction: Database, limit: number): Promise<Delivery[]> {
  const rows = await select(
    transaction,
    `select id, channel, sealed, received_at from (
       select *, sum(octet_length(sealed)) over (order by stored_at, id) - octet_length(sealed) as before
       from (select id, channel, sealed, received_at, stored_at from deliveries
             where state = 'pending' and stored_at <= (
               select case when count(*) > 1 then min(clear_at) else 'infinity' end
               from gateways where left_at is null)
             order by stored_at, id limit ?) as oldest
     ) as counted where before < ? order by stored_at, id`,
    [limit, mostBatchBytes],
    'take deliveries',
  );
  return z
    .array(deliverySchema)
    .parse(rows)
    .map(({ received_at: receivedAt, ...row }) => ({ ...row, receivedAt }));
}

/** Whether deliveries wait to be read. */
export async function isAnyWaiting(database: Database): Promise<boolean> {
  const [row] = await select(
    database,
    `select exists (select 1 from deliveries where state = 'pending') as waiting`,
  );
  return row?.['waiting'] === true;
}

/** Records how deliveries ended. */
export async function finishDeliveries(
  transaction: Database,
  ends: readonly DeliveryEnd[],
): Promise<void> {
  await select(
    transaction,
    `update deliveries set state = e.state, reason = e.reason, ignored = e.ignored, done_at = now()
     from unnest(?::bigint[], ?::text[], ?::text[], ?::jsonb[]) as e (id, state, reason, ignored)
     where deliveries.id = e.id and deliveries.state = 'pending'`,
    [
      ends.map(({ id }) => id),
      ends.map(({ state }) => state),
      ends.map(({ reason }) => reason),
      ends.map(({ ignored }) => JSON.stringify(ignored)),
    ],
  );
}

/** Reason of deliveries whose channel was not open in the process that met them. */
export const channelClosed = 'channel is not open';

/** Puts deliveries of channels that are open again back to work. Out: how many. */
export async function requeueClosed(
  database: Database,
  channels: readonly string[],
): Promise<number> {
  const rows = await select(
    database,
    `update deliveries set state = 'pending', reason = null, done_at = null
     where state = 'quarantined' and reason = ? and channel = any(?::text[]) and sealed is not null
     returning id`,
    [channelClosed, [...channels]],
  );
  return rows.length;
}
