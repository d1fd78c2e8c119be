import { z } from 'zod';
import { type InboundMessage, inboundMessageSchema } from '../domain/message.ts';
import type { Received } from '../domain/said.ts';
import { type Database, insertRows, select } from './database.ts';
import type { Seal } from './seal.ts';

/**
 * Names of a message, of the group it is part of, of its thread and of what it stands under; keyed,
 * because Telegram's contain the chat.
 */
type Keys = {
  readonly messageKey: string;
  readonly groupKey: string | null;
  readonly threadKey: string | null;
  readonly underKeys: readonly string[];
};

export type NewMessage = Keys & {
  /** The name of its event, keyed: in the clear it would lead from an anonymous complaint to its post. */
  readonly eventKey: string;
  readonly deliveryId: string;
  readonly channel: string;
  readonly reporter: string;
  readonly lane: number;
  readonly message: InboundMessage;
  readonly receivedAt: Date;
  /** When it may be judged; null: at once. Later while the other parts of it are gathered. */
  readonly dueAt: Date | null;
};

/** A message waiting to be judged. `id` is a decimal, in inbox order. */
export type WaitingMessage = Received &
  Keys & {
    readonly id: string;
    readonly channel: string;
    readonly reporter: string;
    readonly lane: number;
    readonly released: boolean;
  };

/** How a message ended, or that it is held; `complaintId` is the complaint it made or joined. */
export type MessageEnd = {
  readonly id: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly complaintId: string | null;
};

/**
 * Stores messages once by channel, account and event. Out: the lanes of those that were new; the
 * others are redeliveries and absorbed.
 */
export async function insertMessages(
  transaction: Database,
  seal: Seal,
  given: readonly NewMessage[],
): Promise<number[]> {
  const messages = await withoutKnown(transaction, given);
  const rows = await insertRows(
    transaction,
    'messages',
    {
      delivery_id: 'bigint',
      channel: 'text',
      account: 'text',
      event_id: 'text',
      event_keyed: 'boolean',
      message_id: 'text',
      group_id: 'text',
      thread: 'text',
      under: 'text',
      kind: 'text',
      reporter: 'text',
      lane: 'smallint',
      received_at: 'timestamptz',
      sealed: 'bytea',
      due_at: 'timestamptz',
    },
    messages.map(
      ({ deliveryId, channel, reporter, lane, message, receivedAt, dueAt, ...keys }) => ({
        delivery_id: deliveryId,
        channel,
        account: message.account,
        event_id: keys.eventKey,
        event_keyed: true,
        message_id: keys.messageKey,
        group_id: keys.groupKey,
        thread: keys.threadKey,
        under: keys.underKeys.join(' '),
        kind: message.kind,
        reporter,
        lane,
        received_at: receivedAt,
        sealed: seal.seal('message', Buffer.from(JSON.stringify(message))),
        due_at: dueAt ?? new Date(0),
      }),
    ),
    'on conflict (channel, account, event_id) do nothing returning lane',
  );
  return rows.map((row) => Number(row['lane']));
}

/** Without those that an older release stored under the event id itself (`event-keys.ts`). */
async function withoutKnown(
  transaction: Database,
  messages: readonly NewMessage[],
): Promise<readonly NewMessage[]> {
  if (messages.length === 0) return messages;
  const rows = await select(
    transaction,
    `select n.n from unnest(?::text[], ?::text[], ?::text[]) with ordinality
       as n (channel, account, event, n)
     join messages m on m.channel = n.channel and m.account = n.account and m.event_id = n.event
       and not m.event_keyed`,
    [
      messages.map(({ channel }) => channel),
      messages.map(({ message }) => message.account),
      messages.map(({ message }) => message.eventId),
    ],
    'known in the clear',
  );
  const known = new Set(rows.map((row) => Number(row['n']) - 1));
  return messages.filter((_, index) => !known.has(index));
}

const waitingSchema = z.object({
  id: z.string(),
  channel: z.string(),
  reporter: z.string(),
  lane: z.number(),
  message_id: z.string(),
  group_id: z.string().nullable(),
  thread: z.string().nullable(),
  under: z.string(),
  released: z.boolean(),
  sealed: z.instanceof(Buffer),
  received_at: z.date(),
});

const columns =
  'id, channel, reporter, lane, message_id, group_id, thread, under, released, sealed, received_at';

type Taken = {
  readonly waiting: readonly WaitingMessage[];
  readonly unreadable: readonly { readonly id: string; readonly channel: string }[];
};

/**
 * The messages of a lane that may be judged now, in inbox order, and apart from them those that cannot
 * be opened: they must not hold back the others. The caller holds the lane.
 */
export async function takeMessages(
  transaction: Database,
  seal: Seal,
  lane: number,
  limit: number,
): Promise<Taken> {
  const rows = await select(
    transaction,
    `select ${columns} from messages
     where lane = ? and state = 'pending' and due_at <= now() order by id limit ?`,
    [lane, limit],
  );
  const waiting: WaitingMessage[] = [];
  const unreadable: { id: string; channel: string }[] = [];
  for (const row of rows) {
    try {
      waiting.push(opened(seal, row));
    } catch {
      unreadable.push({ id: String(row['id']), channel: String(row['channel']) });
    }
  }
  return { waiting, unreadable };
}

/** One message as judging gets it, whatever its state; null when there is none. Throws Malformed. */
export async function findWaiting(
  database: Database,
  seal: Seal,
  id: string,
): Promise<WaitingMessage | null> {
  const [row] = await select(
    database,
    `select ${columns} from messages where id = ?::bigint and sealed is not null`,
    [id],
  );
  return row ? opened(seal, row) : null;
}

/** Parts of the same message that wait with it, due or not, in inbox order. Edits of them are none. */
export async function takeParts(
  transaction: Database,
  seal: Seal,
  part: WaitingMessage,
): Promise<WaitingMessage[]> {
  const rows = await select(
    transaction,
    `select ${columns} from messages
     where channel = ? and account = ? and group_id = ? and kind = 'message' and state = 'pending'
     order by id`,
    [part.channel, part.message.account, part.groupKey],
  );
  return rows.flatMap((row) => {
    try {
      return [opened(seal, row)];
    } catch {
      return []; // takeMessages sets it aside when it is due
    }
  });
}

function opened(seal: Seal, row: unknown): WaitingMessage {
  const { id, channel, reporter, lane, released, ...rest } = waitingSchema.parse(row);
  return {
    ...{ id, channel, reporter, lane, released },
    messageKey: rest.message_id,
    groupKey: rest.group_id,
    threadKey: rest.thread,
    underKeys: rest.under.split(' ').filter(Boolean),
    message: openMessage(seal, rest.sealed),
    receivedAt: rest.received_at.toISOString(),
  };
}

/** Opens what a message says. Throws Malformed. */
export function openMessage(seal: Seal, sealed: Uint8Array): InboundMessage {
  const message: unknown = JSON.parse(seal.open('message', sealed).toString());
  return inboundMessageSchema.parse(message);
}

/** Records how messages ended. */
export async function finishMessages(
  transaction: Database,
  ends: readonly MessageEnd[],
): Promise<void> {
  await select(
    transaction,
    `update messages set
       state = case e.outcome when 'quarantined' then e.outcome when 'held' then e.outcome else 'judged' end,
       outcome = e.outcome, reason = e.reason, complaint_id = e.complaint_id, judged_at = now()
     from unnest(?::bigint[], ?::text[], ?::text[], ?::uuid[]) as e (id, outcome, reason, complaint_id)
     where messages.id = e.id and messages.state = 'pending'`,
    [
      ends.map(({ id }) => id),
      ends.map(({ outcome }) => outcome),
      ends.map(({ reason }) => reason),
      ends.map(({ complaintId }) => complaintId),
    ],
  );
}

/** Lets a message wait a little longer, for what it refers to. */
export async function postpone(transaction: Database, id: string, delayMs: number): Promise<void> {
  await select(
    transaction,
    `update messages set due_at = now() + make_interval(secs => ?::float8 / 1000) where id = ?`,
    [delayMs, id],
  );
}
