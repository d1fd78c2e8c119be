import { backoffMs } from '../domain/backoff.ts';
import { AppError } from '../errors.ts';
import { createLimiter, type Log } from '../log.ts';
import type { Spool, Taken } from '../spool.ts';
import { pause } from '../wait.ts';

type Deps = {
  readonly spool: Spool;
  /** Commits what was taken. Throws while PostgreSQL is away. */
  readonly move: (taken: Taken) => Promise<void>;
  /** Proves that a delivery could be stored in PostgreSQL now; throws when not. */
  readonly proof: () => Promise<void>;
  /** Nothing waits any more. Called in the same turn in which that was seen. */
  readonly drained: () => void;
  /** Lets nothing new in for a moment, so that an end is reached also under load. */
  readonly hold: () => void;
  /** It will never work as things are; null: it may, or does again. */
  readonly hopeless: (why: string | null) => void;
  readonly log: Log;
};

export type Drainer = {
  /** Begins to move what is spooled, and goes on until nothing waits. */
  readonly begin: () => void;
  readonly stop: () => Promise<void>;
};

const waits = { firstMs: 100, mostMs: 1000 };
const mostAtOnce = 500;
const inFlightMs = 5;

/** Moves the spool into the inbox as soon as PostgreSQL is back, oldest first. */
export function createDrainer(deps: Deps): Drainer {
  const { spool, move, proof, drained, hold, hopeless, log } = deps;
  const limit = createLimiter(10_000, Date.now);
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  /** Fewer after each failure: what is too much for a tired PostgreSQL goes in pieces. */
  let most = mostAtOnce;

  /** Out: whether nothing is left to do. */
  const step = async (): Promise<boolean> => {
    const taken = await spool.take(most);
    if (taken) {
      await move(taken);
      await taken.done();
      return false;
    }
    await proof();
    if (!spool.isEmpty()) {
      hold();
      await pause(inFlightMs, stopping.signal);
      return false;
    }
    running = null; // in the same turn: whoever spools from now on begins anew
    drained();
    return true;
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        if (await step()) return;
        failures = 0;
        most = mostAtOnce;
        hopeless(null);
      } catch (error) {
        failures += 1;
        most = Math.max(1, Math.floor(most / 2));
        const isHopeless = error instanceof AppError && !error.retryable;
        hopeless(isHopeless ? error.message : null);
        limit((withheld) => {
          const level = isHopeless ? 'error' : 'warn';
          log[level]({ err: error, withheld, ...spool.status() }, 'the spool waits for PostgreSQL');
        });
        await pause(backoffMs(failures, waits, Math.random()), stopping.signal);
      }
    }
  };

  return {
    begin: () => {
      running ??= run();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
