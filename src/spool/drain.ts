import { backoffMs } from '../domain/backoff.ts';
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
  readonly log: Log;
};

export type Drainer = {
  /** Begins to move what is spooled, and goes on until nothing waits. */
  readonly begin: () => void;
  readonly stop: () => Promise<void>;
};

const waits = { firstMs: 100, mostMs: 1000 };

/** Moves the spool into the inbox as soon as PostgreSQL is back, oldest first. */
export function createDrainer({ spool, move, proof, drained, log }: Deps): Drainer {
  const limit = createLimiter(10_000, Date.now);
  const stopping = new AbortController();
  let running: Promise<void> | null = null;

  /** Out: whether nothing is left to do. */
  const step = async (): Promise<boolean> => {
    const taken = await spool.take();
    if (taken) {
      await move(taken);
      await taken.done();
      return false;
    }
    await proof();
    if (!spool.isEmpty()) return false;
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
      } catch (error) {
        failures += 1;
        limit((withheld) => {
          log.warn({ err: error, withheld, ...spool.status() }, 'the spool waits for PostgreSQL');
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
