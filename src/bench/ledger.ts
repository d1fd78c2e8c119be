/** What everybody's books say, each with how often. Requests go by name: the event id of their message. */
export type Books = {
  /** Requests that got a 2xx. */
  readonly acknowledged: readonly string[];
  /** Rows in `deliveries` and `messages`, by request. */
  readonly deliveries: ReadonlyMap<string, number>;
  readonly messages: ReadonlyMap<string, number>;
  /** Events in the outbox, and calls at the core, by event id. */
  readonly events: readonly string[];
  readonly atCore: ReadonlyMap<string, number>;
};

/** What does not agree; all zero when the ledger is exact. */
export type Ledger = {
  readonly notStored: number;
  readonly storedTwice: number;
  readonly notRead: number;
  readonly readTwice: number;
  /** Messages that no event came of, or events that come of none. */
  readonly eventsAmiss: number;
  readonly notAtCore: number;
  readonly atCoreTwice: number;
  readonly unknownAtCore: number;
};

/** Compares: every 2xx is stored once, read once, and told to the core once, by event id. */
export function reconcile(books: Books): Ledger {
  const { acknowledged, deliveries, messages, events, atCore } = books;
  const missing = (found: ReadonlyMap<string, number>) =>
    acknowledged.filter((name) => !found.has(name)).length;
  const known = new Set(events);
  return {
    notStored: missing(deliveries),
    storedTwice: twice(deliveries),
    notRead: missing(messages),
    readTwice: twice(messages),
    eventsAmiss: Math.abs(messages.size - known.size),
    notAtCore: events.filter((id) => !atCore.has(id)).length,
    atCoreTwice: twice(atCore),
    unknownAtCore: [...atCore.keys()].filter((id) => !known.has(id)).length,
  };
}

const twice = (found: ReadonlyMap<string, number>): number =>
  [...found.values()].filter((times) => times > 1).length;

export const isExact = (ledger: Ledger): boolean =>
  Object.values(ledger).every((amiss) => amiss === 0);
