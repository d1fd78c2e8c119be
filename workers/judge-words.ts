import {
  additionFrom,
  closingFrom,
  complaintFrom,
  flagsOf,
  knownAfter,
} from '../src/domain/compose.ts';
import type { Attachment, Duplicate } from '../src/domain/complaint.ts';
import { canBeLinked, duplicateAmong, noDuplicate } from '../src/domain/duplicate.ts';
import { eventTypes } from '../src/domain/event.ts';
import type { Known, Verdict } from '../src/domain/judge.ts';
import type { NewEvent } from '../src/store/outbox.ts';
import type { Role, Words } from '../src/store/words.ts';
import type { Memory } from './memory.ts';
import { type Case, endAll, judgedAs, type Making, type Plan, rename } from './plan.ts';

/** The verdicts that tell the core something new. */
type Telling =
  | Extract<Verdict, { outcome: 'complaint' | 'followup' | 'repeat' }>
  | Extract<Verdict, { outcome: 'edit'; change: 'edited' }>;

/** Adds words that make a complaint or come to one: the event, the files, the link, the memory. */
export function addWords(
  deps: Making,
  plan: Plan,
  memory: Memory,
  verdict: Telling,
  given: Case,
): void {
  const { parts, said } = given;
  const isNew = verdict.outcome === 'complaint';
  const known = isNew ? knownFrom(deps.newId(), given) : knownAfter(verdict.complaint, said);
  if (!isNew) change(plan, memory, known, verdict.complaint);
  else if (verdict.closesUp) closeUp(deps, plan, memory, verdict.closesUp, given);
  // Of who wants to stay unknown nothing is kept that could be filled in.
  if (!known.anonymous) plan.sightings.push(...parts);
  const attachments = attachmentsOf(deps, plan, known, given);
  const duplicate = isNew ? duplicateOf(plan, memory, given) : noDuplicate;
  plan.events.push(eventOf(deps, plan, verdict, given, { known, attachments, duplicate }));
  link(plan, known, duplicate);
  keepPromise(plan, known, given);
  keepWords(plan, memory, given, { known, role: roleOf(verdict, given), duplicate });
  // What closes up the complaint before may be meant for the next one, too.
  if (said.wish?.isAll) keepSign(plan, memory, given);
  // An edit leaves its message what it was: the first of its complaint, or one that came to it.
  if (verdict.outcome !== 'edit') rename(memory, given, judgedAs(known, { isFirst: isNew }));
  endAll(plan, given, verdict.outcome, known);
}

function duplicateOf(plan: Plan, memory: Memory, given: Case): Duplicate {
  const candidates = memory.candidatesFor(given);
  const duplicate = duplicateAmong(given.said.sense.comparable, candidates);
  const relied = candidates.filter(({ head }) => head === duplicate.of);
  plan.relied.push(...relied.map(({ messageId }) => messageId));
  return duplicate;
}

/** An edit of what came to a complaint leaves what the complaint itself says. */
function roleOf({ outcome }: Telling, { original }: Case): Role {
  if (outcome !== 'edit') return outcome;
  const isOfFirst = original?.holding.state === 'judged' && original.holding.isFirst;
  return isOfFirst ? 'edit' : 'followup';
}

/** Who asks for secrecy now asks it for what they said openly of the same matter, too. */
function closeUp(deps: Making, plan: Plan, memory: Memory, before: Known, given: Case): void {
  const known = knownAfter(before, given.said);
  change(plan, memory, known, before);
  tell(deps, plan, known, given, closingFrom(known, given.said, before));
}

function change(plan: Plan, memory: Memory, known: Known, before: Known): void {
  if (known === before) return;
  plan.changed.push(known);
  memory.change(known);
}

/** An event in the order of whose complaint it is, whoever caused it. */
export function tell(
  deps: Making,
  plan: Plan,
  complaint: Known,
  { waiting }: Case,
  data: unknown,
): void {
  plan.events.push({
    id: deps.newId(),
    complaintId: complaint.id,
    reporter: complaint.reporter,
    type: eventTypes.updated,
    data,
    receivedAt: new Date(waiting.receivedAt),
  });
}

/** A sign sent by itself is meant for what its sender says next. */
export function keepSign(plan: Plan, memory: Memory, { waiting, said }: Case): void {
  const { anonymous, confidential, opensNew, at } = said;
  if (waiting.message.setting !== 'private' || !(anonymous || confidential || opensNew)) return;
  const { id: messageId, reporter, message } = waiting;
  const { account } = message;
  const sign = { messageId, reporter, account, at, anonymous, confidential, opensNew };
  plan.signs.push(sign);
  memory.sign(sign);
}

/** A number that was told stays valid, whatever complaint its message came to. */
function keepPromise(plan: Plan, { id, trackingNumber }: Known, { waiting }: Case): void {
  const number = waiting.message.form?.trackingNumber ?? trackingNumber;
  if (number !== trackingNumber) plan.aliases.push({ number, complaintId: id, source: 'form' });
}

type Kept = { readonly known: Known; readonly role: Role; readonly duplicate: Duplicate };

function keepWords(plan: Plan, memory: Memory, given: Case, { known, role, duplicate }: Kept) {
  const { sense } = given.said;
  const group = duplicate.verdict === 'same_report' ? duplicate.of : null;
  if (role === 'edit') {
    plan.rewritten.push({ complaintId: known.id, comparable: sense.comparable });
  }
  // Later copies are compared with the first of a group, not with each of its copies.
  const isHead = role === 'complaint' && group === null;
  const words = wordsOf(given, known, role, isHead && canBeLinked(sense.comparable));
  plan.words.push(words);
  memory.remember(words, sense, group ?? memory.groupOf(known.id));
}

function knownFrom(id: string, { waiting, said, ...given }: Case): Known {
  const { anonymous, confidential } = said;
  const trackingNumber = waiting.message.form?.trackingNumber ?? given.trackingNumber;
  const flags = flagsOf(said);
  return { id, trackingNumber, anonymous, confidential, flags, reporter: waiting.reporter };
}

function link(plan: Plan, { id }: Known, { verdict, of, score, reasons }: Duplicate): void {
  if (verdict === 'none' || of === null) return;
  plan.links.push({ complaintId: id, verdict, of, score, reasons, madeBy: 'judge' });
}

function wordsOf(given: Case, complaint: Known, role: Role, head: boolean): Words {
  const { waiting, said, signature } = given;
  const { message, channel, threadKey } = waiting;
  const { words, anonymous, confidential, at } = said;
  const agency = words.agency?.keyword ?? null;
  const traces = anonymous ? [] : (said.traces ?? []);
  return {
    ...signature,
    messageId: waiting.id,
    complaint,
    role,
    channel,
    account: message.account,
    reporter: complaint.reporter,
    setting: message.setting,
    threadKey,
    at,
    head,
    kept: {
      text: said.compared,
      location: words.location,
      agency,
      anonymous,
      confidential,
      traces,
    },
  };
}

type Made = {
  readonly known: Known;
  readonly attachments: readonly Attachment[];
  readonly duplicate: Duplicate;
};

function eventOf(
  deps: Making,
  plan: Plan,
  verdict: Telling,
  { waiting, said }: Case,
  { known, attachments, duplicate }: Made,
): NewEvent {
  const { channel, receivedAt, message } = waiting;
  // In the order of whose complaint it is, whoever edited it.
  const { reporter } = known;
  const about = { complaintId: known.id, reporter, receivedAt: new Date(receivedAt) };
  if (verdict.outcome === 'complaint') {
    const reporterRef = known.anonymous ? deps.anonymousRef(known.id) : reporter;
    const identity = { ...known, channel, reporterRef, attachments, duplicate };
    plan.complaints.push({ complaint: complaintFrom(identity, message, said), reporter });
    // The event of a new complaint carries its id (contract section 5).
    return { ...about, id: known.id, type: eventTypes.received, data: null };
  }
  const data = additionFrom(known, verdict.change, said, attachments, verdict.complaint);
  return { ...about, id: deps.newId(), type: eventTypes.updated, data };
}

/** The files of a message; an edit names those again that are known already. */
function attachmentsOf(deps: Making, plan: Plan, known: Known, given: Case): Attachment[] {
  const isEdit = given.waiting.message.kind === 'edit';
  const seen = new Set(isEdit ? given.original?.refs : []);
  const refs = given.parts.flatMap(({ id, message }) =>
    message.attachments
      .filter(({ ref }) => !seen.has(ref))
      .map((ref, position) => ({ messageId: id, position, ref })),
  );
  return refs.map(({ messageId, position, ref }) => {
    const id = ref.stored?.id ?? deps.newId();
    plan.attachments.push({ ...ref, id, complaintId: known.id, messageId, position });
    const { kind, mediaType, bytes, stored } = ref;
    return stored
      ? { id, kind, mediaType, bytes, ...here(stored.sha256, deps.attachmentUrl(id)) }
      : { id, kind, mediaType, bytes, sha256: null, state: 'pending', url: null };
  });
}

const here = (sha256: string, url: string) => ({ sha256, state: 'stored', url }) as const;
