import { gatherMs, type Holding, judge } from '../src/domain/judge.ts';
import type { InboundMessage } from '../src/domain/message.ts';
import { isOurFault } from '../src/errors.ts';
import type { Log } from '../src/log.ts';
import type { Metrics } from '../src/metrics.ts';
import type { Wake } from '../src/queue/wake.ts';
import { freeTrackingNumbers } from '../src/store/complaints.ts';
import { type Database, isDataError } from '../src/store/database.ts';
import { holdLane } from '../src/store/lanes.ts';
import {
  findGroup,
  findOriginal,
  finishMessages,
  type Held,
  takeMessages,
  takeParts,
  type WaitingMessage,
} from '../src/store/messages.ts';
import type { Seal } from '../src/store/seal.ts';
import {
  add,
  emptyPlan,
  ended,
  keyOf,
  type Making,
  type Parts,
  type Plan,
  recheckMs,
  write,
} from './judge-plan.ts';

type Deps = Making & {
  readonly database: Database;
  readonly seal: Seal;
  readonly newTrackingNumber: () => string;
  readonly wake: Wake['wake'];
  readonly metrics: Pick<Metrics, 'messages'>;
  readonly log: Log;
};

const batchSize = 100;

/** Judges the waiting messages of a lane, in inbox order, until none is due. */
export function createJudge(deps: Deps): (lane: number) => Promise<void> {
  return async (lane) => {
    let size = batchSize;
    for (;;) {
      const tried: WaitingMessage[] = [];
      try {
        const { taken, plan } = await judgeBatch(deps, lane, size, tried);
        report(deps, lane, plan);
        if (taken < size) return;
        size = batchSize;
      } catch (error) {
        if (!isDataError(error) && !isOurFault(error)) throw error;
        // One message that cannot be judged must not sink its neighbours: alone, then set aside.
        if (size === 1) await setAside(deps, tried, error);
        size = 1;
      }
    }
  };
}

function judgeBatch(
  deps: Deps,
  lane: number,
  size: number,
  tried: WaitingMessage[],
): Promise<{ taken: number; plan: Plan }> {
  return deps.database.transaction(async (transaction) => {
    await holdLane(transaction, 'judge', lane);
    const { waiting, unreadable } = await takeMessages(transaction, deps.seal, lane, size);
    tried.push(...waiting);
    const plan = emptyPlan();
    for (const { id, channel } of unreadable) {
      plan.ends.push({ ...ended(id, 'quarantined', 'cannot be opened: DATA_KEY'), channel });
    }
    const numbers = await freeTrackingNumbers(transaction, waiting.length, deps.newTrackingNumber);
    const done = new Set<string>();
    for (const message of waiting) {
      if (done.has(message.id)) continue;
      const parts = await gather(transaction, deps.seal, message, done);
      for (const part of parts) done.add(part.id);
      const { holding, held } = await holdingOf(transaction, deps.seal, plan, message);
      const verdict = judge(messagesOf(parts), holding);
      add(deps, plan, verdict, { parts, held, trackingNumber: numbers.pop() ?? '' });
    }
    await write(transaction, deps.seal, plan);
    return { taken: waiting.length + unreadable.length, plan };
  });
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

type Looked = { readonly holding: Holding; readonly held: Held | null };

async function holdingOf(
  transaction: Database,
  seal: Seal,
  plan: Plan,
  waiting: WaitingMessage,
): Promise<Looked> {
  const { message } = waiting;
  const kind = message.kind === 'edit' ? 'message' : 'group';
  if (message.kind !== 'edit' && (message.kind !== 'message' || message.group === null)) {
    return { holding: { state: 'none' }, held: null };
  }
  const held =
    kind === 'message'
      ? await findOriginal(transaction, seal, waiting)
      : await findGroup(transaction, waiting);
  const judgedNow = plan.judged.get(`${kind}:${keyOf(waiting, kind)}`);
  if (judgedNow !== undefined) return { holding: { state: 'judged', complaint: judgedNow }, held };
  return { holding: holdingFrom(held), held };
}

function holdingFrom(held: Held | null): Holding {
  if (held === null) return { state: 'none' };
  if (held.state === 'pending') return { state: 'waiting' };
  const { complaint_id: id, tracking_number: trackingNumber } = held;
  return {
    state: 'judged',
    complaint: id !== null && trackingNumber !== null ? { id, trackingNumber } : null,
  };
}

function report(deps: Deps, lane: number, plan: Plan): void {
  for (const { channel, outcome, complaintId, reason } of plan.ends) {
    deps.metrics.messages.inc({ channel, outcome });
    deps.log.info({ channel, outcome, complaintId, reason }, 'message judged');
  }
  if (plan.events.length > 0) deps.wake('forward', lane);
  if (plan.postponed.length > 0) deps.wake('judge', lane, recheckMs + 20);
}

/** Quarantines exactly what was tried, unless somebody judged it meanwhile. */
async function setAside(
  deps: Deps,
  tried: readonly WaitingMessage[],
  error: unknown,
): Promise<void> {
  const reason = isOurFault(error)
    ? 'judging failed: a fault of ours, see the log'
    : 'the database cannot hold what it became';
  const ends = tried.map(({ id }) => ended(id, 'quarantined', reason));
  deps.log.error({ err: error, messages: ends.map(({ id }) => id) }, 'message set aside');
  await finishMessages(deps.database, ends);
  for (const { channel } of tried) deps.metrics.messages.inc({ channel, outcome: 'quarantined' });
}
