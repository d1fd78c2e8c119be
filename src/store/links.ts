import { z } from 'zod';
import type { Duplicate, LinkChange } from '../domain/complaint.ts';
import { noDuplicate } from '../domain/duplicate.ts';
import { eventTypes } from '../domain/event.ts';
import { Conflict, NotFound } from '../errors.ts';
import { recordAct } from './acts.ts';
import { type Database, insertRows, select } from './database.ts';
import { insertEvents } from './outbox.ts';
import type { Seal } from './seal.ts';

/** That a complaint says the same as an earlier one, or may. `of`: the first complaint of its group. */
export type NewLink = {
  readonly complaintId: string;
  readonly verdict: 'same_report' | 'possible';
  readonly of: string;
  /** 0 to 1; null when made by hand. */
  readonly score: number | null;
  readonly reasons: readonly string[];
  /** `judge`, or who made it by hand. */
  readonly madeBy: string;
};

/** Stores links; a complaint has one at most, the last counts. */
export async function insertLinks(transaction: Database, links: readonly NewLink[]): Promise<void> {
  await insertRows(
    transaction,
    'links',
    {
      complaint_id: 'uuid',
      verdict: 'text',
      of: 'uuid',
      score: 'real',
      reasons: 'jsonb',
      made_by: 'text',
    },
    links.map(({ complaintId, verdict, of, score, reasons, madeBy }) => ({
      complaint_id: complaintId,
      verdict,
      of,
      score,
      reasons: JSON.stringify(reasons),
      made_by: madeBy,
    })),
    `on conflict (complaint_id) do update set verdict = excluded.verdict, of = excluded.of,
       score = excluded.score, reasons = excluded.reasons, made_by = excluded.made_by, made_at = now()`,
  );
}

const linkSchema = z
  .object({
    verdict: z.enum(['same_report', 'possible']),
    of: z.uuid(),
    score: z.number().nullable(),
    reasons: z.array(z.string()),
  })
  .transform((link): Duplicate => link);

/** The link of a complaint as section 5 of the contract shows it; `none` when it has none. */
export async function findLink(database: Database, complaintId: string): Promise<Duplicate> {
  const [row] = await select(
    database,
    'select verdict, of, score, reasons from links where complaint_id = ?::uuid',
    [complaintId],
  );
  return row ? linkSchema.parse(row) : noDuplicate;
}

type ByHand = { readonly who: string; readonly why: string | null; readonly newId: () => string };

/**
 * Links a complaint to another by hand. In: both ids and what the link says; `of` may be any complaint
 * of the group, its first one is taken. What was linked to the complaint goes over to the group with
 * it. Every complaint whose link changes tells the core. Throws NotFound, or Conflict when it would be
 * linked to itself.
 */
export function linkComplaints(
  database: Database,
  seal: Seal,
  { complaintId, of, verdict }: Pick<NewLink, 'complaintId' | 'of' | 'verdict'>,
  { who, why, newId }: ByHand,
): Promise<void> {
  return database.transaction(async (transaction) => {
    await holdLinks(transaction);
    const head = await headOf(transaction, of);
    await mustBe(transaction, complaintId);
    if (head === complaintId) throw new Conflict('a complaint cannot be linked to itself');
    const link = { complaintId, verdict, of: head, score: null, reasons: ['by_hand'], madeBy: who };
    await insertLinks(transaction, [link]);
    const members =
      verdict === 'same_report' ? await takeAlong(transaction, complaintId, head) : [];
    const changed = [complaintId, ...members];
    await setHead(transaction, [complaintId], verdict !== 'same_report');
    await recordAct(transaction, {
      who,
      act: 'link',
      kind: 'complaint',
      subject: complaintId,
      why,
    });
    await tellCore(transaction, seal, changed, newId);
  });
}

/**
 * Undoes the link of a complaint, whoever made it; it stands by itself again and the core is told.
 * Throws NotFound when there is no such complaint, Conflict when it has no link.
 */
export function unlinkComplaint(
  database: Database,
  seal: Seal,
  complaintId: string,
  { who, why, newId }: ByHand,
): Promise<void> {
  return database.transaction(async (transaction) => {
    await holdLinks(transaction);
    await mustBe(transaction, complaintId);
    const gone = await select(
      transaction,
      'delete from links where complaint_id = ?::uuid returning complaint_id',
      [complaintId],
    );
    if (gone.length === 0) throw new Conflict('this complaint has no link');
    await setHead(transaction, [complaintId], true);
    const act = { who, act: 'unlink', kind: 'complaint', subject: complaintId, why } as const;
    await recordAct(transaction, act);
    await tellCore(transaction, seal, [complaintId], newId);
  });
}

/** One change by hand at a time: groups must not be joined in a circle. */
async function holdLinks(transaction: Database): Promise<void> {
  await select(transaction, 'select pg_advisory_xact_lock(1397051727, 1)');
}

async function mustBe(transaction: Database, id: string): Promise<void> {
  const [row] = await select(transaction, 'select id from complaints where id = ?::uuid', [id]);
  if (!row) throw new NotFound(`no complaint has the id ${id}`);
}

/** The first complaint of the group that a complaint belongs to. */
async function headOf(transaction: Database, id: string): Promise<string> {
  await mustBe(transaction, id);
  const [row] = await select(
    transaction,
    `select of from links where complaint_id = ?::uuid and verdict = 'same_report'`,
    [id],
  );
  return row ? String(row['of']) : id;
}

/** What was linked to a complaint that is no first one any more goes over to its new group. */
async function takeAlong(transaction: Database, from: string, to: string): Promise<string[]> {
  const rows = await select(
    transaction,
    `update links set of = ?::uuid, made_at = now() where of = ?::uuid and complaint_id <> ?::uuid
     returning complaint_id`,
    [to, from, to],
  );
  // What was only possibly the complaint's copy cannot be linked to itself.
  await select(transaction, 'delete from links where complaint_id = ?::uuid and of = ?::uuid', [
    to,
    from,
  ]);
  return rows.map((row) => String(row['complaint_id'])).sort();
}

/** Others' complaints are compared with the first of a group only. */
async function setHead(
  transaction: Database,
  complaintIds: readonly string[],
  isHead: boolean,
): Promise<void> {
  await select(
    transaction,
    `update words set head = ? where complaint_id = any(?::uuid[])
       and role in ('complaint', 'edit') and sealed is not null`,
    [isHead, [...complaintIds]],
  );
}

async function tellCore(
  transaction: Database,
  seal: Seal,
  complaintIds: readonly string[],
  newId: () => string,
): Promise<void> {
  const rows = await select(
    transaction,
    `select id, tracking_number, reporter from complaints where id = any(?::uuid[]) order by id`,
    [[...complaintIds]],
  );
  const events = await Promise.all(
    rows.map(async (row) => {
      const complaintId = String(row['id']);
      const duplicate = await findLink(transaction, complaintId);
      const trackingNumber = String(row['tracking_number']);
      const data: LinkChange = { complaintId, trackingNumber, change: 'duplicate', duplicate };
      return {
        id: newId(),
        complaintId,
        reporter: String(row['reporter']),
        type: eventTypes.updated,
        data,
        receivedAt: new Date(),
      };
    }),
  );
  await insertEvents(transaction, seal, events);
}
