import { z } from 'zod';
import type { WebhookRequest } from '../domain/channel.ts';
import { Conflict, NotFound } from '../errors.ts';
import { recordAct } from './acts.ts';
import { forgetAttempts } from './attempts.ts';
import { type Database, select } from './database.ts';
import type { Page } from './folds.ts';
import type { Decision } from './held.ts';
import { type Delivery, openDelivery } from './inbox.ts';
import { closeParked } from './parked.ts';
import type { Seal } from './seal.ts';

/** A stored delivery, as whoever looks after the quarantine sees it. `id` is a decimal, in inbox order. */
export type KeptDelivery = {
  readonly id: string;
  readonly channel: string;
  readonly receivedAt: Date;
  readonly state: 'pending' | 'read' | 'quarantined';
  readonly reason: string;
  readonly ignored: readonly string[];
  /** As it arrived, with the headers worth keeping. null when its key is gone, or its time was over. */
  readonly request: WebhookRequest | null;
};

const rowSchema = z.object({
  id: z.string(),
  channel: z.string(),
  received_at: z.date(),
  state: z.enum(['pending', 'read', 'quarantined']),
  reason: z.string().nullable(),
  ignored: z.array(z.string()),
  sealed: z.instanceof(Buffer).nullable(),
});

const columns = 'id, channel, received_at, state, reason, ignored';

function deliveryFrom(seal: Seal, given: unknown): KeptDelivery {
  const { received_at: receivedAt, reason, sealed, ...row } = rowSchema.parse(given);
  return { ...row, receivedAt, reason: reason ?? '', request: sealed && opened(seal, sealed) };
}

function opened(seal: Seal, sealed: Uint8Array): WebhookRequest | null {
  try {
    return openDelivery(seal, sealed);
  } catch {
    return null; // one that cannot be opened must not hide the others
  }
}

/**
 * The oldest quarantined deliveries, in inbox order, without what they say: bodies are large.
 */
export async function listDeliveries(
  database: Database,
  seal: Seal,
  { after, limit, only }: Page,
): Promise<KeptDelivery[]> {
  const rows = await select(
    database,
    `select ${columns}, null as sealed from deliveries
     where state = 'quarantined' and id > ?::bigint and (?::bigint[] is null or id = any(?))
     order by id limit ?`,
    [after ?? '0', only, only, limit],
  );
  return rows.map((row) => deliveryFrom(seal, row));
}

/** One delivery, whatever its state. Throws NotFound. */
export async function findDelivery(
  database: Database,
  seal: Seal,
  id: string,
): Promise<KeptDelivery> {
  const [row] = await select(
    database,
    `select ${columns}, sealed from deliveries where id = ?::bigint`,
    [id],
  );
  if (!row) throw new NotFound(`no delivery has the id ${id}`);
  return deliveryFrom(seal, row);
}

/** One delivery as the reader gets it. Throws NotFound, or Conflict when its bytes are deleted. */
export async function findStored(database: Database, id: string): Promise<Delivery> {
  const [row] = await select(
    database,
    'select channel, received_at, sealed from deliveries where id = ?::bigint',
    [id],
  );
  if (!row) throw new NotFound(`no delivery has the id ${id}`);
  const { channel, received_at: receivedAt, sealed } = storedSchema.parse(row);
  if (sealed === null) throw new Conflict(bytesGone(id));
  return { id, channel, receivedAt, sealed };
}

const storedSchema = rowSchema.pick({ channel: true, received_at: true, sealed: true });

const bytesGone = (id: string): string =>
  `the bytes of delivery ${id} are deleted: their time was over`;

/**
 * Lets a delivery be read again, quarantined or not, as long as its bytes are kept. Messages that it gave
 * already are known by their provider's event ids and stay as they are. Throws NotFound or Conflict.
 */
export function replayDelivery(database: Database, decision: Decision): Promise<void> {
  return decide(
    database,
    { ...decision, act: 'replay', of: ['quarantined', 'read'] },
    `state = 'pending', reason = null, done_at = null`,
    [],
  );
}

/** Ends a quarantined delivery; its bytes go when their time is over. Throws NotFound or Conflict. */
export function discardDelivery(
  database: Database,
  decision: Decision & { readonly why: string },
): Promise<void> {
  return decide(
    database,
    { ...decision, act: 'discard', of: ['quarantined'] },
    `state = 'read', reason = ?, done_at = now()`,
    [`discarded: ${decision.why}`],
  );
}

type Deed = Decision & { readonly act: 'replay' | 'discard'; readonly of: readonly string[] };

function decide(
  database: Database,
  { id, who, why, act, of }: Deed,
  change: string,
  bindings: readonly string[],
): Promise<void> {
  return database.transaction(async (transaction) => {
    const [row] = await select(
      transaction,
      'select state, sealed is not null as kept from deliveries where id = ?::bigint for update',
      [id],
    );
    if (!row) throw new NotFound(`no delivery has the id ${id}`);
    if (!of.includes(String(row['state']))) {
      throw new Conflict(`delivery ${id} is ${String(row['state'])}`);
    }
    if (act === 'replay' && row['kept'] !== true) {
      throw new Conflict(bytesGone(id));
    }
    await select(transaction, `update deliveries set ${change} where id = ?::bigint`, [
      ...bindings,
      id,
    ]);
    await recordAct(transaction, { who, act, why, kind: 'delivery', subject: id });
    await closeParked(transaction, 'delivery', id);
    await forgetAttempts(transaction, 'read', id);
  });
}

/** A message that a delivery gave, or that another one gave by the same event. */
export type Given = {
  readonly id: string;
  readonly deliveryId: string;
  readonly account: string;
  /** Its event, as it is stored: keyed, or of an older release in the clear. */
  readonly event: string;
  readonly sealed: Buffer | null;
};

/**
 * The messages that are here already, of those a delivery gave or would give. In: its id and channel, and
 * the names (account, event) of what it would give.
 */
export async function findGiven(
  database: Database,
  { id, channel }: { readonly id: string; readonly channel: string },
  names: readonly { readonly account: string; readonly event: string }[],
): Promise<Given[]> {
  const rows = await select(
    database,
    `select id, delivery_id, account, event_id, sealed from messages where delivery_id = ?::bigint
     union
     select m.id, m.delivery_id, m.account, m.event_id, m.sealed from messages m
     join unnest(?::text[], ?::text[]) as n (account, event_id)
       on m.channel = ? and m.account = n.account and m.event_id = n.event_id
     order by id`,
    [id, names.map(({ account }) => account), names.map(({ event }) => event), channel],
  );
  return rows.map((row) => {
    const { delivery_id: deliveryId, event_id: event, ...given } = givenSchema.parse(row);
    return { ...given, deliveryId, event };
  });
}

const givenSchema = z.object({
  id: z.string(),
  delivery_id: z.string(),
  account: z.string(),
  event_id: z.string(),
  sealed: z.instanceof(Buffer).nullable(),
});
