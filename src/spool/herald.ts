import { createLimiter, type Log } from '../log.ts';
import { announce, leave } from '../store/gateways.ts';
import type { Database } from '../store/database.ts';
import { pause, within } from '../wait.ts';

type Deps = {
  readonly name: string;
  readonly database: Database;
  /** Throws as long as nothing of ours can get into the inbox: then nobody should wait for it. */
  readonly prepared: () => Promise<void>;
  readonly isSpooling: () => boolean;
  /** When the oldest that waits in the spool was written; null: none. */
  readonly oldest: () => Date | null;
  readonly log: Log;
};

export type Herald = {
  /** When something is spooled now, by PostgreSQL's clock; later than all that was said to be clear. */
  readonly stamp: () => Date;
  readonly stop: () => Promise<void>;
};

/** Others wait for what we say; alone, nobody does. */
const everyMs = { amongOthers: 200, alone: 2000 };
const patienceMs = 2500;
const sampleMs = 60_000;

/**
 * Tells the other processes, again and again, until when nothing is missing that this gateway took in. A
 * citizen's next message may come by another gateway while ours still has the one before in its spool.
 */
export function startHerald(deps: Deps): Herald {
  const { name, database, isSpooling, oldest, log } = deps;
  const stopping = new AbortController();
  const limit = createLimiter(60_000, Date.now);
  const clock = createClock();
  let clearAt = 0;
  let lastStamp = 0;

  const clear = (): Date | null => {
    const now = clock.now();
    if (now === null) return null;
    const first = oldest()?.getTime();
    if (isSpooling() && first === undefined) return null;
    clearAt = Math.max(clearAt, first === undefined ? now : first - 1);
    return new Date(clearAt);
  };

  const run = async (): Promise<void> => {
    let others = 0;
    while (!stopping.signal.aborted) {
      try {
        await deps.prepared();
        const sentAt = Date.now();
        const isFirst = clock.now() === null;
        const saying = announce(database, name, clear());
        const answer = await within(patienceMs, saying, 'PostgreSQL did not answer in time');
        clock.compare(sentAt, answer.now.getTime());
        others = answer.others;
        if (isFirst) continue;
      } catch (error) {
        limit((withheld) => {
          log.debug(
            { err: error, withheld },
            'not announced; others wait for this gateway a while',
          );
        });
      }
      await pause(others > 0 ? everyMs.amongOthers : everyMs.alone, stopping.signal);
    }
  };
  const running = run();

  return {
    stamp: () => {
      // Whatever clocks do, what is spooled later has no earlier time.
      lastStamp = Math.max(clock.now() ?? Date.now(), clearAt + 1, lastStamp);
      return new Date(lastStamp);
    },
    stop: async () => {
      stopping.abort();
      await running;
      if (isSpooling() || oldest() !== null) return; // what is left is waited for a while
      await within(patienceMs, leave(database, name), 'late').catch((error: unknown) => {
        log.debug({ err: error }, 'others wait for this gateway a while');
      });
    },
  };
}

/**
 * Our clock, put right by PostgreSQL's: by the question that was answered quickest lately, and only if the
 * clocks cannot be the same. So gateways whose clocks are kept right do not differ by their guesses.
 */
function createClock() {
  let best: { readonly at: number; readonly tookMs: number; readonly aheadMs: number } | null =
    null;
  return {
    now: (): number | null => (best === null ? null : Date.now() + best.aheadMs),
    compare: (sentAt: number, theirs: number): void => {
      const heardAt = Date.now();
      const tookMs = heardAt - sentAt;
      if (best && best.tookMs < tookMs && heardAt - best.at < sampleMs) return;
      const isSame = theirs >= sentAt - 1 && theirs <= heardAt + 1;
      best = { at: heardAt, tookMs, aheadMs: isSame ? 0 : theirs - (sentAt + heardAt) / 2 };
    },
  };
}
