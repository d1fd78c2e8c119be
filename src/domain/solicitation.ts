import { type Disguise, disguisedIn, plainLetters } from './lookalikes.ts';
import {
  complaintPhrases,
  complaintWords,
  disclaimers,
  gamblingPhrases,
  loanPhrases,
  ordinarySlots,
  othersPhrases,
  prizePhrases,
  promotedGames,
  promotionPhrases,
  reportingWords,
  salesPhrases,
  tellingWords,
  vices,
} from './spam-words.ts';
import { squeezed } from './vocabulary.ts';

/** Stable words for what speaks for spam. */
export type SpamReason =
  | 'gambling_words'
  | 'disguised_letters'
  | 'prize'
  | 'loan_offer'
  | 'sales_offer'
  | 'link'
  | 'contact_offer'
  | 'promotion';

/** So much must be left when everything that speaks for a report is taken off. */
const enough = 3;

/** Money and goods are in reports as well: an offer of them shows in several ways at once. */
const enoughOfOffer = 5;
const leastOfOffer = 3;

/** Words alone, without link, contact or disguise, must weigh more: people name what annoys them. */
const enoughOfWords = 5;

const mostReportingWords = 4;

const links =
  /(?:https?:\/\/|www ?\.|(?<![\p{L}\p{N}@.])[a-z0-9-]{2,40}(?:\.[a-z0-9-]{2,40})?\.(?:com|net|org|info|biz|vip|xyz|club|fun|bet|win|site|online|shop|cc|me|id|ly|gg|link|top|live|pro|asia)(?![a-z0-9]))/u;

/** Up to three words between, but "hubungi saya 08…" is a citizen who wants an answer. */
const contacts =
  /(?:hub|hubungi|hubung|wa|whatsapp|wasap|chat|call|cs|sms|tlp|telp|telpon|telepon|inbox|minat|berminat|info|kontak|contact|line|telegram|sales|marketing)(?: (?!(?:saya|sy|sya|aku) )[a-z]{2,12}){0,3} (?:0|62)8\d{1,2}|(?:hub|hubungi|ketik|tekan|akses|balas|dial)(?: [a-z]{1,12}){0,3} \d{3,5} |wa me|t me [a-z]|linktr ee|heylink/;

/**
 * Weighs whether a text solicits: gambling, prize fraud, loans, sales. In: normalised text, and the text
 * as sent (disguise shows there). Out: the reasons when it does, empty when it does not, or when
 * anything says that it is a report about such things. Throws nothing.
 */
export function solicitationIn(text: string, originalText: string): readonly SpamReason[] {
  const plain = plainLetters(text);
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  const said = ` ${words.join(' ')} `;
  if (isComplaint(said, words) || /\.(?:go|ac|sch|mil|desa)\.id(?![a-z0-9])/.test(plain)) return [];
  const disguise = disguisedIn(originalText);
  const subjects = subjectsIn(said, words, disguise);
  const subject = Math.max(0, ...subjects.map(({ points }) => points));
  if (subject < 2) return [];
  const isGambling = subjects.some(
    ({ reason, points }) => reason === 'gambling_words' && points > 1,
  );
  if (!isGambling && (subject < leastOfOffer || words.some((word) => tellingWords.has(word)))) {
    return [];
  }
  const means = meansIn(said, plain);
  const carried = [...subjects, ...means];
  const points = subject + sum(means) - reportingIn(words);
  return points >= neededFor(carried) ? carried.map(({ reason }) => reason) : [];
}

type Evidence = { readonly reason: SpamReason; readonly points: number };

/** Who offers money or goods says where to get them; gambling needs no more than its name. */
function neededFor(evidence: readonly Evidence[]): number {
  const reasons = new Set(evidence.map(({ reason }) => reason));
  const hasWay = reasons.has('link') || reasons.has('contact_offer');
  if (!reasons.has('gambling_words')) return hasWay ? enoughOfOffer : Infinity;
  if (reasons.has('disguised_letters') || hasWay) return enough;
  return reasons.has('promotion') ? enough : enoughOfWords;
}

const sum = (evidence: readonly Evidence[]): number =>
  evidence.reduce((total, { points }) => total + points, 0);

function isComplaint(said: string, words: readonly string[]): boolean {
  const honest = said.replace(disclaimers, ' ');
  if (complaintPhrases.test(honest) || othersPhrases.test(honest)) return true;
  // Disclaimers are rare: without one the words are those at hand.
  const left = honest === said ? words : honest.split(' ');
  return left.some((word) => complaintWords.has(word));
}

function reportingIn(words: readonly string[]): number {
  const found = new Set(words.filter((word) => reportingWords.has(word)));
  return Math.min(mostReportingWords, found.size);
}

function subjectsIn(
  said: string,
  words: readonly string[],
  disguise: Disguise,
): readonly Evidence[] {
  const hidden = hiddenIn(disguise);
  const gambling = gamblingIn(said, words, disguise);
  const found: readonly Evidence[] = [
    // A hidden name of a game says as much as any word of the trade.
    { reason: 'gambling_words', points: hidden === 0 ? gambling : gambling + hidden },
    { reason: 'disguised_letters', points: hidden },
    { reason: 'prize', points: pointsOf(prizePhrases, said) },
    { reason: 'loan_offer', points: pointsOf(loanPhrases, said) },
    { reason: 'sales_offer', points: pointsOf(salesPhrases, said) },
  ];
  return found.filter(({ points }) => points > 0);
}

function pointsOf(patterns: typeof prizePhrases, said: string): number {
  const most = 5;
  let points = 0;
  for (const [worth, pattern] of patterns) if (pattern.test(said)) points += worth;
  return Math.min(points, most);
}

/** Names of gambling sites: a word and their lucky numbers, in one piece or apart. */
const siteName =
  /^(?!(?:blok|gang|lapor|jalan|kelas|nomor|tiket|bpjs|sdn|smpn|sman|smkn|smp|sma|km|pdam|no|rt|rw|jl|kav|gg|tps|spbu|covid|pasal|dapil|lantai|ruko|lorong|dusun|rumah|gedung|tower|halte|gate|polsek)\d)(?:[a-z]{3,14}(?:\d{2,3}|4d|bet|toto|slot)|\d{2,3}(?:bet|slot|toto))$/;
const plainSiteName = /^[a-z]{3,14}(?:77|88|99|69|138|168|188|303|777|888|999|4d|bet|slot|toto)$/;

function gamblingIn(said: string, words: readonly string[], disguise: Disguise): number {
  const forms = [...words, ...disguise.words].flatMap(readings);
  const vice = forms.filter((form, at) => vices.has(form) && !isOrdinarySlot(forms, at));
  const games = new Set(forms.filter((form) => promotedGames.has(form)));
  const sites = words.some((word) => plainSiteName.test(word)) ? 1 : 0;
  const viceNames = Math.min(2, new Set(vice).size);
  const points = viceNames + Math.min(4, games.size * 2) + sites;
  // "depo" and "bonus" alone are a bus depot and a wage: phrases count with a word of the trade.
  return points + (points > 0 ? pointsOf(gamblingPhrases, said) : phrasesAlone(said));
}

function phrasesAlone(said: string): number {
  const points = pointsOf(gamblingPhrases, said);
  return points >= 4 ? points : 0;
}

function isOrdinarySlot(forms: readonly string[], at: number): boolean {
  return forms[at] === 'slot' && ordinarySlots.has(forms[at + 1] ?? '');
}

const digitLetters: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
};

/** A word as written and as meant: "g4c0r", "sl0t" (1 is i or l), "gaaacorrr". */
function readings(word: string): readonly string[] {
  const plain = squeezed(word);
  if (!/\d/.test(word) || !/[a-z]/.test(word)) return [plain];
  const asI = squeezed(word.replace(/\d/g, (digit) => digitLetters[digit] ?? digit));
  const asL = squeezed(
    word.replaceAll('1', 'l').replace(/\d/g, (digit) => digitLetters[digit] ?? digit),
  );
  return [...new Set([plain, asI, asL])];
}

const clearWords = ['slot', 'gacor', 'maxwin', 'togel', 'scater', 'judi', 'jackpot'];

/** What disguise hides: a name of the trade or of a site. Hidden ordinary words weigh nothing. */
function hiddenIn({ words, isPartial }: Disguise): number {
  const fewest = 4;
  const isName = words.some((word) => siteName.test(word));
  if (isName && (isPartial || words.length < fewest)) return 3;
  const forms = words.flatMap(readings);
  return forms.some((form) => clearWords.some((word) => form.includes(word))) ? 2 : 0;
}

function meansIn(said: string, plain: string): readonly Evidence[] {
  const found: readonly Evidence[] = [
    { reason: 'link', points: links.test(plain) ? 1 : 0 },
    { reason: 'contact_offer', points: contacts.test(said) ? 2 : 0 },
    { reason: 'promotion', points: pointsOf(promotionPhrases, said) },
  ];
  return found.filter(({ points }) => points > 0);
}
