import { backoffMs } from '../src/domain/backoff.ts';
import type { Channel, Poll } from '../src/domain/channel.ts';
import { UpstreamThrottled } from '../src/errors.ts';
import type { Intake } from '../src/intake.ts';
import type { Log } from '../src/log.ts';
import type { Database } from '../src/store/database.ts';
import { tryHold } from '../src/store/lanes.ts';
import { readCursor, saveCursor } from '../src/store/operation.ts';

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
      const took = await pollOnce(deps, name, poll, signal);
      failures = 0;
      if (!took) pauseMs = othersTurnMs;
    } catch (error) {
      if (isAborted(signal)) return;
      failures += 1;
      pauseMs =
        error instanceof UpstreamThrottled
          ? error.retryAfterMs
          : backoffMs(failures, { firstMs: 1000, mostMs: 60_000 }, Math.random());
      deps.log.warn({ err: error, channel: name, failures, pauseMs }, 'polling failed');
    }
    await pause(pauseMs, signal);
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** One question and its storing. Out: whether it was our turn. */
function pollOnce(
  { database, intake, log }: Deps,
  name: string,
  poll: Poll,
  signal: AbortSignal,
): Promise<boolean> {
  return database.transaction(async (transaction) => {
    if (!(await tryHold(transaction, `poll:${name}`))) return false;
    const before = await readCursor(transaction, `poll:${name}`);
    const { deliveries, cursor } = await poll.fetch(before, signal);
    const receivedAt = new Date();
    const outcomes = await Promise.all(
      deliveries.map((body) =>
        intake.accept(name, { method: 'POLL', url: `poll:${name}`, headers: {}, body }, receivedAt),
      ),
    );
    if (cursor !== null && cursor !== before) {
      await saveCursor(transaction, `poll:${name}`, cursor);
    }
    if (outcomes.length > 0) log.info({ channel: name, deliveries: outcomes.length }, 'polled');
    return true;
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
