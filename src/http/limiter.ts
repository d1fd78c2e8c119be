import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from './address.ts';

/**
 * Counts what is done under a key. Out: null, or after how many seconds it may go on. Points below zero are
 * given back.
 */
export type Limiter = (key: string | undefined, points?: number) => Promise<number | null>;

type Rate = { readonly points: number; readonly seconds: number };

/** Limits by key, in this process: several gateways together let through as many times more. */
export function createLimiter({ points: most, seconds }: Rate): Limiter {
  const limiter = new RateLimiterMemory({ points: most, duration: seconds });
  return async (key = '', points = 1) => {
    try {
      await limiter.consume(key, points);
      return null;
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    }
  };
}

/** Limits by network. Many citizens share one address of their carrier, so limits must be generous. */
export function createAddressLimiter(rate: Rate): Limiter {
  const limiter = createLimiter(rate);
  return (address, points) => limiter(networkOf(address), points);
}
