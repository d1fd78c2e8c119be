import type { Channel } from './domain/channel.ts';
import { NotFound } from './errors.ts';
import type { Name } from './quarantine.ts';
import { findHeld, pretendReplay } from './store/held.ts';
import { findWaiting, openMessage } from './store/messages.ts';
import { findEvent } from './store/outbox.ts';
import { findDelivery, findGiven, findStored, type Given } from './store/quarantine.ts';
import type { Seal } from './store/seal.ts';
import { findStuck } from './store/stuck.ts';
import { rehearse as rehearseJudging } from '../workers/judge.ts';
import { readOne } from '../workers/read.ts';

type Judging = Parameters<typeof rehearseJudging>[0];

/** Today's code, as the workers run it. */
export type Today = Judging & {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly pseudonym: (channel: string, identity: string) => string;
};

/** One part of what a replay touches: as it is, and as it would be. Absent on a side: not there. */
export type Change = {
  readonly title: string;
  readonly before: unknown;
  readonly after: unknown;
};

/**
 * What a replay would give, in the normal form, and what is there. Runs the stored bytes through today's
 * code and changes nothing. Throws NotFound or Conflict.
 */
export function rehearse(today: Today, { kind, id }: Name): Promise<Change[]> {
  if (kind === 'delivery') return rehearseDelivery(today, id);
  return kind === 'message' ? rehearseMessage(today, id) : rehearseEvent(today, id);
}

async function rehearseDelivery(today: Today, id: string): Promise<Change[]> {
  const { database, seal } = today;
  const kept = await findDelivery(database, seal, id);
  const { end, messages } = readOne(today, await findStored(database, id));
  // An older release stored events under their ids as they are.
  const names = messages.map(({ eventKey, message: { account, eventId } }) => ({
    ...{ account, events: [eventKey, eventId] },
  }));
  const given = await findGiven(
    database,
    kept,
    names.flatMap(({ account, events }) => events.map((event) => ({ account, event }))),
  );
  const keyOf = (account: string, event: string) => `${account} ${event}`;
  const there = new Map(given.map((one) => [keyOf(one.account, one.event), one]));
  const now = messages.map(({ eventKey, message }) => {
    const keys = [eventKey, message.eventId].map((event) => keyOf(message.account, event));
    const known = keys.map((key) => there.get(key)).find((one) => one !== undefined);
    for (const key of keys) there.delete(key);
    return known
      ? { title: titleOf(known, id), before: saidIn(seal, known), after: message }
      : { title: 'a new message', before: undefined, after: message };
  });
  const rest = [...there.values()].map((one) => ({
    title: `${titleOf(one, id)}, and today's code does not read it`,
    before: saidIn(seal, one),
    after: undefined,
  }));
  const before = { state: kept.state, reason: kept.reason, ignored: kept.ignored };
  const after = { state: end.state, reason: end.reason ?? '', ignored: end.ignored };
  return [{ title: `delivery d${id}`, before, after }, ...now, ...rest];
}

const titleOf = ({ id, deliveryId }: Given, own: string): string =>
  deliveryId === own
    ? `message m${id} stays as it is; read today it would be`
    : `message m${id}, which delivery d${deliveryId} gave, stays as it is; read today it would be`;

function saidIn(seal: Seal, { sealed }: Given): unknown {
  try {
    return sealed === null ? 'deleted: its time was over' : openMessage(seal, sealed);
  } catch {
    return 'cannot be opened: its key is not in DATA_KEY';
  }
}

async function rehearseMessage(today: Today, id: string): Promise<Change[]> {
  const { state, reason } = await findHeld(today.database, today.seal, id);
  const transaction = await today.database.transaction();
  try {
    await pretendReplay(transaction, id);
    const waiting = await findWaiting(transaction, today.seal, id);
    if (waiting === null) throw new NotFound(`no message has the id ${id}`);
    const plan = await rehearseJudging(today, transaction, waiting);
    const [end] = plan.ends;
    const complaint = plan.complaints[0]?.complaint;
    const after = {
      outcome: end?.outcome ?? 'still waiting: for what it refers to',
      reason: end?.reason ?? '',
      ...(complaint ? { complaint } : { complaintId: end?.complaintId ?? '' }),
      events: plan.events.map(({ type, data }) => ({ type, data: data ?? 'the complaint' })),
    };
    const before = { outcome: state, reason, complaintId: '', events: [] };
    return [{ title: `message m${id}`, before, after }];
  } finally {
    await transaction.rollback();
  }
}

async function rehearseEvent({ database, seal }: Today, id: string): Promise<Change[]> {
  const { state, answer, behind } = await findStuck(database, seal, id);
  const event = await findEvent(database, seal, id);
  const before = { state, answer };
  const after = {
    state: event?.unreadable ?? 'sent again, under the same id',
    type: event?.type,
    subject: event?.trackingNumber,
    time: event?.receivedAt.toISOString(),
    data: event?.data ?? null,
    ...(behind > 0 ? { 'then, in order': `${behind} later ones of its complaint` } : {}),
  };
  return [{ title: `event e${id}`, before, after }];
}
