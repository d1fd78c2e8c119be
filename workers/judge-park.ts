import { isOurFault } from '../src/errors.ts';
import { faultFrom } from '../src/fault.ts';
import type { Log } from '../src/log.ts';
import type { Metrics } from '../src/metrics.ts';
import type { Database } from '../src/store/database.ts';
import { finishMessages, type WaitingMessage } from '../src/store/messages.ts';
import { recordParked } from '../src/store/parked.ts';
import { ended, type Plan } from './plan.ts';

type Deps = {
  readonly database: Database;
  readonly metrics: Pick<Metrics, 'messages'>;
  readonly log: Log;
};

/** What kills the process whenever it is judged waits for somebody to look at it. */
export async function park(
  transaction: Database,
  plan: Plan,
  waiting: readonly WaitingMessage[],
  reason: string,
): Promise<void> {
  for (const { id, channel } of waiting) {
    plan.ends.push({ ...ended(id, 'quarantined', reason), channel });
  }
  const parked = waiting.map(({ id }) => ({ subject: id, reason, fault: null }));
  await recordParked(transaction, 'message', parked);
}

/** Quarantines exactly what was tried, unless somebody judged it meanwhile. */
export async function setAside(
  deps: Deps,
  tried: readonly WaitingMessage[],
  error: unknown,
): Promise<void> {
  const reason = isOurFault(error)
    ? 'judging failed: a fault of ours'
    : 'the database cannot hold what it became';
  const ends = tried.map(({ id }) => ended(id, 'quarantined', reason));
  deps.log.error({ err: error, messages: ends.map(({ id }) => id) }, 'message set aside');
  const fault = faultFrom(error);
  await deps.database.transaction(async (transaction) => {
    await finishMessages(transaction, ends);
    const parked = tried.map(({ id }) => ({ subject: id, reason, fault }));
    await recordParked(transaction, 'message', parked);
  });
  for (const { channel } of tried) deps.metrics.messages.inc({ channel, outcome: 'quarantined' });
}
