import { withdrawalFrom } from '../src/domain/compose.ts';
import { eventTypes } from '../src/domain/event.ts';
import type { Known, Verdict } from '../src/domain/judge.ts';
import { addWords } from './judge-words.ts';
import type { Memory } from './memory.ts';
import { type Case, endAll, ended, judgedAs, type Making, type Plan, rename } from './plan.ts';

/** Adds what follows from a verdict, and remembers it for the messages behind. */
export function add(deps: Making, plan: Plan, memory: Memory, verdict: Verdict, given: Case): void {
  switch (verdict.outcome) {
    case 'wait':
      plan.postponed.push(given.waiting.id);
      return;
    case 'held':
      supersedeEdited(plan, given);
      addNothing(plan, memory, verdict, given);
      return;
    case 'ignored':
      addNothing(plan, memory, verdict, given);
      return;
    case 'command':
      if (verdict.withdraws) withdraw(deps, plan, memory, verdict.withdraws, given);
      addNothing(plan, memory, verdict, given);
      return;
    case 'edit':
      addEdit(deps, plan, memory, verdict, given);
      return;
    case 'complaint':
    case 'followup':
    case 'repeat':
      supersedeEdited(plan, given);
      addWords(deps, plan, memory, verdict, given);
  }
}

function addEdit(
  deps: Making,
  plan: Plan,
  memory: Memory,
  verdict: Extract<Verdict, { outcome: 'edit' }>,
  given: Case,
): void {
  switch (verdict.change) {
    case 'heldTakenBack':
      supersede(plan, given, verdict.reason);
      addNothing(plan, memory, verdict, given);
      return;
    case 'withdrawn':
      withdraw(deps, plan, memory, verdict.complaint, given);
      markWithdrawn(memory, given, verdict.complaint);
      endAll(plan, given, verdict.outcome, verdict.complaint);
      return;
    case 'edited':
      addWords(deps, plan, memory, verdict, given);
  }
}

/** The message is what it was, and taken back. */
function markWithdrawn(memory: Memory, { original, waiting }: Case, complaint: Known): void {
  if (!original) return;
  const holding = judgedAs(complaint, { isFirst: true, isWithdrawn: true });
  const { channel, message, messageKey } = waiting;
  memory.rename(channel, message.account, messageKey, { ...original, holding });
}

type Nothing = { readonly outcome: string; readonly reason: string };

/** Of who said nothing to us nothing is kept; a contact card is meant to be. */
function addNothing(plan: Plan, memory: Memory, { outcome, reason }: Nothing, given: Case): void {
  plan.sightings.push(...given.parts.filter(({ message }) => message.kind === 'profile'));
  rename(memory, given, outcome === 'held' ? { state: 'held' } : judgedAs(null, {}));
  for (const { id, channel } of given.parts) {
    plan.ends.push({ ...ended(id, outcome, reason), channel });
  }
}

/** What was held until its sender edited it is judged for what it says now. */
function supersedeEdited(plan: Plan, given: Case): void {
  const { waiting, original } = given;
  if (waiting.message.kind === 'edit' && original?.holding.state === 'held') {
    supersede(plan, given, 'edited by its sender');
  }
}

function supersede(plan: Plan, { original }: Case, reason: string): void {
  if (original) plan.superseded.push({ id: original.id, reason });
}

function withdraw(deps: Making, plan: Plan, memory: Memory, complaint: Known, given: Case): void {
  const { reporter, receivedAt } = given.waiting;
  plan.withdrawn.push(complaint.id);
  memory.close(complaint.id);
  plan.events.push({
    id: deps.newId(),
    complaintId: complaint.id,
    reporter,
    type: eventTypes.updated,
    data: withdrawalFrom(complaint, given.said),
    receivedAt: new Date(receivedAt),
  });
}
