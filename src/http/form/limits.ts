import { Unavailable } from '../../errors.ts';
import { networkOf } from '../address.ts';
import { createAddressLimiter } from '../limiter.ts';

/** How often an address may send. Carriers put thousands of phones behind one, so it is generous. */
const mostSent = 60;
const seconds = 600;
/** From here on not even read: what was asked politely was not heard. */
const floodFactor = 3;
/** Bodies being read at once; small ones have as many places of their own. */
const mostUploads = 64;
/** A form without files, whatever is written in it. */
const smallBytes = 64 * 1024;
/** A phone on 2G sends 2 to 5 kB a second; nobody is held to this before a small body had time to come. */
const leastRate = { bytes: 1000, afterMs: 120_000 };
/** Who is slower than this, and not just begun, yields when there is no place left. */
const yieldingRate = { bytes: 4000, afterMs: 10_000 };
/** The rate is that of the last half minute to minute: no good beginning makes up for what drips. */
const rateMs = 30_000;

/** A place among the bodies that are being read. */
export type Place = {
  /** Aborted when somebody else needs the place. */
  readonly signal: AbortSignal;
  readonly received: (bytes: number) => void;
  readonly isTooSlow: () => boolean;
  readonly leave: () => void;
};

export type Limits = {
  /** Seconds until the address may send again; null when it may now. */
  readonly wait: (address: string) => Promise<number | null>;
  /** The same for an address that goes on and on: it is not even heard. */
  readonly waitUnheard: (address: string) => Promise<number | null>;
  /** A place for a body of so many bytes (unknown: null). Throws Unavailable when none is left and nobody yields. */
  readonly enter: (address: string, bytes: number | null) => Place;
};

type Clock = () => number;

/** Limits of the form by address, in memory: each gateway counts for itself. `now` in milliseconds. */
export function createLimits(
  most: number = mostSent,
  now: Clock = () => performance.now(),
): Limits {
  const small = createPlaces(now);
  const large = createPlaces(now);
  return {
    wait: createAddressLimiter({ points: most, seconds }),
    waitUnheard: createAddressLimiter({ points: most * floodFactor, seconds }),
    enter: (address, bytes) =>
      (bytes !== null && bytes <= smallBytes ? small : large)(networkOf(address)),
  };
}

type Reader = {
  readonly network: string;
  readonly pace: ReturnType<typeof createPace>;
  readonly yieldPlace: () => void;
};

function createPlaces(now: Clock): (network: string) => Place {
  const readers = new Set<Reader>();
  return (network) => {
    const yielding = whoYields([...readers], network);
    if (yielding === 'nobody') throw new Unavailable('too many forms are being read');
    yielding?.yieldPlace();
    const gone = new AbortController();
    const pace = createPace(now);
    const leave = () => readers.delete(reader);
    const yieldPlace = () => {
      leave();
      gone.abort();
    };
    const reader = { network, pace, yieldPlace };
    readers.add(reader);
    const isTooSlow = () => pace.isBelow(leastRate);
    return { signal: gone.signal, received: pace.add, isTooSlow, leave };
  };
}

/**
 * Who makes room for one more body of a network; null where there is room: a carrier's phones behind one
 * address may have all places as long as nobody else needs one. When all are taken, the slowest of the networks
 * that have most yields, or else the slowest of all.
 */
function whoYields(readers: readonly Reader[], network: string): Reader | 'nobody' | null {
  if (readers.length < mostUploads) return null;
  const networks = Map.groupBy(readers, (reader) => reader.network);
  const own = networks.get(network) ?? [];
  const most = Math.max(...[...networks.values()].map(({ length }) => length));
  if (most <= own.length + 1) return slowestOf(readers.filter(isSlow));
  const greedy = [...networks.values()].filter(({ length }) => length === most).flat();
  // Who has just begun has sent little yet, and is not slow for that.
  const slow = greedy.filter(isSlow);
  return slowestOf(slow.length > 0 ? slow : greedy);
}

const isSlow = ({ pace }: Reader): boolean => pace.isBelow(yieldingRate);

const slowestOf = (readers: readonly Reader[]): Reader | 'nobody' =>
  readers.toSorted((one, other) => one.pace.rate() - other.pace.rate())[0] ?? 'nobody';

/** How fast a body comes. */
function createPace(now: Clock) {
  const beganAt = now();
  let current = { since: beganAt, bytes: 0 };
  let before = { ...current };
  const turn = () => {
    if (now() - current.since < rateMs) return;
    before = current;
    current = { since: now(), bytes: 0 };
  };
  const rate = (): number => {
    turn();
    return ((before.bytes + current.bytes) * 1000) / Math.max(1, now() - before.since);
  };
  return {
    add: (bytes: number): void => {
      turn();
      current.bytes += bytes;
    },
    rate,
    isBelow: (least: { readonly bytes: number; readonly afterMs: number }): boolean =>
      now() - beganAt >= least.afterMs && rate() < least.bytes,
  };
}
