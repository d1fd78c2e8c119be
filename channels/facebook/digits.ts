const LONG = /(?<![\d.eE+-])\d{16,}(?![\d.eE])/g;

/**
 * Valid JSON with the whole numbers beyond 2^53 as strings. Old fields hold ids as such numbers, which
 * a JavaScript number would round to somebody else's. (A reviver that looks at every value takes
 * seconds for a delivery full of them, and gives up on a deep one.)
 */
export function withLongNumbersQuoted(json: string): string {
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
