import {
  is,
  meantBy,
  near,
  type Sentence,
  sentencesOf,
  tagTable,
  wordsBySentence,
} from './tagged.ts';
import { listOf } from './vocabulary.ts';

/** Suicide is told from the rest: nobody means it by the same danger as a fire. */
export type Danger = 'suicide' | 'other';

type IsOrdinaryWord = (word: string) => boolean;

/** What words may mean where life is in danger: a word can stand in several rows. */
const vocabulary = [
  ['fire', 'kebakaran terbakar kebakar kahuruan fire'],
  // Places are called so, too.
  ['burnt', 'kobong kobongan'],
  ['house', 'rumah omah umah griya pasar warung gudang toko'],
  ['brigade', 'mobil unit petugas pos dinas armada lampu pju bohlam saklar'],
  ['mood', 'cemburu emosi amarah semangat matahari'],
  ['fallen', 'jatuh tercebur kecebur terperosok'],
  ['deep', 'sumur sungai jurang kali laut danau waduk'],
  ['robber', 'begal rampok perampok'],
  ['there', 'ada'],
  ['flame', 'api apinya'],
  ['grows', 'besar membesar berkobar menjalar merambat menyambar melahap melalap menghanguskan'],
  ['explosion', 'meledak ledakan mbledos njeblug'],
  [
    'explosive',
    'gas tabung elpiji lpg kompor trafo travo gardu pabrik rumah gudang petasan mercon bom granat',
  ],
  ['bomb', 'bom bomb'],
  [
    'trapped',
    `terjebak kejebak terperangkap terkurung tersekap disekap terjepit kejepit terkubur terkunci trapped stuck`,
  ],
  [
    'inside',
    `lift dalam reruntuhan atap gedung kamar sumur gua bangunan longsor banjir lantai api kebakaran mobil rumah air
    reruntuhannya inside`,
  ],
  [
    'swallowed',
    `tenggelam kelelep hanyut keli terseret tertimbun ketimbun tertimpa ketimpa tersetrum kesetrum drowning`,
  ],
  [
    'person',
    `orang anak anaknya bocah bayi balita warga korban nelayan teman adik kakak siswa murid pelajar pekerja penumpang
    pengendara sopir lansia nenek kakek suami istri keluarga tetangga mahasiswa santri pendaki wisatawan wong arek person people
    child`,
  ],
  ['self', 'saya kami kula kulo abdi ambo awak ulun ane gua i me my'],
  [
    'kin',
    'saya kami istri suami anak adik kakak keluarga ibu bapak ayah orangtua tetangga nenek kakek me us my',
  ],
  ['kill', 'bunuh gantung akhiri mengakhiri habisi menghabisi ngakhiri kill end bakar'],
  ['life', 'diri hidup nyawa myself life'],
  ['suicide', 'bundir suicide suicidal gandir'],
  ['die', 'mati mampus die modar'],
  ['jump', 'lompat loncat terjun meloncat melompat nyebur jump'],
  ['height', 'jembatan gedung lantai menara flyover tower rel atap bridge roof'],
  ['will', 'mau ingin pengen pingin pengin kepengen akan hendak nekat mending want arep going'],
  ['only', 'saja lagi'],
  [
    'hurt',
    `dipukul dipukuli dipukulin digebukin digebuki dikeroyok dianiaya dibacok ditusuk ditikam ditembak diperkosa disiksa
    dicekik diculik disandera dihajar dibunuh dirampok dibegal ditodong kebacok raped stabbed`,
  ],
  [
    'hurts',
    `memukul mukul mukulin memukuli menganiaya menyiksa membacok menusuk menembak mencekik menghajar membunuh nggebuki
    beats beating`,
  ],
  [
    'attack',
    `pengeroyokan penganiayaan pembacokan penusukan penembakan perkosaan pemerkosaan pembunuhan penculikan penyekapan
    penyiksaan tawuran carok kdrt perampokan pembegalan`,
  ],
  ['violence', 'kekerasan'],
  ['against', 'dalam seksual fisik terhadap kepada oleh'],
  [
    'threat',
    'diancam diancem ngancam ngancem mengancam ancaman mengancamku terancam threatened threatening threatens',
  ],
  ['rage', 'mengamuk ngamuk mengejar ngejar menyerang nyerang diserang dikejar'],
  [
    'weapon',
    'golok pisau parang celurit clurit pistol senjata senpi sajam badik pedang samurai airsoft gun knife',
  ],
  [
    'lethal',
    `bunuh dibunuh membunuh bacok dibacok membacok dibakar mati nyawa jiwa dihabisi habisi menghabisi ditembak ditusuk
    dipukuli kill`,
  ],
  // What only loses somebody money, a job or a right, and what threatens without a hand.
  [
    'loss',
    `dipecat pecat denda didenda pidana penjara dicoret coret mencoret dicabut cabut dikeluarkan dituntut dilaporkan diblokir
    blokir memblokir diputus putus sanksi mutasi dimutasi nilai sebar disebar menyebar data foto punah ambruk roboh longsor gagal
    lulus dihentikan menghentikan surat potong dipotong digusur gusur penggusuran tutup ditutup tilang ditilang kekeringan
    kelaparan rusak bangkrut phk`,
  ],
  [
    'thing',
    `hp handphone lampu pohon motor mesin ikan tanaman sinyal listrik air padi ternak sapi ayam kucing pompa usaha toko aki
    jalan jembatan tiang kabel lubang talud tebing tanggul limbah bangunan baliho sungai abrasi sawah umkm hama karakter truk
    kendaraan tembok genteng atap gas lalat nyamuk`,
  ],
  // What makes of a fire or a crime a thing, an occasion or a fear.
  [
    'about',
    `pemadam hydrant hidran alarm alat bahaya rawan potensi risiko resiko cegah mencegah
    pencegahan antisipasi simulasi latihan pelatihan sosialisasi penyuluhan asuransi korban pasca paska bekas sisa akibat setelah
    sesudah habis usai penyebab kasus nomor prosedur cara jalur tangga surat keterangan anti tahan sensor detektor pintu angka tingkat
    seminar berita film konten video artikel edukasi takut takutnya khawatir kuatir bisa dapat akan mudah memicu memicunya menyebabkan
    mengakibatkan menimbulkan hampir nyaris jika kalau apabila bila seandainya tanpa bukan tidak jangan belum mirip seperti ibarat
    bagaikan undang ancaman isu uji marak maraknya gampang`,
  ],
  ['often', 'sering marak rawan banyak kerap selalu biasa setiap langganan'],
  ['behind', 'extinguisher hydrant alarm department truck exit station drill'],
  ['figure', 'sama ibarat bagaikan seperti politik karir karier ekonomi finansial'],
  [
    'study',
    'angka tingkat kasus seminar sosialisasi penyuluhan pencegahan cegah mencegah edukasi berita film konten video artikel',
  ],
  [
    'stuck',
    'macet kemacetan hutang utang pinjol rentenir penipuan kontrak calo birokrasi pinjaman judi skema hujan aturan janji',
  ],
  ['past', 'kemarin lalu dulu dahulu pernah semalam silam tempo'],
  ['now', 'sekarang barusan sedang darurat'],
  ['until', 'sampai hingga'],
  ['out', 'padam'],
  ['not', 'belum'],
] as const;

type Tag = (typeof vocabulary)[number][0];
type Words = Sentence<Tag>;

const table = tagTable<Tag>(vocabulary);
const noTags: ReadonlySet<Tag> = new Set();
/** Words whose slips count. */
const slipping = [...listOf('kebakaran terbakar terjebak tenggelam dibunuh diancam dikeroyok')];

/**
 * The dangers to life a text tells of as happening (contract section 7): fire, people trapped, suicide,
 * violence, a threat. In: normalised text, and what an ordinary Indonesian word is. Out: empty for what is
 * past, general, figurative or the name of a thing ("kebakaran bulan lalu", "rawan begal", "mobil pemadam
 * kebakaran"); in doubt about a suicide it is one. `words` are those of the text, where they are
 * known already. Linear in the text. Throws nothing.
 */
export function dangersIn(
  text: string,
  isOrdinaryWord: IsOrdinaryWord,
  words = wordsBySentence(text),
): ReadonlySet<Danger> {
  const found = new Set<Danger>();
  const tagsOf = (word: string) =>
    table.get(word) ?? table.get(meantBy(word, slipping, isOrdinaryWord) ?? '') ?? noTags;
  const plain = text.replace(yearsAgo, ' silam ');
  for (const sentence of sentencesOf(plain === text ? words : wordsBySentence(plain), tagsOf)) {
    for (const [at, { tags }] of sentence.entries()) {
      if (tags.size === 0) continue;
      if (tellsSuicide(sentence, at)) found.add('suicide');
      const rule = rules.find(([tag, holds]) => is(sentence, at, tag) && holds(sentence, at));
      if (rule && isNow(sentence, at)) found.add('other');
    }
  }
  return found;
}

/** Whatever year it is: a fire of today is told without one. */
const yearsAgo = /\b(?:tahun|thn|th)\.?\s{0,2}(?:19|20)\d\d\b/giu;

const has = (...given: Parameters<typeof near<Tag>>): boolean => near(...given) >= 0;

/** Past is what is said to be, unless it goes on. */
function isNow(sentence: Words, at: number): boolean {
  if (!has(sentence, at, 'past', 12, 12)) return true;
  const now = near(sentence, at, 'now', 12, 12);
  const isUntilNow = now >= 0 && is(sentence, now - 1, 'until');
  const out = near(sentence, at, 'out', 0, 12);
  const isBurning = out >= 0 && has(sentence, out, 'not', 2, 0);
  const isAgain = has(sentence, at, 'often', 4, 4) && has(sentence, at, 'kin', 4, 4);
  return isBurning || isAgain || (now >= 0 && !isUntilNow);
}

type Rule = (sentence: Words, at: number) => boolean;

const burns: Rule = (sentence, at) =>
  !has(sentence, at, 'about', 3, 0) &&
  !has(sentence, at, 'often', 2, 0) &&
  !has(sentence, at, 'behind', 0, 1) &&
  !has(sentence, at, 'mood', 0, 1) &&
  !isThing(sentence, at);

/** "mobil kebakaran" is a fire engine, "mobil terbakar" is not; "lampu terbakar" is only broken. */
const isThing: Rule = (sentence, at) =>
  is(sentence, at - 1, 'brigade') &&
  (sentence[at]?.word === 'kebakaran' ||
    !/^(?:mobil|unit|pos)$/.test(sentence[at - 1]?.word ?? ''));

const spreads: Rule = (sentence, at) => has(sentence, at, 'grows', 0, 3);

const explodes: Rule = (sentence, at) =>
  has(sentence, at, 'explosive', 4, 3) && !has(sentence, at, 'about', 3, 0);

const holdsFast: Rule = (sentence, at) => {
  if (has(sentence, at, 'stuck', 0, 3) || has(sentence, at, 'about', 2, 0)) return false;
  if (is(sentence, at - 1, 'thing')) return false;
  return (
    has(sentence, at, 'inside', 0, 4) || isPersons(sentence, at) || has(sentence, at, 'self', 2, 0)
  );
};

/** The water or the earth takes people, not the road. */
const swallows: Rule = (sentence, at) => {
  if (has(sentence, at, 'about', 1, 0) || has(sentence, at, 'often', 3, 0)) return false;
  return isPersons(sentence, at) || has(sentence, at, 'self', 2, 0);
};

/** The nearest word before it that is a thing or a person is a person. */
function isPersons(sentence: Words, at: number): boolean {
  if (is(sentence, at - 2, 'there') && sentence[at - 1]?.word === 'yang') return true;
  const person = near(sentence, at, 'person', 4, 0);
  const thing = near(sentence, at, 'thing', 4, 0);
  return person >= 0 && person > thing;
}

const hurts: Rule = (sentence, at) => has(sentence, at, 'kin', 0, 3);

const isHurt: Rule = (sentence, at) =>
  sentence[at + 1]?.word !== 'rata' &&
  (has(sentence, at, 'kin', 4, 3) ||
    (!has(sentence, at, 'often', 3, 3) && !has(sentence, at, 'about', 3, 0)));

const isAttack: Rule = (sentence, at) => {
  const isOwn = has(sentence, at, 'self', 2, 2) || has(sentence, at, 'kin', 1, 1);
  if (isOwn) return true;
  return !has(sentence, at, 'often', 4, 4) && !has(sentence, at, 'about', 3, 0);
};

const isViolence: Rule = (sentence, at) =>
  is(sentence, at + 1, 'against') &&
  has(sentence, at, 'kin', 4, 6) &&
  !has(sentence, at, 'study', 3, 0);

/** A threat to life or by somebody's hand; not to a job, and not by a pothole. */
const threatens: Rule = (sentence, at) => {
  if (has(sentence, at, 'weapon', 4, 8)) return true;
  const thing = has(sentence, at, 'thing', 8, 3);
  if (has(sentence, at, 'lethal', 3, 6)) return !thing;
  const isActive = /^(?:me|ng)/.test(sentence[at]?.word ?? '');
  return (
    has(sentence, at, 'kin', isActive ? 0 : 2, 2) && !thing && !has(sentence, at, 'loss', 0, 6)
  );
};

/** "dia mau bunuh saya". */
const meansToKill: Rule = (sentence, at) =>
  has(sentence, at, 'will', 2, 0) && has(sentence, at, 'kin', 0, 2);

const fell: Rule = (sentence, at) => isPersons(sentence, at) && has(sentence, at, 'deep', 0, 3);

const robs: Rule = (sentence, at) =>
  (has(sentence, at, 'there', 2, 0) || has(sentence, at, 'now', 0, 6)) &&
  !has(sentence, at, 'often', 6, 6);

const rages: Rule = (sentence, at) => has(sentence, at, 'weapon', 6, 6);

const isBomb: Rule = (sentence, at) =>
  !/^(?:waktu|ikan|air)$/.test(sentence[at + 1]?.word ?? '') && !has(sentence, at, 'figure', 2, 0);

const rules: readonly (readonly [Tag, Rule])[] = [
  ['fire', burns],
  ['flame', spreads],
  ['explosion', explodes],
  ['trapped', holdsFast],
  ['swallowed', swallows],
  ['hurts', hurts],
  ['hurt', isHurt],
  ['attack', isAttack],
  ['violence', isViolence],
  ['threat', threatens],
  ['rage', rages],
  ['bomb', isBomb],
  ['burnt', (sentence, at) => has(sentence, at, 'house', 1, 1)],
  ['lethal', meansToKill],
  ['fallen', fell],
  ['robber', robs],
];

function tellsSuicide(sentence: Words, at: number): boolean {
  if (!saysSuicide(sentence, at)) return false;
  if (has(sentence, at, 'study', 4, 3) || has(sentence, at, 'figure', 3, 3)) return false;
  return !is(sentence, at - 1, 'bomb') && isNow(sentence, at);
}

/** "bunuh diri", "mau mati saja", "mau lompat dari jembatan", "tidak kuat hidup". */
function saysSuicide(sentence: Words, at: number): boolean {
  if (is(sentence, at, 'suicide')) return true;
  if (is(sentence, at, 'kill')) return is(sentence, at + 1, 'life') || is(sentence, at + 2, 'life');
  if (is(sentence, at, 'jump'))
    return has(sentence, at, 'will', 3, 0) && has(sentence, at, 'height', 0, 3);
  if (is(sentence, at, 'die')) return wantsToDie(sentence, at);
  return sentence[at]?.word === 'hidup' && isTired(sentence, at);
}

function wantsToDie(sentence: Words, at: number): boolean {
  if (!has(sentence, at, 'will', 2, 0) || has(sentence, at, 'thing', 5, 0)) return false;
  return has(sentence, at, 'self', 6, 0) || is(sentence, at + 1, 'only');
}

function isTired(sentence: Words, at: number): boolean {
  const before = sentence.slice(Math.max(0, at - 2), at).map(({ word }) => word);
  return before.includes('tidak') && /^(?:kuat|sanggup|mau|ingin)$/.test(before.at(-1) ?? '');
}
