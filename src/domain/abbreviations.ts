/** `short full; short full words; …` as a table. */
const tableOf = (lines: string): ReadonlyMap<string, string> =>
  new Map(
    lines
      .trim()
      .split(/\s*;\s*/)
      .map((entry) => {
        const [short = '', ...full] = entry.split(/\s+/);
        return [short, full.join(' ')];
      }),
  );

const setOf = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/**
 * Words of an address, written short. Read before every other table: in a complaint `kel` is never
 * "keluarga" and `gg` never "enggak". From short to full, in lower case.
 */
export const addressWords = tableOf(`
  jl jalan; jln jalan; jlan jalan; jlnn jalan; gg gang; gng gang; kec kecamatan; kecmtn kecamatan; kcmtn kecamatan; kel kelurahan;
  kelrhan kelurahan; ds desa; dsa desa; dsn dusun; dk dukuh; dkh dukuh; kp kampung; kpg kampung; kmp kampung; kampong kampung;
  kab kabupaten; kabup kabupaten; kbpt kabupaten; prov provinsi; propinsi provinsi; prop provinsi; perum perumahan;
  prum perumahan; perumh perumahan; komp komplek; kompl komplek; kompleks komplek; psr pasar; jemb jembatan; jmbtn jembatan;
  jbtn jembatan; term terminal; stasion stasiun; perempetan perempatan; prempatan perempatan; prapatan perempatan;
  blk blok; lrg lorong; kilometer km; pkm puskesmas; puskes puskesmas; no nomor;
  nmr nomor; nomer nomor; nomr nomor; lingk lingkungan; kotamadya kota; ktr kantor; kntr kantor; rmh rumah; rmah rumah`);

/** How people shorten or spell words in SMS and tweets. From short to full (one or more words), in lower case. */
export const abbreviations = tableOf(`
  yg yang; yng yang; yag yang; dgn dengan; dg dengan; dng dengan; dngn dengan; utk untuk; untk untuk; bwt untuk; u untuk; tuk untuk; ut untuk;
  dr dari; dri dari; drpd daripada; pd pada; kpd kepada; d di; dl dulu; dlu dulu; dlm dalam; dpn depan; dkt dekat; blkg belakang; blakang belakang;
  dlam dalam; krn karena; karna karena; krna karena; jd jadi; jdi jadi; sdh sudah; udh sudah; udah sudah; dah sudah; sdah sudah; suda sudah;
  wis sudah; wes sudah; blm belum; blum belum; belom belum; blom belum; durung belum; tdk tidak; tdak tidak; gak tidak; ga tidak; gk tidak;
  g tidak; ngga tidak; nggak tidak; enggak tidak; gag tidak; tak tidak; ndak tidak; ora tidak; mboten tidak; kagak tidak; kada tidak; tida tidak; nda tidak;
  bkn bukan; bkan bukan; jgn jangan; jngn jangan; jgan jangan; ojo jangan; tlg tolong; tlng tolong; tlong tolong; tulung tolong; tolng tolong;
  mhn mohon; mhon mohon; mohn mohon; mnt minta; mnta minta; nyuwun minta; bs bisa; bsa bisa; iso bisa; dpt dapat; dpat dapat;
  dapet dapat; sy saya; sya saya; aku saya; aq saya; gw saya; gue saya; kmi kami; jg juga; jga juga; lg lagi; lgi lagi; sm sama;
  sprt seperti; spt seperti; sprti seperti; kyk seperti; kayak seperti; kaya seperti; kek seperti; koyo seperti; ato atau; atw atau;
  tp tetapi; tpi tetapi; tapi tetapi; ttp tetapi; ttpi tetapi; jk jika; klo kalau; kalo kalau; kl kalau; klu kalau; klau kalau; kalu kalau; skrg sekarang; skr sekarang;
  skrng sekarang; skarang sekarang; sekrang sekarang; saiki sekarang; niki ini; iki ini; sampe sampai; smpe sampai; smpai sampai; smpek sampai;
  sampek sampai; hgg hingga; hngga hingga; sblm sebelum; sblum sebelum; stlh setelah; stelah setelah; bgt banget; bngt banget; bgtt banget;
  bnyk banyak; byk banyak; bnyak banyak; akeh banyak; sgt sangat; sngt sangat; smua semua; smw semua; org orang; orng orang;
  wrg warga; wrga warga; masy masyarakat; msyrkt masyarakat; masarakat masyarakat; msh masih; msih masih; sll selalu; slalu selalu; sllu selalu; srg sering;
  srng sering; sdg sedang; sdang sedang; spy supaya; biar supaya; agr agar; gmn bagaimana; gmana bagaimana; gimana bagaimana; bgmn bagaimana; bgmna bagaimana; piye bagaimana;
  pripun bagaimana; kepriben bagaimana; knp kenapa; knpa kenapa; napa kenapa; ngapa kenapa; kpn kapan; kpan kapan; dmn dimana; dmna dimana; brp berapa; brapa berapa;
  sbb sebab; ttg tentang; tntg tentang; thd terhadap; trhdp terhadap; trs terus; trus terus; tsb tersebut; trsbt tersebut; tst tersebut; ybs bersangkutan;
  bln bulan; ulan bulan; blan bulan; mgg minggu; mnggu minggu; thn tahun; th tahun; taun tahun; tgl tanggal; tggl tanggal; jm jam; pkul jam; pukul jam; mnt menit; hr hari; hri hari; dino hari; bgi bagi;
  kmrn kemarin; kmaren kemarin; kemaren kemarin; mlm malam; malem malam; mlam malam; pgi pagi; sre sore; tiap setiap; stiap setiap; tp2 tetapi; lwt lewat; lewati lewat; liwat lewat;
  jalanan jalan; dalan jalan; dln jalan; ndalan jalan; lobang lubang; blong lubang; bolong lubang; brlubang berlubang; berlobang berlubang; rsk rusak; rusk rusak; bkl akan;
  pnrangan penerangan; penrangan penerangan; lmpu lampu; lampune lampu; bnjir banjir; bjir banjir; sgera segera; sgra segera; sgr segera; segra segera; cpt cepat; cpet cepat; ndang segera;
  diprbaiki diperbaiki; dperbaiki diperbaiki; prbaikan perbaikan; dibenerin diperbaiki; dbenerin diperbaiki; benerin perbaiki; didandani diperbaiki; msk masuk; plg pulang; krj kerja;
  prgi pergi; pke pakai; pake pakai; pakek pakai; hrs harus; hrus harus; kudu harus; kshn kasihan; kbr kabar; skali sekali; sklh sekolah; skolah sekolah; bpk bapak; bp bapak; pk bapak; pak bapak; bu ibu;
  mksh terima kasih; mks terima kasih; mkasih terima kasih; makasih terima kasih; makasi terima kasih; trims terima kasih; trim terima kasih; tks terima kasih; thx terima kasih;
  thanks terima kasih; tq terima kasih; tengkyu terima kasih; trmksh terima kasih; trmksih terima kasih; trimakasih terima kasih; terimakasih terima kasih; trimaksih terima kasih;
  terimaksih terima kasih; suwun terima kasih; swn terima kasih; maturnuwun terima kasih; matursuwun terima kasih; hatur terima kasih; nuhun terima kasih; trima terima; ksh kasih; dll dan lain; dsb dan lain;
  ass assalamualaikum; aslm assalamualaikum; asslm assalamualaikum; assalamu assalamualaikum; ijin izin; slmt selamat; slamat selamat; met selamat; mlh malah; ad ada; ada2 ada; gada tidak ada; gaada tidak ada; gd tidak ada;
  gabisa tidak bisa; gbs tidak bisa; gtau tidak tahu; adlh adalah; sbg sebagai; sbgai sebagai; stgh setengah; ktnya katanya; jgk juga; nmr nomor; tlp telepon; telp telepon; tlpn telepon;
  telpon telepon; hp handphone; info informasi; infonya informasi; infone informasi; inpo informasi; krg kurang; krang kurang; lbh lebih; lbih lebih; pdhl padahal; pdahal padahal; pdhal padahal; dtg datang; dtng datang; ektp ktp;
  ptgs petugas; pgwai pegawai; pelayannan pelayanan; plyanan pelayanan; pelynn pelayanan; aja saja; aj saja; sj saja; doang saja; bae saja; wae saja; emang memang; emg memang; mmg memang;
  masi masih; nunggu menunggu; nungguin menunggu; ngurus mengurus; kluar keluar; klu2 kalau; air2 air; banyu air; jembatane jembatan; nang di; ning di; neng di; ng di; kagem untuk; kanggo untuk;
  sing yang; kaliyan dengan; lan dan; n dan; & dan; dn dan; sareng dengan; ti dari; anu yang; henteu tidak; teu tidak; acan belum; atos sudah; tos sudah; kumaha bagaimana; naha kenapa; ado ada; idak tidak; dak tidak; indak tidak;
  jogja yogyakarta; jogya yogyakarta; yogya yogyakarta; jogjakarta yogyakarta; jogyakarta yogyakarta; djogja yogyakarta;
  smg semarang; smrg semarang; bdg bandung; bdng bandung; sby surabaya; sbya surabaya; bjn bojonegoro; mlg malang; tng tangerang; tgr tangerang; bks bekasi; dpk depok; mdn medan; bgr bogor; ska surakarta; solo surakarta; tasik tasikmalaya`);

/** Provinces and cities as people shorten them: to the kind and the name the gazetteer knows. In lower case. */
export const areaAliases = tableOf(`
  dki provinsi jakarta; jkt provinsi jakarta; ibukota provinsi jakarta; diy provinsi yogyakarta;
  ntb provinsi nusa tenggara barat; ntt provinsi nusa tenggara timur; jateng provinsi jawa tengah; jatim provinsi jawa timur; jabar provinsi jawa barat; sumut provinsi sumatera utara; sumbar provinsi sumatera barat;
  sumsel provinsi sumatera selatan; kalbar provinsi kalimantan barat; kalteng provinsi kalimantan tengah; kalsel provinsi kalimantan selatan; kaltim provinsi kalimantan timur; kaltara provinsi kalimantan utara;
  sulut provinsi sulawesi utara; sulteng provinsi sulawesi tengah; sulsel provinsi sulawesi selatan; sultra provinsi sulawesi tenggara; sulbar provinsi sulawesi barat; kepri provinsi kepulauan riau; babel provinsi kepulauan bangka belitung;
  malut provinsi maluku utara; jaksel kota jakarta selatan; jaktim kota jakarta timur; jakbar kota jakarta barat; jakut kota jakarta utara; jakpus kota jakarta pusat`);

/**
 * Words that carry no information of their own: courtesy, pronouns, particles, the little words of
 * grammar. Two texts that differ only in these say the same. Negations are not among them.
 */
export const fillers = setOf(`
  bapak ibu kang mas mbak mba mbk min mimin admin kak kakak om gan bro sis bos boss kanjeng yth ytk ysh yts yang terhormat kepada dear halo hallo hai hello selamat salam sejahtera hormat assalamualaikum assalamualaikumwrwb
  waalaikumsalam wr wb warahmatullahi warrahmatullahi wabarakatuh warohmatullohi wabarokatuh bismillah mohon tolong minta meminta harap mohonlah terima kasih matur sebelumnya salamualaikum alaikum
  ya yah sih kok dong deh lho loh nih tuh lah kah pun nya to e y s h o a ah eh oh mbok njih nggih gitu gini gbu saya kami kita aku dan di ke dari pada dengan untuk ini itu tersebut agar supaya
  juga saja segera cepat secepatnya secepat mungkin adalah bahwa oleh sebagai akan telah maka lalu atau tetapi serta ingin mau hendak lapor laporan melapor melaporkan izin permisi punten sekali sangat banget memang perhatian
  perhatiannya demikian kiranya sekiranya ditindaklanjuti ditindak lanjuti tindaklanjut atas yaa iya sampaikan menyampaikan dulu ikut numpang wahai para si sang bantuannya bantuan kerjasamanya kerjasama hatur nuwun nuhun suwun`);

/** Titles that a person's name follows. */
export const titles = setOf(`
  bapak ibu kang mas mbak mba om tante bang abah gus kyai kiai ustad ustaz ustadz haji hajah hj sdr sdri saudara saudari dokter bidan
  suster guru lurah camat bupati walikota gubernur kades sekdes kadus kepala bernama nama almarhum alm anak`);

/** Words that turn a sentence round. */
export const polarity = setOf(
  'tidak belum bukan jangan sudah tanpa kecuali selain batal masih lagi stop',
);

/** What stands before the name of a place without being part of it. */
export const prepositions = setOf(`
  di ke dari dr kedari daerah wilayah kawasan area arah menuju sekitar seputar antara sampai hingga jurusan dekat depan belakang samping sebelah seberang sebrang warga
  lokasi kantor pemkot pemkab pemprov pemda pemerintah dinas dishub cabang cab polres polsek polresta kpp kc kcu bpjs bupati walikota gubernur camat lurah kanim`);

/** Common words of complaints that the dictionary of roots lacks; they are never taken for names. */
export const common = setOf(`
  online offline website web aplikasi error internet wifi login upload download update email server link akun sms wa whatsapp facebook twitter instagram hp handphone tv ac cctv atm pin app apk
  ktp kk kia sim stnk bpkb npwp imb skck siup nik nisn nip asn pns cpns pppk p3k tni polri polisi bpjs jkn kis kps kip pkh bpnt bst blt bansos dtks rastra raskin sembako kks kpm pbi pbpu jht fktp faskes askes
  jamkesmas pdam pam pln pju pu pupr pt cv rt rw rs rsud sd smp sma smk tk paud sdn smpn sman smkn km cm kg rp rb jt tps tpa tpu brt krl mrt lrt kua kpk ojk bpn bri bni bca btn dprd dpr pemda
  pemkot pemkab pemprov dishub dinkes dinsos disdik disnaker disdukcapil dukcapil satpol pp bumn bumd umkm ukm umr ump umk thr phk pkl bbm lpg spbu pertalite pertamax solar traffic light drainase drainage angkot
  supir sopir ojol karyawan walikota gubernur bupati camat lurah kades sekdes rp terdekat tersedia respon mengenai ditindaklanjuti menindaklanjuti tindaklanjut menyampaikan mengeluhkan mengeluh mengecewakan
  terlebih seringkali lalulintas ngetem jalanan bansos covid vaksin zonasi ppdb un kuota token tilang bangjo plat blanko input jasamarga perumnas mall minimarket gorong ugal ugalan aktifitas wib wita wit
  nomor kesehatan ketenagakerjaan komplain complaint customer service call center pelayanan pungli nopol bangunan rekening transfer saldo kartu pendaftaran januari februari maret april mei juni juli agustus september oktober november
  desember nopember senin selasa rabu kamis jumat sabtu minggu kementerian kemensos kemenkes kemendikbud kemendagri kemenag kemenkumham kemnaker pemerintah pemerintahan pemprov direktorat inspektorat sekretariat bappeda bapenda bpbd damkar dlh dpu dprkp disperkim diskominfo disperindag rujukan persyaratan mekanisme kepesertaan penggantian perpindahan denda kelas mandiri premi iuran tunggakan rawat inap mengurus menunggu`);

/** Months and days count as numbers: "sejak Senin" and "sejak Kamis" are two dates. */
export const dateWords = tableOf(`
  januari bulan1; jan bulan1; februari bulan2; pebruari bulan2; feb bulan2; april bulan4; apr bulan4; mei bulan5; juni bulan6; juli bulan7; agustus bulan8; agt bulan8; agst bulan8; ags bulan8;
  september bulan9; sept bulan9; oktober bulan10; okt bulan10; november bulan11; nopember bulan11; nov bulan11; nop bulan11; desember bulan12; des bulan12; senin hari1; selasa hari2; rabu hari3; kamis hari4;
  jumat hari5; jum'at hari5; sabtu hari6; ahad hari7; satu 1; dua 2; tiga 3; empat 4; lima 5; enam 6; tujuh 7; delapan 8; sembilan 9; sepuluh 10; sebelas 11; siji 1; loro 2; telu 3; papat 4;
  seminggu 1 minggu; sebulan 1 bulan; setahun 1 tahun; sehari 1 hari; sejam 1 jam`);

/** Words by which a text asks for information rather than complains. */
export const askingWords = setOf(`
  apa apakah apaan syarat persyaratan syaratnya bagaimana mengapa kenapa kapan dimana dimanakah berapa berapakah siapa siapakah mana bisakah bolehkah adakah tanya bertanya nanya menanyakan pertanyaan informasi prosedur
  alur mekanisme caranya penjelasan jelaskan tatacara persyaratannya prosedurnya alurnya konsultasi`);

/** Beginnings of words that complain: they make a report of what would else be a question. */
export const grievances = setOf(`
  rusak lambat lelet lama buruk kecewa mati macet banjir bau kotor pungli pungut kasar judes antre antri mahal bocor lubang hancur roboh longsor
  ganggu bahaya resah parah keluh rugi tipu curang korup sampah padam gelap tumpuk jorok bising celaka jelek keruh sendat mampet mangkrak telantar terlantar bolos ketus rampas curi maling begal`);
