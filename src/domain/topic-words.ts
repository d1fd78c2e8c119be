import { listOf } from './vocabulary.ts';

/**
 * What complaints are about, after the main headings of the portal, and the words that say so: roots,
 * forms that no affix rule finds, abbreviations, slang, Javanese and Sundanese. A phrase is joined by
 * underscores; it counts before its parts do ("lampu_jalan" is no matter of roads).
 */
const wordsOfTopics: Readonly<Record<string, string>> = {
  road: `aspal pengaspalan aspalan berlubang lubang lobang bolong jeglongan jegongan gronjal grenjulan
    paving pavingisasi trotoar betonisasi makadam jalan_rusak jln_rusak jl_rusak dalan_rusak jalan_tembus
    jalan_berlubang perbaikan_jalan pelebaran_jalan jalan_poros median_jalan bahu_jalan marka polisi_tidur`,
  street_light: `pju lpju penerangan lampu lampune gelap peteng poek lampu_jalan penerangan_jalan tiang_lampu`,
  water: `pdam pam ledeng leding keran kran air_bersih air_mati air_tidak air_ga air_gak air_nggak air_tdk
    air_keruh air_kotor air_kecil air_macet air_pdam air_pam air_mengalir aliran_air pipa sumur banyu cai
    meteran_air perumdam tirta air_minum air_sumur kekeringan air_rumah air_kami krisis_air mati_air`,
  flood: `banjir kebanjiran rob genangan tergenang menggenang genangi menggenangi kebanjir air_banjir
    air_bah air_rob luapan meluap terendam merendam caah tanggul surut kena_air`,
  drainage: `drainase selokan got gorong saluran saluran_air parit riol kalen irigasi sedimen gorong_gorong
    sungai kali_mati pengerukan dikeruk keruk normalisasi_sungai`,
  bridge: `jembatan_rusak jembatan_putus jembatan_roboh jembatan_ambruk jembatan_gantung jpo kreteg membangun_jembatan kretek
    jembatan_penyeberangan perbaikan_jembatan`,
  waste: `sampah limbah tpa tps tpst runtah uwuh bau_busuk pembuangan_sampah bank_sampah tong_sampah`,
  environment: `polusi pencemaran tercemar cemari mencemari asap debu ampas bau kebauan menyengat pohon
    tumbang tebang penebangan hutan karhutla penghijauan taman_kota rth ikan_mati galian_c tambang
    penambangan hewan monyet ternak kandang peternakan pemotongan_ayam lalat nyamuk tikus ular anjing`,
  electricity: `pln listrik mati_lampu lampu_mati lampu_padam pemadaman padam_listrik byarpet oglangan
    token_listrik kwh gardu trafo tiang_listrik kabel voltase korsleting aliran_listrik`,
  civil_registry: `ktp ektp kk kia nik disdukcapil dukcapil capil akta akte kartu_keluarga perekaman rekam domisili passport
    kependudukan suket surat_pindah kartu_identitas akte_lahir akta_kelahiran pindah_penduduk skck sim stnk
    bpkb samsat paspor imigrasi legalisir e_ktp surat_keterangan pindah_datang`,
  health_insurance: `bpjs jkn kis jamkesmas jamkesda jampersal askes faskes fktp pbi pbpu ppu uhc
    peserta_mandiri iuran bpjs_kesehatan kartu_sehat rujukan ppk_tingkat`,
  hospital: `rsud puskesmas pkm pustu posyandu poskesdes dokter perawat pasien igd ugd rawat_inap obat
    berobat ambulans ambulance bidan klinik poli poliklinik apotek vaksin vaksinasi imunisasi swab demam dbd
    fogging foging stunting gizi rumah_sakit_penuh kesehatan operasi persalinan melahirkan bpom odgj rapid`,
  social_aid: `bansos bantuan_sosial pkh bpnt blt bst rastra raskin kks kps dtks sembako bansosnya beras_miskin
    kartu_sembako lansia disabilitas difabel fakir gelandangan pengemis gepeng santunan baznas zakat
    bedah_rumah rutilahu miskin kemiskinan layak_huni dana_desa bantuan_tunai program_keluarga bantuan_beras`,
  school: `guru siswa murid sdn smpn sman smkn smp sma smk mts paud tk_negeri spp ijazah ppdb zonasi kip
    beasiswa kuliah kampus universitas mahasiswa dosen dapodik nuptk sertifikasi_guru bidikmisi snmptn
    pendidikan perpustakaan pelajar madrasah akreditasi unbk seragam pip ujian anggaran_sekolah lks sekolahan pesantren rapor`,
  traffic: `macet kemacetan muacet lalin lalu_lintas lampu_merah bangjo stopan tilang ngebut balap_liar
    knalpot brong kecelakaan tabrakan lakalantas rambu contraflow satu_arah putar_balik uturn truk
    odol overload zebra_cross pejalan_kaki lampu_lalu traffic lampu_bangjo`,
  parking: `parkir parkiran jukir`,
  market: `pedagang pkl kaki_lima kios lapak bakul pasar_tradisional pasar_tumpah pasar_liar pasar_malam
    revitalisasi_pasar pasar_kumuh pasar_becek pasar_kotor retribusi_pasar minimarket warung`,
  prices: `harga sembako_mahal inflasi beras minyak_goreng migor minyakita timbunan menimbun cabai`,
  tax: `pajak perpajakan pbb npwp pkb retribusi djp kpp bea_cukai cukai bphtb spt`,
  land: `tanah lahan sertifikat sertipikat bpn ptsl agraria sengketa ahli_waris ganti_rugi pembebasan_lahan
    imb pbg bangunan_liar bangli bangunan reklamasi penggusuran tata_ruang properti`,
  police: `polisi polsek polres polda maling pencurian pencuri curanmor begal jambret tawuran narkoba sabu
    miras judi perjudian togel preman premanisme penipuan penipu ditipu tertipu geng copet rampok dicuri
    kehilangan penganiayaan prostitusi mesum kdrt pelecehan pembunuhan teror pemerasan diancam mengancam
    kriminal sajam penculikan undian hoaks`,
  corruption: `korupsi pungli pungutan suap sogok gratifikasi nepotisme kkn calo percaloan mark_up diselewengkan
    penyelewengan penggelapan dikorupsi mahar uang_pelicin setoran penyalahgunaan pemotongan_dana`,
  noise: `bising kebisingan berisik brisik gaduh karaoke sound_horeg horeg toa petasan speaker musik dentuman`,
  employment: `gaji upah umr umk ump phk lembur buruh karyawan thr pesangon outsourcing honorer lowongan
    loker pengangguran tki tkw pmi disnaker disnakertrans ketenagakerjaan jamsostek cpns pns asn pppk
    prakerja jht magang pegawai kartu_kuning pensiun kenaikan_pangkat bkn sscn honor honorarium
    insentif tpp pekerja tenaga_kerja kerja_paksa`,
  transport: `angkot angkutan bus brt busway transjakarta damri kereta krl kai commuter ojek ojol taksi taxi
    grab gojek kapal pelabuhan penyeberangan bandara penumpang halte trayek tiket bis feri angkutan_umum tol`,
  telecom: `sinyal internet wifi telkom indihome telkomsel indosat kuota provider operator_seluler pulsa
    jaringan bts registrasi_kartu website situs aplikasi server error indi_home passport_online`,
  fuel: `bbm pertalite pertamax solar premium spbu elpiji lpg gas gas_melon tabung_gas bensin minyak_tanah`,
  finance: `bank pinjol pinjaman kredit asuransi leasing koperasi kur nasabah debt_collector ojk rentenir
    investasi_bodong kartu_kredit atm saldo tagihan umkm pencairan
    pembayaran`,
  post: `paket resi kantor_pos ekspedisi kurir nomor_tracking no_tracking tracking_number barang_kiriman`,
  procurement: `lelang pelelangan tender proyek kontraktor mangkrak`,
  public_order: `ormas mabuk satpol trantib penertiban ditertibkan tertibkan asusila reklame baliho pasung
    dipasung`,
  religion: `haji umroh umrah kua nikah makam kuburan pemakaman mushola musholla tpu`,
  disaster: `longsor gempa tsunami kebakaran damkar pemadam bencana puting_beliung erosi abrasi bpbd pengungsi
    mengungsi evakuasi`,
  farming: `pupuk petani pertanian sawah panen nelayan bibit benih traktor perikanan`,
  village: `kades perangkat_desa bumdes pemilihan_rt ketua_rt ketua_rw apbdes musdes balai_desa pilkades`,
  service: `pelayanan antrian antrean antri antre petugas judes loket perizinan perijinan jutek
    pungutan_liar pengurusan persyaratan syarat prosedur formulir nib oss jadwal
    alamat_kantor alamat_dinas alamat_pemerintah nomor_telepon no_telp nomor_kartu`,
  sport: `stadion lapangan_bola gor pariwisata wisata cagar_budaya museum toilet`,
};

/** Every word and phrase (joined by underscores) and the topics it stands for. */
export const topicsOfWord: ReadonlyMap<string, readonly string[]> = invert();

function invert(): ReadonlyMap<string, readonly string[]> {
  const table = new Map<string, readonly string[]>();
  for (const [topic, words] of Object.entries(wordsOfTopics)) {
    for (const word of listOf(words)) table.set(word, [...(table.get(word) ?? []), topic]);
  }
  // "Lampu mati" is the street lamp to some and the power to others; "jalan" never is part of it.
  table.set('lampu_mati', ['street_light', 'electricity']);
  table.set('lampu_padam', ['street_light', 'electricity']);
  return table;
}

/** Phrases of a place or a way of speaking: their words say nothing about the matter. */
export const idlePhrases = listOf(`
  air_mata tanah_air tanah_abang tanah_merah tanah_kusir tanah_bumbu tanah_laut lubang_buaya kali_ini
  kali_malang air_hujan air_sungai air_laut gas_pol gelap_mata tindak_lanjut kota_tua`);

/**
 * Words that mostly say where and only sometimes what: they count when something is said about them
 * close by, unless they stand behind a preposition and another matter was named before.
 */
export const placeWords: ReadonlyMap<
  string,
  { readonly topic: string; readonly about: ReadonlySet<string> }
> = placeTable();

function placeTable() {
  const trouble = `rusak rusake ambruk roboh runtuh ambrol jebol jelek buruk kotor kumuh bau mahal lambat lama
    tutup ditutup menutup bangun dibangun membangun pembangunan perbaiki perbaikan diperbaiki
    kerusakan renovasi direnovasi butuh
    membutuhkan pungut bayar membayar biaya layanan fasilitas mangkrak bongkar dibongkar terbakar tolak
    menolak ditolak keropos bahaya membahayakan putus terputus goyang penuh dipungut rubuh becek pindah
    relokasi`;
  const broken = `rusak rusake rusaknya bosok hancur ajur ancur remuk parah becek licin retak amblas ambles longsor
    tambal ditambal aspal diaspal dicor perbaiki diperbaiki perbaikan perbaikane memperbaiki bolong lubang
    berlubang lubangnya lobang berlobang pelebaran dilebarkan sempit jelek butut awon elek bergelombang
    terputus putus tanah berbatu bangun dibangun pembangunan rsk kerusakan mulus memprihatinkan bongkar dibongkar galian
    lumpur berlumpur ambrol`;
  const rows: readonly (readonly [topic: string, words: string, about: string])[] = [
    [
      'road',
      'jalan jln jl dln jlnnya jalannya jalanan jalane dalan dalane dalanan margi gang jlan jaln',
      broken,
    ],
    ['bridge', 'jembatan jembatane jembatannya', trouble],
    ['market', 'pasar pasare pasarnya', `${trouble} retribusi pedagang kios lapak harga`],
    ['hospital', 'rs rumah_sakit', `${trouble} pasien kamar antri antrian pelayanan ruangan`],
    ['school', 'sekolah sekolahnya', `${trouble} pungutan uang iuran anak masuk`],
    ['transport', 'terminal stasiun', `${trouble} calo angkot bus kereta`],
    ['drainage', 'kali sungai', `${trouble} dangkal dikeruk sampah meluap normalisasi`],
  ];
  return new Map(
    rows.flatMap(([topic, words, about]) => {
      const entry = { topic, about: listOf(about) };
      return [...listOf(words)].map((word) => [word, entry] as const);
    }),
  );
}
