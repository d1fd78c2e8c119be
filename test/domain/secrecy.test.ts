import { expect } from 'chai';
import { secrecyIn } from '../../src/domain/secrecy.ts';
import { cpuMs } from '../support/cpu.ts';
import { reading } from '../support/reading.ts';

const read = (text: string): string => {
  const { anonymous, confidential } = secrecyIn(text, reading.isOrdinaryWord);
  return [anonymous ? 'anonymous' : '', confidential ? 'confidential' : '']
    .filter((word) => word !== '')
    .join(' ');
};

/** Wishes to stay unknown: whoever overlooks one gives a citizen away. */
const confidential: readonly string[] = [
  'rahasiakan identitas saya',
  'Pungli di kelurahan Sukarame tiap urus surat. Tolong rahasiakan nama saya pak',
  'Kepala dusun jual bantuan beras (rahasia)',
  'Bidan minta bayaran padahal BPJS. Rahasia',
  'Laporan ini rahasia ya. Guru memungut uang buku',
  'jangan sebut nama saya, lurah kami minta uang rokok',
  'jgn sebut nm sy ya min, ada calo di samsat',
  'identitas tolong disembunyikan, saya pegawai di situ',
  'mohon kerahasiaan pelapor dijaga. Kades potong dana desa',
  'nama saya jangan dipublikasikan',
  'saya takut, tolong jangan kasih tau siapa yg lapor',
  'Mohon identitas pelapor dilindungi karena bos saya galak',
  'ada judi sabung ayam tiap minggu, jangan sampai ketahuan saya yang lapor',
  'Parkir liar depan toko. Tolong jangan sampai juru parkirnya tahu kalau saya yang melapor',
  'saya tidak mau disebut namanya, takut dipecat',
  'Pak tlg rahsiakan nama sy, pabrik buang limbah malam hari',
  'mhn identits sy drahasiakan',
  'nama dan nomor hp saya tolong jangan dibocorkan ke pihak sekolah',
  'Mohon agar tidak menyebutkan nama saya kepada kepala puskesmas',
  'ojo nyebut jenengku yo pak, bantuan e dipotong pak RT',
  'jenengku ojo disebut, lurahe njaluk duit',
  'ulah nyebat nami abdi, aya pungli di kantor desa',
  'jan disabuik namo ambo pak, ado pungli di pasa',
  'namaku disamarkan aja ya kak',
  'Please do not mention my name. The clerk asked for money',
  'please keep my identity confidential, the landlord is dangerous',
  'Tolong dijaga kerahasiaannya ya pak, oknum satpol minta setoran',
  'Ini rahasia: bendahara memalsukan kuitansi',
  'saya lapor secara rahasia, tempat karaoke buka sampai subuh',
  'nama saya ga usah disebut ya, warung itu jual miras',
  'tolong privasi saya dijaga, tetangga buang sampah ke kali',
  'lapor tanpa menyebut nama saya bisa kan? ada pungutan parkir ganda',
  'cukup inisial saja nama saya, mandor proyek mencuri semen',
  'jangan bilang pak lurah kalau saya yg ngadu, dana posyandu tidak dibagikan',
  'Ketua RW jual kupon sembako. RAHASIA!',
  'Off the record ya min, bendungan itu semennya dikurangi',
  'saya minta nama saya tidak dipublish',
  'saya mohon perlindungan identitas',
  'Nama: (dirahasiakan)',
  'tolong jangan disebutkan siapa pelapornya',
  'tulung ojo ngandani lurah nek aku sing lapor',
  'mhon nma sya drhsiakan',
  'laporan saya jangan dipublikasikan',
  'No hp saya jgn dikasih ke siapapun',
  'jangan bilang siapa siapa',
];

const anonymous: readonly string[] = [
  'saya mau lapor anonim, penjaga sekolah jual seragam',
  'mau lapor anonim ya',
  'Pak saya ingin melapor secara anonim, ada pungli uji kir',
  'Pungli uji kir di terminal. Anonim',
  'penjaga pasar minta uang (anonim)',
  'tolong anonimkan saya, mandor minta setoran',
  'please keep me anonymous, my boss dumps waste',
  'I want to report anonymously: the clinic charges cash',
  'lapor sbg anonim min, kades bohong soal BLT',
  'Saya melapor sebagai anonim. Toko itu menimbun minyak goreng',
  'anonim aja ya pak, saya pegawai sini',
  'minta anonim, guru SD sering tidak masuk',
];

const both: readonly string[] = [
  'penjaga pintu air minta uang (RAHASIA/ANONIM)',
  'Saya mau lapor anonim dan tolong identitas saya dirahasiakan',
];

/** Reports about secrets, names and unknown people, and those who need no secrecy. */
const none: readonly string[] = [
  'Rahasia umum kalau urus SIM di sini lewat calo',
  'sudah jadi rahasia umum, parkir di situ dobel',
  'data rahasia warga bocor di internet',
  'surat rahasia negara ditemukan di tempat sampah',
  'rahasia dagang kami dicuri karyawan dinas',
  'panitia merahasiakan hasil tender jembatan',
  'kepala sekolah merahasiakan penggunaan dana BOS',
  'Hasil seleksi perangkat desa dirahasiakan, mohon transparan',
  'Kenapa harga tanah dirahasiakan oleh pihak desa?',
  'tidak perlu dirahasiakan, nama saya Budi Santoso',
  'nama saya ga usah dirahasiakan pak',
  'bukan rahasia lagi kalau kades main proyek',
  'saya tidak takut, sebut saja nama saya',
  'silakan sebut nama saya Sumiyati dari RT 4',
  'Saya tanya anggaran, "rahasia" katanya',
  'petugas bilang itu rahasia, padahal informasi publik',
  'alasannya rahasia, padahal kami berhak tahu',
  'surat anonim ditempel di tembok balai desa',
  'akun anonim menghina warga kampung kami',
  'Telepon anonim meneror kantor kelurahan',
  'identitas pelaku dirahasiakan polisi, kami minta dibuka',
  'nama saya tidak disebut dalam daftar penerima bansos',
  'nama saya jangan dicoret dari daftar PKH',
  'Nama saya tidak tercantum di DTKS padahal sudah didata',
  'nama jalan di papan salah, jangan dibiarkan',
  'Jangan sampai warga tahu dari media dulu kalau air mau mati',
  'kami tidak diberi tahu siapa yang menang lelang',
  'Antonim dan sinonim di buku paket SD salah cetak',
  'identitas saya hilang, mau urus KTP baru',
  'Data diri saya salah di KK, tolong diperbaiki',
  'nomor hp petugas tidak bisa dihubungi, jangan asal pasang nomor',
  'Tolong jaga kebersihan pasar, jangan buang sampah sembarangan',
  'jangan tutup jalan tanpa pemberitahuan',
  'PIN dan kode rahasia ATM bansos diminta ketua kelompok',
  'kotak anonim di formulir tidak bisa dicentang',
  'ruang rahasia di kantor lama jadi sarang ular',
  'Tolong jangan rahasiakan hasil tes air minum',
  'petugas menolak berkas tanpa menyebut alasan',
  'saya lupa nama petugasnya, tolong ditegur',
  'My name is not on the voter list',
  'mohon pelapor sebelumnya diberi jawaban',
  'jangan tampilkan nama penerima bansos yang sudah meninggal',
  'tolong nama gang diperbaiki, jangan sampai kurir salah',
  'lampu jalan mati sejak kemarin',
  'jangan bilang nanti terus, saya sudah lapor 3 kali',
  'petugas tidak mau menyebut identitas dan marah pada saya',
  'oknum yang tidak mau disebut namanya minta uang',
  'jangan hapus nama saya dari daftar',
  'dana desa dirahasiakan kades, kami warga tidak tahu',
  'kerahasiaan data pasien tidak dijaga RSUD',
  'nama saya Rahasia Putri, KTP belum jadi',
  'saya tidak tahu siapa yang lapor sebelumnya',
  'air bocor jangan dibiarkan, nama saya Joko',
];

describe('secrecyIn', () => {
  const tables = [
    ['confidential', confidential],
    ['anonymous', anonymous],
    ['anonymous confidential', both],
    ['', none],
  ] as const;
  for (const [expected, texts] of tables) {
    for (const text of texts) {
      it(`reads ${expected || 'no wish'} from ${JSON.stringify(text)}`, () => {
        expect(read(text)).to.equal(expected);
      });
    }
  }

  it('finds a wish at the end of a long report', () => {
    expect(
      read(`${'jalan rusak parah di depan pasar. '.repeat(400)}rahasiakan nama saya`),
    ).to.equal('confidential');
  });

  const left: readonly (readonly [text: string, rest: string])[] = [
    ['tolong rahasiakan nama saya', 'tolong'],
    ['lurah minta uang. jangan sebut nama saya', 'lurah minta uang.'],
    ['jangan sebut nama saya, lurah minta uang', ', lurah minta uang'],
    ['jalan rusak (rahasia)', 'jalan rusak ( )'],
    ['jalan rusak', 'jalan rusak'],
  ];
  for (const [text, rest] of left) {
    it(`leaves ${JSON.stringify(rest)} of ${JSON.stringify(text)}`, () => {
      expect(secrecyIn(text, reading.isOrdinaryWord).rest.trim()).to.equal(rest);
    });
  }

  for (const unit of ['rahasia ', 'jangan sebut ', 'nama saya ', 'anonim,', 'rahsia '] as const) {
    it(`takes no time for ten thousand characters of ${JSON.stringify(unit)}`, () => {
      const text = unit.repeat(10_000 / unit.length);
      const start = cpuMs();

      secrecyIn(text, reading.isOrdinaryWord);

      expect(cpuMs() - start).to.be.below(50);
    });
  }
});
