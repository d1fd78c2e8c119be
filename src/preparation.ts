import { AppError } from './errors.ts';
import type { Log } from './log.ts';
import { onceDone } from './once.ts';
import { within } from './wait.ts';

export type Preparation = {
  /** Done once; tried again by each caller until it has been. Throws why it cannot be done. */
  readonly prepared: () => Promise<void>;
  /** Whether it could not be done at the start, because PostgreSQL was away or is being migrated. */
  readonly isAway: boolean;
};

type Steps = {
  /** Asks PostgreSQL for a sign of life. */
  readonly reach: () => Promise<unknown>;
  /** What must be done before it is used: may take as long as a migration does. */
  readonly act: () => Promise<void>;
};

type Manner = {
  readonly mayWait: boolean;
  readonly log: Log;
  /** How long each step is waited for before starting without the database. */
  readonly patienceMs?: number;
};

/**
 * Prepares the database before it is used. Where that may wait, a PostgreSQL that is away is no reason not
 * to start, and neither is one that is being migrated for long; one that answers and refuses (a wrong
 * password, a wrong key) is.
 */
export async function prepare(
  { reach, act }: Steps,
  { mayWait, log, patienceMs = 5000 }: Manner,
): Promise<Preparation> {
  const prepared = onceDone(act);
  if (!mayWait) {
    await prepared();
    return { prepared, isAway: false };
  }
  try {
    await within(patienceMs, reach(), 'PostgreSQL did not answer in time');
    if (await isDoneWithin(patienceMs, prepared())) return { prepared, isAway: false };
    log.warn({}, 'the database is being migrated; starting without it, deliveries are spooled');
  } catch (error) {
    if (!isAway(error)) throw error;
    log.error({ err: error }, 'PostgreSQL is away; starting without it');
  }
  return { prepared, isAway: true };
}

async function isDoneWithin(ms: number, work: Promise<void>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, ms, false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined); // whoever asks for `prepared` later tries again, and hears of it
  }
}

/** Classes of SQLSTATE that a server answers while it is starting, stopping, or out of something. */
const passing = /^(08|25|40|53|55|57|58)/;

function isAway(error: unknown): boolean {
  if (error instanceof AppError) return error.retryable;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^(?=.*\d)[0-9A-Z]{5}$/.test(code) || passing.test(code);
}
