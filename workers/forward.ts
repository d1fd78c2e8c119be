import type { CoreAnswer, CoreClient } from '../src/core/client.ts';
import type { Pacer } from '../src/core/pacer.ts';
import { backoffMs } from '../src/domain/backoff.ts';
import type { OutboundEvent } from '../src/domain/event.ts';
import type { Log } from '../src/log.ts';
import type { Metrics } from '../src/metrics.ts';
import type { Database } from '../src/store/database.ts';
import { holdLane } from '../src/store/lanes.ts';
import { closeIncident, openIncident } from '../src/store/operation.ts';
import { type EventEnd, finishEvents, takeEvents } from '../src/store/outbox.ts';
import type { Seal } from '../src/store/seal.ts';

type Deps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly core: CoreClient;
  readonly pacer: Pacer;
  readonly metrics: Pick<Metrics, 'forwarded' | 'forward'>;
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
};

const batchSize = 64;
/** How many reporters of one lane are served side by side. */
const width = 4;
/** A batch sits in a transaction that holds the lane; its time is bounded. */
const batchMs = 20_000;
/** Contract section 6: retried for at least three days, then parked. */
const patienceMs = 3 * 24 * 3_600_000;
/** On a quiet day the next try of the only waiting event is what finds the core back. */
const waits = { firstMs: 1000, mostMs: 60_000 };

/**
 * Sends the waiting events of a lane until none may be sent now. One reporter's events go one after
 * the other and stop at the first that fails; other reporters' go on.
 */
export function createForward(deps: Deps): (lane: number) => Promise<void> {
  return async (lane) => {
    while (deps.pacer.nextAt() <= deps.now()) {
      const { taken, ends } = await deps.database.transaction(async (transaction) => {
        await holdLane(transaction, 'forward', lane);
        const events = await takeEvents(transaction, deps.seal, lane, batchSize);
        const ended = await sendAll(deps, events);
        await finishEvents(transaction, deps.seal, ended);
        await noteIncidents(transaction, events, ended);
        return { taken: events.length, ends: ended };
      });
      // A short batch that was sent whole is the last: whoever adds to the lane wakes it again.
      if (ends.length === 0 || (taken < batchSize && ends.length === taken)) return;
    }
  };
}

/** So often an event of its own may fail before somebody should look. */
const worthLooking = 5;

/** An event that keeps failing, or was parked, is an incident of its own until it is done. */
async function noteIncidents(
  transaction: Database,
  events: readonly OutboundEvent[],
  ends: readonly EventEnd[],
): Promise<void> {
  const triesOf = new Map(events.map(({ id, tries }) => [id, tries + 1]));
  for (const { id, state, answer } of ends) {
    const tries = triesOf.get(id) ?? 0;
    const incident = { kind: 'event', subject: id, detail: `${state}: ${answer.status}` };
    if (state === 'parked' || (state === 'pending' && tries >= worthLooking)) {
      await openIncident(transaction, incident);
    } else if (tries > worthLooking) {
      await closeIncident(transaction, incident.kind, incident.subject);
    }
  }
}

async function sendAll(deps: Deps, events: readonly OutboundEvent[]): Promise<EventEnd[]> {
  const chains = [...Map.groupBy(events, ({ reporter }) => reporter).values()];
  const ends: EventEnd[] = [];
  const stopAt = deps.now() + batchMs;
  const serve = async (): Promise<void> => {
    for (let chain = chains.shift(); chain; chain = chains.shift()) {
      for (const event of chain) {
        if (deps.now() > stopAt) return;
        const end = await sendOne(deps, event);
        if (end === null) return;
        ends.push(end);
        if (end.state === 'pending') break;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, serve));
  return ends;
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
      if (deps.now() - since > patienceMs) return ended(deps, event, 'parked', { status, detail });
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
    deps.log.error({ eventId, complaintId, state, status: answer.status }, 'event not accepted');
  }
  return { id: event.id, state, answer };
}
