import { expect } from 'chai';
import fc from 'fast-check';
import { screen } from '../../src/domain/screening.ts';
import { normaliseText } from '../../src/domain/text.ts';
import { cpuMs } from '../support/cpu.ts';

const screened = (sent: string) => screen(normaliseText(sent), sent);

/** Milliseconds; the best of three, so that a busy machine fails no test. */
const fastestOfThree = (run: () => void): number =>
  Math.min(
    ...[1, 2, 3].map(() => {
      const start = cpuMs();
      run();
      return cpuMs() - start;
    }),
  );

const greetings = [
  'Pak',
  'Selamat pagi',
  'assalamualaikum wr wb',
  'halo min',
  'P',
  'permisi pak bu',
  'om swastiastu',
  'met siang bos',
  '🙏',
  '?',
  '...',
  'haloooo',
  'Selamat pagi Pak Wali',
  'terima kasih pak',
  'makasih 🙏',
  'oke',
  'siap',
  'Assalamualaikum warahmatullahi wabarakatuh',
  'PPPP',
  'kulo nuwun pak',
  'nuwun sewu',
  'matur nuwun',
  'hatur nuhun kang',
  'pagiiii minnn',
  'Pak Gubernur',
  'Yth. Bapak Wali Kota',
  'permisi, mau tanya',
  "assalamu'alaikum",
  'Ass. wr. wb.',
  'terima kasih banyak atas perhatiannya',
  '👍👍',
  'hallo kk',
  'shalom',
  'izin lapor pak',
  'Salam sejahtera bagi kita semua',
];

describe('screen', () => {
  const tests = [
    'tes',
    'test 123',
    'Tes tes',
    'testing',
    '(TESTING)',
    'coba',
    'Coba 2',
    'cek masuk',
    'tes sms 1708',
    'laporan percobaan',
    'uji coba',
    'ping',
    'halo tes',
    'test bro',
    'tes tes 1 2 3',
    'Tes sms lapor',
    'tessss',
    'ini hanya tes ya min',
    'tes diskominfo',
    'mohon abaikan, ini tes',
    'coba coba',
    'cek cek 123',
    'TES!!!',
    'tes satu dua tiga',
    'ｔｅｓｔ',
    'maaf min cuma ngetes',
    'uji coba sistem',
    'coba kirim',
  ];
  for (const sent of tests) {
    it(`holds ${JSON.stringify(sent)} for a pure test`, () => {
      expect(screened(sent)).to.deep.include({
        hold: 'test',
        flags: ['test'],
        reasons: ['test_words'],
      });
    });
  }

  for (const sent of greetings) {
    it(`holds ${JSON.stringify(sent)} for a bare greeting`, () => {
      expect(screened(sent)).to.deep.equal({
        hold: 'greeting',
        flags: [],
        reasons: ['greeting_only'],
      });
    });
  }

  const spam = [
    'baru join di ＭＡＮＤＡＬＩＫＡ７７ langsung wede 2jt',
    'JP paus lagi di 𝗕𝗘𝗥𝗞𝗔𝗛𝟵𝟵 makasih min',
    'S L O T 8 8 pasti bayar',
    'GACORRR PARAH BOSKU link https://bit.ly/abc',
    'Sᴄᴀᴛᴛᴇʀ Hɪᴛᴀᴍ turun terus di sini',
    'Selamat Anda mendapatkan Rp75.000.000 dari SHOPEE. Kode: 777SHP. Klik bit.ly/shp',
    'chip domino murah 1B 60rb minat wa 081298765432',
    'Raih hadiah mobil dari M-KIOS! pin pemenang 88hj21 hub 081298765432',
    'slot gacor hari ini',
    'situs gacor hari ini',
    'SITUS SLOT GACOR MAXWIN daftar sekarang bonus new member 100%',
    'A L E X I S 1 7 gampang menang',
    'Cuma di A L E X I S 1 7',
    'Depo 20 ribu WD 5 juta cuma di 𝐀𝐋𝐄𝐗𝐈𝐒𝟏𝟕',
    '𝗚𝗔𝗥𝗨𝗗𝗔𝟵𝟵 pecah terus',
    's.l.o.t g4c0r maxwin',
    'Ｓ ＬＯ Ｔ gacor malam ini',
    'slоt gаcоr link di bio',
    '🅢🅛🅞🅣 🅖🅐🅒🅞🅡 maxwin',
    'ꜱʟᴏᴛ ɢᴀᴄᴏʀ daftar sekarang',
    'terima kasih P U L A U 7 7 7 kemarin jp lunas',
    'link alternatif anti nawala gacorrr bonus new member',
    'bocoran angka togel jitu hub mbah 081234567890',
    'rtp live slot zeus maxwin www.menang77.com',
    'DEWA77 main disini auto sultan depo 10rb',
    'scatter hitam mahjong wd 3jt cuma di mona4d',
    'Selamat! Nomor Anda mendapat hadiah Rp 100 juta dari BRI. PIN: 25f4777 info www.gebyar-xx.blogspot.com',
    'SELAMAT no anda terpilih sebagai pemenang undian 1 unit mobil Avanza hub 081234567890',
    'Sim card anda meraih cek tunai 50jt kode pemenang 8x9y7z klik www.hadiahku.blogspot.com',
    'Butuh dana cepat? Pinjaman tanpa jaminan, proses 1 hari cair, hub WA 0812-3456-7890',
    'KTA bunga ringan tanpa agunan limit s/d 300jt hub Rina 081234567890',
    'Gadai BPKB mobil motor, dana tunai cair hari ini. WA 081234567890',
    'Bpk/Ibu kartu kredit macet? Kami bantu pelunasan kartu kredit diskon 70% call Andi 081234567890',
    'PINJAMAN ONLINE CEPAT CAIR TANPA JAMINAN klik www.danakilat.xyz',
    'Jual akun FB dan followers murah, minat WA 081234567890',
    'Pulsa murah all operator, agen pulsa terpercaya, daftar sms ke 081234567890',
    'Nikmati paket internet 10GB cuma Rp25rb, hub *123# sekarang. S&K berlaku',
    'Investasi bitcoin profit harian 10% gabung sekarang t.me/profitpasti',
    'Robot trading cuan konsisten, join grup VIP wa.me/6281234567890',
    'Obat kuat dan pembesar herbal COD hub 081234567890 promo',
    'Situs slot gacor terpercaya hanya di www.zeus88.com',
    '𝙆𝙀𝙈𝘽𝘼𝙉𝙂𝟳𝟳𝟳 bikin kaya min',
    'Ｇ Ａ Ｒ Ｕ Ｄ Ａ ８ ８ gampang jp',
    's l o t g a c o r maxwin',
    'slot gaaacooorrr hariii ini maxwin',
    '𝐩𝐫𝐞𝐝𝐢𝐤𝐬𝐢 𝐭𝐨𝐠𝐞𝐥 jitu wa 081234567890',
    'Slot g4c0r m4xw1n depo 10rb',
    'D E W A 9 9',
    'Ѕlоt Gасоr Маxwіn depo pulsa',
    'selamat no hp anda mendapatkan hadiah 1 unit motor dari tri care, kode pin b5k7t9, info klik tri-care.blogspot.com',
    'dana tunai jaminan bpkb mobil motor proses cepat 1 jam cair hubungi Dedi 0821-1111-2222',
    'paket data murah all operator minat wa 6281234567890',
    'Yth pelanggan beli paket combo 30GB hanya Rp50rb ketik *363# sekarang',
  ];
  for (const sent of spam) {
    it(`holds ${JSON.stringify(sent)} for suspected spam`, () => {
      const { hold, flags } = screened(sent);

      expect(hold).to.equal('spam_suspected');
      expect(flags).to.include('spam_suspected');
    });
  }

  const reports = [
    'Pak tolong situs zeus88 diblokir anak saya kecanduan',
    'admin grup RT sebar link slot https://bit.ly/abc',
    'pinjol nagih terus padahal lunas wa 081298765432',
    'kantor pegadaian menolak gadai BPKB saya',
    'bonus lebaran THL belum cair 2 juta',
    'kupon undian jalan sehat desa tidak diundi panitia',
    'pulsa listrik token gagal terus info PLN 123',
    'paket internet sekolah gratis cuma janji hub kepala sekolah',
    'di kos 77 ada prostitusi',
    'penjual obat kuat di trotoar depan pasar hub ketua RT 081298765432',
    'KTA',
    'KTA dan KK saya salah',
    'kartu anggota KTA koperasi tidak dikembalikan hub 081298765432',
    'minta info cara dapat modal usaha dari dinas koperasi wa 081298765432',
    'Info: warga butuh dana untuk perbaikan jembatan hub pak RT 081298765432',
    'butuh uang untuk berobat istri, hub 081298765432',
    'rumah warga terbakar butuh bantuan dana, hubungi posko 081298765432',
    'Korban banjir butuh dana cepat, kontak posko 081298765432',
    'kreditur motor tarik paksa, hubungi dealer 081298765432',
    'harga promo tiket kereta tidak sesuai, call center 121',
    'call center 112 tidak diangkat, hub 129 juga',
    'lowongan kerja palsu klik www.lokerx.com',
    'rekening bansos terblokir, cs bank minta pin 123456',
    'Aplikasi https://cekbansos.xyz minta PIN 1234 hadiah',
    'JALAN DEWA 77 RUSAK',
    'warnet alexis17 buka sampai pagi',
    'gapoktan jual pupuk mahal 300rb',
    'air mati depo pertamina RT5',
    'Bpk Toto RT 4 main domino tiap malam sampai pagi',
    'tempat billiard jadi kasino dan poker',
    '𝗧𝗢𝗟𝗢𝗡𝗚 jembatan gantung putus',
    'B A N J I R 2 0 2 4',
    'L A P O R jalan rusak',
    '🅱🅰🅽🅹🅸🆁 di rumah',
    'ʟᴀᴘᴏʀ ᴊᴀʟᴀɴ ʀᴜꜱᴀᴋ',
    'petugas jual masker dan vaksin 500rb hub 081298765432',
    'rentenir berkedok koperasi tanpa jaminan bunga 20% hub 081298765432',
    'Agen gas jual elpiji 35rb bukan HET hub pangkalan 081298765432',
    'Kartu kredit limit naik sendiri tagihan 20 juta cs 1500888 lambat',
    'pembeli motor gadai BPKB palsu wa 081298765432',
    'KUR bunga rendah cair hanya untuk kenalan mantri, kontak pelapor 081298765432',
    'Dana desa tahap dua cair 200 juta proyek mangkrak info 081298765432',
    'Grup WA warga isinya promo obat pelangsing hub 081298765432',
    'BPJS kelas 1 bonus apa? info 165',
    'program pinjaman tanpa bunga UMKM kapan dibuka hub 081298765432',
    'bank minta jaminan BPKB motor untuk KUR 10 juta, wa 081298765432',
    'anak dikasih hadiah mobil mainan lewat kupon warung 2rb, isinya judi',
    'Depo sampah penuh minimal 3 hari tidak diangkut',
    'deposit listrik 50 ribu hangus',
    'modal BUMDes 50 juta hilang',
    'harga tiket wisata promo 50rb tapi bayar 100rb di loket',
    'pemenang lelang jalan desa PT X 5 miliar asal jadi',
    'voucher gratis sembako disuruh klik www.bansosx.com',
    'Anda dinas mana pun mohon lihat trotoar',
    'pasang iklan rokok dekat SD, hub 081298765432',
    'jadwal vaksin rabies gratis kontak 112',
    'Minta bantuan modal usaha penjahit hub 081298765432',
    'Saya mau jual tanah kok PBB masih nama lain wa 081298765432',
    'toko jual hp curian di pasar baru, info 081298765432',
    'toko jual obat aborsi di pasar baru, kontak 081298765432',
    'kios jual pupuk subsidi 300rb',
    'warung jual chip domino ke anak SMP',
    'konter jual pulsa buka judi',
    'jasa pengiriman barang hilang hub 081298765432',
    'open trip ilegal di hutan lindung www.opentripx.com',
    'Kuota gratis kemendikbud mana',
    'kotak amal gacor hilang',
    'tagihan PDAM naik 500rb klik aplikasi error',
    'reklame slot dan togel muncul di videotron',
    'videotron alun-alun menayangkan situs slot gacor maxwin',
    'baliho slot gacor di tol km 7',
    'siaran radio promosi slot gacor',
    'sertifikat prona diminta 1,5 juta hub 081298765432 pokmas',
    'PJU mati',
    'banjir',
    'hcjnnb',
    'tes lampu mati di Depok',
    'Tes CPNS diundur, mohon kejelasan',
    'tes swab di puskesmas mahal',
    'coba cek jalan rusak di Depok',
    'ini hanya tes, jalan rusak',
    'tolong pak',
    'tolong',
    'Tolong tutup situs judi slot online yang meresahkan anak sekolah',
    'Banyak spam judi slot di komentar instagram pemkot',
    'Saya ditipu SMS hadiah undian mengatasnamakan bank, mohon ditindak',
    'pinjol ilegal meneror saya',
    'mama minta pulsa penipuan, nomor 081234567890',
    'ada warung judi togel di Jl. X',
    'Di Desa Sukamaju ada judi togel, sabung ayam, slot, poker tiap malam',
    'Judi slot gacor merajalela di kampung saya pak',
    'anak-anak sekarang main slot gacor',
    'suami saya main judi slot terus',
    'slot parkir di RSUD penuh terus',
    '𝗷𝗮𝗹𝗮𝗻 𝗿𝘂𝘀𝗮𝗸 di depan SD',
    '𝗦𝗗𝗡𝟬𝟭 atapnya bocor',
    'JALAN RUSAK PARAH TOLONG DIPERBAIKI!!!',
    '🔥🔥 kebakaran di pasar 🔥',
    'B P J S saya nonaktif',
    'P.D.A.M mati',
    'R T 0 3 R W 0 5 banjir',
    'Saya dapat SMS: Selamat nomor anda mendapat hadiah Rp 100jt PIN 25f477 www.x.blogspot.com, apa benar?',
    'Bank menolak KTA saya padahal tanpa jaminan',
    'KUR BRI katanya tanpa jaminan tapi diminta sertifikat, hub saya 081234567890',
    'Nomor 081234567890 menawarkan pinjaman cepat cair tanpa jaminan, saya sudah transfer, tolong',
    'Promo minyak goreng di pasar murah kok antri',
    'Kuota internet gratis untuk siswa belum dapat',
    'Paket internet Telkomsel 10GB hanya jalan malam hari, mahal',
    'saya jual tanah tapi sertifikat belum keluar dari BPN',
    'Harga pupuk subsidi dijual mahal hub saya 081234567890',
    'Bonus pegawai dan deposit jaminan tidak dibayar PT X',
    'depo pertamina bocor',
    'Dewa77 itu situs judi, tolong diblokir',
    'Hadiah lomba 17an dari kelurahan belum diterima pemenang',
    'Dana tunai bansos dipotong 100rb',
    'Pelayanan gacor, terima kasih dinas',
    'lomba burung gacor bising tiap minggu',
    'Bantuan modal usaha UMKM syarat hanya KTP, kapan cair?',
    'Apakah pinjaman tanpa agunan dari koperasi itu resmi? info www.koperasi.com',
    'Link pendaftaran PPDB https://ppdb.jatim.go.id error',
    'Saya menang undian tapi pajak hadiah belum jelas',
    'Cek jalan rusak',
    'coba pak jalannya',
    'mencoba lapor tidak bisa',
    'selamat pagi pak jalan rusak',
    'terima kasih jalan sudah diperbaiki',
    'bantuan',
    'tolong bantu saya',
    'uji KIR lama antrinya',
    'Orderan fiktif COD atas nama saya, kurir maksa bayar',
    'open BO di kos-kosan RT 3',
    'judi',
    'togel',
    'slot',
    'Tes kesehatan haji di puskesmas',
    'test drive ugal-ugalan',
    'uang judi',
    'Info loker PT X minta uang 500rb hub 081234567890',
    'Ada iklan pinjaman dana cepat tanpa jaminan ditempel di tiang listrik se kecamatan',
    'poster sedot wc dan gadai BPKB hub 081234567890 nempel di pohon',
    'spanduk KTA tanpa agunan bunga ringan menutupi rambu lalu lintas',
    'pungutan bonus dan kartu kredit saya macet tagihan naik',
    'BLT cair 300rb hanya untuk yang dekat kades',
    'situs resmi bansos tidak bisa dibuka www.cekbansos.com',
    'kantor pos loket bayar pajak motor 250rb antri',
    'rumah judi togel dan poker di gang 3 buka 24 jam',
    'Toto penjual miras di RT 5',
    'bandar togel namanya Toto',
    'Debt collector pinjaman online hub 081234567890 ancam saya',
    'Cicilan kartu kredit macet, saya minta keringanan kartu kredit, telp bank 081234567890 tdk diangkat',
    'UMKM butuh modal, info KUR tanpa jaminan di mana pak, wa 081234567890',
    'Mohon info pinjaman tanpa agunan untuk petani, bisa wa saya 081234567890',
    'Dinas koperasi janji dana bergulir tanpa bunga, katanya cair, info www.dinkop-x.com',
    'Jual beli pupuk subsidi di toko Y hub 081234567890 harga 300rb',
    'jual miras di warung pak Z tiap malam, sms 081234567890',
    'petugas jual pulsa di loket',
    'Grup telegram jual akun ojol https://t.me/xyz mohon ditelusuri',
    'Akun IG @x jual obat aborsi wa 081234567890 tolong tangkap',
    'Akun jual obat aborsi wa 081234567890 bebas di facebook',
    'Modal usaha dari dinsos tidak cair hub 081234567890',
    'Uang tunai hadiah lomba desa 5 juta tidak dibayar',
    'Anda mendapat surat tilang kok salah plat',
    'no KTP saya dapat undian? hub 081234567890',
    'hadiah undian dari bank X sudah bayar pajak 2jt tapi mobil tidak dikirim hub 081234567890',
    'slot online judi di warnet dekat SMP, anak sekolah bolos',
    'kak di warnet jl mawar anak2 main zeus scatter sampai malam',
    'Website desa kami dihack jadi situs judi slot gacor www.desax.desa.id',
    'Situs pemkab jadi slot gacor maxwin',
    'situs kelurahan isinya slot gacor, diretas',
    'Website kampus https://x.ac.id isinya slot gacor maxwin bonus new member',
    'Toto menang tender 500jt',
    'mahjong tiap malam berisik di ruko',
    'depo pasir debunya ke rumah',
    'WD 40',
    'polisi minta uang 250rb',
    'sinyal trading tipu2 saya rugi 50jt t.me/xyz',
    'gratis ongkir tapi paket hilang',
    'jasa pembuatan SIM calo 800rb di depan satpas hub 081234567890',
  ];
  for (const sent of reports) {
    it(`lets ${JSON.stringify(sent)} pass`, () => {
      const { hold, flags } = screened(sent);

      expect(hold).to.equal(null);
      expect(flags).not.to.include('spam_suspected');
    });
  }

  it('holds nothing where there is no text: there is a file or a place', () => {
    expect(screened('')).to.deep.equal({ hold: null, flags: [], reasons: [] });
  });

  const reasons: readonly (readonly [sent: string, reasons: readonly string[]])[] = [
    ['slot gacor hari ini', ['gambling_words']],
    ['Cuma di A L E X I S 1 7', ['gambling_words', 'disguised_letters']],
    ['rtp live slot maxwin www.menang77.com', ['gambling_words', 'link']],
    [
      'Sim card anda meraih hadiah Rp 50jt, klik www.hadiahku.blogspot.com',
      ['prize', 'link', 'promotion'],
    ],
    [
      'Pinjaman tanpa jaminan proses cepat hub WA 0812-3456-7890',
      ['loan_offer', 'contact_offer', 'phone'],
    ],
    ['Obat kuat pembesar COD hub 081234567890', ['sales_offer', 'contact_offer', 'phone']],
  ];
  for (const [sent, expected] of reasons) {
    it(`says why it holds ${JSON.stringify(sent)}`, () => {
      expect(screened(sent).reasons).to.deep.equal(expected);
    });
  }

  const saysTest = [
    'ini hanya tes, jalan rusak',
    '(TESTING) pungli di kantor camat',
    'Lampu taman mati [test]',
    'Ini uji coba sistem, mohon info syarat SIUP',
    'Laporan percobaan: jalan rusak',
    'TESTING - air mati di RT 3',
  ];
  for (const sent of saysTest) {
    it(`flags ${JSON.stringify(sent)} as a test and lets it pass`, () => {
      expect(screened(sent)).to.deep.equal({
        hold: null,
        flags: ['test'],
        reasons: ['test_words'],
      });
    });
  }

  const aboutTests = [
    'Tes CPNS diundur, mohon kejelasan',
    'ini tes CPNS kok tidak transparan',
    'tes swab di puskesmas mahal',
    'hasil tes kesehatan haji belum keluar',
    'anak saya tidak lulus tes masuk SMA karena zonasi',
    'percobaan pencurian motor di RT 3',
    'test drive ugal-ugalan di komplek',
    'Uji KIR lama antrinya',
  ];
  for (const sent of aboutTests) {
    it(`flags nothing in ${JSON.stringify(sent)}`, () => {
      expect(screened(sent)).to.deep.equal({ hold: null, flags: [], reasons: [] });
    });
  }

  it('knows bold letters in a report for what they are', () => {
    expect(screened('𝗷𝗮𝗹𝗮𝗻 𝗿𝘂𝘀𝗮𝗸 di depan SD').reasons).to.deep.equal([]);
  });

  it('is deterministic and throws nothing', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(fc.constantFrom(...spam, ...reports), { maxLength: 3 })
        .map((texts) => texts.join(' ')),
    );
    fc.assert(
      fc.property(text, (sent) => {
        expect(screened(sent)).to.deep.equal(screened(sent));
      }),
    );
  });

  it('lets a greeting pass as soon as a matter follows', () => {
    const matters = [
      'jalan di depan SD rusak',
      'PJU mati',
      'air PDAM keruh dua hari',
      'banjir di RT 3',
      'BPJS saya nonaktif',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...greetings),
        fc.constantFrom(...matters),
        (greeting, matter) => {
          expect(screened(`${greeting} ${matter}`).hold).to.equal(null);
          expect(screened(`${greeting}\n${matter}`).hold).to.equal(null);
        },
      ),
    );
  });

  const adversarial: readonly (readonly [label: string, unit: string])[] = [
    ['one letter', 'a'],
    ['one digit', '1'],
    ['letters apart', 'a '],
    ['digits apart', '1 '],
    ['masked digits', '3x*'],
    ['words', 'slot gacor '],
    ['the beginning of a phrase', 'anda nomor '],
    ['links without end', 'www.a-'],
    ['addresses without end', 'a.b@'],
    ['hyphens', '-'],
    ['brackets', '( '],
    ['bold letters', '𝗮'],
    ['emoji', '🙏'],
    ['white space in the middle', '\u00a0 '],
    ['accents', 'o\u0301\u0302'],
  ];
  for (const [label, unit] of adversarial) {
    for (const length of [1_600, 10_000]) {
      it(`takes no time for ${length} characters of ${label}`, () => {
        const text = `p${unit.repeat(length / unit.length)}!`;

        expect(fastestOfThree(() => screen(text, text))).to.be.below(50);
      });
    }
  }
});

describe('personal data in a message', () => {
  const found: readonly (readonly [sent: string, kinds: string])[] = [
    ['NIK saya 3273012501900001', 'nik'],
    ['NIK:3273012501900001,KK tidak muncul', 'nik'],
    ['ktp 3273 0125 0190 0001 belum jadi', 'nik'],
    ['nik 3273.0125.0190.0001 an Budi', 'nik'],
    ['327301-250190-0001', 'nik'],
    ['32 73 01 25 01 90 00 01', 'nik'],
    ['3273 - 0125 - 0190 - 0001', 'nik'],
    ['No KK 3273010101900002 anggota keluarga kurang', 'nik'],
    ['NIK perempuan 3273016501900001', 'nik'],
    ['NIK 3273xxxxxxxx0001 tidak ditemukan', 'nik'],
    ['NIK 327301******0001', 'nik'],
    ['nik 3273.01xx.xxxx.0001', 'nik'],
    ['３２７３０１２５０１９００００１', 'nik'],
    ['kartu ATM 5409120012345678 tertelan', 'nik'],
    ['NIK 3273012501900001 hp 081234567890', 'nik phone'],
    ['3273012501900001 081234567890', 'nik phone'],
    ['hubungi saya 081234567890', 'phone'],
    ['WA:081234567890', 'phone'],
    ['0812-3456-7890', 'phone'],
    ['0812 3456 7890', 'phone'],
    ['0812 - 3456 - 7890', 'phone'],
    ['0812.3456.7890', 'phone'],
    ['(0812) 34567890', 'phone'],
    ['08 12 34 56 78 90', 'phone'],
    ['+62 812 3456 7890', 'phone'],
    ['+62-812-3456-789', 'phone'],
    ['+6281234567890', 'phone'],
    ['6281234567890', 'phone'],
    ['https://wa.me/6281234567890', 'phone'],
    ['hp 0895123456', 'phone'],
    ['hp 0812345678901', 'phone'],
    ['no 081234xxxx90 meneror saya', 'phone'],
    ['０８１２３４５６７８９０', 'phone'],
    ['𝟬𝟴𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴𝟵𝟬', 'phone'],
    ['tgl 08-12-2023 hub 081234567890', 'phone'],
    ['081234567890/081298765432', 'phone'],
    ['email saya budi.s@contoh.co.id', 'email'],
    ['BUDI_77@GMAIL.COM', 'email'],
    ['budi @ gmail.com', 'email'],
    ['budi(at)yahoo.co.id', 'email'],
    ['budi@gmail', 'email'],
    ['budi@contoh.id, 081234567890, 3273012501900001', 'nik phone email'],
  ];
  for (const [sent, kinds] of found) {
    it(`is ${kinds} in ${JSON.stringify(sent)}, which passes`, () => {
      expect(screened(sent)).to.deep.equal({
        hold: null,
        flags: ['personal_data'],
        reasons: kinds.split(' '),
      });
    });
  }

  const none = [
    'CEK 4821093766',
    'laporan 4821093766 belum dijawab',
    'nomor 482-109-3766',
    'kejadian 08-12-2023',
    'tgl 08/12/2023 jam 10.30',
    '08.12.2023 08.00',
    '2023-08-12 10:30',
    'senin 08.00-16.00',
    'buka 08.00 - 16.00 WIB',
    'Rp 850.000.000',
    'Rp081.000',
    'dana 1.250.000.000 rupiah',
    '-6.208763, 106.845599',
    '0.8123456789',
    'sms 1708',
    'call center 112 dan 129',
    'Jl. Kenanga no 8 rt 03/05',
    'B 1234 XYZ',
    'SK No. 081/2023/IX',
    'tahun 2019 - 2023',
    '@LAPOR1708 jalan rusak',
    'pak @bang.jago tolong',
    'saldo 12345678901',
    'telepon 021-5551234',
    'PJU mati 3 malam',
  ];
  for (const sent of none) {
    it(`is not in ${JSON.stringify(sent)}`, () => {
      expect(screened(sent).flags).not.to.include('personal_data');
    });
  }

  it('is found whatever stands around it', () => {
    const words = fc.constantFrom('jalan rusak', 'NIK', 'an. Budi,', 'RT 3', '(', '-', '🙏', '12');
    const data = fc.constantFrom('3273012501900001', '081234567890', 'budi@contoh.co.id');
    fc.assert(
      fc.property(words, data, words, (before, secret, behind) => {
        expect(screened(`${before} ${secret} ${behind}`).flags).to.include('personal_data');
      }),
    );
  });
});
