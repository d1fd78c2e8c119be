import { z } from 'zod';
import { contactSchema, type Sender } from '../domain/message.ts';
import { type Database, insertRows, select } from './database.ts';
import type { Seal } from './seal.ts';

/** What is known of a person, sealed in `reporters`. */
const reporterSchema = z.object({
  name: z.string().nullable(),
  contact: contactSchema.nullable(),
  phone: z.string().nullable(),
});

export type Reporter = z.infer<typeof reporterSchema>;

const rowSchema = z.object({ ref: z.string(), sealed: z.instanceof(Buffer) });

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
      const { ref, sealed } = rowSchema.parse(row);
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
