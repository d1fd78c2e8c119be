/** Quasigroup of order 10 from H. M. Damm's thesis (2004): finds every single wrong digit and every swap of neighbours. */
const table = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const;

/**
 * A new tracking number. In: `random(max)`, a uniform integer in 0 … max-1. Out: 10 digits, the first
 * 1 to 8 (people drop leading zeros), the last a Damm check digit. Unique only with overwhelming
 * likelihood: the store's unique index decides. Throws nothing.
 */
export function newTrackingNumber(random: (max: number) => number): string {
  return withCheckDigit(100_000_000 + random(800_000_000));
}

/**
 * A tracking number told to a citizen before the complaint is made (the web form). As above, and it
 * begins with 9: what is promised and what is given later can never meet.
 */
export function newPromisedNumber(random: (max: number) => number): string {
  return withCheckDigit(900_000_000 + random(100_000_000));
}

function withCheckDigit(number: number): string {
  const digits = String(number);
  return digits + String(damm(digits));
}

/** Whether a citizen's digits can be a tracking number of ours: 10 digits with a right check digit. */
export function isTrackingNumber(text: string): boolean {
  return /^[1-9]\d{9}$/.test(text) && damm(text) === 0;
}

function damm(digits: string): number {
  let interim = 0;
  for (const digit of digits) interim = table[interim]?.[Number(digit)] ?? 0;
  return interim;
}
