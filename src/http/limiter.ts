import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from './address.ts';

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
 * generous.
 */
export function createAddressLimiter(options: { points: number; seconds: number }): AddressLimiter {
  const limiter = new RateLimiterMemory({ points: options.points, duration: options.seconds });
  return async (address, points = 1) => {
    try {
      await limiter.consume(networkOf(address), points);
      return null;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    }
  };
}
