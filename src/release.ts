import type { Log } from './log.ts';

type Limits = {
  /** So long closing it may take. */
  readonly mostMs?: number;
  /** So much of the whole time is kept back for it, however long the others hang. */
  readonly needsMs?: number;
};

/** In: how long it may take; what is not over by then is left as it is. */
type Release = (withinMs: number) => Promise<unknown>;

export type ReleaseList = {
  readonly push: (name: string, release: Release, limits?: Limits) => void;
  /** What must be ended even when there is no time to close it: without waiting. Must not throw. */
  readonly pushEnd: (end: () => void) => void;
  readonly run: (log: Pick<Log, 'warn'>, withinMs?: number) => Promise<void>;
  /** Ends at once what would stay behind us; nothing is closed. */
  readonly abandon: () => void;
};

/** All of it together; main gives up a second later. */
const totalMs = 24_000;
const usualMs = 2000;
/** Even when all time is used up: enough for whatever does not hang. */
const leastMs = 100;

type Step = Required<Limits> & { readonly name: string; readonly release: Release };

/**
 * What was opened, closed in reverse order. Each step has a time limit and all of them together too, and
 * none stops the others: what hangs (a database, a queue, a core) is left, said in the log, and loses
 * nothing, because rows are the work.
 */
export function createReleaseList(): ReleaseList {
  const steps: Step[] = [];
  const ends: (() => void)[] = [];
  return {
    push: (name, release, { mostMs = usualMs, needsMs = 0 } = {}) => {
      steps.push({ name, release, mostMs, needsMs });
    },
    pushEnd: (end) => {
      ends.push(end);
    },
    run: async (log, withinMs = totalMs) => {
      const endAt = performance.now() + withinMs;
      for (let step = steps.pop(); step; step = steps.pop()) {
        const kept = steps.reduce((sum, { needsMs }) => sum + needsMs, 0);
        const left = endAt - performance.now() - kept;
        await runStep(step, Math.max(leastMs, Math.min(step.mostMs, left)), log);
      }
    },
    abandon: () => {
      for (const end of ends) end();
    },
  };
}

async function runStep({ name, release }: Step, withinMs: number, log: Pick<Log, 'warn'>) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('took too long'));
    }, withinMs);
  });
  try {
    await Promise.race([release(withinMs), late]);
  } catch (error) {
    log.warn({ err: error, part: name }, 'part did not close well');
  } finally {
    clearTimeout(timer);
  }
}
