/** Kinds of places that are said in two words. */
export const inTwoWords: ReadonlyMap<string, string> = new Map([
  ['rumah sakit', 'rs'],
  ['sd negeri', 'sdn'],
  ['smp negeri', 'smpn'],
  ['sma negeri', 'sman'],
  ['smk negeri', 'smkn'],
  // "SMP N 3": the single n was read as "dan".
  ['sd dan', 'sdn'],
  ['smp dan', 'smpn'],
  ['sma dan', 'sman'],
  ['smk dan', 'smkn'],
  ['jalan raya', 'jalan'],
]);

/** Words that go on a name, wherever they stand: sides, ages, numerals. */
export const continues =
  /^(?:raya|timur|barat|utara|selatan|tengah|lor|kidul|wetan|kulon|tonggoh|hilir|ilir|hulu|ulu|dalam|baru|lama|atas|bawah|[ivx]{1,4}|[a-h]|permai|indah|asri|jaya|makmur|indonesia)$/;

/** Words that never begin the name of a place, whatever the dictionary says of them. */
export const plain = new Set(
  `raya tol utama umum provinsi nasional kabupaten kota desa lingkungan masuk keluar depan belakang arah menuju rusak berlubang lubang macet licin becek banjir gelap sempit akses
  alternatif pintas buntu aspal paving beton kaki layang lintas poros penghubung protokol besar kecil sepanjang terus setapak kampung utara selatan timur barat tengah baru lama terdekat negeri swasta
  itu ini kami saya kita mereka tersebut sekitar warga penuh bau kotor mati padam rawan tempat yang sangat antara satu dua bersama rumah sakit online siang malam pagi sore hari sebelah pinggir
  tradisional modern air listrik administrasi ada aja masih lampu penerangan kantor tempatnya umumnya bisa harus oleh karena supaya sementara setempat jika kalau dst hancur amblas putus longsor ambles ambrol jelek parah
  banyak sering selalu sudah belum pagi hari sepi ramai minim butuh perlu pasti kurang paling kerja kanak bermain
  pinggiran perbatasan sebagai rt rw hingga sampai tidak tersendat meluap tertutup hidup lalu sini sana mana situ semua setiap pada bagian dekat samping kiri kanan`.split(
    /\s+/,
  ),
);

/** What a number behind a name may count; it is no part of the name then. */
export const measures =
  /^(?:m|meter|km|jam|hari|minggu|bulan|tahun|menit|orang|kali|arah|rb|jt|juta|ribu|x|cm|lubang|titik|unit|kk|tiang|bulan\d+)$/;

/** Regencies that are ordinary words first. */
export const worldly = new Set(
  'batu batang buru serang puncak landak pati lebak kuningan metro banjar medan padang malang merangin sabang siak'.split(
    ' ',
  ),
);

/** "jl mawar" is a street, "jalan mawar" may be a flowery road; "jl berdebu" is dusty. */
export const verbal = /^(?:ber|ter|meng|mem|men|di)/;

/** Ranks and titles before the name of a street or a hospital; people leave them out as they like. */
export const honours = new Set(
  'h hj haji kh ki kyai kiai ra prof ir drs letjen letkol jend jendral jenderal kapt kapten mayjen mayor brigjen kol kolonel sultan raden laksda marsda komodor'.split(
    ' ',
  ),
);

/** What stands behind the name of a street: whatever is between is a name ("jalan melati rt 5"). */
export const behindNames = /^(?:nomor|rt|rw|gang|blok|kelurahan)$/;

const roman = /^[ivx]{1,4}$/;
/** What a name may look like behind these. */
export const shapes: ReadonlyMap<string, RegExp> = new Map([
  ['rt', roman],
  ['rw', roman],
  ['blok', /^\p{L}$/u],
]);
export const onlyNumbers: ReadonlySet<string> = new Set(['rt', 'rw', 'km']);
