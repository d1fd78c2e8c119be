/**
 * The trigrams of a text as hashes, sorted, each once. In: normalised text. Out: empty for an empty text.
 * Throws nothing.
 */
export function trigramsOf(text: string): Uint32Array {
  if (text === '') return new Uint32Array();
  const padded = ` ${text} `;
  const hashes = new Uint32Array(Math.max(1, padded.length - 2));
  for (let at = 0; at < hashes.length; at += 1) hashes[at] = gramAt(padded, at);
  hashes.sort();
  let kept = 1;
  for (let at = 1; at < hashes.length; at += 1) {
    const hash = hashes[at] ?? 0;
    if (hash === hashes[kept - 1]) continue;
    hashes[kept] = hash;
    kept += 1;
  }
  return hashes.slice(0, kept);
}

function gramAt(text: string, at: number): number {
  let hash = 0x811c9dc5;
  for (let index = at; index < at + 3; index += 1) {
    hash = Math.imul(hash ^ (text.charCodeAt(index) || 0), 0x01000193);
  }
  return hash >>> 0;
}

/** How many hashes two sorted sets share. Symmetric; throws nothing. */
export function commonOf(a: Uint32Array, b: Uint32Array): number {
  let [left, right, common] = [0, 0, 0];
  while (left < a.length && right < b.length) {
    const [one, other] = [a[left] ?? 0, b[right] ?? 0];
    if (one === other) common += 1;
    if (one <= other) left += 1;
    if (other <= one) right += 1;
  }
  return common;
}
