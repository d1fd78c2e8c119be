import type { Duplicate } from '../src/domain/complaint.ts';
import { canBeLinked } from '../src/domain/duplicate.ts';
import { type Likeness, likeness } from '../src/domain/likeness.ts';
import { senseOf, type Understanding } from '../src/domain/said.ts';
import { mostAlike } from '../src/store/alike.ts';
import type { Database } from '../src/store/database.ts';
import {
  findNextOf,
  findPossible,
  handOver,
  linkEvents,
  setHead,
  unlink,
} from '../src/store/groups.ts';
import { findLinks, insertLinks } from '../src/store/links.ts';
import type { NewEvent } from '../src/store/outbox.ts';
import type { Seal } from '../src/store/seal.ts';
import { findCurrent } from '../src/store/words.ts';
import type { Plan } from './plan.ts';

export type Regrouping = {
  readonly seal: Seal;
  readonly reading: Understanding;
  readonly newId: () => string;
};

/**
 * Keeps groups true to what was withdrawn and edited: a complaint that says nothing any more, or something
 * else, must not go on drawing others' reports to itself. Out: what tells the core of each link that
 * changed. The caller holds the groups alone.
 */
export async function regroup(
  transaction: Database,
  deps: Regrouping,
  { withdrawn, rewritten }: Pick<Plan, 'withdrawn' | 'rewritten'>,
): Promise<NewEvent[]> {
  const changed = new Set<string>();
  for (const id of withdrawn) {
    for (const moved of await handOver(transaction, id, 'all')) changed.add(moved);
    await setHead(transaction, [id], false);
  }
  for (const one of rewritten) {
    const edited = { ...deps, ...one, transaction };
    for (const id of await compareOwnLink(edited)) changed.add(id);
    for (const id of await compareGroup(edited)) changed.add(id);
  }
  return linkEvents(transaction, [...changed], deps.newId);
}

type Edited = Regrouping & Plan['rewritten'][number] & { readonly transaction: Database };

/** What an edited complaint is to others now; nothing to those whose words are forgotten. */
async function compareWith(
  { transaction, seal, reading, comparable }: Edited,
  others: readonly string[],
): Promise<ReadonlyMap<string, Likeness>> {
  const kept = await findCurrent(transaction, seal, others);
  const alike = [...kept].map(([id, { text, location }]) => {
    const other = senseOf(reading, text, location).comparable;
    return [id, likeness(other, comparable)] as const;
  });
  return new Map(alike.filter(([, { verdict }]) => verdict !== 'none'));
}

/** A link that the judge made lasts as long as the words bear it; one made by hand stays. */
async function compareOwnLink(edited: Edited): Promise<string[]> {
  const { transaction, complaintId, comparable } = edited;
  const link = (await findLinks(transaction, [complaintId]))(complaintId);
  const isChanged = await reviseLink(edited, link);
  const isHead = isChanged || link.verdict !== 'same_report';
  await setHead(transaction, [complaintId], isHead && canBeLinked(comparable));
  return isChanged ? [complaintId] : [];
}

/** Out: whether the link is another one now, or none. */
async function reviseLink(edited: Edited, { of, verdict, reasons }: Duplicate): Promise<boolean> {
  if (of === null || reasons.includes('by_hand')) return false;
  const now = (await compareWith(edited, [of])).get(of);
  if (now?.verdict === 'same_report' || now?.verdict === verdict) return false;
  if (now) await suggest(edited, of, now);
  else await unlink(edited.transaction, [edited.complaintId]);
  return true;
}

/** What is linked to a complaint stays if the next of its group does, or else goes over to that one. */
async function compareGroup(edited: Edited): Promise<string[]> {
  const { transaction, complaintId } = edited;
  const next = await findNextOf(transaction, complaintId, 'judged');
  if (next === null) return dropUnlike(edited);
  const now = (await compareWith(edited, [next])).get(next);
  if (now?.verdict === 'same_report') return [];
  const moved = await handOver(transaction, complaintId, 'judged');
  const link = (await findLinks(transaction, [complaintId]))(complaintId);
  if (now === undefined || link.of !== null) return moved;
  await suggest(edited, next, now);
  return [...moved, complaintId];
}

/** Possible copies are compared one by one, as many as a new complaint is. */
async function dropUnlike(edited: Edited): Promise<string[]> {
  const { transaction, complaintId } = edited;
  const possible = await findPossible(transaction, complaintId, mostAlike);
  const alike = await compareWith(edited, possible);
  const unlike = possible.filter((id) => !alike.has(id));
  return unlink(transaction, unlike);
}

async function suggest(
  { transaction, complaintId }: Edited,
  of: string,
  { score, reasons }: Likeness,
): Promise<void> {
  const link = { complaintId, of, score, reasons, verdict: 'possible', madeBy: 'judge' } as const;
  await insertLinks(transaction, [link]);
}
