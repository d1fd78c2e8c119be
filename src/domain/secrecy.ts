import { fillers } from './abbreviations.ts';
import {
  is,
  meantBy,
  near,
  type Sentence,
  sentencesOf,
  tagTable,
  type Token,
  wordsBySentence,
} from './tagged.ts';
import { courtesies, greetings, listOf, titles } from './vocabulary.ts';

/** What a text asks about its writer, and the text without the words that ask for it. */
export type Secrecy = {
  readonly anonymous: boolean;
  readonly confidential: boolean;
  readonly rest: string;
};

type IsOrdinaryWord = (word: string) => boolean;

/** What words may mean in a wish: a word can stand in several rows. */
const vocabulary = [
  [
    'anonymous',
    `anonim anonym anonymous anonymously anonimus anonymus anonimous anonimkan dianonimkan inkognito incognito`,
  ],
  ['secret', 'rahasia rahsia confidential private secret'],
  [
    'hide',
    `rahasiakan rahasiain rhsiakan drhsiakan dirahasiakan dirahasiain rahasikan sembunyikan sembunyiin disembunyikan disembunyiin umpetin
    diumpetin samarkan samarin disamarkan disamarin sensor disensor diblur privatkan diprivat diprivatkan hide conceal
    hidden withhold`,
  ],
  ['hiding', 'merahasiakan menyembunyikan menyamarkan menjaga melindungi'],
  [
    'guard',
    'jaga dijaga jagain dijagain lindungi dilindungi jamin dijamin perlindungan amankan diamankan protect protected keep kept',
  ],
  ['privacy', 'kerahasiaan kerahasian privasi privacy'],
  [
    'name',
    'nama nm nma identitas jatidiri inisial jeneng nami namo asma ngaran jenengan name names identity adan',
  ],
  // These are a person's only with "saya" behind them.
  [
    'number',
    'data biodata nomor nomer no nope hp handphone kontak akun alamat foto wajah muka profil laporan aduan pengaduan number contact details phone',
  ],
  [
    'self',
    'saya kami pelapor pengadu pengirim narasumber kula kulo abdi ambo awak ulun tiang beta ane gua my me i',
  ],
  // Whose name it may be instead.
  [
    'other',
    `pelaku tersangka korban pasien penerima panitia peserta pejabat oknum pemenang terduga terlapor donatur perusahaan
    petugas pegawai jalan gang desa sekolah instansi dinas kantor toko barang obat warga siswa calon`,
  ],
  [
    'never',
    'jangan jang jan jangki ojok ampun entong ulah tong sampunang tanpa dont never without',
  ],
  ['not', 'tidak not bukan'],
  ['will', 'usah perlu mau ingin pengen pingin bersedia berkenan berani boleh do should must'],
  ['please', 'mohon tolong minta meminta harap agar supaya bantu please kindly'],
  [
    'expose',
    `sebut sebutkan disebut disebutkan menyebut menyebutkan sebutin disebutin nyebut nyebutin nyebutno sebat disebat
    nyebat disebatkeun disebataken disabuik disambat nyambat publikasikan dipublikasikan publikasi publish dipublish dipublikasi sebar
    sebarkan disebar disebarkan menyebarkan tersebar sebarluaskan disebarluaskan bocor bocorkan dibocorkan membocorkan bocorin
    dibocorin ungkap ungkapkan diungkap diungkapkan mengungkap mengungkapkan buka dibuka membuka tampilkan ditampilkan
    menampilkan cantumkan dicantumkan mencantumkan dimuat ditulis munculkan dimunculkan umumkan diumumkan mengumumkan diketahui ketahuan share dishare viral
    diviralkan viralkan ekspos diekspos expose exposed spill dispill diberitahukan beritahukan dikenal dikenali bongkar
    dibongkar dibawa diserahkan mention mentioned mentioning reveal revealed shared disclose disclosed published use show tell
    kasih dikasih diberikan`,
  ],
  [
    'tell',
    `tau tahu diketahui ketahuan kasih kasi dikasih beri diberi bilang bilangin dibilang cerita diceritakan ceritakan
    kondo kandha ngomong ngomongin ngandani bebeja bejakeun beritahu beritahukan diberitahu tell say know sampaikan`,
  ],
  [
    'report',
    `lapor melapor ngelapor melaporkan laporkan laporan laporin ngelaporin dilaporkan mengadu ngadu adukan
    mengadukan aduan nglapor nglaporke nglaporno pelapor pengadu reported report reporting complained kirim mengirim`,
  ],
  ['who', 'siapa sapa sopo saha who'],
  // Somebody else says it, or asks why.
  [
    'quote',
    `kata katanya ktnya bilang bilangnya dibilang alasan alasannya alesannya dalih dalihnya jawab jawabnya jawabannya
    menurut ngakunya ujar ujarnya tulisannya kenapa mengapa kok apakah why`,
  ],
  ['before', 'pernah kemarin dulu lalu dahulu sudah'],
  [
    'way',
    `secara sebagai sifat sifatnya bersifat tetap jadi pakai pake mode mau ingin biar stay remain keep kept be as`,
  ],
  // What is anonymous or secret instead of a person.
  [
    'thing',
    `akun surat pesan telepon telpon sms nomor email komentar penelepon donatur kotak tombol opsi menu fitur formulir
    kolom data dokumen kode pin informasi agenda pertanyaan ruang berkas password sandi orang`,
  ],
  ['known', 'ketahuan diketahui'],
  ['initials', 'inisial'],
  ['off', 'off'],
  [
    'idle',
    `ini itu saja aja lah pakai pake demi karena sebab takut khawatir kuatir keamanan keselamatan aman alasan serta
    kan kalau jika bisa boleh cukup sifatnya sifat bersifat secara isi status jenis tetap please this it is the and my i am want
    for of bahwa nanti tidak usah perlu jangan sampai identitas nama pelapor semua seluruh pihak siapa siapapun pun mereka
    nya benar complaint report`,
  ],
] as const;

type Tag = (typeof vocabulary)[number][0];

/** Courtesies say nothing, either. */
const idleWords = [courtesies, greetings, titles, fillers].flatMap((list) => [...list]);
const tagsByWord = tagTable<Tag>([...vocabulary, ['idle', idleWords.join(' ')]]);

/** The first and last word of a wish, by their places in the sentence. */
type Wish = {
  readonly kind: 'anonymous' | 'confidential';
  readonly from: number;
  readonly to: number;
};

/**
 * Reads wishes to stay unknown, wherever they stand: "rahasiakan nama saya", "jangan bilang siapa yang
 * lapor", "(rahasia)", "saya mau lapor anonim". In: normalised text, and what an ordinary Indonesian word
 * is (a slip of the finger never makes a wish of one). Reports about secrets, other people's names and
 * what others said are no wishes; in doubt it is one. `words` are those of the text, where they are known
 * already. Linear in the text. Throws nothing.
 */
export function secrecyIn(
  text: string,
  isOrdinaryWord: IsOrdinaryWord,
  words = wordsBySentence(text),
): Secrecy {
  const found = { anonymous: false, confidential: false };
  let rest = '';
  let end = 0;
  for (const sentence of sentencesOf(words, (word) => tagsOf(word, isOrdinaryWord))) {
    for (const { kind, from, to } of wishesIn(sentence)) {
      found[kind] = true;
      const [first, last] = [sentence[from], sentence[to]];
      if (!first || !last || last.end <= end) continue;
      rest += `${text.slice(end, Math.max(end, first.start))} `;
      ({ end } = last);
    }
  }
  return { ...found, rest: rest + text.slice(end) };
}

const noTags: ReadonlySet<Tag> = new Set();

function tagsOf(word: string, isOrdinaryWord: IsOrdinaryWord): ReadonlySet<Tag> {
  const exact = tagsByWord.get(word);
  if (exact) return exact;
  // "namaku", "identitasnya"; what is mine says "saya", too.
  const [, stem = '', owner = ''] = /^(\p{L}{3,})(ku|q|nya|ne|mu)$/u.exec(word) ?? [];
  const tags = tagsByWord.get(stem);
  if (tags && /^(?:ku|q)$/.test(owner)) return new Set<Tag>([...tags, 'self']);
  return tags ?? tagsOfSlip(word, isOrdinaryWord);
}

const tagsOfSlip = (word: string, isOrdinaryWord: IsOrdinaryWord): ReadonlySet<Tag> =>
  tagsByWord.get(meantBy(word, slipping, isOrdinaryWord) ?? '') ?? noTags;

/** Words whose slips count. */
const slipping = [
  ...listOf('anonim anonymous rahasia rahasiakan dirahasiakan disembunyikan identitas'),
];

/** Whether a text says nothing that anybody could act on: courtesies, "saya takut". Throws nothing. */
export function saysNothingIn(text: string): boolean {
  const tokens = sentencesOf(wordsBySentence(text), (word) => tagsOf(word, () => true)).flat();
  return tokens.every(saysNothing) && !/\p{N}/u.test(text);
}

function wishesIn(sentence: Sentence<Tag>): Wish[] {
  return sentence.flatMap((token, at) => {
    for (const [tag, rule] of rules) {
      const found = token.tags.has(tag) ? rule(sentence, at, token) : null;
      if (found) return [found];
    }
    return [];
  });
}

const has = (...given: Parameters<typeof near<Tag>>): boolean => near(...given) >= 0;

const wish = (kind: Wish['kind'], ...places: readonly number[]): Wish => {
  const inside = places.filter((place) => place >= 0);
  return { kind, from: Math.min(...inside), to: Math.max(...inside) };
};

/** "tidak perlu dirahasiakan"; but "jangan lupa rahasiakan". */
function isNegated(sentence: Sentence<Tag>, at: number): boolean {
  for (let place = at - 1; place >= at - 3; place -= 1) {
    const { word, tags } = sentence[place] ?? {};
    if (word === 'lupa') return false;
    if (tags?.has('never') || tags?.has('not')) return true;
  }
  return false;
}

/** The place of what forbids, up to six words before: "jangan", "tidak usah", "mohon tidak". */
function forbidding(sentence: Sentence<Tag>, at: number): number {
  for (let place = at - 1; place >= at - 6; place -= 1) {
    const tags = sentence[place]?.tags;
    if (tags?.has('never')) return place;
    if (!tags?.has('not')) continue;
    const isWanted = has(sentence, place, 'will', 1, 1) || has(sentence, place, 'please', 4, 0);
    if (isWanted) return place;
  }
  return -1;
}

/** Whose name it is by the words behind it: "identitas pelaku", not "identitas saya, pelaku …". */
function isOthers(sentence: Sentence<Tag>, name: number): boolean {
  const behind = sentence
    .slice(name + 1, name + 4)
    .filter(({ clause }) => clause === sentence[name]?.clause);
  const owner = behind.find(({ tags }) => tags.has('self') || tags.has('other'));
  return owner !== undefined && !owner.tags.has('self');
}

/** A name, or a number of mine, near a word; never somebody else's. */
function mine(sentence: Sentence<Tag>, at: number, back: number, ahead: number): number {
  const name = near(sentence, at, 'name', back, ahead);
  if (name >= 0) return isOthers(sentence, name) ? -1 : name;
  const number = near(sentence, at, 'number', back, ahead);
  const isMine =
    is(sentence, number, 'self') ||
    has(sentence, number, 'self', 0, 3) ||
    (is(sentence, number, 'report') && sentence[number + 1]?.word === 'ini');
  return isMine ? number : -1;
}

type Rule = (sentence: Sentence<Tag>, at: number, token: Token<Tag>) => Wish | null;

/** "rahasiakan nama saya", "identitas mohon disembunyikan", "nama dirahasiakan". */
const hidesName: Rule = (sentence, at, token) => {
  const name = isNegated(sentence, at) ? -1 : mine(sentence, at, 8, 6);
  if (name < 0) return null;
  const self = near(sentence, at, 'self', 8, 6);
  const isSigned = (name === at - 1 || name === at - 2) && isBare(sentence, at);
  return self >= 0 || isSigned || isAsked(sentence, at, token)
    ? wish('confidential', at, name, self)
    : null;
};

/** "mohon dirahasiakan", "rahasiakan ya pak". */
const hides: Rule = (sentence, at, token) => {
  if (isNegated(sentence, at)) return null;
  if (isAsked(sentence, at, token) || is(sentence, at + 1, 'self')) {
    return has(sentence, at, 'quote', 8, 0) ? null : wish('confidential', at);
  }
  const isOrder = !/^(?:di|hidden)/.test(token.word);
  return isOrder && isBare(sentence, at) ? wish('confidential', at) : null;
};

function isAsked(sentence: Sentence<Tag>, at: number, { clause }: Token<Tag>): boolean {
  return sentence[near(sentence, at, 'please', 6, 4)]?.clause === clause;
}

/** "mohon merahasiakan identitas saya": what somebody does is a wish only when they are asked to. */
const hiding: Rule = (sentence, at) => {
  if (isNegated(sentence, at) || !has(sentence, at, 'please', 5, 0)) return null;
  const what = [near(sentence, at, 'name', 0, 3), near(sentence, at, 'privacy', 0, 3)];
  const self = near(sentence, at, 'self', 0, 5);
  return Math.max(...what) >= 0 && self >= 0 ? wish('confidential', at, ...what, self) : null;
};

/** "kerahasiaan pelapor mohon dijaga", "lindungi identitas saya". */
const guards: Rule = (sentence, at) => {
  if (isNegated(sentence, at)) return null;
  const privacy = near(sentence, at, 'privacy', 5, 4);
  const what = privacy >= 0 ? privacy : near(sentence, at, 'name', 5, 4);
  if (what < 0 || isOthers(sentence, what)) return null;
  const self = near(sentence, what, 'self', 3, 3);
  const isAsked = privacy >= 0 && has(sentence, at, 'please', 6, 3);
  return self >= 0 || isAsked ? wish('confidential', at, what, self) : null;
};

/** "jangan sebut nama saya", "nama saya tidak usah disebut", "mohon tidak dipublikasikan namanya". */
const exposes: Rule = (sentence, at) => {
  const never = forbidding(sentence, at);
  const name = never < 0 ? -1 : mine(sentence, at, 8, 6);
  if (name < 0) return null;
  const isPlain =
    is(sentence, never, 'never') && !/^(?:tanpa|without)$/.test(sentence[never]?.word ?? '');
  const self = near(sentence, name, 'self', 3, 3);
  const isTheirs = is(sentence, name, 'self') || self >= 0 || has(sentence, never, 'self', 2, 0);
  return isPlain || isTheirs ? wish('confidential', at, never, name, self) : null;
};

/** "jangan kasih tau siapa yang lapor", "jangan sampai mereka tahu saya yang melapor". */
const tells: Rule = (sentence, at, token) => {
  const never = forbidding(sentence, at);
  if (never < 0) return null;
  const who = near(sentence, at, 'who', 0, 10);
  if (who >= 0 && is(sentence, who + 1, 'who')) return wish('confidential', never, who);
  const self = token.tags.has('tell') ? near(sentence, at, 'self', 0, 10) : -1;
  const report = near(sentence, at, 'report', 0, 10);
  const isReporter = sentence[report]?.clause === token.clause && Math.max(who, self) >= 0;
  return isReporter ? wish('confidential', never, who, self, report) : null;
};

/** "jangan sampai saya ketahuan", "saya takut ketahuan". */
const becomesKnown: Rule = (sentence, at) => {
  const never = forbidding(sentence, at);
  const isFeared = sentence.slice(Math.max(0, at - 3), at).some(({ word }) => word === 'takut');
  const self = near(sentence, at, 'self', 6, 10);
  return self >= 0 && (never >= 0 || isFeared) ? wish('confidential', at, never, self) : null;
};

/** RAHASIA that says of this report what it is: alone in its clause, or "secara rahasia", "ini rahasia". */
const isSecret: Rule = (sentence, at) => {
  if (isNegated(sentence, at) || has(sentence, at, 'quote', 6, 4)) return null;
  if (has(sentence, at, 'before', 3, 0) || has(sentence, at, 'thing', 2, 0)) return null;
  return isBare(sentence, at) || (isMeant(sentence, at) && goesNoFurther(sentence, at))
    ? wish('confidential', at)
    : null;
};

/** ANONIM as a wish about this report; told of an earlier one it is at least a wish for secrecy. */
const isAnonymous: Rule = (sentence, at, { word }) => {
  if (isNegated(sentence, at) || has(sentence, at, 'thing', 2, 0)) return null;
  if (!word.endsWith('kan') && !isBare(sentence, at) && !isMeant(sentence, at)) return null;
  const isPast = has(sentence, at, 'before', 3, 2);
  return wish(isPast ? 'confidential' : 'anonymous', at);
};

/** "cukup inisial saja". */
const isInitials: Rule = (sentence, at) =>
  [-1, 1].some((step) => /^(?:cukup|pakai|pake|saja)$/.test(sentence[at + step]?.word ?? ''))
    ? wish('confidential', at)
    : null;

/** "off the record". */
const isOffRecord: Rule = (sentence, at) =>
  ['off', 'the', 'record'].every((word, step) => sentence[at + step]?.word === word)
    ? wish('confidential', at, at + 2)
    : null;

const rules: readonly (readonly [Tag, Rule])[] = [
  ['hide', hidesName],
  ['hide', hides],
  ['hiding', hiding],
  ['guard', guards],
  ['expose', exposes],
  ['expose', tells],
  ['tell', tells],
  ['known', becomesKnown],
  ['secret', isSecret],
  ['anonymous', isAnonymous],
  ['initials', isInitials],
  ['off', isOffRecord],
];

/** Whether the clause says nothing else, as far as the longest wish reaches. */
function isBare(sentence: Sentence<Tag>, at: number): boolean {
  const clause = sentence[at]?.clause;
  for (let step = 1; step <= 8; step += 1) {
    const around = [sentence[at - step], sentence[at + step]].filter(
      (token) => token?.clause === clause,
    );
    if (around.length === 0) return true;
    if (!around.every((token) => token !== undefined && saysNothing(token))) return false;
  }
  return false;
}

const saysNothing = ({ tags }: Token<Tag>): boolean =>
  (['idle', 'anonymous', 'secret', 'please', 'way', 'report', 'self'] as const).some((tag) =>
    tags.has(tag),
  );

const isMeant = (sentence: Sentence<Tag>, at: number): boolean =>
  has(sentence, at, 'way', 2, 0) ||
  has(sentence, at, 'report', 2, 0) ||
  has(sentence, at, 'please', 2, 0) ||
  has(sentence, at, 'self', 1, 0) ||
  has(sentence, at, 'name', 1, 0);

function goesNoFurther(sentence: Sentence<Tag>, at: number): boolean {
  const next = sentence[at + 1];
  return next?.clause !== sentence[at]?.clause || (next !== undefined && saysNothing(next));
}
