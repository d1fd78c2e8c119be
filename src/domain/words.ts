import { abbreviations, addressWords, dateWords } from './abbreviations.ts';
import { folded } from './text.ts';

/**
 * A word of a text in the form in which texts are compared. `text` is lower case and written out;
 * `capital`: begun with a capital where nothing but a name asks for one; `apart`: punctuation stands
 * before it; `opens`: it begins a sentence; `short`: it was an abbreviation.
 */
export type Word = {
  readonly text: string;
  readonly kind: 'word' | 'number' | 'mask' | 'handle';
  readonly capital: boolean;
  readonly apart: boolean;
  readonly opens: boolean;
  readonly short: boolean;
};

const noise = /https?:\/\/\S+|www\.\S+|\bt\.co\/\S+|\(\s*sms\s+radio[^)]{0,100}\)/giu;
const spelledAtasNama = /(?<![\p{L}.])a\s?[./]\s?n\b\.?/giu;
const phone = /(?:\+?62|0)8\d{1,3}[-. ]\d{3,4}[-. ]\d{3,5}/gu;

const piece =
  /\[[\p{L}_ ]{2,20}\]|[@#][\p{L}\p{N}_]+|\d+(?:[.,]\d{3})+(?!\d)|\d+|\p{L}{2,}2(?=nya|an|(?![\p{L}\p{N}]))|\p{L}+(?:['’]\p{L}+)?|[.,;:!?()\n/"&]/gu;

/** Behind these stands a name, even one spelled like an abbreviation (Kecamatan Tulung, Desa Kudu). */
const announces = /^(?:kec|kecamatan|kel|kelurahan|ds|desa|dsn|dusun)$/i;

type Piece = {
  readonly raw: string;
  readonly apart: boolean;
  readonly opens: boolean;
  readonly named: boolean;
};

/**
 * The words of a text, compared alike however they are typed: case, punctuation, abbreviations
 * (address words first), "lubang2", "an.", stretched letters, SMS digits. Links, the relay's mark of radio
 * stations and `#lapor…` are left out. In: any text and the dictionary. Throws nothing.
 */
export function wordsOf(text: string, isOrdinaryWord: (word: string) => boolean): Word[] {
  const cleaned = folded(text)
    .replace(noise, ' ')
    .replace(spelledAtasNama, ' atas nama ')
    .replace(phone, (number) => number.replace(/[-. ]/g, ''));
  const cased = capitalsMeanNames(cleaned);
  return pieces(cleaned).flatMap((part) => wordsFrom(part, cased, isOrdinaryWord));
}

/** In Text Written Like This a capital says nothing; in an address of three words it does. */
function capitalsMeanNames(text: string): boolean {
  const words = text.match(/\p{L}{3,}/gu) ?? [];
  const capitals = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  return words.length < 4 || capitals * 4 <= words.length * 3;
}

function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let [apart, opens] = [true, true];
  for (const [raw] of text.matchAll(piece)) {
    const before = found.at(-1)?.raw ?? '';
    if (/^[.,;:!?()\n/"&]$/.test(raw)) {
      if (raw === '.' && isAbbreviated(before)) continue;
      apart = true;
      opens ||= /[.!?\n:]/.test(raw);
      continue;
    }
    const named = !apart && announces.test(before);
    found.push({ raw, apart, opens, named });
    [apart, opens] = [false, false];
  }
  return found;
}

/** "Jl. Mawar", "no. 5": the full stop belongs to the word. */
function isAbbreviated(raw: string): boolean {
  const word = raw.toLowerCase();
  return addressWords.has(word) || /^(?:rt|rw|km|dr|drs|ir|hj?|st|kapt|letjen|jend)$/.test(word);
}

function wordsFrom(part: Piece, cased: boolean, isOrdinaryWord: (word: string) => boolean): Word[] {
  const { raw, apart, opens } = part;
  const alone = { capital: false, apart, opens, short: false };
  if (raw.startsWith('[')) return [{ ...alone, text: raw.toLowerCase(), kind: 'mask' }];
  if (raw.startsWith('@')) return [{ ...alone, text: raw.toLowerCase(), kind: 'handle' }];
  if (/^\d/.test(raw)) return [{ ...alone, text: plainNumber(raw), kind: 'number' }];
  const stretched = raw
    .toLowerCase()
    .replace(/[#'’]/g, '')
    .replace(/(\p{L})\1{2,}/gu, '$1');
  if (isCall(raw, stretched, isOrdinaryWord)) return [];
  const capital = cased && !opens && /^\p{Lu}\p{Ll}/u.test(raw);
  return (nameKept(part, stretched) ?? spelled(stretched, isOrdinaryWord)).map((text, index) => ({
    text,
    kind: /\d/.test(text) ? ('number' as const) : ('word' as const),
    capital,
    apart: apart && index === 0,
    opens: opens && index === 0,
    short: text !== stretched,
  }));
}

/** `#lapor…`, and "LAPORHENDI", the routing keyword of a city, wherever they were left standing. */
const isCall = (raw: string, word: string, isOrdinaryWord: (word: string) => boolean): boolean =>
  /^#lapor/i.test(raw) || (/^lapor\p{L}{3,}$/u.test(word) && !isOrdinaryWord(word));

const nameKept = ({ named }: Piece, word: string): string[] | null =>
  named && /[aeiou]/.test(word) ? [word] : null;

function plainNumber(raw: string): string {
  const digits = raw.replace(/[.,]/g, '').replace(/^62(?=8\d{8})/, '0');
  return digits.length > 8 ? digits : digits.replace(/^0+(?=\d)/, '');
}

function spelled(word: string, isOrdinaryWord: (word: string) => boolean): string[] {
  if (word.endsWith('2')) return doubled(word.slice(0, -1), isOrdinaryWord);
  const full = addressWords.get(word) ?? dateWords.get(word) ?? abbreviations.get(word);
  if (full !== undefined) return full.split(' ');
  if (word === 'an') return ['atas', 'nama'];
  return [withoutAffix(word, isOrdinaryWord)];
}

/** "lubang2" is "lubang-lubang"; "sdn2" is a number behind a word. */
function doubled(base: string, isOrdinaryWord: (word: string) => boolean): string[] {
  if (addressWords.has(base) || !(abbreviations.has(base) || isOrdinaryWord(base))) {
    return [...spelled(base, isOrdinaryWord), '2'];
  }
  return spelled(base, isOrdinaryWord);
}

/** "diperbaiki" and "di perbaiki", "rumahnya" and "rumah nya" are written alike. */
function withoutAffix(word: string, isOrdinaryWord: (word: string) => boolean): string {
  const root = word.length > 5 && word.endsWith('nya') ? word.slice(0, -3) : word;
  const rest = root.slice(2);
  return root.startsWith('di') && rest.length > 3 && isOrdinaryWord(rest) ? rest : root;
}

/** The words of a name, a place or a key typed by a person. In: any text. Out: lower case, parted by one space. */
export function nameFrom(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}
