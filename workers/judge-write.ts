import {
  insertAliases,
  insertAttachments,
  insertComplaints,
  updateComplaints,
  withdrawComplaints,
} from '../src/store/complaints.ts';
import { Unavailable } from '../src/errors.ts';
import type { Database } from '../src/store/database.ts';
import { hasMoved, holdGroups } from '../src/store/groups.ts';
import { supersedeHeld } from '../src/store/held.ts';
import { insertLinks } from '../src/store/links.ts';
import { finishMessages, postpone } from '../src/store/messages.ts';
import { insertEvents } from '../src/store/outbox.ts';
import { keepReporters } from '../src/store/reporters.ts';
import { insertSigns } from '../src/store/signs.ts';
import { deleteWords, insertWords } from '../src/store/words.ts';
import { regroup, type Regrouping } from './judge-groups.ts';
import { changesGroups, type Plan } from './plan.ts';

/** How long a message that refers to one still waiting is put off. */
export const recheckMs = 250;

/** Writes the plan; the caller commits. Throws Unavailable when what it links to is not what it was. */
export async function write(transaction: Database, deps: Regrouping, plan: Plan): Promise<void> {
  const { seal } = deps;
  await keepReporters(
    transaction,
    seal,
    plan.sightings.map(({ reporter, channel, message: { sender } }) => ({
      ref: reporter,
      channel,
      sender,
    })),
  );
  await insertComplaints(transaction, seal, plan.complaints);
  await updateComplaints(transaction, plan.changed);
  await insertAliases(transaction, plan.aliases);
  await insertAttachments(transaction, seal, plan.attachments);
  await insertWords(transaction, seal, plan.words);
  await deleteWords(transaction, plan.unsaid);
  await insertSigns(transaction, plan.signs);
  if (changesGroups(plan)) await holdGroups(transaction, 'alone');
  else if (plan.links.length > 0) await holdGroups(transaction, 'together');
  if (await hasMoved(transaction, plan.relied)) throw new Unavailable('a group has changed');
  await insertLinks(transaction, plan.links);
  await withdrawComplaints(transaction, plan.withdrawn);
  plan.events.push(...(await regroup(transaction, deps, plan)));
  await insertEvents(transaction, seal, plan.events);
  if (plan.ends.length > 0) await finishMessages(transaction, plan.ends);
  await supersedeHeld(transaction, plan.superseded); // also what this batch itself has held
  for (const id of plan.postponed) await postpone(transaction, id, recheckMs);
}
