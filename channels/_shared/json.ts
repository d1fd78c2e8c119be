import { Malformed } from '../../src/errors.ts';

// Sixteen digits in a row where a number may begin; in a string they do no harm.
const MAY_BE_LONG = /[[,:\s-]\d{16}/;
const LONG = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * JSON in which whole numbers beyond 2^53 are strings of their digits: ids have 64 bits, and a JavaScript
 * number would round one to somebody else's. Throws Malformed. (A reviver that looks at every value takes
 * seconds for a delivery full of numbers, and gives up on a deep one.)
 */
export function exactJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    const plain: unknown = JSON.parse(text);
    return MAY_BE_LONG.test(text) ? JSON.parse(withLongNumbersQuoted(text)) : plain;
  } catch {
    throw new Malformed('the delivery is not JSON');
  }
}

function withLongNumbersQuoted(json: string): string {
  const pieces: string[] = [];
  let from = 0;
  while (from < json.length) {
    const opening = json.indexOf('"', from);
    const end = opening === -1 ? json.length : opening;
    const between = json.slice(from, end);
    pieces.push(between.length < 16 ? between : between.replace(LONG, quoted));
    from = endOfString(json, end);
    pieces.push(json.slice(end, from));
  }
  return pieces.join('');
}

function quoted(digits: string): string {
  return Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`;
}

/** Behind the quote that closes the string opened here. */
function endOfString(json: string, opening: number): number {
  let closing = json.indexOf('"', opening + 1);
  while (closing !== -1 && isEscaped(json, closing)) closing = json.indexOf('"', closing + 1);
  return closing === -1 ? json.length : closing + 1;
}

function isEscaped(json: string, index: number): boolean {
  let first = index;
  while (json[first - 1] === '\\') first -= 1;
  return (index - first) % 2 === 1;
}
