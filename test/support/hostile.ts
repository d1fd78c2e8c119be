import { cpuMs } from './cpu.ts';

/** A text of exactly so many UTF-16 units, made to cost whoever looks at it as much as possible. */
export type Hostile = (units: number) => string;

const repeated =
  (piece: string): Hostile =>
  (units) =>
    piece.repeat(Math.ceil(units / piece.length)).slice(0, units);

/** Another piece each time. */
const counted =
  (piece: (count: number, word: string) => string): Hostile =>
  (units) => {
    let text = '';
    for (let count = 0; text.length < units; count += 1) text += piece(count, wordFor(count));
    return text.slice(0, units);
  };

function wordFor(count: number): string {
  let word = '';
  for (let rest = (count + 1) * 7919; rest > 0; rest = Math.floor(rest / 26)) {
    word += String.fromCharCode(97 + (rest % 26));
  }
  return word;
}

const between =
  (before: string, piece: string, behind: string): Hostile =>
  (units) =>
    before + repeated(piece)(units - before.length - behind.length) + behind;

export const hostileTexts: Readonly<Record<string, Hostile>> = {
  'marks alternating': repeated('\u0301\u0327'),
  'marks on letters': repeated(`a${'\u0301\u0327'.repeat(20)}`),
  'marks beyond the basic plane': repeated('\u{1d165}\u{1d16e}'),
  'signs for a phrase': repeated('\ufdfa'),
  'square signs': repeated('㍿㌖'),
  ligatures: repeated('ﬃ'),
  'conjoining jamo': repeated('\u1100\u1161\u11a8'),
  digits: repeated('1'),
  'digits apart': repeated('1 '),
  'digits with dots': repeated('111.'),
  'parts of telephone numbers': repeated('0812-'),
  'masked digits': repeated('1x*•'),
  'opening brackets': repeated('('),
  'square brackets': repeated('['),
  'brackets with gaps': repeated('( '),
  'a bracket and spaces': between('(', ' ', ''),
  'relays that never end': repeated('(sms radio'),
  'tests that never end': repeated('(tes '),
  spaces: repeated(' '),
  'spaces between letters': between('a', ' ', 'b'),
  'line breaks': repeated('\n'),
  'CR and LF': repeated('\r\n'),
  'a repeated word': repeated('jalan '),
  'other words each time': counted((_, word) => `${word} `),
  'unknown words with vowels': counted((_, word) => `${word}anggun `),
  'prefixes, then a suffix': between('', 'ber', 'nya'),
  'words of affixes': repeated('memperberterkannya '),
  'di and di again': repeated('di'),
  suffixes: repeated('nya'),
  'a stretched letter': repeated('a'),
  'stretched words': repeated('haloooo bbbb '),
  'doubled words': repeated('aa2'),
  'letters apart': repeated('s.l.o.t '),
  'quoted letters': repeated("a'a’"),
  addresses: repeated('https://a.id/'),
  'short links': repeated('https://t.co/a '),
  'bare domains': repeated('www.a-'),
  mentions: repeated('@a '),
  'at signs': repeated('@'),
  'e-mail addresses': repeated('a.a@a.'),
  'mentions of a page': repeated('@[1:a@['),
  tags: repeated('#lapor '),
  commas: repeated(','),
  hyphens: repeated('-'),
  'signs in front of a report': repeated('anonim, rahasia, '),
  'wishes for secrecy': repeated('jangan sampai bilang siapa nama saya '),
  'signs glued': repeated('anonimrahasia'),
  'the beginning of an offer': repeated('paket data '),
  'the beginning of a boast': repeated('depo cuma '),
  'places with numbers': counted((count) => `rt ${count} `),
  streets: counted((_, word) => `jl ${word}ingo `),
  'villages with long names': counted((_, word) => `desa kar${word}anganyarbaru, `),
  numbers: counted((count) => `${count * 7919} `),
  'emoji joined': repeated('👩‍👩‍👧‍👦'),
  'emoji and joiners': repeated('😀\u200d'),
  joiners: repeated('\u200d'),
  'lone surrogates': repeated('\ud83d'),
  'bold letters': repeated('𝐠'),
  'full-width letters': repeated('ＳＬ '),
  'circled letters': repeated('Ⓢ'),
  'Cyrillic letters': repeated('с'),
  Thai: repeated('ที่'),
  NUL: repeated('\0'),
  'all of it': repeated('a\u0301 (1) [b] @c, https://d.id berjalannya 08-12 ﷺ\n'),
};

/** Words that every object of JavaScript answers to. */
export const hostileKeys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'] as const;

/** What something of this size may cost: so much processor time, and three times that of half its size. */
const mostMs = 50;
const mostRatio = 3;
/** Below this the clock says nothing. */
const leastMs = 8;
const mostRounds = 8;

/**
 * What is too dear, in words; null when all is well. `prepare` gets a hostile text ready, and gives what is
 * measured. The least of several rounds counts: whatever else the machine does only adds to it.
 */
export function tooDear(prepare: (text: string) => () => unknown, units: number): string | null {
  const found = Object.entries(hostileTexts).flatMap(([label, text]) => {
    const whole = prepare(text(units));
    const half = prepare(text(units / 2));
    const least = { half: Infinity, whole: Infinity };
    for (let round = 0; round < mostRounds; round += 1) {
      least.whole = Math.min(least.whole, costOf(whole));
      if (least.whole < leastMs) return [];
      least.half = Math.min(least.half, costOf(half));
      if (least.whole <= mostMs && least.whole <= mostRatio * least.half) return [];
      if (least.whole > 10 * mostMs) break;
    }
    return [`${label}: ${least.half.toFixed(1)} ms, twice as long ${least.whole.toFixed(1)} ms`];
  });
  return found.length === 0 ? null : found.join('; ');
}

function costOf(act: () => unknown): number {
  const before = cpuMs();
  act();
  return cpuMs() - before;
}
