import { isSlip } from './slips.ts';
import { folded } from './text.ts';

/** A word to us. `number`: 7 digits (the core's own) to 10 (ours), or null when there is none to use. */
export type Command = {
  readonly name: 'cek' | 'bantu' | 'batal' | 'stop' | 'mulai';
  readonly number: string | null;
};

/** What a citizen sets in front of a report, and the report without it. */
export type Flags = {
  readonly anonymous: boolean;
  readonly confidential: boolean;
  readonly opensNew: boolean;
  readonly rest: string;
};

/** A command with a number and every courtesy we know is shorter; what is longer is somebody's report. */
const longestCommand = 120;

const names: ReadonlyMap<string, Command['name']> = new Map([
  ['cek', 'cek'],
  ['check', 'cek'],
  ['chek', 'cek'],
  ['bantu', 'bantu'],
  ['help', 'bantu'],
  ['batal', 'batal'],
  ['batalkan', 'batal'],
  ['stop', 'stop'],
  ['mulai', 'mulai'],
]);

const listOf = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

const courtesies = listOf(
  `min mimin admin pak bapak bpk bu ibu kak kakak mas mbak bang bos gan om ya yaa yah dong deh tolong
  tlg mohon mhn terima kasih terimakasih makasih trims tks thx suwun nuwun`,
);

const wordsAroundNumbers = listOf(
  `no nmr nomer nomor num lap laporan laporanku laporannya aduan aduanku pengaduan tiket resi kode
  status statusnya dengan dgn saya sy aku ini itu untuk utk`,
);

const wordsAboutProgress = listOf(
  `sudah sdh udah sampai sampe smpe mana dimana gimana gmn bagaimana bgmn progres progress
  progresnya perkembangan perkembangannya`,
);

/**
 * Reads a message that is wholly a word to us: `CEK 482-109-3766`, `/cek no 4821093766 min`, `BANTU`,
 * `Batal`, `stop.`, `mulai`. In: normalised text. Out: the command; null for everything else, also for a
 * report that merely begins with such a word ("Stop pungli di pasar", "Cek jalan rusak"). A number of
 * another length (a slip, a phone number) gives number null, so that it can be asked for; "cek 123" is
 * no command. Throws nothing.
 */
export function readCommand(text: string): Command | null {
  if (text.length > longestCommand) return null;
  // Telegram writes commands in groups as /cek@NameOfTheBot.
  const said = folded(text)
    .toLowerCase()
    .replace(/^\/(\p{L}+)@\w+/u, '$1 ');
  const [first, ...words] = said.match(/\p{L}+|\d[^\p{L}]*/gu) ?? [];
  const name = names.get(first ?? '');
  if (name === undefined) return null;
  const letters = words.filter((word) => /\p{L}/u.test(word));
  const numbers = words
    .filter((word) => !/\p{L}/u.test(word))
    .map((word) => word.replace(/\D/g, ''));
  if (!letters.every((word) => belongsTo(name, word))) return null;
  return name === 'cek' || name === 'batal'
    ? withNumber(name, numbers)
    : withoutNumber(name, numbers);
}

/** One to three digits are a count or a microphone check ("batal 2", "cek 1 2 3"), no slip. */
function withNumber(name: Command['name'], numbers: readonly string[]): Command | null {
  const [number = null, ...more] = numbers;
  if (number === null) return { name, number };
  if (number.length < 4) return null;
  return { name, number: more.length === 0 && /^\d{7,10}$/.test(number) ? number : null };
}

function withoutNumber(name: Command['name'], numbers: readonly string[]): Command | null {
  return numbers.length === 0 ? { name, number: null } : null;
}

function belongsTo(name: Command['name'], word: string): boolean {
  if (courtesies.has(word)) return true;
  if (name !== 'cek' && name !== 'batal') return false;
  return wordsAroundNumbers.has(word) || (name === 'cek' && wordsAboutProgress.has(word));
}

type IsOrdinaryWord = (word: string) => boolean;

type Sign = 'anonymous' | 'confidential' | 'opensNew';

/** What may stand around a sign: nothing that says anything. */
const before = /[\s\p{P}\p{S}]*/uy;
const newReport = /lapor[\s_-]{0,3}baru/iuy;
/** The beginning of a word is enough: a text may be glued on. */
const word = /\p{L}{1,60}/uy;
const behind = /["'”’)\]}>*_~`]*[\s.,:;\-–—|/&+*_!=]*/uy;
const joint = /(?:dan juga|dan|n|serta)\s+/iuy;

const secretWords: readonly (readonly [Sign, readonly string[]])[] = [
  ['anonymous', ['anonymous', 'anonim', 'anonym']],
  ['confidential', ['rahasia']],
];

/** "rahasia umum" and its like are ordinary language, as is what somebody did "baru saja". */
const goesOn: Readonly<Record<Sign, RegExp | null>> = {
  anonymous: null,
  confidential:
    /^\s+(?:umum|negara|dagang|perusahaan|jabatan|bank|kedokteran|medis|pasien|militer|dinas|dapur|alam|yang|yg|tentang|di\s?balik)(?![\p{L}\p{N}])/iu,
  opensNew:
    /^(?:\s+|-)(?:saja|aja|sj|sajo|baru|ini|itu|tadi|kemarin|kmrn|sekarang|skrg|bisa|mau|akan|sampai|selesai|jadi|pindah|masuk|keluar|terjadi|terima|pertama|sekali|sebentar|sebulan|seminggu|sehari|sejam|setahun|setengah|semalam|sedikit|separuh|beberapa|satu|dua|tiga|empat|lima|di(?:bangun|perbaiki|aspal|cor|tambal|pasang|buat|buka|gali|resmikan|ganti|beli|lantik|bersihkan|cat)|\d+\s*(?:x|kali|hari|hr|minggu|mgg|bulan|bln|tahun|thn|jam|menit|mnt|orang|org|rt|rw))(?![\p{L}\p{N}])/iu,
};

/**
 * Reads the signs in front of a report: RAHASIA, ANONIM, LAPOR BARU, in any order, case and punctuation;
 * those of secrecy with one letter wrong or glued to the report too, unless that is an ordinary word. In:
 * normalised text, the dictionary. Out: what they set, and the text behind them, else unchanged ('' when
 * nothing is left). Ordinary language ("rahasia umum", "lapor baru saja terjadi") is no sign. Throws nothing.
 */
export function readFlags(text: string, isOrdinaryWord: IsOrdinaryWord): Flags {
  const found = new Set<Sign>();
  let start = 0;
  for (let next = signAt(text, 0, isOrdinaryWord); next !== null;) {
    found.add(next.sign);
    start = next.end;
    next = signAt(text, start, isOrdinaryWord);
  }
  return {
    anonymous: found.has('anonymous'),
    confidential: found.has('confidential'),
    opensNew: found.has('opensNew'),
    rest: text.slice(start),
  };
}

type Found = { readonly sign: Sign; readonly end: number };

function signAt(text: string, start: number, isOrdinaryWord: IsOrdinaryWord): Found | null {
  const from = endOf(joint, text, endOf(before, text, start));
  const opened = text.slice(from, endOf(newReport, text, from));
  const first = text.slice(from, endOf(word, text, from));
  const found =
    opened === '' ? signOf(first, isOrdinaryWord) : (['opensNew', opened.length] as const);
  if (found === null) return null;
  const [sign, length] = found;
  const end = from + length;
  if (length < first.length && opened === '') return { sign, end }; // glued
  const isMarked = /[#/[*]/.test(text.slice(start, from).slice(-1));
  return isSign(sign, text.slice(from, end), text.slice(end, end + 40), isMarked)
    ? { sign, end: endOf(behind, text, end) }
    : null;
}

/** Suffixes: with them it is another word ("anonimitas", "rahasiakan"), not a report glued on. */
const suffixed = /^(?:nya|kan|in|ku|mu|lah|kah|itas|isasi|us|ous|ously|ity)/;

/** The sign a word is, and how much of the word; what is left of it is glued on. */
function signOf(word: string, isOrdinaryWord: IsOrdinaryWord): readonly [Sign, number] | null {
  const lower = word.toLowerCase();
  for (const [sign, spellings] of secretWords) {
    if (spellings.includes(lower)) return [sign, word.length];
    if (isOrdinaryWord(lower)) continue;
    const glued = spellings.find((spelling) => lower.startsWith(spelling));
    const tail = lower.slice(glued?.length);
    if (glued !== undefined && tail.length > 2 && !suffixed.test(tail)) return [sign, glued.length];
    if (spellings.some((spelling) => isSlip(lower, spelling))) return [sign, word.length];
  }
  return null;
}

/** `tail` is what follows the word: enough of it to tell a sign from a sentence. */
function isSign(sign: Sign, word: string, tail: string, isMarked: boolean): boolean {
  if (/^[\p{L}\p{N}]/u.test(tail)) return false;
  const [wordBehind] = goesOn[sign]?.exec(tail) ?? [];
  if (wordBehind === undefined || isMarked) return true;
  if (wordBehind.includes('\n')) return true;
  // "RAHASIA perusahaan X membuang limbah": the capitals set the sign off from the sentence.
  const isIdiom = /umum$/i.test(wordBehind);
  return !isIdiom && isCapital(word) && !isCapital(wordBehind) && /\p{L}/u.test(wordBehind);
}

const isCapital = (word: string): boolean =>
  word === word.toUpperCase() && word !== word.toLowerCase();

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return start + (pattern.exec(text)?.[0].length ?? 0);
}
