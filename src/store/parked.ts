import { type Fault, faultSchema } from '../fault.ts';
import { type Database, select } from './database.ts';
import { closeIncident, openIncident } from './operation.ts';

/** What can be set aside: a delivery, a message or an event, by its id. */
export type Kind = 'delivery' | 'message' | 'event';

/** What was set aside so that its lane goes on; `fault`: where our own code broke on it. */
export type Parked = {
  readonly subject: string;
  readonly reason: string;
  readonly fault: Fault | null;
};

/** Opens an incident for each and keeps where it broke, in the transaction that sets them aside. */
export async function recordParked(
  transaction: Database,
  kind: Kind,
  parked: readonly Parked[],
): Promise<void> {
  for (const { subject, reason, fault } of parked) {
    await openIncident(transaction, { kind, subject, detail: reason });
    if (fault === null) continue;
    await select(
      transaction,
      `insert into faults (kind, subject, fault) values (?, ?, ?::jsonb)
       on conflict (kind, subject) do update set fault = excluded.fault, at = now()`,
      [kind, subject, JSON.stringify(fault)],
    );
  }
}

/** Somebody decided, or it went well: its incident is closed. Where it broke last stays known. */
export async function closeParked(
  transaction: Database,
  kind: Kind,
  subject: string,
): Promise<void> {
  await closeIncident(transaction, kind, subject);
}

/** Where our own code broke on it last; null when it did not. */
export async function findFault(
  database: Database,
  kind: Kind,
  subject: string,
): Promise<Fault | null> {
  const [row] = await select(database, 'select fault from faults where kind = ? and subject = ?', [
    kind,
    subject,
  ]);
  return row ? faultSchema.parse(row['fault']) : null;
}
