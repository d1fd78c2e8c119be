import { folded } from './text.ts';
import { isTrackingNumber } from './tracking-number.ts';

/** What personal data a text holds: NIK or KK, telephone number, e-mail address. */
export type PersonalData = 'nik' | 'phone' | 'email';

/** Dates are the digits that most look like telephone numbers: 08-12-2023 is one, 0812-2023 is not. */
const dates =
  /(?<!\d)(?:\d{1,2}([-/.])\d{1,2}\1(?:19|20)\d{2}|(?:19|20)\d{2}([-/.])\d{1,2}\2\d{1,2})(?!\d)/g;

/** Coordinates: degrees with at least five decimals. */
const decimals = /(?<![\d.])(?:\d|[1-9]\d|1[0-4]\d)\.\d{5,}(?!\d)/g;

/** Digits in groups, with the gaps people put between them; x, * and dots are masks. */
const numbers = /\+?\d[\dxX*•]*(?:(?: ?[-–./_] ?| {1,2}|\) ?)[\dxX*•]+)*/g;
const gaps = / ?[-–./_] ?| {1,2}|\) ?/;

const emails = /[\p{L}\p{N}_.+-]{1,64}@[\p{L}\p{N}-]{1,63}\.[\p{L}\p{N}.-]{2,63}/u;
const providers =
  /[a-z0-9_.+-]{2,64} ?(?:@|\(at\)|\[at\]) ?(?:gmail|yahoo|ymail|hotmail|outlook|icloud|live|rocketmail|proton)\b/i;

const nikLength = 16;
const leastDigits = 6;

/**
 * Finds personal data in a text. In: text. Out: the kinds found, in a fixed order. Every number of 16
 * digits counts, also with gaps or partly masked: a card number flagged harms less than a NIK missed.
 * Tracking numbers, dates, sums of money and coordinates do not. Throws nothing.
 */
export function personalDataIn(text: string): readonly PersonalData[] {
  // A plain pattern will do for telephone numbers here: it flags, it does not dial.
  const plain = folded(text);
  const runs = plain.replace(dates, '|').replace(decimals, '|').match(numbers) ?? [];
  const found: PersonalData[] = [];
  if (runs.some(holdsNik)) found.push('nik');
  if (runs.some(holdsPhone)) found.push('phone');
  if (plain.includes('@') || plain.includes('at')) {
    if (emails.test(plain) || providers.test(plain)) found.push('email');
  }
  return found;
}

/** Some neighbouring groups have 16 places together, and enough of them are digits. */
function holdsNik(run: string): boolean {
  return someGroups(run, /^\d/, nikLength, (number) => {
    if (number.length < nikLength) return false;
    return number.replace(/\D/g, '').length >= leastDigits;
  });
}

function holdsPhone(run: string): boolean {
  const longest = 14;
  return someGroups(run.replace('+', ''), /^(?:08|62)/, longest, isPhone);
}

/** National 08 and 10 to 13 digits, or 628 with one more; a masked one still says whose it is. */
function isPhone(number: string): boolean {
  if (/^08[1-9][\dxX*•]{7,10}$/.test(number)) return true;
  return /^628[1-9][\dxX*•]{6,10}$/.test(number) && !isTrackingNumber(number);
}

/** Tries every sequence of neighbouring groups that begins as said and is no longer than asked for. */
function someGroups(
  run: string,
  beginning: RegExp,
  longest: number,
  isMeant: (number: string) => boolean,
): boolean {
  const groups = run.split(gaps).filter((group) => group !== '');
  return groups.some((first, start) => {
    if (!beginning.test(first)) return false;
    let number = '';
    for (let at = start; at < groups.length && number.length < longest; at += 1) {
      number += groups[at] ?? '';
      if (number.length <= longest && isMeant(number)) return true;
    }
    return false;
  });
}
