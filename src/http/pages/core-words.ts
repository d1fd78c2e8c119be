import { complaintStatus } from '../../domain/complaint.ts';

type Words = Readonly<Record<string, string>>;

/** What the values of complaints and events are called on the page of the embedded core. */
export const channels: Words = {
  sms: 'SMS 1708',
  x: 'X',
  facebook: 'Facebook',
  telegram: 'Telegram',
  web: 'Formulir web',
};

export const classes: Words = {
  pengaduan: 'Pengaduan',
  aspirasi: 'Aspirasi',
  permintaan_informasi: 'Permintaan Informasi',
};

export const flags: Words = {
  incomplete: 'Belum lengkap',
  personal_data: 'Memuat data pribadi',
  part_missing: 'Ada bagian yang hilang',
  spam_suspected: 'Diduga spam',
  test: 'Uji coba',
};

export const verdicts: Words = {
  none: 'Bukan duplikat',
  same_report: 'Laporan yang sama',
  possible: 'Mungkin duplikat',
};

export const reasons: Words = {
  near_exact: 'kata-katanya hampir sama persis',
  contained: 'isi yang satu termuat di yang lain',
  same_place: 'tempat sama',
  same_point: 'titik peta sama',
  long_text: 'teksnya panjang',
  same_topic_words: 'pokok masalah sama',
  different_place: 'tempat berbeda',
  different_number: 'angka berbeda',
  different_name: 'nama berbeda',
  different_words: 'kata berbeda',
  different_order: 'urutan kata berbeda',
  one_sided_place: 'tempat hanya disebut di salah satu',
  one_sided_number: 'angka hanya disebut di salah satu',
  general_question: 'pertanyaan umum',
  short_text: 'teksnya pendek',
  no_place: 'tidak menyebut tempat',
  by_hand: 'ditautkan oleh petugas',
};

export const changes: Words = {
  followup: 'Susulan dari pelapor',
  repeat: 'Dikirim ulang oleh pelapor',
  edited: 'Diubah oleh pelapor',
  attachments: 'Lampiran bertambah',
  withdrawn: 'Ditarik oleh pelapor',
  duplicate: 'Tautan duplikat berubah',
};

export const statuses: Words = {
  terverifikasi: 'Terverifikasi',
  terdisposisi: 'Terdisposisi',
  diproses: 'Diproses',
  ditanggapi: 'Ditanggapi',
  selesai: 'Selesai',
  ditunda: 'Ditunda',
  diarsipkan: 'Diarsipkan',
};

export const contacts: Words = {
  phone: 'Telepon',
  email: 'Surel',
  handle: 'Nama akun',
  psid: 'Messenger',
  chat: 'Obrolan',
};

export const fileKinds: Words = {
  image: 'Gambar',
  video: 'Video',
  audio: 'Rekaman suara',
  document: 'Dokumen',
  link: 'Tautan',
};

export const fileStates: Words = {
  pending: 'berkas belum diambil',
  stored: 'tersimpan',
  rejected: 'berkas ditolak',
  gone: 'berkas tidak ada lagi',
};

/** The seven in the order a complaint passes them. */
export const statusOptions = complaintStatus.options.map(
  (status) => [status, called(statuses, status)] as const,
);

/** What a value is called; itself when it has no name, because the contract may grow. */
export function called(words: Words, value: string): string {
  return Object.hasOwn(words, value) ? (words[value] ?? value) : value;
}
