import type { LinkChange } from '../domain/complaint.ts';
import { eventTypes } from '../domain/event.ts';
import { type Database, select } from './database.ts';
import { findLinks } from './links.ts';
import type { NewEvent } from './outbox.ts';

/** So many links are changed by one statement; a petition has thousands. */
const mostAtOnce = 1000;

/**
 * Holds the groups until the transaction ends: `together` with others who add links, or `alone`, who changes
 * which complaint is the first of a group. So nobody joins one that is given away meanwhile.
 */
export async function holdGroups(transaction: Database, how: 'together' | 'alone'): Promise<void> {
  const lock = how === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  await select(transaction, `select ${lock}(1397051727, 1)`);
}

/**
 * Whether words that links rely on count no more: since they were looked up, their complaint was withdrawn,
 * edited, or linked to another. The caller holds the groups.
 */
export async function hasMoved(
  transaction: Database,
  messageIds: readonly string[],
): Promise<boolean> {
  const [row] = await select(
    transaction,
    'select message_id from words where message_id = any(?::bigint[]) and not head limit 1',
    [[...messageIds]],
  );
  return row !== undefined;
}

/** Whose links go over: all, or only those that the judge made. */
type Whose = 'all' | 'judged';

const ofWhose = (whose: Whose): string => (whose === 'all' ? '' : `and l.made_by = 'judge'`);

/** The complaint that would be the first of a group without the one that is; null when none lives. */
export async function findNextOf(
  transaction: Database,
  complaintId: string,
  whose: Whose,
): Promise<string | null> {
  const [row] = await select(
    transaction,
    `select c.id from links l join complaints c on c.id = l.complaint_id
     where l.of = ?::uuid and l.verdict = 'same_report' and c.withdrawn_at is null ${ofWhose(whose)}
     order by c.id limit 1`,
    [complaintId],
  );
  return row ? String(row['id']) : null;
}

/** The first of what the judge took for a possible copy of a complaint, `most` at most. */
export async function findPossible(
  transaction: Database,
  complaintId: string,
  most: number,
): Promise<string[]> {
  const rows = await select(
    transaction,
    `select complaint_id from links where of = ?::uuid and verdict = 'possible' and made_by = 'judge'
     order by complaint_id limit ?`,
    [complaintId, most],
  );
  return rows.map((row) => String(row['complaint_id']));
}

/**
 * Gives what is linked to a complaint to the next living one of its group; without one, undoes the links.
 * Links of withdrawn complaints stay as they were told. Out: the complaints whose link changed, the new
 * first one included. The caller holds the groups alone.
 */
export async function handOver(
  transaction: Database,
  complaintId: string,
  whose: Whose,
  most = mostAtOnce,
): Promise<string[]> {
  const next = await findNextOf(transaction, complaintId, whose);
  const freed = next === null ? [] : await unlink(transaction, [next]);
  const moved: string[] = [];
  const alone: string[] = [];
  for (;;) {
    const some = await linkedTo(transaction, complaintId, whose, next, most);
    const [going, staying] = [some.filter(({ goes }) => goes), some.filter(({ goes }) => !goes)];
    await relink(transaction, idsOf(going), next);
    await unlink(transaction, idsOf(staying));
    moved.push(...idsOf(going));
    alone.push(...idsOf(staying));
    if (some.length < most) return [...freed, ...moved, ...alone];
  }
}

type Linked = { readonly id: string; readonly goes: boolean };

const idsOf = (some: readonly Linked[]): string[] => some.map(({ id }) => id);

/** An anonymous complaint never goes to another one of the same reporter: that would join what they parted. */
async function linkedTo(
  transaction: Database,
  complaintId: string,
  whose: Whose,
  next: string | null,
  most: number,
): Promise<Linked[]> {
  const rows = await select(
    transaction,
    `select l.complaint_id, n.id is not null
         and not (c.reporter = n.reporter and (c.anonymous or n.anonymous)) as goes
     from links l join complaints c on c.id = l.complaint_id left join complaints n on n.id = ?::uuid
     where l.of = ?::uuid and c.withdrawn_at is null ${ofWhose(whose)} order by c.id limit ?`,
    [next, complaintId, most],
  );
  return rows.map((row) => ({ id: String(row['complaint_id']), goes: row['goes'] === true }));
}

async function relink(
  transaction: Database,
  complaintIds: readonly string[],
  of: string | null,
): Promise<void> {
  await select(
    transaction,
    'update links set of = ?::uuid, made_at = now() where complaint_id = any(?::uuid[])',
    [of, [...complaintIds]],
  );
}

/** Lets complaints stand by themselves. Out: those that had a link. */
export async function unlink(
  transaction: Database,
  complaintIds: readonly string[],
): Promise<string[]> {
  const rows = await select(
    transaction,
    'delete from links where complaint_id = any(?::uuid[]) returning complaint_id',
    [[...complaintIds]],
  );
  const unlinked = rows.map((row) => String(row['complaint_id']));
  await setHead(transaction, unlinked, true);
  return unlinked;
}

/**
 * Whether others' complaints are compared with these: with the first of a group only, as it was last
 * edited, and never with a withdrawn one.
 */
export async function setHead(
  transaction: Database,
  complaintIds: readonly string[],
  isHead: boolean,
): Promise<void> {
  const ids = [[...complaintIds]];
  await select(
    transaction,
    'update words set head = false where complaint_id = any(?::uuid[]) and head',
    ids,
  );
  if (!isHead) return;
  await select(
    transaction,
    `update words set head = true from (
       select distinct on (w.complaint_id) w.message_id from words w
       join complaints c on c.id = w.complaint_id
       where w.complaint_id = any(?::uuid[]) and w.role in ('complaint', 'edit') and c.withdrawn_at is null
       order by w.complaint_id, w.message_id desc) latest
     where words.message_id = latest.message_id and words.sealed is not null`,
    ids,
  );
}

/** What tells the core that the links of these complaints changed, each in its reporter's order. */
export async function linkEvents(
  transaction: Database,
  complaintIds: readonly string[],
  newId: () => string,
): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for (let from = 0; from < complaintIds.length; from += mostAtOnce) {
    const ids = complaintIds.slice(from, from + mostAtOnce);
    const links = await findLinks(transaction, ids);
    const rows = await select(
      transaction,
      'select id, tracking_number, reporter from complaints where id = any(?::uuid[]) order by id',
      [ids],
    );
    for (const row of rows) {
      const complaintId = String(row['id']);
      const trackingNumber = String(row['tracking_number']);
      const duplicate = links(complaintId);
      const data: LinkChange = { complaintId, trackingNumber, change: 'duplicate', duplicate };
      const about = { id: newId(), complaintId, reporter: String(row['reporter']) };
      events.push({ ...about, type: eventTypes.updated, data, receivedAt: new Date() });
    }
  }
  return events;
}
