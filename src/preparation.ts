import { AppError } from './errors.ts';
import type { Log } from './log.ts';
import { within } from './wait.ts';

export type Preparation = {
  /** Done once; tried again by each caller until it has been. Throws why it cannot be done. */
  readonly prepared: () => Promise<void>;
  /** Whether it could not be done at the start because PostgreSQL was away. */
  readonly isAway: boolean;
};

const patienceMs = 5000;

/**
 * Prepares the database before it is used. Where that may wait, a PostgreSQL that is away is no reason not
 * to start; one that answers and refuses (a wrong password, a wrong key) is.
 */
export async function prepare(
  act: () => Promise<void>,
  { mayWait, log }: { readonly mayWait: boolean; readonly log: Log },
): Promise<Preparation> {
  let done: Promise<void> | null = null;
  const prepared = (): Promise<void> => {
    done ??= act().catch((error: unknown) => {
      done = null;
      throw error;
    });
    return done;
  };
  if (!mayWait) {
    await prepared();
    return { prepared, isAway: false };
  }
  try {
    await within(patienceMs, prepared(), 'PostgreSQL did not answer in time');
    return { prepared, isAway: false };
  } catch (error) {
    if (!isAway(error)) throw error;
    log.error({ err: error }, 'PostgreSQL is away; starting without it');
    return { prepared, isAway: true };
  }
}

/** Classes of SQLSTATE that a server answers while it is starting, stopping, or out of something. */
const passing = /^(08|25|40|53|55|57|58)/;

function isAway(error: unknown): boolean {
  if (error instanceof AppError) return error.retryable;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return !/^(?=.*\d)[0-9A-Z]{5}$/.test(code) || passing.test(code);
}
