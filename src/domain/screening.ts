import { personalDataIn } from './personal-data.ts';
import { solicitationIn } from './solicitation.ts';
import { besideGreetings, greetings, isAmong, listOf, titles, wordsIn } from './vocabulary.ts';

/** What a message is held for (null: it goes on), what the complaint is flagged with, and why. */
export type Screening = {
  readonly hold: 'test' | 'spam_suspected' | 'greeting' | null;
  readonly flags: readonly ('test' | 'spam_suspected' | 'personal_data')[];
  readonly reasons: readonly string[];
};

/** The longest pure test or bare greeting anybody needs; a longer text says something else. */
const mostWords = 25;

/**
 * Judges whether a message should wait for a person: pure tests, bare greetings, suspected spam. In:
 * normalised text without the words meant for us, and the text as sent (disguise shows there). Out: see
 * there; a released message is lost time, a lost report is lost trust, so in doubt nothing is held, and
 * personal data never hold. Reasons are stable words. Throws nothing.
 */
export function screen(text: string, originalText: string): Screening {
  const personal = personalDataIn(text);
  const { hold, reasons } = holdFor(text, originalText);
  const isTest = hold === 'test' || saysItIsTest(text);
  return {
    hold,
    flags: [
      ...(isTest ? (['test'] as const) : []),
      ...(hold === 'spam_suspected' ? (['spam_suspected'] as const) : []),
      ...(personal.length > 0 ? (['personal_data'] as const) : []),
    ],
    reasons: [...reasons, ...(isTest && hold !== 'test' ? ['test_words'] : []), ...personal],
  };
}

function holdFor(text: string, originalText: string): Pick<Screening, 'hold' | 'reasons'> {
  const words = wordsIn(text);
  if (isPureTest(words)) return { hold: 'test', reasons: ['test_words'] };
  if (isBareGreeting(text, words)) return { hold: 'greeting', reasons: ['greeting_only'] };
  const reasons = solicitationIn(text, originalText);
  return { hold: reasons.length > 0 ? 'spam_suspected' : null, reasons };
}

const tests = listOf(
  'tes test testing tst testes ngetes ngetest testin percobaan ujicoba ping dites',
);

/** Words that are a test only among their like: "coba pak, jalannya rusak" is none. */
const trials = listOf('coba nyoba cobacoba uji cek check');

const besideTests = listOf(`
  ini itu hanya cuma cm sekedar sekadar sekedaran saja sj aja doang ya yah dong deh dari buat untuk
  lagi mau ingin sistem aplikasi app layanan fitur bot nomor no kirim pesan sms wa chat mengirim terkirim
  masuk msk laporan lapor aduan pengaduan mohon tolong diabaikan abaikan dihapus apakah apa kah bpbd
  bappeda diskominfo kominfo opd dinas pemkot pemkab one two three satu dua tiga suara mic sound kanal
  online telegram facebook twitter web website sinyal jaringan di sini sp n dan atau`);

const besideTrials = listOf(
  'lagi dulu ini hanya cuma aja saja masuk msk sms wa kirim lapor laporan pesan sistem aplikasi bot ombak sound mic suara chat',
);

function isPureTest(words: readonly string[]): boolean {
  if (words.length === 0 || words.length > mostWords) return false;
  return words.some((word) => isAmong(tests, word)) ? words.every(isOfTest) : isTrial(words);
}

function isOfTest(word: string): boolean {
  return (
    [tests, trials, besideTests, greetings, titles].some((set) => isAmong(set, word)) ||
    isNumber(word)
  );
}

/** A number behind "cek" may be a tracking number mistyped: only a short one belongs to a trial. */
function isTrial(words: readonly string[]): boolean {
  const isOfTrial = (word: string) =>
    isAmong(trials, word) || isAmong(besideTrials, word) || (isNumber(word) && word.length < 5);
  return isAmong(trials, words[0] ?? '') && words.every(isOfTrial);
}

const isNumber = (word: string): boolean => /^\p{N}+$/u.test(word);

/** "(TESTING)", "ini hanya tes, …", "laporan percobaan …": what says so, but not "tes CPNS". */
const ownWords = [
  /[([*]\s*(?:tes|test|testing|uji coba|percobaan)\s*[)\]*]/i,
  /(?<!\p{L})(?:ini|hanya|cuma|sekadar|sekedar|maaf|laporan|pesan|sms)\s+(?:tes|test|testing|percobaan|uji ?coba)\s*(?:$|[.,;:!)\n-]|(?:saja|aja|sistem|aplikasi|ya|doang)(?!\p{L}))/iu,
  /^\s*(?:testing|tes|test)\s*[.:;,!-]+\s/i,
];

function saysItIsTest(text: string): boolean {
  return ownWords.some((pattern) => pattern.test(text));
}

function isBareGreeting(text: string, words: readonly string[]): boolean {
  // Only signs and emoji: somebody waves. An empty text is not looked at: there is a file or a place.
  if (words.length === 0) return text.trim() !== '';
  if (words.length > mostWords) return false;
  const isGreeting = (word: string) => isAmong(greetings, word) || isAmong(titles, word);
  return (
    words.some(isGreeting) && words.every((word) => isGreeting(word) || besideGreetings.has(word))
  );
}
