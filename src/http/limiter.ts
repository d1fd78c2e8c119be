import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Counts what an address does. Out: null, or after how many seconds it may go on. Points below zero are
 * given back.
 */
export type AddressLimiter = (
  address: string | undefined,
  points?: number,
) => Promise<number | null>;

/**
 * Limits by address, in this process: several gateways together let through as many times more.
 * `points` in `seconds`. Many citizens share one address of their mobile network, so limits must be
 * generous; of IPv6, where everybody has more addresses than there are stars, the network (/64) counts.
 */
export function createAddressLimiter(options: { points: number; seconds: number }): AddressLimiter {
  const limiter = new RateLimiterMemory({ points: options.points, duration: options.seconds });
  return async (address = 'unknown', points = 1) => {
    try {
      await limiter.consume(networkOf(address), points);
      return null;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    }
  };
}

/** The first 64 bits of an IPv6 address; IPv4, also written as IPv6, as it is. */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(bare)) return bare;
  const [head = '', tail] = bare.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(0, gap) }, () => '0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => parseInt(group || '0', 16).toString(16))
    .join(':');
}
