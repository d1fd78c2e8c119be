import { hash, timingSafeEqual } from 'node:crypto';

// Digests have one length, so neither a secret's length nor where it first differs shows in the time.
export function secretCheck(expected: string): (given: string) => boolean {
  const digest = sha256(expected);
  return (given) => timingSafeEqual(sha256(given), digest);
}

export const isSameSecret = (given: string, expected: string): boolean =>
  secretCheck(expected)(given);

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
