import { additionFrom, withdrawalFrom } from '../src/domain/compose.ts';
import type { Known, Verdict } from '../src/domain/judge.ts';
import { addWords, keepSign, tell } from './judge-words.ts';
import type { Memory } from './memory.ts';
import {
  type Case,
  endAll,
  ended,
  isByAnother,
  judgedAs,
  type Making,
  type Plan,
  rename,
} from './plan.ts';

/** Adds what follows from a verdict, and remembers it for the messages behind. */
export function add(deps: Making, plan: Plan, memory: Memory, verdict: Verdict, given: Case): void {
  if (verdict.outcome === 'wait') {
    plan.postponed.push(given.waiting.id);
    return;
  }
  supersede(plan, given);
  switch (verdict.outcome) {
    case 'held':
    case 'ignored':
      addNothing(plan, memory, verdict, given);
      return;
    case 'command':
      if (verdict.withdraws) withdraw(deps, plan, memory, verdict.withdraws, given);
      keepSign(plan, memory, given);
      addNothing(plan, memory, verdict, given);
      return;
    case 'edit':
      addEdit(deps, plan, memory, verdict, given);
      return;
    case 'complaint':
    case 'followup':
    case 'repeat':
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
      addNothing(plan, memory, verdict, given);
      return;
    case 'withdrawn':
      withdraw(deps, plan, memory, verdict.complaint, given);
      markTakenBack(memory, given, verdict.complaint, true);
      endAll(plan, given, verdict.outcome, verdict.complaint);
      return;
    case 'edited':
      if (given.waiting.message.kind === 'delete') {
        takeWordsBack(deps, plan, memory, verdict.complaint, given);
      } else addWords(deps, plan, memory, verdict, given);
  }
}

/** What came to a complaint is taken back, and the complaint stands: its words are empty from now on. */
function takeWordsBack(
  deps: Making,
  plan: Plan,
  memory: Memory,
  complaint: Known,
  given: Case,
): void {
  const { original, said } = given;
  tell(deps, plan, complaint, given, additionFrom(complaint, 'edited', said, []));
  if (original) {
    plan.unsaid.push(original.id);
    memory.unsay(original.id);
  }
  markTakenBack(memory, given, complaint, false);
  endAll(plan, given, 'edit', complaint);
}

/** The message is what it was, and taken back. */
function markTakenBack(
  memory: Memory,
  { original, waiting }: Case,
  complaint: Known,
  isFirst: boolean,
): void {
  if (!original) return;
  const holding = judgedAs(complaint, { isFirst, isWithdrawn: true });
  const { channel, message, messageKey } = waiting;
  memory.rename(channel, message.account, messageKey, { ...original, holding });
}

type Nothing = { readonly outcome: string; readonly reason: string };

/** Of who said nothing to us nothing is kept; a contact card is meant to be. */
function addNothing(plan: Plan, memory: Memory, { outcome, reason }: Nothing, given: Case): void {
  if (given.waiting.message.kind === 'delete') memory.takeBack(given.waiting);
  plan.sightings.push(...given.parts.filter(({ message }) => message.kind === 'profile'));
  if (given.original === null || !isByAnother(given.waiting, given.original)) {
    rename(memory, given, outcome === 'held' ? { state: 'held' } : judgedAs(null, {}));
  }
  for (const { id, channel } of given.parts) {
    plan.ends.push({ ...ended(id, outcome, reason), channel });
  }
}

/** What was held until its sender edited it or took it back waits for nobody any more. */
function supersede(plan: Plan, { waiting }: Case): void {
  const { id, channel, reporter, message, messageKey } = waiting;
  if (message.kind !== 'edit' && message.kind !== 'delete') return;
  const reason = message.kind === 'edit' ? 'edited by its sender' : 'taken back by its sender';
  plan.superseded.push({ id, channel, reporter, account: message.account, messageKey, reason });
}

function withdraw(deps: Making, plan: Plan, memory: Memory, complaint: Known, given: Case): void {
  plan.withdrawn.push(complaint.id);
  memory.close(complaint.id);
  tell(deps, plan, complaint, given, withdrawalFrom(complaint, given.said));
}
