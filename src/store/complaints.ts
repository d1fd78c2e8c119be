import { z } from 'zod';
import { type Complaint, complaintSchema } from '../domain/complaint.ts';
import { contactSchema, type Sender } from '../domain/message.ts';
import { type Database, insertRows, select } from './database.ts';
import type { Seal } from './seal.ts';

export type NewAttachment = {
  readonly id: string;
  readonly complaintId: string;
  readonly messageId: string;
  readonly position: number;
  readonly ref: string;
  readonly name: string | null;
};

/**
 * Stores complaints. Name and contact must not be in them: they stay with the reporter. Throws the
 * driver's unique violation when a tracking number is taken; `freeTrackingNumbers` makes that rare.
 */
export async function insertComplaints(
  transaction: Database,
  seal: Seal,
  complaints: readonly Complaint[],
): Promise<void> {
  await insertRows(
    transaction,
    'complaints',
    {
      id: 'uuid',
      tracking_number: 'text',
      channel: 'text',
      reporter: 'text',
      sealed: 'bytea',
      received_at: 'timestamptz',
    },
    complaints.map((complaint) => ({
      id: complaint.id,
      tracking_number: complaint.trackingNumber,
      channel: complaint.channel,
      reporter: complaint.reporter.ref,
      sealed: seal.seal('complaint', Buffer.from(JSON.stringify(complaint))),
      received_at: complaint.receivedAt,
    })),
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

/** What is known of a person, sealed in `reporters`. */
const reporterSchema = z.object({
  name: z.string().nullable(),
  contact: contactSchema.nullable(),
  phone: z.string().nullable(),
});

export type Reporter = z.infer<typeof reporterSchema>;

type Sighting = { readonly ref: string; readonly channel: string; readonly sender: Sender };

/**
 * Keeps what the newest messages say of their senders. In: sightings in inbox order; the last one of a
 * person counts. A number the person shared outlives later messages without one.
 */
export async function keepReporters(
  transaction: Database,
  seal: Seal,
  sightings: readonly Sighting[],
): Promise<void> {
  const known = await findReporters(transaction, seal, [
    ...new Set(sightings.map(({ ref }) => ref)),
  ]);
  const changed = new Map<string, { channel: string; reporter: Reporter }>();
  for (const { ref, channel, sender } of sightings) {
    // One that cannot be opened is made anew from what the message says.
    const before = changed.get(ref)?.reporter ?? known.get(ref) ?? undefined;
    const after = merged(before ?? { name: null, contact: null, phone: null }, sender);
    if (JSON.stringify(after) !== JSON.stringify(before)) {
      changed.set(ref, { channel, reporter: after });
    }
  }
  await insertRows(
    transaction,
    'reporters',
    { ref: 'text', channel: 'text', sealed: 'bytea' },
    [...changed].map(([ref, { channel, reporter }]) => ({
      ref,
      channel,
      sealed: seal.seal('reporter', Buffer.from(JSON.stringify(reporter))),
    })),
    'on conflict (ref) do update set sealed = excluded.sealed, updated_at = now()',
  );
}

function merged(before: Reporter, sender: Sender): Reporter {
  const shared = sender.contact?.kind === 'phone' ? sender.contact.value : null;
  return {
    name: sender.name ?? before.name,
    contact:
      shared !== null && before.contact ? before.contact : (sender.contact ?? before.contact),
    phone: shared ?? before.phone,
  };
}

/**
 * Name and contact of reporters by pseudonym. Those we know nothing of are absent; null stands for one
 * whose key is gone or whose bytes were changed.
 */
export async function findReporters(
  database: Database,
  seal: Seal,
  refs: readonly string[],
): Promise<ReadonlyMap<string, Reporter | null>> {
  if (refs.length === 0) return new Map();
  const rows = await select(
    database,
    'select ref, sealed from reporters where ref = any(?::text[])',
    [[...refs]],
  );
  return new Map(
    rows.map((row) => {
      const { ref, sealed } = z
        .object({ ref: z.string(), sealed: z.instanceof(Buffer) })
        .parse(row);
      return [ref, openReporter(seal, sealed)];
    }),
  );
}

function openReporter(seal: Seal, sealed: Uint8Array): Reporter | null {
  try {
    return reporterSchema.parse(JSON.parse(seal.open('reporter', sealed).toString()));
  } catch {
    return null; // one person's row must not stop the lane of many
  }
}

/** Remembers the files of a complaint, to be fetched; the provider's handle is kept sealed. */
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
      sealed: 'bytea',
    },
    attachments.map(({ id, complaintId, messageId, position, ref, name }) => ({
      id,
      complaint_id: complaintId,
      message_id: messageId,
      position,
      sealed: seal.seal('attachment', Buffer.from(JSON.stringify({ ref, name }))),
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

/** Opens a complaint as it was first made, without name and contact. Throws Malformed. */
export function openComplaint(seal: Seal, sealed: Uint8Array): Complaint {
  return complaintSchema.parse(JSON.parse(seal.open('complaint', sealed).toString()));
}

/**
 * Records a status the core reports, once by event id, and makes it the complaint's. Out: whether it
 * was new.
 */
export async function recordStatus(
  database: Database,
  seal: Seal,
  event: { id: string; complaintId: string; status: string; data: unknown; receivedAt: Date },
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const rows = await insertRows(
      transaction,
      'statuses',
      {
        id: 'text',
        complaint_id: 'uuid',
        status: 'text',
        sealed: 'bytea',
        received_at: 'timestamptz',
      },
      [
        {
          id: event.id,
          complaint_id: event.complaintId,
          status: event.status,
          sealed: seal.seal('status', Buffer.from(JSON.stringify(event.data))),
          received_at: event.receivedAt,
        },
      ],
      'on conflict (id) do nothing returning id',
    );
    if (rows.length > 0) {
      await select(transaction, 'update complaints set status = ? where id = ?::uuid', [
        event.status,
        event.complaintId,
      ]);
    }
    return rows.length > 0;
  });
}
