import { type Album, examplePhotos, type Photo } from './photos.ts';
import type { ChannelName } from './people.ts';

export type Preset = 'panjang' | 'album' | 'emoji' | 'tes' | 'salinan';

type Button = { readonly preset: Preset; readonly text: string; readonly about: string };

/** The buttons beside the phone. */
export function presetButtons(channel: ChannelName): readonly Button[] {
  const long = channel === 'sms' ? 'SMS panjang' : 'Pesan panjang';
  const longAbout =
    channel === 'sms' ? 'lebih dari tiga SMS yang disambung' : 'beberapa ratus kata sekaligus';
  return [
    { preset: 'panjang', text: long, about: longAbout },
    { preset: 'album', text: 'Album foto', about: 'tiga foto dengan satu keterangan' },
    { preset: 'emoji', text: 'Emoji', about: 'laporan penuh emoji' },
    { preset: 'tes', text: '“tes”', about: 'satu kata, untuk mencoba nomor' },
    { preset: 'salinan', text: 'Salinan warga lain', about: 'pesan terakhir diteruskan tetangga' },
  ];
}

const long = [
  'Selamat pagi, saya mau melaporkan jalan di depan Pasar Karangjati yang sudah tiga bulan rusak parah.',
  'Lubangnya ada tujuh, yang paling besar kira-kira dua meter dan dalamnya sampai lutut orang dewasa.',
  'Kalau hujan semuanya tertutup air, jadi pengendara motor tidak tahu ada lubang. Minggu lalu dua anak sekolah jatuh, satu patah tangan.',
  'Warga sudah menimbun dengan batu dan tanah, tetapi dua hari kemudian hanyut lagi karena saluran airnya juga tersumbat sampah pasar.',
  'Mobil ambulans puskesmas terpaksa memutar lewat kampung sebelah, tambah dua puluh menit.',
  'Pak RW sudah dua kali bersurat ke kelurahan, jawabannya menunggu anggaran.',
  'Kami mohon ditinjau dan paling tidak diberi rambu serta lampu sementara, supaya tidak ada korban lagi. Terima kasih banyak atas perhatiannya.',
].join(' ');

const texts: Readonly<Record<Exclude<Preset, 'salinan'>, string>> = {
  panjang: long,
  album:
    'Pohon tumbang menutup separuh Jalan Cendana RT 04, kabel listriknya ikut turun. Ini fotonya.',
  emoji:
    'Banjir lagi di Gang Melati 🌊🌊 air masuk rumah warga 😭🏠 tolong segera 🙏🏽🚨 anak-anak 👨‍👩‍👧‍👦 mengungsi ke musala 🕌',
  tes: 'tes',
};

/** What a button sends; without a text for a forwarded copy, which has the text of what is copied. */
export function presetMessage(
  preset: Exclude<Preset, 'salinan'>,
  album: Album,
): { text: string; files: readonly Photo[] } {
  const photos = preset === 'album' ? examplePhotos : [];
  return { text: texts[preset], files: photos.flatMap(({ slug }) => album.example(slug) ?? []) };
}

export const isPreset = (name: string): name is Preset =>
  name === 'salinan' || Object.hasOwn(texts, name);

const problems = [
  'Jalan berlubang dan membahayakan pengendara',
  'Lampu jalan mati sejak tiga hari',
  'Sampah menumpuk dan tidak diangkut',
  'Air PDAM tidak mengalir dari pagi',
  'Saluran air tersumbat sehingga menggenang',
  'Pungutan liar saat mengurus surat',
  'Pohon besar miring hampir roboh',
  'Antrean puskesmas tidak teratur',
  'Trotoar rusak, sulit dilewati kursi roda',
  'Halte tidak beratap dan kotor',
];
const streets = ['Kenanga', 'Merpati', 'Diponegoro', 'Anggrek', 'Pahlawan', 'Mawar', 'Veteran'];
const towns = ['Kudus', 'Klaten', 'Malang', 'Bogor', 'Jambi', 'Palu', 'Ambon', 'Kupang', 'Bima'];

/** One message of a burst: no two alike, as people write about different things. */
export function burstText(index: number): string {
  const pick = (list: readonly string[]) => list[index % list.length] ?? '';
  return `${pick(problems)} di Jalan ${pick(streets)} nomor ${index + 1}, ${pick(towns)}. Mohon segera ditangani.`;
}
