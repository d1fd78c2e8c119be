import { idlePhrases, placeWords, topicsOfWord } from './topic-words.ts';
import {
  courtesies,
  emptyWords,
  greetings,
  isAmong,
  listOf,
  titles,
  wordsIn,
} from './vocabulary.ts';

/** How many words from a place word something said about it can stand: a name may come between. */
const wordsBefore = 4;
const wordsBehind = 9;

const prepositions = listOf(
  'di d depan dpn dekat dkt samping sebelah belakang blkg ke arah menuju sekitar sepanjang seberang pinggir tepi dari ujung',
);

/**
 * What a text is about. In: text in any case and spelling. Out: stable ids (`road`, `street_light`,
 * `water`, …), empty when nothing is recognised; a place by itself ("di Jl. Merdeka") is no topic.
 * Throws nothing.
 */
export function topicsIn(text: string): ReadonlySet<string> {
  const words = wordsIn(text);
  const topics = new Set<string>();
  for (let at = 0; at < words.length;) {
    const phrase = phraseAt(words, at);
    if (phrase !== null) for (const topic of phrase) topics.add(topic);
    else for (const topic of wordTopics(words, at, topics.size > 0)) topics.add(topic);
    at += phrase === null ? 1 : 2;
  }
  return topics;
}

/** The topics of the two words here as a phrase: empty for an idle one, null when they are none. */
function phraseAt(words: readonly string[], at: number): readonly string[] | null {
  const phrase = `${words[at] ?? ''}_${words[at + 1] ?? ''}`;
  const topics = topicsOfWord.get(phrase);
  if (topics !== undefined) return topics;
  if (idlePhrases.has(phrase)) return [];
  // "lampunya mati", "jalannya rusak": the first word of a phrase may carry its suffix.
  return (
    topicsOfWord.get(`${(words[at] ?? '').replace(/nya$/, '')}_${words[at + 1] ?? ''}`) ?? null
  );
}

function wordTopics(words: readonly string[], at: number, hasTopic: boolean): readonly string[] {
  const word = words[at] ?? '';
  const place = placeWords.get(word) ?? placeWords.get(`${word}_${words[at + 1] ?? ''}`);
  if (place === undefined) return topicsOfForm(word);
  // "PJU di Jl. Kenanga rusak" says nothing about the road.
  if (hasTopic && prepositions.has(words[at - 1] ?? '')) return [];
  const around = words.slice(Math.max(0, at - wordsBefore), at + wordsBehind + 1);
  return around.some((other) => place.about.has(other)) ? [place.topic] : [];
}

const suffixes = ['', 'nya', 'kan', 'an', 'lah', 'i', 'ku', 'e', 'ne'];
const prefixes = [
  '',
  'ber',
  'ter',
  'di',
  'ke',
  'me',
  'mem',
  'men',
  'meng',
  'pe',
  'pem',
  'pen',
  'peng',
  'se',
  'ng',
];

/** A form belongs to the first root left of it: "kebanjiran", "sampahnya", "berlubang". */
function topicsOfForm(word: string): readonly string[] {
  for (const suffix of suffixes) {
    if (!word.endsWith(suffix)) continue;
    const stem = word.slice(0, word.length - suffix.length);
    for (const prefix of prefixes) {
      const root = stem.startsWith(prefix) ? stem.slice(prefix.length) : '';
      // Short roots would be found in many words: only the bare word is looked up.
      const topics = root.length >= (root === word ? 1 : 3) ? topicsOfWord.get(root) : undefined;
      if (topics !== undefined && (root.length > 3 || prefix === '')) return topics;
    }
  }
  return [];
}

const streets = listOf('jalan jln jl gang gg lorong komplek kompleks perum perumahan cluster');
const areas = listOf(
  'desa ds kel kelurahan kec kecamatan kab kabupaten kota prov provinsi dusun dsn kampung kp pasar rs rsud simpang terminal stasiun taman',
);

/** So many content words are a matter, whatever they are about. */
const enough = 3;

/** Looking up is the slow part; what has said nothing in so many words will not say it later. */
const mostLookUps = 60;

/**
 * Whether a text says what it is about. In: the text and what an ordinary Indonesian word is. Out: true
 * when a topic is recognised or three ordinary words are left without courtesies, greetings, grammar and
 * places ("tolong perbaiki pagar makam"); false for "tolong pak", "hcjnnb", "Jl. Kenanga RT 3". Throws
 * nothing.
 */
export function hasMatter(text: string, isOrdinaryWord: (word: string) => boolean): boolean {
  if (topicsIn(text).size > 0) return true;
  let found = 0;
  let looked = 0;
  let name = 0;
  for (const word of wordsIn(text)) {
    if (name > 0 && !emptyWords.has(word)) {
      name -= 1;
      continue;
    }
    name = streets.has(word) ? 2 : Number(areas.has(word));
    if (!carriesMatter(word)) continue;
    found += Number(isOrdinaryWord(word));
    looked += 1;
    if (found >= enough || looked >= mostLookUps) break;
  }
  return found >= enough;
}

function carriesMatter(word: string): boolean {
  return (
    /^\p{L}{3,24}$/u.test(word) &&
    !emptyWords.has(word) &&
    !courtesies.has(word) &&
    !isAmong(greetings, word) &&
    !titles.has(word)
  );
}

const openings = listOf(`
  yth ykh kepada kpd dear selamat slmt met pagi siang sore malam mlm assalamualaikum assalamu asalamualaikum
  ass aslmkm salam shalom om halo hallo hai hi permisi punten nyuwun kulo kulonuwun sampurasun maaf mohon mhn
  tolong tlg tulung tlng minta bantu lapor laporan melaporkan melapor saya sy sya kami bagaimana bgmn gimana
  gmn apakah apa kapan kenapa mengapa knp berapa brp dimana siapa bisakah bolehkah boleh adakah kok mau ingin
  izin ijin numpang pak bapak bpk bu ibu min admin mas mbak kak bang kang om dengan bersama menanyakan
  bertanya tanya info informasi cara apabila sehubungan harap mengadu aduan pengaduan terhormat usul saran`);

const shortestRequest = 6;

/**
 * Whether a text is a whole request by its form: it opens with a salutation or a word that asks, and has
 * at least six words. In: normalised text. Out: see there. Throws nothing.
 */
export function isRequest(text: string): boolean {
  // Mentions and tags stand in front of everything else on public channels.
  const said = text.replace(/^(?:\s*[@#][\p{L}\p{N}_.]+[\s:,]*)+/u, '');
  const words = wordsIn(said).filter((word) => /\p{L}/u.test(word));
  return words.length >= shortestRequest && isAmong(openings, words[0] ?? '');
}
