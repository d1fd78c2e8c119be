import {
  insertAliases,
  insertAttachments,
  insertComplaints,
  withdrawComplaints,
} from '../src/store/complaints.ts';
import type { Database } from '../src/store/database.ts';
import { supersedeHeld } from '../src/store/held.ts';
import { insertLinks } from '../src/store/links.ts';
import { finishMessages, postpone } from '../src/store/messages.ts';
import { insertEvents } from '../src/store/outbox.ts';
import { keepReporters } from '../src/store/reporters.ts';
import type { Seal } from '../src/store/seal.ts';
import { insertSigns } from '../src/store/signs.ts';
import { deleteWords, insertWords } from '../src/store/words.ts';
import type { Plan } from './plan.ts';

/** How long a message that refers to one still waiting is put off. */
export const recheckMs = 250;

/** Writes the plan; the caller commits. */
export async function write(transaction: Database, seal: Seal, plan: Plan): Promise<void> {
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
  await insertAliases(transaction, plan.aliases);
  await insertAttachments(transaction, seal, plan.attachments);
  await insertWords(transaction, seal, plan.words);
  await deleteWords(transaction, plan.unsaid);
  await insertSigns(transaction, plan.signs);
  await insertLinks(transaction, plan.links);
  await withdrawComplaints(transaction, plan.withdrawn);
  await insertEvents(transaction, seal, plan.events);
  if (plan.ends.length > 0) await finishMessages(transaction, plan.ends);
  await supersedeHeld(transaction, plan.superseded); // also what this batch itself has held
  for (const id of plan.postponed) await postpone(transaction, id, recheckMs);
}
