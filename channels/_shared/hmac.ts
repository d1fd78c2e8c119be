import { createHash, timingSafeEqual } from 'node:crypto';

// Digests have one length, so neither a secret's length nor where it first differs shows in the time.
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
