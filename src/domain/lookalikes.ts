import { bareLetters, isAscii } from './text.ts';

/*
 * Spammers write words so that people read them and filters do not: 𝐠𝐚𝐜𝐨𝐫, ＳＬＯＴ, ꜱʟᴏᴛ, 🅢🅛🅞🅣, slоt with a
 * Cyrillic о, A L E X I S 1 7. NFKC undoes the mathematical, full-width and circled forms. For the rest
 * we know no well-kept package, and Unicode's own confusables.txt is made for comparing identifiers (it
 * makes "m" of "rn"); so the letters that stand in for Latin ones in such spam are listed here.
 */

const likeLatin: ReadonlyMap<string, string> = new Map(
  [
    // Cyrillic.
    ['авсԁеёһнії', 'abcdeehhii'],
    ['јкӏморԛгѕтицѵшԝхуз', 'jklmopqrstuuvwwxyz'],
    // Greek.
    ['αβδεηικλμνοπρστυφχγωζθ', 'abdenikamvonpstuoxywzo'],
    // Small capitals and their neighbours in phonetic alphabets.
    ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnopqrstuvwyz'],
    ['ɑɡɩıłøđɾƒ', 'agiilodrf'],
  ].flatMap(([from = '', to = '']) =>
    Array.from(from, (letter, at) => [letter, to.charAt(at)] as const),
  ),
);

/** Alphabets in rows of 26 that NFKC leaves or decorates: where each begins. */
const rows: readonly number[] = [0x249c, 0x1f110, 0x1f130, 0x1f150, 0x1f170, 0x1f1e6];
const inRows = new RegExp(
  `[${rows.map((row) => `\\u{${row.toString(16)}}-\\u{${(row + 25).toString(16)}}`).join('')}]`,
  'gu',
);

/**
 * Text as a reader's eye takes it: lower-case Latin letters for all their look-alikes, without accents.
 * In: any text. Out: the text to compare words with, never to show. Throws nothing.
 */
export function plainLetters(text: string): string {
  const lower = text.toLowerCase();
  if (isAscii(lower)) return lower;
  const letters = bareLetters(lower.replace(inRows, letterInRow));
  return letters.replace(/[^\0-\x7f]/gu, (letter) => likeLatin.get(letter) ?? letter);
}

function letterInRow(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  const start = rows.find((row) => code >= row && code < row + 26) ?? code;
  return String.fromCharCode(97 + code - start);
}

/** Words in disguise, as they read in plain letters; `isPartial` when plain words stand beside them. */
export type Disguise = { readonly words: readonly string[]; readonly isPartial: boolean };

/** Bold or italic, full-width, circled and squared letters and digits, small capitals. */
const fancy =
  /[\u{1d400}-\u{1d7ff}\uff10-\uff5a\u2460-\u24ff\u{1f110}-\u{1f189}\u1d00-\u1d22\u0262\u026a\u0274\u0280\u028f\u0299\u029c\u029f\ua730\ua731]/u;
const foreign = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

/** Single letters with gaps between, at least four in a row: A L E X I S 1 7, s.l.o.t */
const spaced =
  /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}][ ._\-*|•·~]{1,2}){3,}[\p{L}\p{N}](?![\p{L}\p{N}])/gu;

/**
 * Finds the words somebody wrote in disguise. In: text as sent. Out: those words in plain letters and
 * digits. Being disguised condemns no word: citizens write in bold, too. Throws nothing.
 */
export function disguisedIn(text: string): Disguise {
  const apart = (text.match(spaced) ?? []).map((run) => joined(plainLetters(run)));
  const pieces = text.replace(spaced, ' ').split(/\s+/);
  const words: string[] = [];
  let run = '';
  for (const word of [...pieces.map(disguisedWord), null]) {
    // "Ｇ ＡＲ ＵＤ Ａ": pieces of one word, each in disguise.
    if (word !== null && word.length <= 3) {
      run += word;
      continue;
    }
    if (run.length >= 3) words.push(run);
    if (word !== null) words.push(word);
    run = '';
  }
  const isPartial = pieces.some(
    (piece) => disguisedWord(piece) === null && /\p{L}{3}/u.test(piece),
  );
  return { words: [...apart, ...words], isPartial };
}

const joined = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

function disguisedWord(piece: string): string | null {
  if (!/[^\0-\xff]/.test(piece) || !(fancy.test(piece) || foreign.test(piece))) return null;
  const plain = joined(plainLetters(piece));
  // A word that stays Cyrillic or Greek is one: it pretends nothing.
  return /^[a-z0-9]+$/.test(plain) ? plain : null;
}
