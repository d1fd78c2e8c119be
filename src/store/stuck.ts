import { z } from 'zod';
import { eventTypes } from '../domain/event.ts';
import { Conflict, NotFound } from '../errors.ts';
import { recordAct } from './acts.ts';
import { forgetAttempts } from './attempts.ts';
import { type Database, select } from './database.ts';
import type { Page } from './folds.ts';
import type { Decision } from './held.ts';
import { closeParked } from './parked.ts';
import type { Seal } from './seal.ts';

/** An event that the core did not get and will not, unless somebody says so. */
export type StuckEvent = {
  readonly id: string;
  readonly complaintId: string;
  readonly channel: string;
  readonly trackingNumber: string;
  readonly type: string;
  readonly receivedAt: Date;
  readonly state: z.infer<typeof stateSchema>;
  readonly tries: number;
  /** The core's last word: status (0: none came) and what it said; null when it was never asked. */
  readonly answer: { readonly status: number; readonly detail: string } | null;
  /** How many later events of its complaint wait behind it. */
  readonly behind: number;
};

const stateSchema = z.enum(['pending', 'done', 'refused', 'parked', 'blocked', 'discarded']);

const rowSchema = z.object({
  id: z.uuid(),
  complaint_id: z.uuid(),
  channel: z.string(),
  tracking_number: z.string(),
  type: z.enum([eventTypes.received, eventTypes.updated]),
  received_at: z.date(),
  state: stateSchema,
  tries: z.number(),
  answer: z.instanceof(Buffer).nullable(),
  behind: z.coerce.number(),
});

const answerSchema = z.object({ status: z.number(), detail: z.string() });

function stuckFrom(seal: Seal, given: unknown): StuckEvent {
  const { complaint_id, tracking_number, received_at, answer, ...row } = rowSchema.parse(given);
  return {
    ...row,
    complaintId: complaint_id,
    trackingNumber: tracking_number,
    receivedAt: received_at,
    answer: answer && opened(seal, answer),
  };
}

function opened(seal: Seal, sealed: Uint8Array): StuckEvent['answer'] {
  try {
    return answerSchema.parse(JSON.parse(seal.open('answer', sealed).toString()));
  } catch {
    return { status: 0, detail: 'cannot be opened: its key is not in DATA_KEY' };
  }
}

const stuckRows = `select o.id, o.complaint_id, c.channel, c.tracking_number, o.type, o.received_at, o.state,
    o.tries, o.answer, (select count(*) from outbox b
      where b.complaint_id = o.complaint_id and b.seq > o.seq and b.state = 'blocked') as behind
  from outbox o join complaints c on c.id = o.complaint_id`;

/** The oldest refused and parked events, in order. */
export async function listStuck(
  database: Database,
  seal: Seal,
  { after, limit, only }: Page,
): Promise<StuckEvent[]> {
  const rows = await select(
    database,
    `${stuckRows} where o.state in ('refused', 'parked')
       and o.seq > coalesce((select seq from outbox where id = ?::uuid), 0)
       and (?::uuid[] is null or o.id = any(?))
     order by o.seq limit ?`,
    [after, only, only, limit],
  );
  return rows.map((row) => stuckFrom(seal, row));
}

/** One event, whatever its state. Throws NotFound. */
export async function findStuck(database: Database, seal: Seal, id: string): Promise<StuckEvent> {
  const [row] = await select(database, `${stuckRows} where o.id = ?::uuid`, [id]);
  if (!row) throw new NotFound(`no event has the id ${id}`);
  return stuckFrom(seal, row);
}

/**
 * Sends a stuck or discarded event again, under its id and as if it had not been tried; what waits behind
 * it follows in order. Throws NotFound or Conflict.
 */
export function replayEvent(database: Database, decision: Decision): Promise<void> {
  return decide(
    database,
    { ...decision, act: 'replay', of: ['refused', 'parked', 'discarded'] },
    `state = 'pending', tries = 0, first_tried_at = null, due_at = now(), done_at = null`,
  );
}

/** The core does not get a stuck event; what waits behind it does. Throws NotFound or Conflict. */
export function discardEvent(
  database: Database,
  decision: Decision & { readonly why: string },
): Promise<void> {
  return decide(
    database,
    { ...decision, act: 'discard', of: ['refused', 'parked'] },
    `state = 'discarded', done_at = now()`,
  );
}

type Deed = Decision & { readonly act: 'replay' | 'discard'; readonly of: readonly string[] };

function decide(
  database: Database,
  { id, who, why, act, of }: Deed,
  change: string,
): Promise<void> {
  return database.transaction(async (transaction) => {
    // Whoever puts events aside behind this one holds its row meanwhile: none is put aside unseen.
    const [row] = await select(
      transaction,
      'select state, complaint_id from outbox where id = ?::uuid for update',
      [id],
    );
    if (!row) throw new NotFound(`no event has the id ${id}`);
    const state = String(row['state']);
    if (!of.includes(state)) throw new Conflict(`event ${id} is ${state}`);
    await select(transaction, `update outbox set ${change} where id = ?::uuid`, [id]);
    // Those that still wait behind another one are put aside again when their turn comes.
    await select(
      transaction,
      `update outbox set state = 'pending' where complaint_id = ?::uuid and state = 'blocked'`,
      [String(row['complaint_id'])],
    );
    await recordAct(transaction, { who, act, why, kind: 'event', subject: id });
    await closeParked(transaction, 'event', id);
    await forgetAttempts(transaction, 'forward', id);
  });
}
