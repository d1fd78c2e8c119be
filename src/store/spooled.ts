import { createHash } from 'node:crypto';
import { type Database, insertRows } from './database.ts';
import { type NewDelivery, sealDelivery } from './inbox.ts';
import type { Seal } from './seal.ts';

const columns = {
  channel: 'text',
  digest: 'bytea',
  sealed: 'bytea',
  received_at: 'timestamptz',
  state: 'text',
  reason: 'text',
} as const;

/**
 * Quarantines what was spooled and cannot be moved as what it was: bytes that went bad on the disk, under
 * the channel `spool`. The same bytes are kept once. Throws what the driver throws.
 */
export async function quarantineDamaged(
  database: Database,
  seal: Seal,
  damaged: readonly Buffer[],
  at: Date,
): Promise<void> {
  const deliveries = damaged.map((body) => {
    const digest = createHash('sha256').update(body).digest('hex');
    return sealDelivery(seal, 'spool', { method: 'SPOOL', url: digest, headers: {}, body }, at);
  });
  await insertQuarantined(database, deliveries, 'a record of the spool that went bad on the disk');
}

/** Quarantines deliveries that PostgreSQL will not have otherwise. Throws what the driver throws. */
export async function insertQuarantined(
  database: Database,
  deliveries: readonly NewDelivery[],
  reason: string,
): Promise<void> {
  await insertRows(
    database,
    'deliveries',
    columns,
    deliveries.map(({ receivedAt, ...delivery }) => ({
      ...delivery,
      received_at: receivedAt,
      state: 'quarantined',
      reason,
    })),
    'on conflict (channel, digest) do nothing',
  );
}
