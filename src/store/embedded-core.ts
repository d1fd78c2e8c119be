import { z } from 'zod';
import { complaintSchema, complaintStatus, linkChangeSchema } from '../domain/complaint.ts';
import { eventTypes } from '../domain/event.ts';
import { type Database, select } from './database.ts';
import type { Seal } from './seal.ts';

const envelope = z.object({
  id: z.string(),
  type: z.string(),
  source: z.string(),
  subject: z.string().optional(),
  time: z.string().optional(),
  data: z.looseObject({}),
});

type Envelope = z.infer<typeof envelope>;

/** An event in the embedded core's inbox, with its place in it. */
export type CoreEvent = Envelope & { readonly seq: number; readonly receivedAt: Date };

/** Puts an event into the inbox once by its id. Out: whether it was new. Throws on a foreign shape. */
export async function storeCoreEvent(
  database: Database,
  seal: Seal,
  body: Buffer,
): Promise<boolean> {
  const event = envelope.parse(JSON.parse(body.toString()));
  const facts = factsOf(event);
  const sealed = seal.seal('core', body);
  const put = `insert into embedded_core_events (id, sealed, type, complaint_id)
    values (?, ?, ?, ?::uuid) on conflict (id) do nothing returning seq`;
  const given = [event.id, sealed, event.type, facts?.complaint_id ?? null];
  const rows =
    facts === null
      ? await select(database, put, given)
      : await select(database, sorting(put), [...given, ...bindingsOf(facts)]);
  return rows.length > 0;
}

/**
 * Sorts events that an older version stored to their complaints, some at a time. Out: how many; 0 when
 * there are none left.
 */
export async function sortOldEvents(database: Database, seal: Seal): Promise<number> {
  return database.transaction(async (transaction) => {
    const rows = await select(
      transaction,
      `select seq, sealed, received_at from embedded_core_events where type is null
       order by seq limit 200 for update skip locked`,
    );
    for (const row of rows) {
      const event = openCoreEvent(seal, row);
      const facts = factsOf(event);
      const put = `update embedded_core_events set type = ?, complaint_id = ?::uuid
        where seq = ? returning seq`;
      const given = [event.type, facts?.complaint_id ?? null, event.seq];
      if (facts === null) await select(transaction, put, given);
      else await select(transaction, sorting(put), [...given, ...bindingsOf(facts)]);
    }
    return rows.length;
  });
}

const storedEvent = z.object({
  seq: z.coerce.number(),
  sealed: z.instanceof(Buffer),
  received_at: z.date(),
});

/** Opens a row of embedded_core_events. Throws Malformed. */
export function openCoreEvent(seal: Seal, row: unknown): CoreEvent {
  const { seq, sealed, received_at } = storedEvent.parse(row);
  const event = envelope.parse(JSON.parse(seal.open('core', sealed).toString()));
  return { ...event, seq, receivedAt: received_at };
}

/** What an event says for the order and the filters of the inbox, by column; null: it says nothing. */
const facts = {
  complaint_id: 'uuid',
  tracking_number: 'text',
  channel: 'text',
  class: 'text',
  anonymous: 'boolean',
  confidential: 'boolean',
  flags: 'text[]',
  with_files: 'boolean',
  verdict: 'text',
  first_id: 'uuid',
  withdrawn: 'boolean',
  status: 'text',
} as const;

type Facts = Readonly<Record<keyof typeof facts, string | boolean | readonly string[] | null>>;

const columns = Object.keys(facts);

function bindingsOf(said: Facts): unknown[] {
  const values = new Map(Object.entries(said));
  return [...columns.map((column) => values.get(column) ?? null), said.first_id];
}

/**
 * One statement for the event and its complaint, so that neither is there without the other. A link
 * made or undone changes the card of the complaint linked to as well, the former and the new one.
 */
const sorting = (put: string): string => `with put as (${put}),
  given as (select ${Object.entries(facts)
    .map(([name, type]) => `?::${type} as ${name}`)
    .join(', ')}),
  sorted as (
    insert into embedded_core_complaints as held (${columns.join(', ')}, last_seq, changed_seq)
    select ${columns.join(', ')}, put.seq, put.seq from put, given
    on conflict (complaint_id) do update set
      channel = coalesce(nullif(excluded.channel, ''), held.channel),
      class = coalesce(excluded.class, held.class),
      anonymous = held.anonymous or excluded.anonymous,
      confidential = held.confidential or excluded.confidential,
      flags = case when excluded.flags = '{}' then held.flags else excluded.flags end,
      with_files = held.with_files or excluded.with_files,
      verdict = coalesce(excluded.verdict, held.verdict),
      first_id = case when excluded.verdict is null then held.first_id else excluded.first_id end,
      withdrawn = held.withdrawn or excluded.withdrawn,
      status = coalesce(excluded.status, held.status),
      last_seq = greatest(held.last_seq, excluded.last_seq),
      changed_seq = greatest(held.changed_seq, excluded.changed_seq)
  ),
  touched as (
    update embedded_core_complaints as held
    set changed_seq = greatest(held.changed_seq, put.seq) from put, given
    where given.verdict is not null and held.complaint_id <> given.complaint_id
      and held.complaint_id in (?::uuid, (select first_id from embedded_core_complaints
                                          where complaint_id = given.complaint_id))
  )
  select seq from put`;

const about = z.object({ complaintId: z.uuid(), trackingNumber: z.string() });
const extras = z.object({
  change: z.string().nullable().catch(null),
  status: complaintStatus.nullable().catch(null),
  attachments: z.array(z.unknown()).catch([]),
  confidential: z.boolean().catch(false),
  flags: z.array(z.string()).catch([]),
});

/** Null for what concerns no complaint we could show. */
function factsOf(event: Envelope): Facts | null {
  if (event.type !== eventTypes.received) return factsOfChange(event);
  const received = complaintSchema.safeParse(event.data);
  return received.success ? factsOfReceived(received.data) : null;
}

const unsaid = {
  class: null,
  anonymous: false,
  confidential: false,
  flags: [],
  withdrawn: false,
  status: null,
};

const unlinked = { verdict: null, of: null };

function factsOfChange({ type, source, data }: Envelope): Facts | null {
  const named = about.safeParse(data);
  if (!named.success) return null;
  const { change, status, attachments, confidential, flags } = extras.parse(data);
  const link = linkChangeSchema.safeParse(data).data?.duplicate ?? unlinked;
  return {
    ...unsaid,
    complaint_id: named.data.complaintId,
    tracking_number: named.data.trackingNumber,
    channel: /^\/satu-pintu\/channels\/(.+)$/.exec(source)?.[1] ?? '',
    ...{ confidential, flags },
    with_files: attachments.length > 0,
    verdict: link.verdict,
    first_id: link.of,
    withdrawn: change === 'withdrawn',
    status: type === eventTypes.status ? status : null,
  };
}

function factsOfReceived(complaint: z.infer<typeof complaintSchema>): Facts {
  return {
    ...unsaid,
    complaint_id: complaint.id,
    tracking_number: complaint.trackingNumber,
    channel: complaint.channel,
    class: complaint.class,
    anonymous: complaint.anonymous,
    confidential: complaint.confidential,
    flags: complaint.flags,
    with_files: complaint.attachments.length > 0,
    verdict: complaint.duplicate.verdict,
    first_id: complaint.duplicate.of,
  };
}
