/** Letters of a name, written together; the longest words and names have some forty. */
const longestName = 60;

/**
 * Whether two words are one word with a slip of the finger: one wrong, missing, extra or swapped letter
 * from five letters on, two from ten. Digits never slip. Symmetric; throws nothing.
 */
export function isSlip(a: string, b: string): boolean {
  if (a === b) return true;
  if (/\d/.test(a) || /\d/.test(b)) return false;
  const shorter = Math.min(a.length, b.length);
  const allowed = shorter >= 10 ? 2 : shorter >= 5 ? 1 : 0;
  if (allowed === 0 || Math.abs(a.length - b.length) > allowed) return false;
  if (shorter > longestName) return false;
  return distanceWithin(a, b, allowed);
}

/**
 * Damerau-Levenshtein (neighbours swapped count once), only told whether it is at most `limit`. Most pairs
 * differ in more than one letter once their common ends are cut: those cost no table.
 */
function distanceWithin(a: string, b: string, limit: number): boolean {
  const [one, other] = withoutCommonEnds(a, b);
  const [shorter, longer] = [
    Math.min(one.length, other.length),
    Math.max(one.length, other.length),
  ];
  if (longer <= 1) return true;
  if (limit > 1) return distanceOfMiddles(one, other, limit);
  return shorter === 2 && longer === 2 && one === other.charAt(1) + other.charAt(0);
}

function withoutCommonEnds(a: string, b: string): readonly [string, string] {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

function distanceOfMiddles(a: string, b: string, limit: number): boolean {
  let before: readonly number[] = [];
  let above: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const here = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const other = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      here.push(
        Math.min(
          cellOf(above, column) + 1,
          cellOf(here, column - 1) + 1,
          cellOf(above, column - 1) + other,
          swapped ? cellOf(before, column - 2) + 1 : Infinity,
        ),
      );
    }
    // From here on the distance only grows.
    if (Math.min(...here) > limit) return false;
    [before, above] = [above, here];
  }
  return cellOf(above, b.length) <= limit;
}

const cellOf = (row: readonly number[], column: number): number => row[column] ?? Infinity;

/**
 * Whether `short` is how people shorten `long`: the same first letter, letters in order, hardly a vowel
 * ("pnjlsan", "kndaraan"). In: two lower-case words. Throws nothing.
 */
export function shortens(short: string, long: string): boolean {
  if (short.length < 2 || short.length >= long.length) return false;
  if (!long.startsWith(short.slice(0, 1))) return false;
  if (short.length * 5 < long.length * 2) return false;
  return short.replace(/[^aeiou]/g, '').length <= 1 && isSubsequence(short, long);
}

function isSubsequence(short: string, long: string): boolean {
  let at = 0;
  for (const letter of long) if (letter === short[at]) at += 1;
  return at === short.length;
}

/**
 * Whether two words are forms of one root, as far as their affixes show ("perbaikan", "memperbaiki"). What
 * they share at the end alone proves nothing. Symmetric; throws nothing.
 */
export function sharesRoot(a: string, b: string): boolean {
  return a === b || rootsOf(a).some((root) => rootsOf(b).includes(root));
}

const prefix = /^(?:me(?:ng|ny|m|n)?|pe(?:ng|ny|m|n|r|l)?|ber|ter|di|ke|se)(?=.{4})/;

/** "-kan" may be the suffix or the end of a root before "-an", so all readings count. */
function rootsOf(word: string): readonly string[] {
  const bare = word.replace(prefix, '').replace(prefix, '');
  const shorter = ['kan', 'an', 'i'].flatMap((suffix) =>
    bare.endsWith(suffix) ? [bare.slice(0, -suffix.length)] : [],
  );
  return [bare, ...shorter].filter((root) => root.length > 3);
}
