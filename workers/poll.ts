import { backoffMs } from '../src/domain/backoff.ts';
import type { Channel, Poll } from '../src/domain/channel.ts';
import { UpstreamThrottled } from '../src/errors.ts';
import type { Intake } from '../src/intake.ts';
import type { Log } from '../src/log.ts';
import type { Database } from '../src/store/database.ts';
import { allowSlowness, tryHold } from '../src/store/lanes.ts';
import { readCursor, saveCursor } from '../src/store/operation.ts';
import { pause } from '../src/wait.ts';

type Deps = {
  readonly database: Database;
  readonly channels: readonly Channel[];
  readonly intake: Intake;
  readonly log: Log;
};

const othersTurnMs = 5000;

/**
 * Asks the channels that must be asked, one process at a time. What comes is stored like a webhook's
 * delivery; the cursor moves, and with it the provider forgets, only after that is committed.
 */
export function createPollers(deps: Deps) {
  const stop = new AbortController();
  const loops = deps.channels.flatMap((channel) =>
    channel.poll ? [loop(deps, channel.name, channel.poll, stop.signal)] : [],
  );
  return {
    close: async () => {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

async function loop(deps: Deps, name: string, poll: Poll, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let pauseMs = poll.everyMs;
    try {
      const waitMs = await pollOnce(deps, name, poll, signal);
      failures = 0;
      pauseMs = waitMs ?? poll.everyMs;
    } catch (error) {
      if (isAborted(signal)) return;
      failures += 1;
      pauseMs = backoffMs(failures, { firstMs: 1000, mostMs: 60_000 }, Math.random());
      if (error instanceof UpstreamThrottled) pauseMs = error.retryAfterMs;
      deps.log.warn({ err: error, channel: name, failures, pauseMs }, 'polling failed');
    }
    await pause(Math.min(pauseMs, mostPauseMs), signal);
  }
}

/** Another process may have asked meanwhile, or the provider's limit may be over. */
const mostPauseMs = 60_000;

/** No provider limits for longer; more than this means that a clock was put back meanwhile. */
const mostLimitMs = 3_600_000;

/** When the next question may be asked, by whichever process: a rate limit is one for all of them. */
async function keepTime(database: Database, name: string, inMs: number): Promise<void> {
  const at = new Date(Date.now() + inMs).toISOString();
  await saveCursor(database, `poll:${name}:not-before`, at).catch(() => undefined); // asked again, then
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Deliveries are stored in their order: so many at a time share statements without overtaking. */
const chunk = 250;

/** One question and its storing. Out: null, or how long to wait because it was not our turn. */
async function pollOnce(
  { database, intake, log }: Deps,
  name: string,
  poll: Poll,
  signal: AbortSignal,
): Promise<number | null> {
  const turn = await database.transaction(async (transaction) => {
    if (!(await tryHold(transaction, `poll:${name}`))) return othersTurnMs;
    const notBefore = await readCursor(transaction, `poll:${name}:not-before`);
    const waitMs = notBefore === null ? 0 : Date.parse(notBefore) - Date.now();
    if (waitMs > 0 && waitMs <= Math.max(mostLimitMs, poll.everyMs)) return waitMs;
    await allowSlowness(transaction);
    const before = await readCursor(transaction, `poll:${name}`);
    const answer = await fetched(poll, before, signal);
    if (answer instanceof UpstreamThrottled) {
      // Kept before the lock is let go, or the next process would ask at once.
      await keepTime(transaction, name, answer.retryAfterMs);
      return answer;
    }
    const { deliveries, cursor } = answer;
    const receivedAt = new Date();
    for (let start = 0; start < deliveries.length; start += chunk) {
      const accept = (body: Uint8Array) =>
        intake.accept(name, { method: 'POLL', url: `poll:${name}`, headers: {}, body }, receivedAt);
      await Promise.all(deliveries.slice(start, start + chunk).map(accept));
    }
    if (cursor !== null && cursor !== before) {
      await saveCursor(transaction, `poll:${name}`, cursor);
    }
    await keepTime(transaction, name, poll.everyMs);
    if (deliveries.length > 0) log.info({ channel: name, deliveries: deliveries.length }, 'polled');
    return null;
  });
  if (turn instanceof UpstreamThrottled) throw turn;
  return turn;
}

/** What the provider gives, or the limit it names. Throws anything else. */
async function fetched(poll: Poll, cursor: string | null, signal: AbortSignal) {
  try {
    return await poll.fetch(cursor, signal);
  } catch (error) {
    if (error instanceof UpstreamThrottled) return error;
    throw error;
  }
}
