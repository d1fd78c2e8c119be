import { canBeLinked } from '../src/domain/duplicate.ts';
import { laneOf } from '../src/domain/event.ts';
import { gatherMs, judge } from '../src/domain/judge.ts';
import type { InboundMessage } from '../src/domain/message.ts';
import { type Said, saidIn, signedBy } from '../src/domain/said.ts';
import { isOurFault, Unavailable } from '../src/errors.ts';
import type { Log } from '../src/log.ts';
import type { Metrics } from '../src/metrics.ts';
import type { Wake } from '../src/queue/wake.ts';
import { findOwnByNumber, freeTrackingNumbers } from '../src/store/complaints.ts';
import { type Database, isDataError } from '../src/store/database.ts';
import { holdLane, holdWords } from '../src/store/lanes.ts';
import { takeMessages, takeParts, type WaitingMessage } from '../src/store/messages.ts';
import { findGroup, findOriginal, type Original } from '../src/store/originals.ts';
import type { Seal } from '../src/store/seal.ts';
import type { Signature } from '../src/store/words.ts';
import { type Care, carefree } from './care.ts';
import { add } from './judge-plan.ts';
import { park, setAside } from './judge-park.ts';
import { recheckMs, write } from './judge-write.ts';
import { createHearing, type Hearing } from './heard.ts';
import { type Memory, type Pending, recall } from './memory.ts';
import {
  changesGroups,
  emptyPlan,
  ended,
  isByAnother,
  type Making,
  type Parts,
  type Plan,
} from './plan.ts';

type Given = Making & {
  /** Aborted when we stop: the batch under way is the last. */
  readonly closing?: { readonly signal: AbortSignal };
  readonly database: Database;
  readonly seal: Seal;
  readonly sign: (said: Said) => Signature;
  readonly newTrackingNumber: () => string;
  readonly wake: Wake['wake'];
  readonly metrics: Pick<Metrics, 'messages'>;
  readonly log: Log;
  /** How many messages one transaction judges. */
  readonly batchSize?: number;
};

type Deps = Given & { readonly hearing: Hearing };

/** So long a batch may be judged before it is written: others wait for its locks. */
const mostBatchMs = 2000;

/** Judges the waiting messages of a lane, in inbox order, until none is due. */
export function createJudge(given: Given): (lane: number, care?: Care) => Promise<void> {
  const { batchSize = 100, reading } = given;
  const deps = { ...given, hearing: createHearing(reading) };
  return async (lane, care = carefree) => {
    let most = batchSize;
    for (;;) {
      const size = care.size(most);
      const tried: WaitingMessage[] = [];
      try {
        const { isLast, plan } = await judgeBatch(deps, lane, size, tried, care);
        report(deps, lane, plan);
        await care.passed();
        if (isLast || deps.closing?.signal.aborted) return;
        most = Math.min(batchSize, 2 * most);
      } catch (error) {
        if (!isDataError(error) && !isOurFault(error)) throw error;
        // One message that cannot be judged must not sink its neighbours: found by halves, then set aside.
        if (size === 1) await setAside(deps, tried, error);
        most = Math.ceil(size / 2);
      }
    }
  };
}

/**
 * What a waiting message would become by today's code, with the parts that wait with it. Asks only; whoever
 * made the message wait for the question rolls back.
 */
export async function rehearse(
  given: Given,
  transaction: Database,
  waiting: WaitingMessage,
): Promise<Plan> {
  const deps = { ...given, hearing: createHearing(given.reading) };
  const plan = emptyPlan();
  await judgeAll(deps, transaction, plan, await casesOf(deps, transaction, [waiting]));
  return plan;
}

/** How often a batch is judged before the sweeper has to come back to it. */
const mostTries = 3;

/** Judges a batch; again, with what is so now, when a group that it links to changed meanwhile. */
async function judgeBatch(...given: Parameters<typeof judgeOnce>): ReturnType<typeof judgeOnce> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await judgeOnce(...given);
    } catch (error) {
      if (!(error instanceof Unavailable) || tries === mostTries) throw error;
    }
  }
}

function judgeOnce(
  deps: Deps,
  lane: number,
  size: number,
  tried: WaitingMessage[],
  care: Care,
): Promise<{ isLast: boolean; plan: Plan }> {
  return deps.database.transaction(async (transaction) => {
    await holdLane(transaction, 'judge', lane);
    const { waiting, unreadable } = await takeMessages(transaction, deps.seal, lane, size);
    tried.splice(0, tried.length, ...waiting);
    const plan = emptyPlan();
    // Woken twice, or somebody else was quicker.
    if (tried.length === 0 && unreadable.length === 0) return { isLast: true, plan };
    for (const { id, channel } of unreadable) {
      plan.ends.push({ ...ended(id, 'quarantined', 'cannot be opened: DATA_KEY'), channel });
    }
    const poison = await care.begin(waiting.map(({ id }) => id));
    if (poison === null) {
      await judgeAll(deps, transaction, plan, await casesOf(deps, transaction, waiting));
    } else await park(transaction, plan, waiting, poison);
    await write(transaction, deps, plan);
    const isAll = !plan.isCut && waiting.length + unreadable.length < size;
    return { isLast: plan.blocked || isAll, plan };
  });
}

/** Judges case after case, as long as there is time and none waits for another lane. */
async function judgeAll(
  deps: Deps,
  transaction: Database,
  plan: Plan,
  cases: readonly Case[],
): Promise<void> {
  await holdWords(
    transaction,
    cases.filter(isLinkable).map(({ signature }) => signature.exact),
  );
  const memory = await recall(transaction, deps, cases);
  const numbers = await freeTrackingNumbers(transaction, cases.length, deps.newTrackingNumber);
  const startedAt = performance.now();
  for (const { parts, ...understood } of cases) {
    const pending = { ...understood, said: signedBy(understood.said, memory.signFor(understood)) };
    const original = await originalOf(transaction, deps.seal, memory, pending.waiting);
    const facts = await factsOf(transaction, memory, pending, original);
    const verdict = judge(messagesOf(parts), pending.said, facts);
    // With what waits for another lane waits all behind it, or its reporter's order would be lost.
    plan.blocked = verdict.outcome === 'wait' && !verdict.alone;
    if (plan.blocked) return;
    const trackingNumber = numbers.pop() ?? '';
    add(deps, plan, memory, verdict, { ...pending, parts, original, trackingNumber });
    plan.isCut = changesGroups(plan) || performance.now() - startedAt > mostBatchMs;
    if (plan.isCut) return; // the rest is judged with the next batch
  }
}

type Case = Pending & { readonly parts: Parts };

/** Equal words wait for each other only where a link may come of it. */
const isLinkable = ({ waiting, said }: Case): boolean =>
  waiting.message.kind === 'message' &&
  said.words.text !== '' &&
  canBeLinked(said.sense.comparable);

/** One case for each message: its parts together, understood and signed. */
async function casesOf(
  deps: Deps,
  transaction: Database,
  waiting: readonly WaitingMessage[],
): Promise<Case[]> {
  const done = new Set<string>();
  const cases: Case[] = [];
  for (const message of waiting) {
    if (done.has(message.id)) continue;
    const parts = await gather(transaction, deps.seal, message, done);
    for (const part of parts) done.add(part.id);
    const said = saidIn(deps.reading, parts);
    cases.push({ waiting: message, parts, said, signature: deps.sign(said) });
  }
  return cases;
}

/** The other parts of the same message that arrived within the time of gathering; the rest come late. */
async function gather(
  transaction: Database,
  seal: Seal,
  first: WaitingMessage,
  done: ReadonlySet<string>,
): Promise<Parts> {
  if (first.message.group === null || first.message.kind !== 'message') return [first];
  const until = Date.parse(first.receivedAt) + gatherMs;
  const parts = await takeParts(transaction, seal, first);
  return [
    first,
    ...parts.filter(
      ({ id, receivedAt }) => id !== first.id && !done.has(id) && Date.parse(receivedAt) <= until,
    ),
  ];
}

function messagesOf([first, ...others]: Parts): readonly [InboundMessage, ...InboundMessage[]] {
  return [first.message, ...others.map(({ message }) => message)];
}

/** What we hold of the message that an edit or delete refers to, of a part's group, or of the same message. */
async function originalOf(
  transaction: Database,
  seal: Seal,
  memory: Memory,
  waiting: WaitingMessage,
): Promise<Original | null> {
  const same = memory.named(waiting, waiting.messageKey) ?? null;
  if (waiting.message.kind === 'edit' || waiting.message.kind === 'delete') {
    const kept = await findOriginal(transaction, seal, waiting);
    return asNow(
      memory,
      same && kept ? { ...likelier(same, kept), refs: kept.refs } : (same ?? kept),
    );
  }
  if (waiting.groupKey === null) return same;
  const group = memory.named(waiting, `group:${waiting.groupKey}`);
  // Or of the same message by an event that knew of no parts (a mention, an edit that came first).
  return asNow(memory, group ?? (await findGroup(transaction, waiting)) ?? same);
}

/** Of the batch's memory and the database: the same message as the batch left it, else what says more. */
function likelier(now: Original, kept: Original): Original {
  if (now.id === kept.id) return now;
  const weight = ({ holding }: Original) =>
    holding.state === 'judged' && holding.complaint ? 2 : Number(holding.state === 'held');
  return weight(now) > weight(kept) ? now : kept;
}

/** With what the batch itself has withdrawn or changed. */
function asNow(memory: Memory, original: Original | null): Original | null {
  if (original?.holding.state !== 'judged') return original;
  const { complaint } = original.holding;
  if (complaint === null) return original;
  const isWithdrawn = original.holding.isWithdrawn || memory.isClosed(complaint.id);
  return {
    ...original,
    holding: { ...original.holding, complaint: memory.asNow(complaint), isWithdrawn },
  };
}

async function factsOf(
  transaction: Database,
  memory: Memory,
  pending: Pending,
  original: Original | null,
): Promise<Parameters<typeof judge>[2]> {
  const { waiting, said } = pending;
  const number = said.command?.name === 'batal' ? said.command.number : null;
  const named =
    number === null ? null : await findOwnByNumber(transaction, waiting.reporter, number);
  return {
    ...memory.factsFor(pending),
    isByAnother: original !== null && isByAnother(waiting, original),
    isTakenBack: memory.isTakenBack(waiting),
    holding: original?.holding ?? { state: 'none' },
    released: waiting.released,
    named: named && !memory.isClosed(named.id) ? named : null,
  };
}

function report(deps: Deps, lane: number, plan: Plan): void {
  for (const { channel, outcome, complaintId, reason } of plan.ends) {
    deps.metrics.messages.inc({ channel, outcome });
    deps.log.info({ channel, outcome, complaintId, reason }, 'message judged');
  }
  for (const due of new Set(plan.events.map(({ reporter }) => laneOf(reporter)))) {
    deps.wake('forward', due);
  }
  if (plan.postponed.length > 0 || plan.blocked) deps.wake('judge', lane, recheckMs + 20);
}
