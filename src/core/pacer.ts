import { backoffMs } from '../domain/backoff.ts';

type Options = {
  readonly now: () => number;
  readonly random: () => number;
  /** Told when the core is given up on for a while, and when it is back. */
  readonly changed: (state: 'away' | 'back', detail: string) => void;
};

export type Pacer = {
  /** Whether an event may be sent now. While the core is away, one at a time may: the probe. */
  readonly admit: (eventId: string) => boolean;
  readonly succeeded: () => void;
  readonly failed: (eventId: string, detail: string, retryAfterMs: number | null) => void;
  /** When asking again makes sense: epoch milliseconds; now or earlier while the core is well. */
  readonly nextAt: () => number;
};

/** Failures in a row, of whatever events, after which the core counts as away. */
const patience = 3;

/**
 * Keeps a core that is down from being hammered: after some failures in a row, and not all of one
 * event, nothing is sent but a probe, at growing, jittered distances; the first success opens the gates
 * again. One event that fails again and again paces itself and holds back nobody else's. What was under
 * way when the gates closed and fails too says nothing new. A Retry-After is obeyed at once, for all,
 * also when something that was under way succeeds.
 * The first success after a start also counts as `back`: whoever saw the core go away may not have
 * lived to see it return.
 */
export function createPacer({ now, random, changed }: Options): Pacer {
  let failures = 0;
  let failing: string | null = null;
  let several = false;
  let shut = 0;
  let pausedUntil = 0;
  let askedUntil = 0;
  let probe: string | null = null;
  let told: 'away' | 'back' | null = null;
  const tell = (state: 'away' | 'back', detail: string) => {
    if (told !== state) changed(state, detail);
    told = state;
  };
  const nextAt = () => Math.max(pausedUntil, askedUntil);
  return {
    nextAt,
    admit: (eventId) => {
      if (now() < nextAt() || probe !== null) return false;
      if (shut > 0) probe = eventId;
      return true;
    },
    succeeded: () => {
      failures = 0;
      failing = null;
      several = false;
      shut = 0;
      probe = null;
      pausedUntil = 0;
      tell('back', 'the core answers again');
    },
    failed: (eventId, detail, retryAfterMs) => {
      several ||= failing !== null && failing !== eventId;
      failing = eventId;
      failures += 1;
      const isNews = shut === 0 || probe === eventId;
      if (probe === eventId) probe = null;
      if (retryAfterMs !== null) askedUntil = Math.max(askedUntil, now() + retryAfterMs);
      if (failures < patience) return;
      if (several && isNews) {
        shut += 1;
        pausedUntil = now() + backoffMs(shut, { firstMs: 500, mostMs: 30_000 }, random());
      }
      tell('away', detail);
    },
  };
}
