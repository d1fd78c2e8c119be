type Backoff = { readonly firstMs: number; readonly mostMs: number };

/**
 * How long to wait before trying again: exponential with full jitter on its upper half, so that
 * waiters spread out but never come at once. In: tries already made (1 = the first has failed),
 * bounds, `random` in 0 … 1. Out: milliseconds. Throws nothing.
 */
export function backoffMs(tries: number, { firstMs, mostMs }: Backoff, random: number): number {
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(tries - 1, 30));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
