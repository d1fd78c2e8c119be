/** C0 and C1 controls but tab and line feed. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Zero-width and direction noise. U+200D stays: it joins emoji; U+FE0F stays: it colours them. */
const invisible =
  /[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;

const loneJoiner =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/** Nearly every message is such a text: there is nothing to normalise in it. */
const plainText = /^[\t\n\x20-\x7e]*$/;

/**
 * Text for people, with no word changed. In: text as sent. Out: NFC, one kind of line break, control
 * characters and zero-width noise gone, at most 30 marks on a letter, no white space at the ends.
 * Throws nothing.
 */
export function normaliseText(text: string): string {
  if (plainText.test(text)) return text.trim();
  const clean = storable(text)
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(controls, '')
    .replace(invisible, '')
    .replace(loneJoiner, '');
  return composed(clean).trim();
}

const mostMarks = 30;

/** Of a run of marks the first 30, and the rest of it. */
const longRuns = new RegExp(`(\\p{M}{${mostMarks}})\\p{M}+`, 'gu');

/**
 * Cuts runs of combining marks to 30 (Unicode's Stream-Safe Text Format, UAX #15 section 13): no writing
 * needs a third of that, and normalising takes time by the square of a run's length.
 */
function streamSafe(text: string): string {
  return mayHaveLongRun(text) ? text.replace(longRuns, '$1') : text;
}

/** Looks at every tenth place: a run of 31 covers three in a row, and no mark is below U+0300. */
function mayHaveLongRun(text: string): boolean {
  let inRow = 0;
  for (let at = 0; at < text.length && inRow < 3; at += 10) {
    inRow = text.charCodeAt(at) < 0x300 ? 0 : inRow + 1;
  }
  return inRow === 3;
}

/** NFC. The time it takes grows with the length of the text only, here and below. Throws nothing. */
export function composed(text: string): string {
  return streamSafe(text).normalize('NFC');
}

/** Signs that stand for a whole phrase: the longest would become 18 letters. */
const phraseSigns = /[\ufdfa\ufdfb]/g;

/**
 * NFKC, for comparing, never for showing. In: any text. Out: at most six times as long; the two Arabic
 * signs for a phrase are gaps. Throws nothing.
 */
export function folded(text: string): string {
  return isAscii(text) ? text : streamSafe(text).replace(phraseSigns, ' ').normalize('NFKC');
}

/** Bare letters: NFKD without marks, lower case. In and out as for `folded`. */
export function bareLetters(text: string): string {
  const letters = text.replace(phraseSigns, ' ').replace(/\p{M}/gu, '').normalize('NFKD');
  return letters.replace(/\p{M}/gu, '').toLowerCase();
}

/** Whether a text is ASCII alone, as nearly every message is. */
export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/**
 * Text as sent, except what PostgreSQL and UTF-8 cannot hold: U+0000 and lone surrogates become
 * U+FFFD (contract section 5). Throws nothing.
 */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\ufffd');
}

/** Removes `#lapor` (any case), the sign that a post is meant for us, with the white space behind it. */
export function withoutLaporTag(text: string): string {
  return text.replace(/(?<=^|\s)#lapor(?![\p{L}\p{N}_])[^\S\n]*/giu, '').trim();
}

/** Nobody quotes more than this to say what they mean. */
const maxQuoted = 4096;

/**
 * Somebody else's words as they stand below one's own: each line behind `> `, as in mail. In: text as sent;
 * what is too long is cut. Out: '' when there is nothing in it. Throws nothing.
 */
export function quotedLines(text: string): string {
  const said = normaliseText(text.slice(0, maxQuoted));
  return said === '' ? '' : said.replace(/^/gm, '> ');
}
