import { Conflict, NotFound } from '../errors.ts';
import { recordAct } from './acts.ts';
import { type Database, select } from './database.ts';
import { holdGroups, linkEvents, setHead, unlink } from './groups.ts';
import { insertLinks, type NewLink } from './links.ts';
import { insertEvents } from './outbox.ts';
import type { Seal } from './seal.ts';

type ByHand = { readonly who: string; readonly why: string | null; readonly newId: () => string };

/**
 * Links a complaint to another by hand. In: both ids and what the link says; `of` may be any complaint
 * of the group, its first one is taken. What was linked to the complaint goes over to the group with
 * it. Every complaint whose link changes tells the core. Throws NotFound, or Conflict when it would be
 * linked to itself or to what was taken back.
 */
export function linkComplaints(
  database: Database,
  seal: Seal,
  { complaintId, of, verdict }: Pick<NewLink, 'complaintId' | 'of' | 'verdict'>,
  { who, why, newId }: ByHand,
): Promise<void> {
  return database.transaction(async (transaction) => {
    await holdGroups(transaction, 'alone');
    const head = await headOf(transaction, of);
    await mustBe(transaction, complaintId);
    if (await isWithdrawn(transaction, head)) throw new Conflict('that complaint was taken back');
    if (head === complaintId) throw new Conflict('a complaint cannot be linked to itself');
    const link = { complaintId, verdict, of: head, score: null, reasons: ['by_hand'], madeBy: who };
    await insertLinks(transaction, [link]);
    const members =
      verdict === 'same_report' ? await takeAlong(transaction, complaintId, head) : [];
    await setHead(transaction, [complaintId], verdict !== 'same_report');
    await recordAct(transaction, {
      who,
      act: 'link',
      kind: 'complaint',
      subject: complaintId,
      why,
    });
    const events = await linkEvents(transaction, [complaintId, ...members], newId);
    await insertEvents(transaction, seal, events);
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
    await holdGroups(transaction, 'alone');
    await mustBe(transaction, complaintId);
    const gone = await unlink(transaction, [complaintId]);
    if (gone.length === 0) throw new Conflict('this complaint has no link');
    const act = { who, act: 'unlink', kind: 'complaint', subject: complaintId, why } as const;
    await recordAct(transaction, act);
    await insertEvents(transaction, seal, await linkEvents(transaction, gone, newId));
  });
}

async function mustBe(transaction: Database, id: string): Promise<void> {
  const [row] = await select(transaction, 'select id from complaints where id = ?::uuid', [id]);
  if (!row) throw new NotFound(`no complaint has the id ${id}`);
}

async function isWithdrawn(transaction: Database, id: string): Promise<boolean> {
  const rows = await select(
    transaction,
    'select id from complaints where id = ?::uuid and withdrawn_at is not null',
    [id],
  );
  return rows.length > 0;
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
  const [back] = await select(
    transaction,
    'delete from links where complaint_id = ?::uuid and of = ?::uuid returning complaint_id',
    [to, from],
  );
  return [...rows, ...(back ? [back] : [])].map((row) => String(row['complaint_id']));
}
