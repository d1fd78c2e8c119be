import { setTimeout } from 'node:timers/promises';
import { Unavailable } from './errors.ts';

/** Waits `ms`, or until `signal` says that waiting is over. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * What `promise` gives, if it gives it within `ms`. Throws Unavailable when it does not; what it comes to
 * later is nobody's concern any more.
 */
export async function within<Result>(
  ms: number,
  promise: Promise<Result>,
  late: string,
): Promise<Result> {
  const over = new AbortController();
  promise.catch(() => undefined);
  try {
    return await Promise.race([
      promise,
      setTimeout(ms, undefined, { signal: over.signal }).then(() => {
        throw new Unavailable(late);
      }),
    ]);
  } finally {
    over.abort();
  }
}

/** Waits for something to be done, but no longer than so many milliseconds. Throws what it throws. */
export async function soon(done: Promise<unknown>, ms: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([done, pause(ms, over.signal)]).finally(() => {
    over.abort();
  });
}
