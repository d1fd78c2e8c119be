import { OverShare } from '../errors.ts';

const kB = 1024;
const MB = 1024 * kB;

/** Nearly all bodies are so small. They have room of their own, which large ones never take. */
const smallBytes = 64 * kB;
/** What bodies that are not complete may hold: in all, and of one network. */
const limits = {
  small: { all: 64 * MB, each: 16 * MB },
  large: { all: 192 * MB, each: 48 * MB },
};
/** What a connection, its head and parser cost beside the body, and each piece of it beside its bytes. */
const readingCost = 16 * kB;
const pieceCost = 512;

/**
 * Providers send at once. Whoever is not done after 5 seconds needs 16 kB in each, and 30 are the most.
 * Only seconds in which we could read count: while our process was busy, bytes waited for us.
 */
const patience = { seconds: 5, bytesPerSecond: 16 * kB, mostSeconds: 30 };

type Kind = keyof typeof limits;

/** What the bodies of one network hold, and how many they are. */
type Network = Record<Kind, number> & { bodies: number };

/** A body that is being read. `giveUp` lets go of all that was read of it. */
type Reading = {
  readonly address: string;
  readonly network: Network;
  readonly giveUp: (error: OverShare) => void;
  kind: Kind;
  size: number;
  held: number;
  seconds: number;
};

export type Room = ReturnType<typeof createRoom>;

/**
 * The room that all bodies share until they are complete. Nobody is turned away: of a network with more
 * than its share what began first gives up, and when all have too much, what began first of all. So what
 * is complete soon, as deliveries are, gets through, however much a stranger leaves unfinished.
 */
export function createRoom() {
  const readings = new Set<Reading>(); // in the order they began, as a Set keeps them
  const networks = new Map<string, Network>();
  const sums = { small: 0, large: 0 };
  const watch = createWatch(readings);

  const hold = (reading: Reading, bytes: number): void => {
    const { network, kind } = reading;
    reading.held += bytes;
    network[kind] += bytes;
    sums[kind] += bytes;
    if (network[kind] > limits[kind].each) shrink(kind, network);
    if (sums[kind] > limits[kind].all) shrink(kind, null);
  };
  const release = (reading: Reading): void => {
    reading.network[reading.kind] -= reading.held;
    sums[reading.kind] -= reading.held;
  };
  const shrink = (kind: Kind, network: Network | null): void => {
    for (const reading of readings) {
      const isMeant = reading.kind === kind && (network ?? reading.network) === reading.network;
      if (isMeant) reading.giveUp(new OverShare('too much is unfinished'));
      const left = network ? network[kind] - limits[kind].each : sums[kind] - limits[kind].all;
      if (left <= 0) return;
    }
  };
  return {
    /** A body of a network begins. */
    enter: (address: string, giveUp: Reading['giveUp']): Reading => {
      const network = networks.get(address) ?? { small: 0, large: 0, bodies: 0 };
      if (network.bodies === 0) networks.set(address, network);
      network.bodies += 1;
      const begun = { kind: 'small', size: 0, held: 0, seconds: 0 } as const;
      const reading: Reading = { address, network, giveUp, ...begun };
      readings.add(reading);
      hold(reading, readingCost);
      watch();
      return reading;
    },
    /** A piece of it has come. */
    take: (reading: Reading, bytes: number): void => {
      reading.size += bytes;
      let counted = bytes + pieceCost;
      if (reading.kind === 'small' && reading.size > smallBytes) {
        release(reading);
        counted += reading.held;
        reading.held = 0;
        reading.kind = 'large';
      }
      hold(reading, counted);
    },
    /** It is complete, or nobody reads it any more. */
    leave: (reading: Reading): void => {
      if (!readings.delete(reading)) return;
      release(reading);
      reading.network.bodies -= 1;
      if (reading.network.bodies === 0) networks.delete(reading.address);
    },
  };
}

/** Ends what comes too slowly. Called whenever there is something to watch. */
function createWatch(readings: ReadonlySet<Reading>): () => void {
  let isWatching = false;
  const watch = (): void => {
    if (isWatching) return;
    isWatching = true;
    setTimeout(look, 1000).unref();
  };
  const look = (): void => {
    isWatching = false;
    for (const reading of readings) {
      reading.seconds += 1;
      if (isTooSlow(reading)) reading.giveUp(new OverShare('it comes too slowly'));
    }
    if (readings.size > 0) watch();
  };
  return watch;
}

function isTooSlow({ size, seconds }: Reading): boolean {
  if (seconds > patience.mostSeconds) return true;
  return seconds > patience.seconds + size / patience.bytesPerSecond;
}
