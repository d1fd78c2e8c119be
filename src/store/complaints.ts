import { z } from 'zod';
import { type Complaint, complaintSchema } from '../domain/complaint.ts';
import type { Known } from '../domain/judge.ts';
import type { AttachmentRef } from '../domain/message.ts';
import { type Database, insertRows, select } from './database.ts';
import type { Seal } from './seal.ts';

/** A file of a complaint: what its message said of it, and its place there. */
export type NewAttachment = AttachmentRef & {
  readonly id: string;
  readonly complaintId: string;
  readonly messageId: string;
  readonly position: number;
};

/** Another number of a complaint, and where it comes from. */
export type NewAlias = {
  readonly number: string;
  readonly complaintId: string;
  readonly source: 'form';
};

/** A complaint to be stored, and whose it is: an anonymous one does not say so itself. */
type NewComplaint = { readonly complaint: Complaint; readonly reporter: string };

/**
 * Stores complaints. Name and contact must not be in them: they stay with the reporter. Throws the
 * driver's unique violation when a tracking number is taken; `freeTrackingNumbers` makes that rare.
 */
export async function insertComplaints(
  transaction: Database,
  seal: Seal,
  complaints: readonly NewComplaint[],
): Promise<void> {
  await insertRows(
    transaction,
    'complaints',
    {
      id: 'uuid',
      tracking_number: 'text',
      channel: 'text',
      reporter: 'text',
      anonymous: 'boolean',
      confidential: 'boolean',
      flags: 'text[]',
      sealed: 'bytea',
      received_at: 'timestamptz',
    },
    complaints.map(({ complaint, reporter }) => ({
      id: complaint.id,
      tracking_number: complaint.trackingNumber,
      channel: complaint.channel,
      reporter,
      anonymous: complaint.anonymous,
      confidential: complaint.confidential,
      flags: listOf(complaint.flags),
      sealed: seal.seal('complaint', Buffer.from(JSON.stringify(complaint))),
      received_at: complaint.receivedAt,
    })),
  );
}

/** Flags are our own plain words: nothing in them needs quoting. */
const listOf = (flags: readonly string[]): string => `{${flags.join(',')}}`;

/** Keeps what was said of complaints since they were made: whether they are confidential, and their flags. */
export async function updateComplaints(
  transaction: Database,
  complaints: readonly Known[],
): Promise<void> {
  if (complaints.length === 0) return;
  await select(
    transaction,
    `update complaints c set confidential = k.confidential, flags = k.flags::text[]
     from unnest(?::uuid[], ?::boolean[], ?::text[]) as k (id, confidential, flags) where c.id = k.id`,
    [
      complaints.map(({ id }) => id),
      complaints.map(({ confidential }) => confidential),
      complaints.map(({ flags }) => listOf(flags)),
    ],
  );
}

/** `count` numbers nobody has yet, as complaint or alias. `make` gives candidates. */
export async function freeTrackingNumbers(
  transaction: Database,
  count: number,
  make: () => string,
): Promise<string[]> {
  const free: string[] = [];
  while (free.length < count) {
    const candidates = [...new Set(Array.from({ length: count - free.length }, make))];
    const taken = await select(
      transaction,
      `select tracking_number as number from complaints where tracking_number = any(?::text[])
       union all select number from aliases where number = any(?::text[])`,
      [candidates, candidates],
    );
    const gone = new Set([...taken.map((row) => String(row['number'])), ...free]);
    free.push(...candidates.filter((candidate) => !gone.has(candidate)));
  }
  return free;
}

/** Lets citizens use other numbers for a complaint. A number that is one already stays what it is. */
export async function insertAliases(
  transaction: Database,
  aliases: readonly NewAlias[],
): Promise<void> {
  await insertRows(
    transaction,
    'aliases',
    { number: 'text', complaint_id: 'uuid', source: 'text' },
    aliases.map(({ number, complaintId, source }) => ({
      number,
      complaint_id: complaintId,
      source,
    })),
    'on conflict (number) do nothing',
  );
}

/**
 * Remembers the files of a complaint: those that are here, and those to be fetched. What opens or
 * fetches them is kept sealed.
 */
export async function insertAttachments(
  transaction: Database,
  seal: Seal,
  attachments: readonly NewAttachment[],
): Promise<void> {
  await insertRows(
    transaction,
    'attachments',
    {
      id: 'uuid',
      complaint_id: 'uuid',
      message_id: 'bigint',
      position: 'smallint',
      state: 'text',
      sealed: 'bytea',
    },
    attachments.map(({ id, complaintId, messageId, position, ...file }) => ({
      id,
      complaint_id: complaintId,
      message_id: messageId,
      position,
      state: file.stored ? 'stored' : 'pending',
      sealed: seal.seal('attachment', Buffer.from(JSON.stringify(file))),
    })),
  );
}

/** Finds a complaint by its id, its tracking number or an alias. Out: its id, or null. */
export async function findComplaintId(
  database: Database,
  key: { readonly id: string } | { readonly trackingNumber: string },
): Promise<string | null> {
  const [row] =
    'id' in key
      ? await select(database, 'select id from complaints where id = ?::uuid', [key.id])
      : await select(
          database,
          `select id from complaints where tracking_number = ?
           union all select complaint_id from aliases where number = ? limit 1`,
          [key.trackingNumber, key.trackingNumber],
        );
  return row ? String(row['id']) : null;
}

/**
 * A complaint that this reporter made and has not taken back, by its number or an alias. Others'
 * complaints are nobody's to withdraw: null, as for a number that nobody has.
 */
export async function findOwnByNumber(
  database: Database,
  reporter: string,
  number: string,
): Promise<Known | null> {
  const id = await findComplaintId(database, { trackingNumber: number });
  const [row] = await select(
    database,
    `select tracking_number, anonymous, confidential, coalesce(flags, '{}') as flags from complaints
     where id = ?::uuid and reporter = ? and withdrawn_at is null`,
    [id, reporter],
  );
  if (id === null || !row) return null;
  return {
    id,
    trackingNumber: String(row['tracking_number']),
    anonymous: row['anonymous'] === true,
    confidential: row['confidential'] === true,
    flags: z.array(z.string()).parse(row['flags']),
    reporter,
  };
}

/** Records that complaints were taken back by who made them. */
export async function withdrawComplaints(
  transaction: Database,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await select(
    transaction,
    `update complaints set withdrawn_at = now() where id = any(?::uuid[]) and withdrawn_at is null`,
    [[...ids]],
  );
}

/** Opens a complaint as it was first made, without name and contact. Throws Malformed. */
export function openComplaint(seal: Seal, sealed: Uint8Array): Complaint {
  return complaintSchema.parse(JSON.parse(seal.open('complaint', sealed).toString()));
}

type NewStatus = {
  readonly id: string;
  readonly complaintId: string;
  readonly status: string;
  readonly data: unknown;
  /** The core's time of it, which orders them (contract section 6). */
  readonly at: Date;
  readonly receivedAt: Date;
};

/**
 * Records a status the core reports, once by event id. The latest by the core's time is the complaint's; one
 * that comes late is kept in the history and changes nothing else. Out: whether it was new.
 */
export async function recordStatus(
  database: Database,
  seal: Seal,
  event: NewStatus,
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    // Two gateways may hear of two at once: without the lock neither would see the other's.
    await select(transaction, 'select from complaints where id = ?::uuid for update', [
      event.complaintId,
    ]);
    const rows = await insertRows(
      transaction,
      'statuses',
      {
        id: 'text',
        complaint_id: 'uuid',
        status: 'text',
        sealed: 'bytea',
        at: 'timestamptz',
        received_at: 'timestamptz',
      },
      [
        {
          id: event.id,
          complaint_id: event.complaintId,
          status: event.status,
          sealed: seal.seal('status', Buffer.from(JSON.stringify(event.data))),
          at: event.at,
          received_at: event.receivedAt,
        },
      ],
      'on conflict (id) do nothing returning id',
    );
    if (rows.length === 0) return false;
    await select(
      transaction,
      `update complaints set status =
         (select status from statuses where complaint_id = complaints.id order by at desc, seq desc limit 1)
       where id = ?::uuid`,
      [event.complaintId],
    );
    return true;
  });
}
