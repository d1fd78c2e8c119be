import { z } from 'zod';
import { complaintStatus } from '../domain/complaint.ts';
import { findComplaintId } from './complaints.ts';
import { type Database, select } from './database.ts';
import type { Seal } from './seal.ts';

/**
 * What anybody who has its number may know of a report: never its words, its name, its files.
 *
 * - `received`: stored, not judged yet; `checking`: held, or refused by the core, for somebody to look
 *   at; `ended`: looked at and not forwarded; `waiting`: a complaint that the core has not got yet;
 *   `forwarded`: it has;
 *   `withdrawn`: taken back by who made it.
 * - `number` is the complaint's own, which differs from the one asked for when that is an alias.
 * - `steps` is what the core told us, oldest first, with the core's times.
 */
export type Tracked = {
  readonly number: string;
  readonly state: 'received' | 'checking' | 'ended' | 'waiting' | 'forwarded' | 'withdrawn';
  readonly receivedAt: Date;
  readonly steps: readonly Step[];
};

export type Step = {
  readonly status: z.infer<typeof complaintStatus>;
  readonly agency: string | null;
  readonly at: Date;
};

/**
 * Looks a number up: a complaint's, an alias, or one the form has promised. Out: null when nobody has
 * it. Throws what the driver throws.
 */
export async function findTracked(
  database: Database,
  seal: Seal,
  number: string,
): Promise<Tracked | null> {
  const id = await findComplaintId(database, { trackingNumber: number });
  return id === null ? findPromised(database, seal, number) : findComplaint(database, seal, id);
}

/** A form may have been promised more numbers than one; its complaint has the first (`store/claims`). */
async function findPromised(
  database: Database,
  seal: Seal,
  number: string,
): Promise<Tracked | null> {
  const [row] = await select(
    database,
    `select c.created_at, m.state, m.complaint_id from claims c
     left join messages m on m.channel = 'web' and m.account = 'web'
       and m.event_id = split_part(c.key, '+', 1)
     where c.number = ? and c.key not like 'lease:%'`,
    [number],
  );
  if (!row) return null;
  const { created_at: receivedAt, state, complaint_id: id } = promisedSchema.parse(row);
  if (id !== null) return findComplaint(database, seal, id);
  return { number, receivedAt, state: stateOfMessage(state), steps: [] };
}

function stateOfMessage(state: string | null): Tracked['state'] {
  if (state === 'held' || state === 'quarantined') return 'checking';
  return state === 'judged' ? 'ended' : 'received';
}

async function findComplaint(database: Database, seal: Seal, id: string): Promise<Tracked | null> {
  const [row] = await select(
    database,
    `select c.tracking_number, c.received_at, c.withdrawn_at,
       (select o.state from outbox o where o.id = c.id) as event
     from complaints c where c.id = ?::uuid`,
    [id],
  );
  if (!row) return null;
  const complaint = complaintSchema.parse(row);
  const steps = await stepsOf(database, seal, id);
  return {
    number: complaint.tracking_number,
    receivedAt: complaint.received_at,
    state: stateOfComplaint(complaint, steps),
    steps,
  };
}

function stateOfComplaint(
  { withdrawn_at: withdrawnAt, event }: z.infer<typeof complaintSchema>,
  steps: readonly Step[],
): Tracked['state'] {
  if (withdrawnAt !== null) return 'withdrawn';
  if (event === 'done' || steps.length > 0) return 'forwarded';
  return event === 'refused' ? 'checking' : 'waiting';
}

async function stepsOf(database: Database, seal: Seal, id: string): Promise<Step[]> {
  const rows = await select(
    database,
    'select status, sealed, at from statuses where complaint_id = ?::uuid order by at, seq',
    [id],
  );
  return rows.map((row) => {
    const { status, sealed, at } = stepSchema.parse(row);
    const { agency } = toldSchema.parse(JSON.parse(seal.open('status', sealed).toString()));
    return { status, agency: agency ?? null, at };
  });
}

const promisedSchema = z.object({
  created_at: z.date(),
  state: z.string().nullable(),
  complaint_id: z.string().nullable(),
});
const complaintSchema = z.object({
  tracking_number: z.string(),
  received_at: z.date(),
  withdrawn_at: z.date().nullable(),
  event: z.string().nullable(),
});
const stepSchema = z.object({
  status: complaintStatus,
  sealed: z.instanceof(Buffer),
  at: z.date(),
});
const toldSchema = z.object({ agency: z.string().nullish() });
