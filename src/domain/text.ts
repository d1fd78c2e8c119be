/** C0 and C1 controls but tab and line feed. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Zero-width and direction noise. U+200D stays: it joins emoji; U+FE0F stays: it colours them. */
const invisible =
  /[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;

const loneJoiner =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d|\u200d(?!\p{Extended_Pictographic})/gu;

/**
 * Text for people, with no word changed. In: text as sent. Out: NFC, one kind of line break, control
 * characters and zero-width noise gone, no white space at the ends. Throws nothing.
 */
export function normaliseText(text: string): string {
  return storable(text)
    .replace(/\r\n?/g, '\n')
    .replace(/[\u2028\u2029]/g, '\n')
    .replace(controls, '')
    .replace(invisible, '')
    .replace(loneJoiner, '')
    .normalize('NFC')
    .trim();
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
