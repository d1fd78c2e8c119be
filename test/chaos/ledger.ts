import type { Outcome } from './sender.ts';
import type { ChannelName, Written } from './citizens.ts';

/** A message as its provider knows it. Times are places in the order of what happened. */
export type Entry = {
  readonly token: string;
  readonly channel: ChannelName;
  readonly reporter: string;
  readonly digest: string | null;
  firstSentAt: number | null;
  /** The first 2xx for any copy of it. */
  answeredAt: number | null;
};

/** What happened to requests of one kind of channel: webhooks, or the web form. */
export type Tally = {
  requests: number;
  ok: number;
  unavailable: number;
  /** A 503 that does not say when to come again. */
  bare: number;
  refused: number;
  unheard: number;
  /** Any other answer, and how often. */
  readonly strange: Map<string, number>;
};

export type Ledger = ReturnType<typeof createLedger>;

type Phase = 'calm' | 'outage';

/** What was sent and what was answered, as the other side of our promises. */
export function createLedger() {
  const entries: Entry[] = [];
  const webhooks = newTally();
  const web = newTally();
  const latencies: Record<Phase, number[]> = { calm: [], outage: [] };
  const counts = { redelivered: 0, retried: 0 };
  let phase: Phase = 'calm';
  let place = 0;
  const next = (): number => (place += 1);
  return {
    entries,
    webhooks,
    web,
    latencies,
    counts,
    enter: ({ token, reporter, digest }: Written): Entry => {
      const { name, channel } = reporter;
      const entry: Entry = {
        ...{ token, channel, reporter: name, digest },
        firstSentAt: null,
        answeredAt: null,
      };
      entries.push(entry);
      return entry;
    },
    sending: (entry: Entry): Phase => {
      entry.firstSentAt ??= next();
      (entry.channel === 'web' ? web : webhooks).requests += 1;
      return phase;
    },
    /** Out: whether it was a 2xx. `since`: the phase it was sent in. */
    answered: (entry: Entry, outcome: Outcome, ms: number, since: Phase): boolean => {
      const tally = entry.channel === 'web' ? web : webhooks;
      if (outcome.kind !== 'answer') {
        tally[outcome.kind] += 1;
        return false;
      }
      const { status, retryAfter } = outcome;
      if (status >= 200 && status < 300) {
        tally.ok += 1;
        entry.answeredAt ??= next();
        latencies[since === 'outage' ? since : phase].push(ms);
        return true;
      }
      if (status === 503) {
        tally.unavailable += 1;
        if (!retryAfter) tally.bare += 1;
      } else {
        const what = `${entry.channel} ${status}`;
        tally.strange.set(what, (tally.strange.get(what) ?? 0) + 1);
      }
      return false;
    },
    /** What is answered from now on belongs to an outage, or does not. */
    turn: (to: Phase) => {
      phase = to;
    },
    phase: () => phase,
  };
}

function newTally(): Tally {
  return {
    requests: 0,
    ok: 0,
    unavailable: 0,
    bare: 0,
    refused: 0,
    unheard: 0,
    strange: new Map(),
  };
}
