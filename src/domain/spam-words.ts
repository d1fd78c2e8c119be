import { listOf } from './vocabulary.ts';

/** Words of gambling promotion. Squeezed, as "gaaacorrr" is. */
export const promotedGames = listOf(`
  gacor gacir maxwin makswin skater scater rtp sbobet parlay olympus princes bonanza pragmatic pgsoft habanero
  spadegaming joker123 idn idnpoker jackpot jackpots jepe jp sensasional rungkad rungkat freespin spin freebet
  depo wd cuan sultan zeus mahjong perkalian turnover buyspin`);

/** The vice itself: promotions name it, and so does everybody who complains about it. */
export const vices = listOf(
  `judi slot slots toto togel casino kasino poker domino qq bandar taruhan sabung bacarat bola88`,
);

/** A slot that is no game. */
export const ordinarySlots = listOf(
  'parkir parkiran antrian antrean waktu jadwal vaksin kursi memori pendaftaran jam',
);

type Pattern = readonly [points: number, pattern: RegExp];

/** Promotion that goes with gambling: said by nobody else. */
export const gamblingPhrases: readonly Pattern[] = [
  [
    2,
    /(?:situs|link|slot|agen|bandar|web|room|server) (?:slot |judi |toto )?(?:online )?(?:ter)?(?:gacor|maxwin|baik|percaya|resmi|alternatif|hoki|gampang menang)/,
  ],
  [
    2,
    /(?:bonus|promo|garansi|deposit|event) (?:new )?(?:member|kekalahan|harian|100|50|pulsa|dana)/,
  ],
  [
    2,
    /gampang (?:menang|maxwin|jp|jackpot|scatter)|mudah (?:menang|maxwin|jp)|auto (?:sultan|maxwin|jp|cuan|wd)/,
  ],
  [
    2,
    /(?:depo|deposit|modal|wd|withdraw|jp|maxwin|menang|cair) (?:(?:cuma|hanya|min|minimal|langsung|rp) )*\d+ ?(?:rb|ribu|k|jt|juta)/,
  ],
  [
    1,
    /gacor (?:hari ini|malam ini|terus|banget|parah|abis)|terbukti (?:gacor|bayar)|pasti (?:wd|bayar|cair|jp)/,
  ],
  [
    1,
    /anti (?:rungkad|rungkat|nawala|blokir)|pola (?:gacor|hari ini|scatter)|bocoran (?:slot|rtp|admin|togel|angka|hk|sgp)/,
  ],
  [2, /(?:angka|nomor|no|bocoran) (?:jitu|main|gaib|ritual|togel)/],
  [2, /(?:tembus|dijamin) (?:2d|3d|4d|100)|angka (?:2d|3d|4d)/],
];

export const prizePhrases: readonly Pattern[] = [
  [
    2,
    /(?:anda|nomor|no|nmr|simcard|sim card|kartu|hp|wa|akun)(?: [a-z0-9]+){0,4} (?:mendapat|mendapatkan|dapat|dpt|mndpt|mendptkan|memenangkan|menang|terpilih|meraih|terdaftar sebagai pemenang|pemenang)(?![a-z])/,
  ],
  [1, /hadiah|undian|gebyar|giveaway|doorprize|rezeki poin|poin plus/],
  [1, /pemenang|cek tunai|uang tunai|mobil|honda|avanza|hadiah (?:ke|utama)/],
  [
    1,
    /(?:pin|kode|no ?pin|kode pin|kode id|kode pemenang)(?: (?:anda|hadiah|pemenang))? [a-z0-9]{4,}/,
  ],
];

export const loanPhrases: readonly Pattern[] = [
  // Who needs money for a hospital says so, too: it takes more to be an offer.
  [1, /butuh (?:dana|modal|pinjaman)(?! untuk)/],
  [
    2,
    /dana (?:tunai|cepat|segar|pinjaman|kilat)|pinjaman (?:uang|dana|cepat|online|mudah|tanpa|pribadi|kilat|hingga|sampai|s d)/,
  ],
  [
    2,
    /tanpa (?:jaminan|agunan|bi checking|slik|survey|survei|ribet|dp|potongan|syarat)|syarat (?:hanya|cuma|mudah|ringan) ?(?:ktp|kk)?/,
  ],
  [
    2,
    /(?:^| )kta(?= )|gadai (?:bpkb|mobil|motor|sertifikat|shm)|jaminan bpkb|bpkb (?:mobil|motor|mbl|mtr)|take over bpkb/,
  ],
  [
    2,
    /(?:tutup|pelunasan|penutupan|gesek tunai|naik limit|limit|promo|bebas tagihan|keringanan) (?:kartu kredit|cc|kk|kta)|kartu kredit (?:bermasalah|macet|limit|gold|platinum|gratis|free)/,
  ],
  [
    1,
    /bunga (?:ringan|rendah|mulai|hanya|cuma|flat|\d)|proses (?:cepat|mudah|kilat|1 hari|\d+ (?:jam|menit|hari))|cair (?:hari|dalam|cepat|langsung|\d)|langsung cair|cepat cair/,
  ],
  [
    1,
    /tenor|plafon|limit (?:s d|hingga|sampai)|angsuran (?:ringan|murah)|cicilan (?:ringan|murah)|kredit/,
  ],
  [1, /kami (?:siap )?bantu|konsultasi gratis|diawasi ojk|resmi ojk|tanpa surve[yi]/],
];

export const salesPhrases: readonly Pattern[] = [
  [
    2,
    /(?:^| )jual (?:akun|follower|folower|pulsa|kuota|viagra|pembesar|hp|iphone|mobil|motor|tanah|rumah|kavling|ijazah|voucher|chip)| jasa (?:follower|folower|pembuatan|hack|pelacak|pelunasan|joki|seo|bobol|pengiriman)/,
  ],
  [
    2,
    /(?:pulsa|kuota|paket data|token|voucher) (?:murah|gratis|termurah|all operator|allop)|agen pulsa|server pulsa|chip (?:domino|higgs)/,
  ],
  [
    2,
    /(?:paket|pkt) (?:internet|data|nelpon|nelp|combo|sms)(?: [a-z0-9]+){0,8} (?:cuma|hanya|hny|cm|mulai|rp|gratis|seharga)|bonus (?:kuota|pulsa|nelpon)|hub(?:ungi)? (?:123|363|888|500|100|111)/,
  ],
  [
    2,
    /(?:profit|cuan|untung) (?:konsisten|harian|pasti|jutaan|\d+)|(?:robot|signal|sinyal|kelas) trading|(?:investasi|trading|bitcoin|crypto|kripto|forex|airdrop)(?: [a-z0-9]+){0,6} (?:profit|untung|cuan|gratis|modal|gabung|join|daftar|wa)/,
  ],
  [
    2,
    /(?:obat|pil|kapsul) (?:kuat|pembesar|pelangsing|herbal)|pelangsing|pembesar|vitalitas|viagra/,
  ],
  [
    1,
    /diskon|promo|termurah|murah meriah|harga (?:murah|pabrik|promo|spesial)|cod|ready stock|open (?:order|po|bo)|all operator|allop|minat|berminat|reseller|dropship|gratis ongkir|tarif/,
  ],
  [
    1,
    /(?:hub|ketik|dial|tekan|akses) \d{3} |s k berlaku|(?:^| )(?:gabung|join|vip|trusted|amanah|garansi)(?= )/,
  ],
];

/** Somebody is told to do something, or promised something. */
export const promotionPhrases: readonly Pattern[] = [
  [
    1,
    /daftar (?:sekarang|segera|disini|di sini|langsung|yuk)|(?:^| )(?:klik|buruan|gabung|join|yuk|yuks|kunjungi|segera daftar|langsung daftar|coba sekarang|cek bio|link di bio)(?= )|main (?:di|disini)/,
  ],
  [
    1,
    /dijamin|terpercaya|100 (?:aman|resmi|amanah|asli)|terbukti|tanpa ribet|gratis|bonus|promo|terbatas|s k berlaku|sk berlaku/,
  ],
  [1, /\d ?(?:rb|ribu|jt|jta|juta|jutaan|miliar|milyar)(?![a-z])|(?:^| )rp \d/],
];

/** Reading, telling and asking for help: who does that reports, whatever he quotes. */
export const complaintWords = listOf(`
  meresahkan resah diresahkan keresahan ditindak menindak tindakan tindaki ditindaklanjuti tindaklanjut
  tindaklanjuti tertipu ketipu ditipu penipuan penipu menipu tipuan penipunya korban korbannya diblokir blokir
  memblokir pemblokiran berantas diberantas memberantas pemberantasan tertibkan ditertibkan penertiban
  razia dirazia gerebek grebek digerebek bubarkan dibubarkan laporkan melaporkan dilaporkan mengadu
  mengadukan pengaduan aduan mengeluh keluhan marak maraknya merajalela menjamur kecanduan candu
  ketagihan terjerat terlilit teror meneror diteror neror diancam mengancam ancaman pengancaman
  mengatasnamakan atasnamakan mencatut oknum spam spamming modus ilegal illegal ulah aparat pelaku usut
  diusut selidiki diselidiki menyelidiki pungli dirugikan merugikan merusak mengganggu terganggu pelajar
  kominfo komdigi polisi polsek polres satpol ditangkap diringkus dihukum ditutup ditutupi bohong ngaku
  mengaku hoaks hoax palsu nipu penyalahgunaan peretasan diretas dihack kena dibajak bajak diskominfo
  keluhkan memprihatinkan prihatin kenapa mengapa bagaimana padahal knp poster spanduk
  brosur nempel menempel ditempel tertempel ditempeli dipotong
  isinya pemkab pemkot pemda pemprov dinas kelurahan kecamatan camat lurah kades bupati walikota gubernur
  kampus videotron baliho reklame billboard siaran radio iklan iklannya tayang menayangkan muncul komentar
  rentenir berkedok penjual penjualan
  tetangga murid muridnya siswa siswi santri guru sdn warnet karyawan buruh sopir supir kernet pengemis napi
  narapidana lapas ojol majikan pns asn kades dosen satpam kasir mencuri curi dicuri hancur raib ludes bangkrut cerai
  bercerai depresi stres stress ditagih penagih nagih menagih disebar menyebar nyebar hutang utang jajan gajinya
  tabungannya selebaran pamflet dijebak jebakan dipaksa`);

const kin =
  '(?:anak|suami|istri|bapak|bpk|ibu|ayah|bunda|mama|papa|orang tua|ortu|adik|adek|kakak|abang|keponakan|ponakan|paman|bibi|nenek|kakek|mertua|menantu|putra|putri|saudara|sepupu|teman|kawan|rekan|pacar|pegawai|warga|tukang|pemuda|remaja|mahasiswa)';

/** Somebody else's doing or suffering: "istri saya …", "suami main …", "ada yang kirim …". */
export const othersPhrases = new RegExp(
  [
    ` ${kin}(?:nya)? (?:[a-z]+ )?(?:saya|sy|aku|kami|kita) (?!dan )`,
    ` ${kin}(?:nya)? (?:[a-z]+ )?(?:main|bermain|buka|kirim|ngirim|sebar|jual|pinjam|minjam|depo|kalah|habis|terlanjur|kehilangan|kecolongan|ketahuan|terima|pakai|kabur|nekat) `,
    ' ada (?:yang|yg|orang|warga|akun|nomor|no) (?:[a-z]+ )?(?:kirim|ngirim|mengirim|sebar|share|bagi|jual|buka|pasang|promosi|posting|main|nawarin|tawarkan) ',
    ' (?:di|ke) (?:grup|group|wag) (?:wa |whatsapp |telegram )?(?:rt|rw|warga|wali|sekolah|kelas|kantor|keluarga|desa|kampung|alumni|paguyuban) ',
    ' kalah (?:banyak |sampai |hingga |total )*\\d',
  ].join('|'),
);

export const complaintPhrases =
  /tutup (?:situs|akun|web|aplikasi|warung|tempat|lokasi|judi|usaha)|anak (?:sekolah|sekolahan|saya|kami|muda)|(?:dapat|dpt|terima|menerima|nerima|ada|banyak|dikirimi|mendapat|mendapatkan|masuk) (?:sms|wa|pesan|telpon|telepon|chat|spam|iklan|notifikasi|link|tautan|penawaran)|(?:sms|pesan|nomor|iklan|komentar) (?:ini|seperti ini|tersebut|penipuan|begini)|apa (?:ini|benar|betul|itu)|apakah (?!anda|bapak|bpk|ibu|kamu|kalian|sdr|saudara)|benar(?:kah)? (?:ini|apa|tidak)|(?:belum|tidak|tdk|gak|ga|nggak|blm) (?:pernah|jelas|bisa|bayar|dibayar|cair|diterima|ada|kunjung|dapat)/;

/** What a spammer says about tricks is no complaint about them. */
export const disclaimers =
  /(?:bukan|tanpa|anti|no|hati hati|awas|waspada|bebas|jangan percaya|dijamin tidak|terhindar dari) (?:penipuan|penipu|spam|tipuan|hoax|hoaks|blokir|palsu|bohong|ilegal)|tidak (?:dipungut|ada) (?:biaya|potongan)/g;

/** Each makes a report a little likelier; promotions have few of them. */
export const reportingWords = listOf(`
  tolong tlg mohon mhn lapor laporan yth pak bapak bu warga saya kami kita anak suami istri tetangga teman
  desa kel kelurahan kec kecamatan kab dusun kampung rt rw jl jalan gang pasar sekolah puskesmas kantor
  dinas pemkot pemkab pemda pemerintah banyak sering tapi tetapi katanya belum utang hutang tiap setiap`);

/** The teller's own part in it. Who offers money or goods speaks of "you"; gamblers do boast of themselves. */
export const tellingWords = listOf(`
  saya sy sya aku tolong tlg mohon mhn tidak tdk gak ga nggak belum blm sudah sdh udah tapi tetapi calo
  ancam bebas tangkap tangkep akunnya grup rugi mana dimana gimana katanya lapor laporan
  dijual menjual menawarkan nawarin`);
