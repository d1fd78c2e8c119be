import type { CoreAnswer, CoreClient } from '../src/core/client.ts';
import type { Pacer } from '../src/core/pacer.ts';
import { backoffMs } from '../src/domain/backoff.ts';
import { eventTypes, type OutboundEvent } from '../src/domain/event.ts';
import { isOurFault } from '../src/errors.ts';
import { type Fault, faultFrom } from '../src/fault.ts';
import { createLimiters, type Log } from '../src/log.ts';
import type { Metrics } from '../src/metrics.ts';
import type { Database } from '../src/store/database.ts';
import { holdLane } from '../src/store/lanes.ts';
import { openIncident } from '../src/store/operation.ts';
import { type EventEnd, finishEvents, takeEvents } from '../src/store/outbox.ts';
import { closeParked, recordParked } from '../src/store/parked.ts';
import type { Seal } from '../src/store/seal.ts';
import { type Care, carefree } from './care.ts';

type Given = {
  readonly database: Database;
  readonly seal: Seal;
  readonly core: CoreClient;
  readonly pacer: Pacer;
  readonly metrics: Pick<Metrics, 'forwarded' | 'forward'>;
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
};

/** `limit`: of what the core does not take for one reason, one line now and then. */
type Deps = Given & { readonly limit: ReturnType<typeof createLimiters> };

const batchSize = 64;
/** How many reporters of one lane are served side by side. */
const width = 4;
/** A batch sits in a transaction that holds the lane; its time is bounded. */
const batchMs = 20_000;
/** Contract section 6: retried for at least three days, then parked. */
const patienceMs = 3 * 24 * 3_600_000;
/** And so often: a clock that was put forward by days is no patience. */
const leastTries = 20;
/** On a quiet day the next try of the only waiting event is what finds the core back. */
const waits = { firstMs: 1000, mostMs: 60_000 };

/**
 * Sends the waiting events of a lane until none may be sent now. One reporter's events go one after
 * the other and stop at the first that fails; other reporters' go on.
 */
export function createForward(given: Given): (lane: number, care?: Care) => Promise<void> {
  const deps = { ...given, limit: createLimiters(10_000, given.now) };
  return async (lane, care = carefree) => {
    while (deps.pacer.nextAt() <= deps.now()) {
      const size = care.size(batchSize);
      const { taken, ends } = await forwardBatch(deps, lane, size, care);
      await care.passed();
      // A short batch that was sent whole is the last: whoever adds to the lane wakes it again.
      if (ends.length === 0 || (taken < size && ends.length === taken)) return;
    }
  };
}

/** How sending an event ended; `fault`: where our own code broke on it. */
type Ended = EventEnd & { readonly fault?: Fault };

function forwardBatch(
  deps: Deps,
  lane: number,
  size: number,
  care: Care,
): Promise<{ taken: number; ends: readonly Ended[] }> {
  return deps.database.transaction(async (transaction) => {
    await holdLane(transaction, 'forward', lane);
    const events = await takeEvents(transaction, deps.seal, lane, size);
    const poison = await care.begin(events.map(({ id }) => id));
    const ends =
      poison === null
        ? await sendAll(deps, events)
        : events.map((event) => ended(deps, event, 'parked', { status: 0, detail: poison }));
    await finishEvents(transaction, deps.seal, ends);
    await noteIncidents(transaction, events, ends);
    return { taken: events.length, ends };
  });
}

/** So often an event of its own may fail before somebody should look. */
const worthLooking = 5;

/** An event that keeps failing, was parked or refused is an incident of its own until it is done. */
async function noteIncidents(
  transaction: Database,
  events: readonly OutboundEvent[],
  ends: readonly Ended[],
): Promise<void> {
  const triesOf = new Map(events.map(({ id, tries }) => [id, tries + 1]));
  for (const { id, state, answer, fault = null } of ends) {
    const tries = triesOf.get(id) ?? 0;
    const detail = `${state}: ${answer.status}`;
    if (state === 'parked' || state === 'refused') {
      await recordParked(transaction, 'event', [{ subject: id, reason: detail, fault }]);
    } else if (state === 'pending' && tries >= worthLooking) {
      await openIncident(transaction, { kind: 'event', subject: id, detail });
    } else if (tries > worthLooking) {
      await closeParked(transaction, 'event', id);
    }
  }
}

async function sendAll(deps: Deps, events: readonly OutboundEvent[]): Promise<Ended[]> {
  const chains = [...Map.groupBy(events, ({ reporter }) => reporter).values()];
  const ends: Ended[] = [];
  const stopAt = deps.now() + batchMs;
  const blocked = new Set<string>();
  const serve = async (): Promise<void> => {
    for (let chain = chains.shift(); chain; chain = chains.shift()) {
      for (const event of chain) {
        if (deps.now() > stopAt) return;
        if (blocked.has(event.complaintId)) continue;
        const end = await sendOrPark(deps, event);
        if (end === null) return;
        ends.push(end);
        if (blocks(event, end)) blocked.add(event.complaintId);
        if (end.state === 'pending') break;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, serve));
  return ends;
}

/** Of a complaint that the core did not get it cannot take updates; takeEvents says the same of rows. */
const blocks = ({ type }: OutboundEvent, { state }: EventEnd): boolean =>
  state === 'parked' || (state === 'refused' && type === eventTypes.received);

/** An event that our own code breaks on must not hold back its lane. */
async function sendOrPark(deps: Deps, event: OutboundEvent): Promise<Ended | null> {
  try {
    return await sendOne(deps, event);
  } catch (error) {
    if (!isOurFault(error)) throw error;
    deps.log.error({ err: error, eventId: event.id }, 'sending failed');
    const answer = { status: 0, detail: 'sending failed: a fault of ours' };
    return { ...ended(deps, event, 'parked', answer), fault: faultFrom(error) };
  }
}

/** Sends one event. Out: what became of it, or null when the core is not to be asked now. */
async function sendOne(deps: Deps, event: OutboundEvent): Promise<EventEnd | null> {
  if (event.unreadable !== null) {
    return ended(deps, event, 'parked', { status: 0, detail: event.unreadable });
  }
  if (!deps.pacer.admit(event.id)) return null;
  const startedAt = deps.now();
  const answer = await deps.core.send(event);
  tell(deps.pacer, event, answer);
  deps.log.info(
    {
      eventId: event.id,
      complaintId: event.complaintId,
      type: event.type,
      status: answer.status,
      outcome: answer.kind,
      attempt: event.tries + 1,
      elapsedMs: deps.now() - startedAt,
    },
    'event sent',
  );
  return endFrom(deps, event, answer);
}

/** A refusal is an answer too: the core is well, only this event is not. */
function tell(pacer: Pacer, event: OutboundEvent, answer: CoreAnswer): void {
  if (answer.kind === 'retry') pacer.failed(event.id, answer.detail, answer.retryAfterMs);
  else pacer.succeeded();
}

function endFrom(deps: Deps, event: OutboundEvent, answer: CoreAnswer): EventEnd {
  const { status } = answer;
  switch (answer.kind) {
    case 'done': {
      deps.metrics.forward
        .labels(event.channel)
        .observe((deps.now() - event.receivedAt.getTime()) / 1000);
      const { trackingId } = answer;
      return ended(deps, event, 'done', { status, detail: '', ...(trackingId && { trackingId }) });
    }
    case 'refused':
      return ended(deps, event, 'refused', { status, detail: answer.detail });
    case 'retry': {
      const since = event.firstTriedAt?.getTime() ?? deps.now();
      const { detail } = answer;
      if (deps.now() - since > patienceMs && event.tries >= leastTries) {
        return ended(deps, event, 'parked', { status, detail });
      }
      deps.metrics.forwarded.inc({ type: event.type, outcome: 'retried' });
      const wait = backoffMs(event.tries + 1, waits, deps.random());
      const delayMs = Math.max(wait, answer.retryAfterMs ?? 0);
      return { id: event.id, state: 'pending', answer: { status, detail }, delayMs };
    }
  }
}

function ended(
  deps: Deps,
  event: OutboundEvent,
  state: 'done' | 'refused' | 'parked',
  answer: EventEnd['answer'],
): EventEnd {
  deps.metrics.forwarded.inc({ type: event.type, outcome: state });
  if (state !== 'done') {
    const { id: eventId, complaintId } = event;
    const { status } = answer;
    deps.limit(`${state} ${status}`, (withheld) => {
      deps.log.error({ eventId, complaintId, state, status, withheld }, 'event not accepted');
    });
  }
  return { id: event.id, state, answer };
}
