import type { Log } from '../src/log.ts';
import {
  type Attempt,
  beginAttempt,
  findAttempts,
  finishAttempt,
  finishLane,
  undoAttempt,
} from '../src/store/attempts.ts';
import type { Database } from '../src/store/database.ts';
import type { Stage } from '../src/store/lanes.ts';

/**
 * What a lane's work does for what may kill the process: ordinarily nothing. `size` says how many items to
 * take where `most` would be taken, `begin` is told of them before the risky part and says why they are to
 * be set aside instead (or null), `passed` hears that they were done and committed.
 */
export type Care = {
  readonly size: (most: number) => number;
  readonly begin: (items: readonly string[]) => Promise<string | null>;
  readonly passed: () => Promise<void>;
};

/** Runs a lane's work with care. */
export type RunWithCare = (
  stage: Stage,
  lane: number,
  work: (care: Care) => Promise<void>,
) => Promise<void>;

export const carefree: Care = {
  size: (most) => most,
  begin: () => Promise.resolve(null),
  passed: () => Promise.resolve(),
};

type Options = {
  readonly database: Database;
  readonly log: Log;
  /** A lane begun so often and not finished is run item by item. */
  readonly lanePatience?: number;
  /** An item begun so often and never finished is poison. */
  readonly itemPatience?: number;
  /** A suspected item waits for up to so long, or kills that come in time with us would look like its work. */
  readonly mostPauseMs?: number;
};

/** Forwarding waits for somebody else: who still hears the clock after so long did not die of what it sent. */
const aliveMs = { lane: 1000, item: 100 };

/**
 * Finds what kills the process whenever it is worked on (memory, an endless loop and the watchdog, a crash
 * of native code), so that it blocks its lane no longer. Only the first batch of a lane in the life of a
 * process is recorded before it is begun: a process that dies leaves its mark, and after some of them the
 * lane is run item by item, each recorded. Ordinary kills leave marks too, on whatever is under way, but
 * hardly ever on the same item, which must be the only one under way, five times without finishing once.
 */
export function createCare(options: Options): RunWithCare {
  const { database, lanePatience = 3 } = options;
  const proven = new Set<string>();
  const turns = createTurns();
  return async (stage, lane, work) => {
    const key = `${stage}-${lane}`;
    if (proven.has(key)) return work(carefree);
    const attempt = { stage, lane };
    const begun = await beginAttempt(database, attempt);
    const prove = async (): Promise<void> => {
      proven.add(key);
      await finishLane(database, attempt);
    };
    const care =
      begun > lanePatience ? careful(options, attempt, { prove, turns }) : watched(stage, prove);
    try {
      await work(care);
      await care.settle();
      if (!proven.has(key)) await prove();
    } catch (error) {
      await care.settle();
      // A database that is away is nobody's poison, and proves nothing either.
      if (!proven.has(key)) await undoAttempt(database, attempt).catch(() => undefined);
      throw error;
    }
  };
}

type Settling = Care & { readonly settle: () => Promise<void> };

function watched(stage: Stage, prove: () => Promise<void>): Settling {
  let isProven = false;
  const passed = async () => {
    clearTimeout(timer);
    if (isProven) return;
    isProven = true;
    await prove();
  };
  const timer =
    stage === 'forward'
      ? setTimeout(() => void passed().catch(() => undefined), aliveMs.lane)
      : undefined;
  const settle = () => {
    clearTimeout(timer);
    return Promise.resolve();
  };
  return { ...carefree, passed, settle };
}

type Shared = { readonly prove: () => Promise<void>; readonly turns: Turns };

type Current = { readonly item: string; readonly end: () => void; readonly timer?: NodeJS.Timeout };

/** Item by item, one in the whole process at a time: whoever is under way when it dies is to blame. */
function careful(
  { database, log, itemPatience = 5, mostPauseMs = 1000 }: Options,
  attempt: Attempt,
  { prove, turns }: Shared,
): Settling {
  let left: number | null = null;
  let known: Map<string, number> | null = null;
  let current: Current | null = null;

  const settle = async (): Promise<void> => {
    if (current === null) return;
    const { item, end, timer } = current;
    current = null;
    clearTimeout(timer);
    end();
    // What stays behind would only say that it was begun once more than it was.
    await finishAttempt(database, { ...attempt, item }).catch(() => undefined);
  };

  const begin = async (item: string): Promise<string | null> => {
    known ??= await findAttempts(database, attempt);
    const before = known.get(item) ?? 0;
    if (before >= itemPatience) {
      log.error({ ...attempt, item, begun: before }, 'poison: set aside');
      return poisonReason(before);
    }
    const end = await turns();
    try {
      if (before > 1) await pause(Math.random() * mostPauseMs);
      await beginAttempt(database, { ...attempt, item });
    } catch (error) {
      end();
      throw error;
    }
    log.warn(
      { ...attempt, item, begun: before + 1 },
      'run alone: the lane was begun and not finished',
    );
    current =
      attempt.stage === 'forward'
        ? { item, end, timer: setTimeout(() => void settle(), aliveMs.item) }
        : { item, end };
    return null;
  };

  return {
    size: (most) => {
      left ??= most;
      return left > 0 ? 1 : most;
    },
    begin: async (items) => {
      await settle();
      const [item, ...others] = items;
      return item === undefined || others.length > 0 ? null : begin(item);
    },
    passed: async () => {
      await settle();
      if (left === null || left === 0) return;
      left -= 1;
      if (left === 0) await prove();
    },
    settle,
  };
}

const poisonReason = (begun: number): string =>
  `poison: begun ${begun} times, and each time the process died before it was finished`;

type Turns = () => Promise<() => void>;

/** One at a time. Out: how to end one's turn. */
function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return async () => {
    const { promise, resolve } = Promise.withResolvers<null>();
    const before = last;
    last = promise;
    await before;
    return () => {
      resolve(null);
    };
  };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
