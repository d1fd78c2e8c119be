import fc from 'fast-check';

export type Limits = {
  readonly count: number;
  readonly seed: number;
  /** Of fast-check: only the run that it leads to; null: all. */
  readonly path: string | null;
  /** So long it looks for a smaller value that fails too; some seconds unless said. */
  readonly shrinkMs?: number | undefined;
  /** So long reading a delivery may take, in milliseconds of processor time; 250 unless said. */
  readonly mostMs?: number | undefined;
};

export type Failure = {
  readonly what: string;
  readonly payload: string;
  readonly seed: number;
  readonly path: string;
};

export type Found = { readonly summary: string; readonly failure: Failure | null };

/** Tells another thread what is being tried, should it never end. */
export type Beacon = { readonly begin: (content: Uint8Array) => void; readonly end: () => void };

export const noBeacon: Beacon = { begin: () => undefined, end: () => undefined };

/** Tries values until one throws; then the smallest that does, and how to come back to it. */
export function tryAll<Value>(
  values: fc.Arbitrary<Value>,
  { count, seed, path, shrinkMs = 5000 }: Limits,
  attempt: (value: Value) => void,
  describe: (value: Value) => string,
): Failure | null {
  let failedAt = Infinity;
  const property = fc.property(values, (value) => {
    if (Date.now() - failedAt > shrinkMs) throw new fc.PreconditionFailure(true);
    try {
      attempt(value);
    } catch (error) {
      if (!fc.PreconditionFailure.isFailure(error)) failedAt = Math.min(failedAt, Date.now());
      throw error;
    }
  });
  const only = path === null ? {} : { path, endOnFailure: true };
  const details = fc.check(property, { numRuns: count, seed, ...only, maxSkipsPerRun: 50 });
  if (!details.failed) return null;
  const { counterexample, counterexamplePath, errorInstance } = details;
  const [value] = counterexample ?? [];
  const error: unknown = errorInstance ?? new Error('more values were skipped than tried');
  return {
    what: error instanceof Error ? (error.stack ?? error.message).slice(0, 1500) : String(error),
    payload: value === undefined ? '' : describe(value),
    seed,
    path: counterexamplePath ?? '',
  };
}
