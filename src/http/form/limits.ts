import { networkOf } from '../address.ts';
import { createAddressLimiter } from '../limiter.ts';

/** How often an address may send. Carriers put thousands of phones behind one, so it is generous. */
const mostSent = 60;
const seconds = 600;
/** From here on not even read: what was asked politely was not heard. */
const floodFactor = 3;
/** Bodies being read at once: in all, and of one address. */
const mostUploads = 64;
const mostUploadsEach = 16;

export type Limits = {
  /** Seconds until the address may send again; null when it may now. */
  readonly wait: (address: string) => Promise<number | null>;
  /** The same for an address that goes on and on: it is not even heard. */
  readonly waitUnheard: (address: string) => Promise<number | null>;
  /** A place among the bodies that are being read, and how to give it back; null when there is none. */
  readonly enter: (address: string) => (() => void) | null;
};

/** Limits of the form by address, in memory: each gateway counts for itself. */
export function createLimits(most: number = mostSent): Limits {
  const inside = new Map<string, number>();
  let all = 0;
  return {
    wait: createAddressLimiter({ points: most, seconds }),
    waitUnheard: createAddressLimiter({ points: most * floodFactor, seconds }),
    enter: (address) => {
      const network = networkOf(address);
      const own = inside.get(network) ?? 0;
      if (all >= mostUploads || own >= mostUploadsEach) return null;
      all += 1;
      inside.set(network, own + 1);
      return () => {
        all -= 1;
        const left = (inside.get(network) ?? 1) - 1;
        if (left > 0) inside.set(network, left);
        else inside.delete(network);
      };
    },
  };
}
