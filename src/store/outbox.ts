import { z } from 'zod';
import type { Complaint } from '../domain/complaint.ts';
import { complaintTold } from '../domain/compose.ts';
import { eventTypes, laneOf, type OutboundEvent, type OutboundEventType } from '../domain/event.ts';
import { Malformed } from '../errors.ts';
import { openComplaint } from './complaints.ts';
import { type Database, insertRows, select } from './database.ts';
import { findReporters } from './reporters.ts';
import type { Seal } from './seal.ts';

export type NewEvent = {
  readonly id: string;
  readonly complaintId: string;
  readonly reporter: string;
  readonly type: OutboundEventType;
  /** null for complaint.received: its data is the complaint. */
  readonly data: unknown;
  readonly receivedAt: Date;
};

/** What became of sending one event. */
export type EventEnd =
  | { readonly id: string; readonly state: 'done' | 'refused' | 'parked'; readonly answer: Answer }
  | {
      readonly id: string;
      readonly state: 'pending';
      readonly answer: Answer;
      readonly delayMs: number;
    };

/** The core's last word on an event: status (0: none came) and what it said, for the admin. */
export type Answer = {
  readonly status: number;
  readonly detail: string;
  readonly trackingId?: string;
};

/** Queues events in order. They carry no name and no contact. */
export async function insertEvents(
  transaction: Database,
  seal: Seal,
  events: readonly NewEvent[],
): Promise<number[]> {
  const rows = await insertRows(
    transaction,
    'outbox',
    {
      id: 'uuid',
      complaint_id: 'uuid',
      reporter: 'text',
      lane: 'smallint',
      type: 'text',
      sealed: 'bytea',
      received_at: 'timestamptz',
    },
    events.map(({ id, complaintId, reporter, type, data, receivedAt }) => ({
      id,
      complaint_id: complaintId,
      reporter,
      lane: laneOf(reporter),
      type,
      sealed: data === null ? null : seal.seal('event', Buffer.from(JSON.stringify(data))),
      received_at: receivedAt,
    })),
    'returning lane',
  );
  return rows.map((row) => Number(row['lane']));
}

const rowSchema = z.object({
  id: z.uuid(),
  complaint_id: z.uuid(),
  reporter: z.string(),
  type: z.enum([eventTypes.received, eventTypes.updated]),
  sealed: z.instanceof(Buffer).nullable(),
  received_at: z.date(),
  tries: z.number(),
  first_tried_at: z.date().nullable(),
  channel: z.string(),
  tracking_number: z.string(),
  complaint: z.instanceof(Buffer).nullable(),
  confidential: z.boolean(),
  flags: z.array(z.string()).nullable(),
  blocked: z.boolean(),
});

/**
 * What keeps the later events of its complaint waiting: an event that is parked, and a complaint that the
 * core refused. As the index outbox_blocking has it, word by word, or it is not used.
 */
const blocking = `(b.state = 'parked' or (b.state = 'refused' and b.type = '${eventTypes.received}'))`;

/**
 * The next events of a lane, in order. An event that waits for its next try holds back the later ones
 * of its reporter and nobody else's. Those that come behind one their complaint is stuck at are put aside
 * (`blocked`), until somebody decides about that one. The caller holds the lane.
 */
export async function takeEvents(
  database: Database,
  seal: Seal,
  lane: number,
  limit: number,
): Promise<OutboundEvent[]> {
  for (;;) {
    const rows = await takeRows(database, lane, limit);
    const stuck = rows.filter(({ blocked }) => blocked);
    if (stuck.length === 0) return eventsFrom(database, seal, rows);
    await block(
      database,
      stuck.map((row) => row.complaint_id),
    );
  }
}

const columns = `o.id, o.complaint_id, o.reporter, o.type, o.sealed, o.received_at, o.tries,
  o.first_tried_at, c.channel, c.tracking_number, c.confidential, c.flags, case when o.sealed is null then c.sealed end as complaint,
  exists (select 1 from outbox b
    where b.complaint_id = o.complaint_id and b.seq < o.seq and ${blocking}) as blocked`;

async function takeRows(database: Database, lane: number, limit: number): Promise<Row[]> {
  const rows = await select(
    database,
    `select ${columns} from outbox o join complaints c on c.id = o.complaint_id
     where o.lane = ? and o.state = 'pending' and not exists (
       select 1 from outbox w where w.lane = ? and w.reporter = o.reporter and w.state = 'pending'
         and w.seq <= o.seq and w.due_at > now())
     order by o.seq limit ?`,
    [lane, lane, limit], // a reporter has one lane: said twice, the planner finds the index
  );
  return z.array(rowSchema).parse(rows);
}

/**
 * Puts aside what waits behind a stuck event of its complaint. Its row is locked and looked at again: who
 * decides about it meanwhile frees what is put aside before or after, never in between.
 */
async function block(database: Database, complaintIds: readonly string[]): Promise<void> {
  await select(
    database,
    `with stuck as (
       select b.complaint_id, b.seq from outbox b
       where b.complaint_id = any(?::uuid[]) and ${blocking} for share)
     update outbox set state = 'blocked' from stuck
     where outbox.complaint_id = stuck.complaint_id and outbox.seq > stuck.seq
       and outbox.state = 'pending'`,
    [[...complaintIds]],
  );
}

/**
 * One event as it would be sent now, whatever its state; null when there is none of this id.
 */
export async function findEvent(
  database: Database,
  seal: Seal,
  id: string,
): Promise<OutboundEvent | null> {
  const rows = await select(
    database,
    `select ${columns} from outbox o join complaints c on c.id = o.complaint_id where o.id = ?::uuid`,
    [id],
  );
  const [event] = await eventsFrom(database, seal, z.array(rowSchema).parse(rows));
  return event ?? null;
}

type Row = z.infer<typeof rowSchema>;

async function eventsFrom(
  database: Database,
  seal: Seal,
  rows: readonly Row[],
): Promise<OutboundEvent[]> {
  const reporters = await findReporters(database, seal, [
    ...new Set(rows.map(({ reporter }) => reporter)),
  ]);
  return rows.map((row) => ({
    id: row.id,
    complaintId: row.complaint_id,
    reporter: row.reporter,
    type: row.type,
    channel: row.channel,
    trackingNumber: row.tracking_number,
    receivedAt: row.received_at,
    tries: row.tries,
    firstTriedAt: row.first_tried_at,
    ...openData(seal, row, reporters.get(row.reporter)),
  }));
}

/** One event that cannot be opened must not hold back its lane: it goes on, marked. */
function openData(
  seal: Seal,
  row: Row,
  person: Person | null | undefined,
): Pick<OutboundEvent, 'data' | 'unreadable'> {
  if (row.complaint && person === null) {
    return { data: null, unreadable: 'name and contact cannot be opened: DATA_KEY' };
  }
  try {
    const data: unknown = row.complaint
      ? complaintTold(asNow(openComplaint(seal, row.complaint), row), person ?? null)
      : JSON.parse(seal.open('event', row.sealed ?? Buffer.alloc(0)).toString());
    return { data, unreadable: null };
  } catch (error) {
    return { data: null, unreadable: error instanceof Malformed ? error.message : 'not readable' };
  }
}

type Person = { readonly name: string | null; readonly contact: Complaint['reporter']['contact'] };

/** With what was said of it since it was made: whatever is sent from a wish for secrecy on obeys it. */
const asNow = (complaint: Complaint, { confidential, flags }: Row): Complaint => ({
  ...complaint,
  confidential,
  flags: flags ?? complaint.flags,
});

/**
 * Records what became of sending events, and the core's own numbers as aliases. The next try counts
 * from this moment, not from the beginning of a transaction that sent for seconds.
 */
export async function finishEvents(
  transaction: Database,
  seal: Seal,
  ends: readonly EventEnd[],
): Promise<void> {
  if (ends.length === 0) return;
  const updated = await select(
    transaction,
    `update outbox set state = e.state, answer = e.answer, tries = tries + 1,
       first_tried_at = coalesce(first_tried_at, now()),
       due_at = clock_timestamp() + make_interval(secs => e.delay_ms / 1000),
       done_at = case when e.state = 'pending' then null else now() end
     from unnest(?::uuid[], ?::text[], ?::bytea[], ?::float8[]) as e (id, state, answer, delay_ms)
     where outbox.id = e.id and outbox.state = 'pending' returning outbox.id, complaint_id`,
    [
      ends.map(({ id }) => id),
      ends.map(({ state }) => state),
      ends.map(({ answer }) => seal.seal('answer', Buffer.from(JSON.stringify(answer)))),
      ends.map((end) => (end.state === 'pending' ? end.delayMs : 0)),
    ],
  );
  const complaints = new Map(updated.map((row) => [row['id'], String(row['complaint_id'])]));
  await insertRows(
    transaction,
    'aliases',
    { number: 'text', complaint_id: 'uuid', source: 'text' },
    ends.flatMap(({ id, answer }) => {
      const complaint = complaints.get(id);
      return answer.trackingId && complaint
        ? [{ number: answer.trackingId, complaint_id: complaint, source: 'core' }]
        : [];
    }),
    'on conflict (number) do nothing',
  );
}

/** Makes every waiting event due now: the core is back. */
export async function hurryEvents(database: Database): Promise<void> {
  await select(
    database,
    `update outbox set due_at = now() where state = 'pending' and due_at > now()`,
  );
}
