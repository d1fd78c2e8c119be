import type { Channel } from '../src/domain/channel.ts';
import { laneOf } from '../src/domain/event.ts';
import { gatherMs } from '../src/domain/judge.ts';
import { type InboundMessage, inboundMessageSchema } from '../src/domain/message.ts';
import { storable } from '../src/domain/text.ts';
import { AppError, isOurFault } from '../src/errors.ts';
import { type Fault, faultFrom } from '../src/fault.ts';
import { createLimiter, createLimiters, type Log } from '../src/log.ts';
import type { Metrics } from '../src/metrics.ts';
import type { Wake } from '../src/queue/wake.ts';
import { type Database, isDataError } from '../src/store/database.ts';
import {
  channelClosed,
  type Delivery,
  type DeliveryEnd,
  finishDeliveries,
  isAnyWaiting,
  openDelivery,
  takeDeliveries,
} from '../src/store/inbox.ts';
import { findHoldingBack, missGateways } from '../src/store/gateways.ts';
import { holdLane } from '../src/store/lanes.ts';
import { insertMessages, type NewMessage } from '../src/store/messages.ts';
import { recordParked } from '../src/store/parked.ts';
import type { Seal } from '../src/store/seal.ts';
import { type Care, carefree } from './care.ts';

type Deps = {
  /** Aborted when we stop: the batch under way is the last. */
  readonly closing?: { readonly signal: AbortSignal };
  readonly database: Database;
  readonly seal: Seal;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly pseudonym: (channel: string, identity: string) => string;
  readonly wake: Wake['wake'];
  readonly metrics: Pick<Metrics, 'messages'>;
  readonly log: Log;
};

/**
 * `limit`: of what is quarantined for one reason, one line now and then; it may be a flood. `limitHeld`: of
 * what lasts and is looked at every tenth of a second, one line a minute.
 */
type Reading = Deps & {
  readonly limit: ReturnType<typeof createLimiters>;
  readonly limitHeld: ReturnType<typeof createLimiter>;
};

type ReadingDeps = Pick<Deps, 'seal' | 'channels' | 'pseudonym' | 'log'>;

type Outcome = {
  readonly end: DeliveryEnd;
  readonly messages: readonly NewMessage[];
  /** How many items of it could not be read. */
  readonly unreadable: number;
  /** What somebody must look at: where our own code broke, or poison. */
  readonly parked?: { readonly fault: Fault | null };
};

const batchSize = 250;

const mostReason = 2000;

/** Reads stored deliveries into messages, in inbox order, until none is left. */
export function createRead(given: Deps): (lane?: number, care?: Care) => Promise<void> {
  const deps = {
    ...given,
    limit: createLimiters(10_000, Date.now),
    limitHeld: createLimiter(60_000, Date.now),
  };
  return async (_lane?: number, care: Care = carefree) => {
    let most = batchSize;
    for (;;) {
      const size = care.size(most);
      const tried: Delivery[] = [];
      try {
        const read = await readBatch(deps, size, tried, care);
        await care.passed();
        // A short batch may also be one of large bodies: only an empty one says that all is read.
        if (read === 0) await lookForHeldBack(deps);
        if (read === 0 || deps.closing?.signal.aborted) return;
        most = Math.min(batchSize, 2 * most);
      } catch (error) {
        if (!isHopeless(error)) throw error;
        // One row PostgreSQL will not have must not sink its neighbours: found by halves, then set aside.
        if (size === 1) await setAside(deps, tried, error);
        most = Math.ceil(size / 2);
      }
    }
  };
}

/** The same rows will fail again, however often they are tried. */
const isHopeless = (error: unknown): boolean => isDataError(error) || isOurFault(error);

const againMs = 100;

/** What waits for another gateway is looked at again soon; one that is silent is not waited for for ever. */
async function lookForHeldBack({ database, wake, log, limitHeld }: Reading): Promise<void> {
  if (!(await isAnyWaiting(database))) return;
  const left = await missGateways(database);
  if (left.length > 0)
    log.error({ gateways: left }, 'gateways silent; reading goes on without them');
  const holding = await findHoldingBack(database);
  if (holding.length > 0) {
    limitHeld((withheld) => {
      log.error({ gateways: holding, withheld }, 'gateways hold reading back for long');
    });
  }
  wake('read', 0, againMs);
}

async function readBatch(
  deps: Reading,
  size: number,
  tried: Delivery[],
  care: Care,
): Promise<number> {
  const { read, lanes, outcomes } = await deps.database.transaction(async (transaction) => {
    await holdLane(transaction, 'read', 0);
    const deliveries = await takeDeliveries(transaction, size);
    tried.push(...deliveries);
    const poison = await care.begin(deliveries.map(({ id }) => id));
    const outcomes = deliveries.map((delivery) =>
      poison === null ? readOne(deps, delivery) : parked(delivery, poison, null),
    );
    const lanes = await insertMessages(
      transaction,
      deps.seal,
      outcomes.flatMap(({ messages }) => messages),
    );
    await finishDeliveries(
      transaction,
      outcomes.map(({ end }) => end),
    );
    await recordParked(transaction, 'delivery', outcomes.flatMap(parkedIn));
    return { read: deliveries, lanes, outcomes };
  });
  for (const [index, { end, messages, unreadable }] of outcomes.entries()) {
    report(deps, read[index]?.channel ?? '', end, { messages: messages.length, unreadable });
    for (const { lane, dueAt } of messages) {
      if (dueAt) deps.wake('judge', lane, gatherMs + 20);
    }
  }
  for (const lane of new Set(lanes)) deps.wake('judge', lane);
  return read.length;
}

type Counts = { readonly messages: number; readonly unreadable: number };

function report(deps: Reading, channel: string, end: DeliveryEnd, counts: Counts): void {
  const { id: deliveryId, state, reason, ignored } = end;
  deps.metrics.messages.inc({ channel, outcome: 'ignored' }, ignored.length);
  if (state === 'quarantined') {
    deps.metrics.messages.inc({ channel, outcome: 'quarantined' }, counts.unreadable);
    deps.limit(`${channel} ${(reason ?? '').replace(/\d+|;.*/gs, '')}`, (withheld) => {
      const line = { channel, deliveryId, ...counts, ignored, reason, withheld };
      deps.log.warn(line, 'delivery quarantined');
    });
    return;
  }
  deps.log.info({ channel, deliveryId, messages: counts.messages, ignored }, 'delivery read');
}

/** What one delivery says, by today's code. Writes nothing and throws nothing. */
export function readOne(deps: ReadingDeps, delivery: Delivery): Outcome {
  const channel = deps.channels.get(delivery.channel);
  if (!channel) return quarantined(delivery, channelClosed);
  try {
    const receipt = channel.read(openDelivery(deps.seal, delivery.sealed));
    const { unreadable = [] } = receipt;
    return {
      end: {
        id: delivery.id,
        state: unreadable.length > 0 ? 'quarantined' : 'read',
        reason: unreadable.length > 0 ? unreadable.join('; ').slice(0, mostReason) : null,
        ignored: receipt.ignored,
      },
      messages: receipt.messages.map((message) => newMessage(deps, delivery, message)),
      unreadable: unreadable.length,
    };
  } catch (error) {
    if (error instanceof AppError && !error.retryable) return quarantined(delivery, error.message);
    deps.log.error(
      { err: error, channel: delivery.channel, deliveryId: delivery.id },
      'read failed',
    );
    return parked(delivery, 'reading failed: a fault of ours', faultFrom(error));
  }
}

function newMessage(deps: ReadingDeps, delivery: Delivery, message: InboundMessage): NewMessage {
  const clean = inboundMessageSchema.parse(storableDeep(message));
  const reporter = deps.pseudonym(delivery.channel, clean.sender.identity);
  const keyOf = (kind: 'message' | 'group' | 'thread', id: string) =>
    keyedName(deps.pseudonym, delivery.channel, kind, clean.account, id);
  return {
    eventKey: eventKeyOf(deps.pseudonym, delivery.channel, clean.account, clean.eventId),
    messageKey: keyOf('message', clean.messageId),
    groupKey: clean.group === null ? null : keyOf('group', clean.group),
    threadKey: clean.thread === null ? null : keyOf('thread', clean.thread),
    underKeys: clean.under.map((id) => keyOf('message', id)),
    deliveryId: delivery.id,
    channel: delivery.channel,
    reporter,
    lane: laneOf(reporter),
    message: clean,
    receivedAt: delivery.receivedAt,
    dueAt: clean.group === null ? null : new Date(Date.now() + gatherMs),
  };
}

/**
 * The name under which the store knows an event: as a message is named, because the newest version of one
 * may be named by its event. The ids of the form are ours: a promised number leads to its message by them.
 */
export function eventKeyOf(
  pseudonym: Deps['pseudonym'],
  channel: string,
  account: string,
  eventId: string,
): string {
  return channel === 'web' ? eventId : keyedName(pseudonym, channel, 'message', account, eventId);
}

/** The name under which the store knows a message, a group or a thread of an account. */
export function keyedName(
  pseudonym: Deps['pseudonym'],
  channel: string,
  kind: 'message' | 'group' | 'thread',
  account: string,
  id: string,
): string {
  return pseudonym(channel, [kind, account, id].join('\u0000'));
}

/** Every string as PostgreSQL and UTF-8 can hold it; nothing copied when all are, which is the rule. */
function storableDeep(message: InboundMessage): unknown {
  const json = JSON.stringify(message);
  return /\\u0000|\\ud[89a-f]/i.test(json)
    ? JSON.parse(json, (_key, value: unknown) =>
        typeof value === 'string' ? storable(value) : value,
      )
    : message;
}

function quarantined(delivery: Delivery, reason: string): Outcome {
  const end = { id: delivery.id, state: 'quarantined', reason, ignored: [] } as const;
  return { end, messages: [], unreadable: 1 };
}

const parked = (delivery: Delivery, reason: string, fault: Fault | null): Outcome => ({
  ...quarantined(delivery, reason),
  parked: { fault },
});

const parkedIn = ({ end: { id, reason }, parked: by }: Outcome) =>
  by ? [{ subject: id, reason: reason ?? '', fault: by.fault }] : [];

/** Quarantines exactly what was tried, unless somebody read it meanwhile. */
async function setAside(deps: Reading, tried: readonly Delivery[], error: unknown): Promise<void> {
  const fault = faultFrom(error);
  const outcomes = tried.map((delivery) =>
    parked(delivery, 'the database cannot hold what it says', fault),
  );
  const ends = outcomes.map(({ end }) => end);
  deps.log.error({ err: error }, 'delivery cannot be stored as messages');
  await deps.database.transaction(async (transaction) => {
    await finishDeliveries(transaction, ends);
    await recordParked(transaction, 'delivery', outcomes.flatMap(parkedIn));
  });
  for (const [index, end] of ends.entries())
    report(deps, tried[index]?.channel ?? '', end, { messages: 0, unreadable: 1 });
}
