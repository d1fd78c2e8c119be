import type { Attachment, Complaint } from '../src/domain/complaint.ts';
import { eventTypes } from '../src/domain/event.ts';
import {
  additionFrom,
  complaintFrom,
  type Known,
  type ReadKeyword,
  type Verdict,
} from '../src/domain/judge.ts';
import type { AttachmentRef } from '../src/domain/message.ts';
import {
  insertAttachments,
  insertComplaints,
  keepReporters,
  type NewAttachment,
} from '../src/store/complaints.ts';
import type { Database } from '../src/store/database.ts';
import {
  finishMessages,
  type Held,
  type MessageEnd,
  postpone,
  type WaitingMessage,
} from '../src/store/messages.ts';
import { insertEvents, type NewEvent } from '../src/store/outbox.ts';
import type { Seal } from '../src/store/seal.ts';

/** What making complaints and events takes from the world. */
export type Making = { readonly readKeyword: ReadKeyword; readonly newId: () => string };

/** How long a message that refers to one still waiting is put off. */
export const recheckMs = 250;

/** Everything one batch will write, in order. */
export type Plan = {
  readonly complaints: Complaint[];
  readonly attachments: NewAttachment[];
  readonly events: NewEvent[];
  readonly ends: (MessageEnd & { readonly channel: string })[];
  readonly sightings: WaitingMessage[];
  readonly postponed: string[];
  /** What this batch judged, for messages behind it that refer to it. */
  readonly judged: Map<string, Known | null>;
};

/** The parts of one message, in inbox order; nearly always just the one. */
export type Parts = readonly [WaitingMessage, ...WaitingMessage[]];

export function emptyPlan(): Plan {
  return {
    complaints: [],
    attachments: [],
    events: [],
    ends: [],
    sightings: [],
    postponed: [],
    judged: new Map(),
  };
}

/** Names the message or the group a message belongs to, within its channel and account. */
export const keyOf = ({ channel, message }: WaitingMessage, kind: 'message' | 'group'): string =>
  JSON.stringify([channel, message.account, kind === 'group' ? message.group : message.messageId]);

type Case = {
  readonly parts: Parts;
  readonly held: Held | null;
  readonly trackingNumber: string;
};

/** Adds what follows from a verdict. */
export function add(deps: Making, plan: Plan, verdict: Verdict, { parts, ...given }: Case): void {
  const [first] = parts;
  if (verdict.outcome === 'wait') {
    plan.postponed.push(first.id);
    return;
  }
  if (verdict.outcome === 'command' || verdict.outcome === 'ignored') {
    addNothing(plan, verdict, parts);
    return;
  }
  plan.sightings.push(...parts);
  const known =
    verdict.outcome === 'complaint'
      ? { id: deps.newId(), trackingNumber: given.trackingNumber }
      : verdict.complaint;
  const seen = new Set(verdict.outcome === 'edit' ? given.held?.refs : []);
  const attachments = attachmentsOf(deps, plan, known.id, parts, seen);
  remember(plan, parts, known);
  plan.events.push(eventOf(deps, plan, verdict, { parts, known, attachments }));
  for (const [index, part] of parts.entries()) {
    const outcome = index === 0 ? verdict.outcome : 'followup';
    plan.ends.push({ ...ended(part.id, outcome, null, known.id), channel: part.channel });
  }
}

type Nothing = Extract<Verdict, { outcome: 'command' | 'ignored' }>;

function addNothing(plan: Plan, { outcome, reason }: Nothing, parts: Parts): void {
  // Of who said nothing to us nothing is kept; a contact card is meant to be.
  plan.sightings.push(...parts.filter(({ message }) => message.kind === 'profile'));
  remember(plan, parts, null);
  for (const { id, channel } of parts) {
    plan.ends.push({ ...ended(id, outcome, reason), channel });
  }
}

type Made = { readonly parts: Parts; readonly known: Known; readonly attachments: Attachment[] };

function eventOf(
  deps: Making,
  plan: Plan,
  verdict: Extract<Verdict, { outcome: 'complaint' | 'followup' | 'edit' }>,
  { parts, known, attachments }: Made,
): NewEvent {
  const [{ channel, reporter, receivedAt }] = parts;
  const about = { complaintId: known.id, reporter, receivedAt: new Date(receivedAt) };
  if (verdict.outcome === 'complaint') {
    const identity = { ...known, channel, reporterRef: reporter, attachments };
    plan.complaints.push(complaintFrom(identity, parts, deps.readKeyword));
    // The event of a new complaint carries its id (contract section 5).
    return { ...about, id: known.id, type: eventTypes.received, data: null };
  }
  const data = additionFrom(known, verdict.change, parts, attachments, deps.readKeyword);
  return { ...about, id: deps.newId(), type: eventTypes.updated, data };
}

function attachmentsOf(
  deps: Making,
  plan: Plan,
  complaintId: string,
  parts: Parts,
  seen: ReadonlySet<string>,
): Attachment[] {
  const refs = parts.flatMap(({ id, message }) =>
    message.attachments
      .filter(({ ref }) => !seen.has(ref))
      .map((ref: AttachmentRef, position) => ({ messageId: id, position, ref })),
  );
  return refs.map(({ messageId, position, ref }) => {
    const id = deps.newId();
    plan.attachments.push({ id, complaintId, messageId, position, ref: ref.ref, name: ref.name });
    const { kind, mediaType, bytes } = ref;
    return { id, kind, mediaType, bytes, sha256: null, state: 'pending', url: null };
  });
}

function remember(plan: Plan, parts: Parts, known: Known | null): void {
  for (const part of parts) {
    const keys = [`message:${keyOf(part, 'message')}`];
    if (part.message.group !== null) keys.push(`group:${keyOf(part, 'group')}`);
    for (const key of keys) {
      // The first version of a message decides; an edit without a complaint changes nothing.
      if (known !== null || !plan.judged.has(key)) plan.judged.set(key, known);
    }
  }
}

export const ended = (
  id: string,
  outcome: string,
  reason: string | null,
  complaintId: string | null = null,
): MessageEnd => ({ id, outcome, reason, complaintId });

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
  await insertAttachments(transaction, seal, plan.attachments);
  await insertEvents(transaction, seal, plan.events);
  if (plan.ends.length > 0) await finishMessages(transaction, plan.ends);
  for (const id of plan.postponed) await postpone(transaction, id, recheckMs);
}
