/** The value that `share` of all are not above (nearest rank). In: values in any order. Out: 0 for none. */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.ceil(sorted.length * share);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? 0;
}

/** When a request of an open loop is meant to be sent, in milliseconds from the beginning. */
export function dueMs(index: number, perSecond: number): number {
  return (index * 1000) / perSecond;
}
