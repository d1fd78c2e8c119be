import { plainLetters } from './lookalikes.ts';

/** A set of the words written in one string, so that a table of words reads like a text. Throws nothing. */
export function listOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

/**
 * The words and numbers of a text. In: any text. Out: in order, lower case, look-alikes read as plain
 * letters; "jalan2" is "jalan" and "2". Throws nothing.
 */
export function wordsIn(text: string): readonly string[] {
  return plainLetters(text).match(/\p{L}+|\p{N}+/gu) ?? [];
}

/** A word without elongation: "haloooo" and "halo" are the same. Throws nothing. */
export function squeezed(word: string): string {
  return word.replace(/(.)\1+/gu, '$1');
}

/** Whether a word, or what is left of it without elongation, is in a set. Throws nothing. */
export function isAmong(words: ReadonlySet<string>, word: string): boolean {
  return words.has(word) || words.has(squeezed(word));
}

/** Words that greet, thank or agree: enough for a bare greeting by themselves. */
export const greetings = listOf(`
  halo hallo hai hay hi hello helo hei hey hola alo p permisi punten sampurasun rahayu horas kulonuwun
  kulo nuwun sewu amit assalamualaikum assalamu assalam asalamualaikum alaikum alaykum waalaikum
  waalaikumsalam walaikumsalam wassalam wasalam wassalamualaikum aslmkm askum ass asw
  salam slm samlekum mikum wr wb warahmatullahi warohmatullahi warahmatullah wabarakatuh wabarokatuh om
  swastiastu osa shalom syalom salom namo buddhaya
  selamat slamat slmt slmat met pagi pg siang sore malam mlm mlam petang sugeng enjing enjang
  sonten ndalu dalu wilujeng wengi morning
  terima kasih trima terimakasih trimakasih makasih mksh mksih makasi trims trim tks thx tq thanks
  thank thankyou suwun matur maturnuwun hatur nuhun maturnuhun tengkyu
  ok oke okey okay okeh sip siap iya ya ye yes yoi baik baiklah noted maaf maap`);

/** Whom one greets: titles and offices, enough for a bare greeting, too ("Pak", "Pak Wali"). */
export const titles = listOf(`
  pak bapak bpk pa bapa bu ibu buk bunda mas mba mbak mb kak kakak ka kk bang abang bos boss bossku gan agan
  juragan min mimin admin atmin bro brow sis kang akang teh teteh neng cak ning om tante sob kawan
  rekan wali walikota bupati gubernur presiden wapres menteri lurah camat kades operator petugas yth ykh`);

/** What may stand beside them without adding anything. */
export const besideGreetings = listOf(`
  kota dan para semua semuanya kita kami saya sy aku u you so much very good banyak byk sekali bgt banget
  atas perhatian perhatiannya bantuannya responnya respon tanggapannya tanggapan informasinya infonya
  kerjasamanya kerjasama waktunya sebelumnya sama kembali lagi untuk yang terhormat kepada kpd
  sejahtera bagi buat mohon izin ijin mau ingin numpang tanya nanya bertanya lapor melapor kepala dinas
  wakil desa di tempat lah dong deh nih ini sp n dg dgn dengan hormat wahai`);

/** Words that ask for something without saying for what. */
export const courtesies = listOf(`
  tolong tlg tlong tlng mohon mhn moho bantu bantuan bantuannya dibantu membantu bantulah minta harap harapan berharap
  segera secepatnya cepat ditindak tindak lanjut lanjuti lanjutnya lanjutnya tindaklanjut ditindaklanjuti
  menindaklanjuti tindaklanjuti ditanggapi ditanggap tanggapan tanggapi respon direspon diproses proses
  diperhatikan perhatian perhatiannya perhatikan dicek cek periksa diperiksa info informasi informasinya
  penjelasan penjelasannya solusi solusinya tanya bertanya menanyakan lapor melapor melaporkan laporan
  laporkan aduan pengaduan mengadu keluhan pesan kirim izin ijin silakan silahkan sudi kiranya
  perkenan berkenan hormat terhormat kepada salam sejahtera demikian sebelumnya sesudahnya`);

/** Words of grammar and of place: they carry no matter. */
export const emptyWords = listOf(`
  di ke dari pada dan atau yang yg untuk utk dengan dgn dg ini itu tersebut tsb ada adalah adanya akan
  sudah sdh udah telah belum blm masih sedang lagi juga jg saja aja hanya cuma bisa dapat dpt mau ingin harus
  perlu saya sy sya aku kami kita mereka dia beliau anda kamu nya apa apakah siapa kapan mana dimana kemana
  bagaimana gimana kenapa mengapa berapa kok kan lah pun agar supaya karena krn karna jika kalau kalo bila
  bahwa seperti sampai sejak hingga oleh para setiap tiap sangat sekali banget tidak tdk tak gak ga nggak
  ngga enggak bukan jangan tapi tetapi namun lalu kemudian sekarang skrg tadi kemarin besok hari minggu
  bulan tahun jam menit tanggal tgl pukul satu dua tiga empat lima enam tujuh delapan sembilan sepuluh
  hal mengenai tentang terkait soal perihal baru lama semoga supaya dong deh sih nih
  jalan jln jl gang gg lorong blok nomor no km rt rw lingkungan dusun dsn kampung kp kel kelurahan kec
  kecamatan desa ds kota kab kabupaten prov provinsi negara indonesia perumahan perum komplek kompleks
  cluster pasar rumah sakit rs rsud sekolah kantor gedung masjid terminal stasiun simpang pertigaan
  perempatan bundaran jembatan taman umum daerah wilayah lokasi alamat tempat sini situ sana disini
  disana depan belakang samping sebelah dekat sekitar sepanjang seberang arah menuju antara utara selatan
  barat timur tengah pusat raya besar kecil atas bawah kanan kiri luar dalam ujung pinggir tepi warga
  masyarakat orang bapak ibu pak bu`);
