/** Numbers that look random and are the same in every run. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const listOf = (words: string): readonly string[] => words.split(/\s*[|\n]\s*/).filter(Boolean);

const openings = listOf('Yth Bapak Ibu|Selamat pagi min|Mohon maaf pak|Assalamualaikum|Lapor|Pak');
const matters = listOf(`jalan berlubang|lampu jalan mati|air PDAM tidak mengalir|sampah menumpuk
  selokan mampet|KTP belum jadi|bansos tidak sampai|banjir setiap hujan|parkir liar|jembatan goyang`);
const closings = listOf('mohon ditindaklanjuti|terima kasih|tolong segera diperbaiki|sudah lama');

const consonants = listOf('b|c|d|g|j|k|l|m|n|p|r|s|t|w|y');
const vowels = listOf('a|e|i|o|u');
const endings = ['n', 'r', 's', 'k', '', ''];

const frequent = `yang dan di ini itu sudah tidak ada untuk dengan kami saya dari ke warga karena
  juga masih lebih setiap hari kalau akan bisa belum sampai pada lagi kepada orang banyak sekali
  tersebut harus rumah anak petugas kantor malam pagi sore depan belakang samping dekat antara
  bulan minggu tahun lalu kemarin besok datang pergi lewat masuk keluar naik turun jatuh rusak
  pecah bocor kering basah kotor bersih gelap terang panas dingin besar kecil panjang pendek
  tinggi rendah baru lama mahal murah bayar gratis uang biaya surat kartu nomor nama alamat telepon
  loket antre panggil tunggu lapor adu tanya jawab janji kata bilang lihat dengar tahu paham bantu
  tolong mohon harap segera cepat lambat perbaiki ganti pasang cabut tutup buka pindah kirim terima`
  .split(/\s+/)
  .filter(Boolean);

/**
 * Invented reports of about 250 characters: a stock opening, matter and closing around words (a few of
 * them frequent, many rare, as in any language), a street and a house number. In: a source of random
 * numbers; another where the rare words are to be those of other texts. Out: a function that gives another
 * one each time.
 */
export function createTexts(random: () => number, ofWords = random): () => string {
  const rare = rareWords(ofWords);
  const below = (count: number) => Math.floor(random() * count);
  const pick = (list: readonly string[]) => list[below(list.length)] ?? '';
  const word = () => (random() < 0.6 ? pick(frequent) : pick(rare));
  const name = () => pick(rare).replace(/^\p{L}/u, (letter) => letter.toUpperCase());
  return () => {
    const middle = Array.from({ length: 18 + below(12) }, word).join(' ');
    const where = `Jl. ${name()} no ${1 + below(200)} Desa ${name()}`;
    return `${pick(openings)}, ${word()} ${pick(matters)} ${word()} di ${where}, ${middle}, ${pick(closings)}`;
  };
}

function rareWords(random: () => number): readonly string[] {
  const below = (count: number) => Math.floor(random() * count);
  const pick = (list: readonly string[]) => list[below(list.length)] ?? '';
  const syllable = () => pick(consonants) + pick(vowels) + pick(endings);
  return Array.from({ length: 6000 }, () =>
    Array.from({ length: 2 + below(2) }, syllable).join(''),
  );
}
