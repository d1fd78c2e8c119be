import type { Arrival } from './core.ts';
import type { Entry } from './ledger.ts';

/** A delivery in the inbox, and what was read from it. */
export type Stored = {
  readonly digest: string;
  readonly channel: string;
  readonly state: string;
  readonly messages: readonly StoredMessage[];
};

/** `id`: its place in inbox order. */
export type StoredMessage = {
  readonly id: number;
  readonly state: string;
  readonly outcome: string | null;
  readonly complaintId: string | null;
};

/** Two accounts of one thing: `is` must lie between the two. */
export type Account = {
  readonly what: string;
  readonly is: number;
  readonly least: number;
  readonly most: number;
};

export type Books = {
  readonly sent: readonly Entry[];
  readonly stored: readonly Stored[];
  readonly arrivals: readonly Arrival[];
  /** What is still anywhere when all should be done, by where it is; nothing is 0. */
  readonly left: Readonly<Record<string, number>>;
  readonly accounts: readonly Account[];
};

export type Broken = {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'rolling';
  readonly what: string;
  /** Whose: marks of messages, names of reporters. */
  readonly who: string;
};

/** What one message became. */
type Fate = {
  readonly row: Stored | null;
  readonly messages: readonly StoredMessage[];
  readonly events: readonly Arrival[];
};

/**
 * Compares what was promised with the inbox and the core. Out: every break of
 * I1 (answered 2xx: stored once, at the core once by event id), I2 (everything else is absent or
 * complete), I3 (order of each reporter), I4 (nothing left without a reason), I5 (metrics add up).
 */
export function check(books: Books): Broken[] {
  const fates = fatesOf(books);
  return [
    ...books.sent.flatMap((entry) => judgeFate(entry, fates.get(entry.token) ?? nothing)),
    ...strangers(books),
    ...outOfOrder(books.sent, fates),
    ...leftOver(books),
    ...amiss(books.accounts),
  ];
}

const nothing: Fate = { row: null, messages: [], events: [] };

function fatesOf({ sent, stored, arrivals }: Books): Map<string, Fate> {
  const rows = new Map(stored.map((row) => [row.digest, row]));
  const events = Map.groupBy(arrivals, ({ token }) => token);
  const ofForm = new Map(
    stored
      .filter(({ channel }) => channel === 'web')
      .flatMap((row) => row.messages.map((message) => [message.complaintId, row] as const)),
  );
  return new Map(
    sent.map((entry) => {
      const own = events.get(entry.token) ?? [];
      // The form's delivery is named by a key of ours; what came of it names the complaint.
      const row =
        entry.digest === null ? ofForm.get(own[0]?.complaintId ?? '') : rows.get(entry.digest);
      return [entry.token, { row: row ?? null, messages: row?.messages ?? [], events: own }];
    }),
  );
}

function judgeFate(entry: Entry, fate: Fate): Broken[] {
  const isPromised = entry.answeredAt !== null;
  const isAbsent = fate.row === null && fate.events.length === 0;
  if (!isPromised && isAbsent) return [];
  const invariant = isPromised ? 'I1' : 'I2';
  const who = `${entry.token} (${entry.reporter})`;
  return faultsOf(fate).map((what) => ({ invariant, what, who }));
}

function faultsOf({ row, messages, events }: Fate): string[] {
  const taken = events.filter(({ accepted }) => accepted);
  return [
    ...(row === null ? ['not stored'] : []),
    ...(row !== null && row.state !== 'read' ? [`its delivery is ${row.state}`] : []),
    ...(row !== null && messages.length !== 1 ? [`read as ${messages.length} messages`] : []),
    ...messages
      .filter(({ state }) => state !== 'judged')
      .map(({ state }) => `its message is ${state}`),
    ...(taken.length === 0 ? ['not at the core'] : []),
    ...(events.length > 1 ? [`at the core under ${events.length} event ids`] : []),
  ];
}

/** What nobody sent. */
function strangers({ sent, stored, arrivals }: Books): Broken[] {
  const tokens = new Set(sent.map(({ token }) => token));
  const digests = new Set(sent.map(({ digest }) => digest));
  return [
    ...stored
      .filter(({ digest, channel }) => channel !== 'web' && !digests.has(digest))
      .map(({ digest }) => ({ what: 'stored, but nobody sent it', who: digest.slice(0, 12) })),
    ...arrivals
      .filter(({ token }) => token !== null && !tokens.has(token))
      .map(({ eventId }) => ({ what: 'at the core, but nobody sent it', who: eventId })),
  ].map((broken) => ({ invariant: 'I2' as const, ...broken }));
}

/** Inbox order is the order of promises, and the core hears of each reporter in inbox order. */
function outOfOrder(sent: readonly Entry[], fates: ReadonlyMap<string, Fate>): Broken[] {
  return [...Map.groupBy(sent, ({ reporter }) => reporter).values()].flatMap((own) => {
    const inOrder = own
      .flatMap((entry) => {
        const fate = fates.get(entry.token) ?? nothing;
        const [message] = fate.messages;
        return message ? [{ entry, place: message.id, event: fate.events[0] }] : [];
      })
      .toSorted((a, b) => a.place - b.place);
    return [...promisesTurned(inOrder), ...eventsTurned(inOrder)];
  });
}

type Placed = {
  readonly entry: Entry;
  readonly place: number;
  readonly event: Arrival | undefined;
};

/** Somebody was promised this before a message was sent that stands before it in the inbox. */
function promisesTurned(inOrder: readonly Placed[]): Broken[] {
  let latest: Entry | null = null;
  const broken: Broken[] = [];
  for (const { entry } of inOrder) {
    if (latest && (entry.answeredAt ?? Infinity) < (latest.firstSentAt ?? 0)) {
      const what = `stored behind ${latest.token}, which was sent after its 2xx`;
      broken.push({ invariant: 'I3', what, who: `${entry.token} (${entry.reporter})` });
    }
    if (!latest || (entry.firstSentAt ?? 0) > (latest.firstSentAt ?? 0)) latest = entry;
  }
  return broken;
}

function eventsTurned(inOrder: readonly Placed[]): Broken[] {
  let latest: Placed | null = null;
  const broken: Broken[] = [];
  for (const placed of inOrder) {
    if (!placed.event) continue;
    if (latest?.event && isBefore(placed.event, latest.event)) {
      const what = `at the core before ${latest.entry.token}, which stands before it in the inbox`;
      const who = `${placed.entry.token} (${placed.entry.reporter})`;
      broken.push({ invariant: 'I3', what, who });
    }
    latest = placed;
  }
  return broken;
}

/** Heard of first, or taken first: what the core refused for now must not be overtaken either. */
function isBefore(later: Arrival, earlier: Arrival): boolean {
  if (later.place < earlier.place) return true;
  return later.takenPlace !== null && later.takenPlace < (earlier.takenPlace ?? Infinity);
}

function leftOver({ left }: Books): Broken[] {
  return Object.entries(left)
    .filter(([, count]) => count !== 0)
    .map(([where, count]) => ({ invariant: 'I4', what: `${count} left`, who: where }));
}

function amiss(accounts: readonly Account[]): Broken[] {
  return accounts
    .filter(({ is, least, most }) => is < least || is > most)
    .map(({ what, is, least, most }) => ({
      invariant: 'I5',
      what: `${is} is not ${least === most ? String(least) : `between ${least} and ${most}`}`,
      who: what,
    }));
}
