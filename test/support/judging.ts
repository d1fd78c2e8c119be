import { z } from 'zod';
import { v7 as newId } from 'uuid';
import { laneOf } from '../../src/domain/event.ts';
import {
  type InboundMessage,
  inboundMessage,
  inboundMessageSchema,
} from '../../src/domain/message.ts';
import { createSigner } from '../../src/domain/signature.ts';
import { newTrackingNumber } from '../../src/domain/tracking-number.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { select } from '../../src/store/database.ts';
import { insertDeliveries, sealDelivery } from '../../src/store/inbox.ts';
import { createPseudonyms, createSeal } from '../../src/store/seal.ts';
import { type Care, carefree } from '../../workers/care.ts';
import { createJudge } from '../../workers/judge.ts';
import { createRead, eventKeyOf } from '../../workers/read.ts';
import type { TestDatabase } from './postgres.ts';
import { reading } from './reading.ts';

/** Noon of an ordinary day; the times of what is said count in seconds from here. */
export const noon = Date.parse('2026-11-21T05:00:00.000Z');

/** What somebody says: who, when (seconds), and the fields of the message that matter. */
export type Saying = Partial<Omit<InboundMessage, 'sender' | 'sentAt'>> & {
  readonly who: string;
  readonly at: number;
  /** When it arrived, if later than it was said. */
  readonly arrives?: number;
  /** False where the provider gives no time. */
  readonly timed?: boolean;
  /** Where the provider does not say who it was. */
  readonly unnamed?: true;
  readonly channel?: string;
};

export const photo = { kind: 'image', mediaType: 'image/jpeg', bytes: 9, name: null } as const;

let count = 0;

function messageFrom(saying: Saying): InboundMessage {
  const { who, at, timed, unnamed } = saying;
  const sender = {
    identity: who,
    name: `Warga ${who}`,
    contact: { kind: 'phone', value: who },
  } as const;
  const id = `m${(count += 1)}`;
  const fields = Object.fromEntries(
    Object.entries(saying).filter(([name]) => !ofDelivery.has(name)),
  );
  return inboundMessage({
    eventId: id,
    messageId: id,
    account: '1708',
    sender: unnamed ? { ...sender, unnamed } : sender,
    sentAt: timed === false ? null : new Date(noon + at * 1000).toISOString(),
    ...fields,
  });
}

/** What is said of a saying and not of its message. */
const ofDelivery = new Set(['who', 'at', 'timed', 'unnamed', 'arrives', 'channel']);

export const seal = createSeal([Buffer.alloc(32, 3).toString('base64')]);

const pseudonym = createPseudonyms(Buffer.alloc(32, 4));

/** Somebody else whose messages are judged in the same batches, on each of these channels. */
export function neighbourOf(who: string, channels: readonly string[]): string {
  const lanesOf = (one: string) => channels.map((name) => laneOf(pseudonym(name, one))).join();
  for (let number = 1; ; number += 1) {
    const other = `+62819${10_000_000 + number}`;
    if (lanesOf(other) === lanesOf(who)) return other;
  }
}
const signer = createSigner(Buffer.alloc(32, 5));
const { messages } = createMetrics(null);
const random = (max: number) => Math.floor(Math.random() * max);

/** Reading and judging on a real database, without HTTP, queue and core: many stories in little time. */
export function createJudging(
  db: TestDatabase,
  { batchSize = 100, care = carefree }: { batchSize?: number; care?: Care } = {},
) {
  const log = createLog('silent', [], { write: () => undefined });
  const read = (request: { body: Uint8Array }) => ({
    messages: [inboundMessageSchema.parse(JSON.parse(Buffer.from(request.body).toString()))],
    ignored: [],
  });
  const names = ['sms', 'telegram', 'x', 'facebook', 'web'];
  const channels = new Map(names.map((name) => [name, { name, secrets: [], read }]));
  const deps = { database: db.database, seal, log, metrics: { messages }, wake: () => undefined };
  const runRead = createRead({ ...deps, channels, pseudonym });
  const judge = createJudge({
    ...deps,
    batchSize,
    reading,
    sign: ({ sense }) => signer(sense.comparable),
    newId,
    anonymousRef: (id) => pseudonym('anonymous', id),
    attachmentUrl: (id) => `https://lapor.example.go.id/api/v1/attachments/${id}`,
    newTrackingNumber: () => newTrackingNumber(random),
  });
  /** Judges until nothing waits any more: an edit may wait for what another lane has to judge first. */
  const judgeAll = async (rounds = 5): Promise<void> => {
    await select(db.database, `update messages set due_at = 'epoch' where state = 'pending'`);
    const lanes = await select(
      db.database,
      `select distinct lane from messages where state = 'pending' order by lane`,
    );
    for (const { lane } of lanes) await judge(Number(lane), care);
    if (lanes.length > 0 && rounds > 0) await judgeAll(rounds - 1);
  };
  return {
    /** Stores what is said, in this order, and judges it. Out: the ids of the messages, in order. */
    tell: async (sayings: readonly Saying[]): Promise<string[]> => {
      const stored = sayings.map((saying) => ({
        message: messageFrom(saying),
        channel: saying.channel ?? 'sms',
        receivedAt: new Date(noon + (saying.arrives ?? saying.at) * 1000),
      }));
      for (const { message, channel, receivedAt } of stored) {
        const body = Buffer.from(JSON.stringify(message));
        const request = { method: 'POST', url: 'test:', headers: {}, body };
        await insertDeliveries(db.database, [sealDelivery(seal, channel, request, receivedAt)]);
      }
      await runRead(0, care);
      await judgeAll();
      const eventIds = stored.map(({ channel, message: { account, eventId } }) =>
        eventKeyOf(pseudonym, channel, account, eventId),
      );
      const rows = await select(
        db.database,
        'select id, event_id from messages where event_id = any(?::text[])',
        [eventIds],
      );
      const ids = new Map(rows.map((row) => [row['event_id'], String(row['id'])]));
      return eventIds.map((eventId) => ids.get(eventId) ?? 'absorbed');
    },
    judgeAll: () => judgeAll(),
    /** What became of messages, in plain words; complaints are numbered as they first appear. */
    story: async (ids: readonly string[]): Promise<string[]> => {
      const rows = z.array(rowSchema).parse(
        await select(
          db.database,
          `select m.id, m.state, m.outcome, m.reason, m.complaint_id as complaint, l.verdict, l.of
           from messages m left join links l on l.complaint_id = m.complaint_id
           where m.id = any(?::bigint[]) order by m.id`,
          [[...ids]],
        ),
      );
      const numbers = new Map<string, number>();
      const numberOf = (id: string) => {
        if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
        return numbers.get(id) ?? 0;
      };
      return rows.map((row) => told(row, numberOf));
    },
    /** The events for the core of these messages' complaints, in the order in which they will go. */
    events: async (ids: readonly string[]): Promise<Record<string, unknown>[]> => {
      const rows = await select(
        db.database,
        `select o.id, o.type, o.sealed, c.sealed as complaint from outbox o
         join complaints c on c.id = o.complaint_id
         where o.complaint_id in (select complaint_id from messages where id = any(?::bigint[]))
         order by o.seq`,
        [[...ids]],
      );
      return rows.map(({ sealed, complaint }) =>
        z
          .record(z.string(), z.unknown())
          .parse(
            JSON.parse(
              (sealed === null
                ? seal.open('complaint', z.instanceof(Buffer).parse(complaint))
                : seal.open('event', z.instanceof(Buffer).parse(sealed))
              ).toString(),
            ),
          ),
      );
    },
  };
}

const rowSchema = z.object({
  id: z.string(),
  state: z.string(),
  outcome: z.string().nullable(),
  reason: z.string().nullable(),
  complaint: z.string().nullable(),
  verdict: z.string().nullable(),
  of: z.string().nullable(),
});

function told(row: z.infer<typeof rowSchema>, numberOf: (id: string) => number): string {
  const { outcome, reason, complaint, verdict, of } = row;
  if (row.state === 'pending') return 'still waiting';
  if (complaint === null) return reason === null ? (outcome ?? '') : `${outcome}: ${reason}`;
  const number = numberOf(complaint);
  if (outcome !== 'complaint') return `${outcome} of ${number}`;
  return of === null || verdict === null
    ? `complaint ${number}`
    : `complaint ${number}, ${verdict} of ${numberOf(of)}`;
}
