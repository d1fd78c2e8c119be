import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** E.164 of a number as people or platforms write it, read from Indonesia; null if it is none. */
export function e164FromText(written: string): string | null {
  const bare = written.replace(/[\s().-]/g, '');
  if (!/^\+?\d{5,20}$/.test(bare)) return null;
  const parsed = parsePhoneNumberFromString(bare, 'ID');
  if (parsed?.isPossible()) return parsed.number;
  // A range opened after our metadata was made is still somebody's number.
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : null;
}
