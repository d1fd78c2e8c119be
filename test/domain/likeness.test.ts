import { expect } from 'chai';
import fc from 'fast-check';
import { loadAreas } from '../../src/areas.ts';
import { createDictionary } from '../../src/dictionary.ts';
import { type Comparable, comparableFrom } from '../../src/domain/comparable.ts';
import { isRepeat, isRuledOut, likeness, placesDiffer } from '../../src/domain/likeness.ts';

type Row = readonly [label: string, a: string, b: string];

/** About 40 words, so that one word more or less is near-exact. */
const long = (place: string) =>
  `Selamat pagi, saya ingin melaporkan lampu penerangan jalan umum di ${place} yang sudah mati cukup lama, warga takut keluar malam karena gelap sekali dan rawan kejahatan, petugas pernah datang melihat tetapi sampai sekarang belum ada perbaikan sama sekali. Mohon segera ditindaklanjuti, terima kasih.`;

const loket =
  'Pelayanan di loket lambat sekali, petugas sering tidak ada di tempat dan antrean mengular sampai ke luar gedung';

const sameReport: readonly Row[] = [
  ['says one of a copy', long('Jalan Wirobrajan'), long('Jalan Wirobrajan')],
  ['says one of a copy without any place, if it is long', loket, loket],
  ['says one of a short copy at one place', 'PJU mati di jl mawar', 'PJU mati di jl mawar'],
  ['says one of a short copy in one regency', 'Banjir di Sleman', 'banjir di sleman'],
  [
    'reads abbreviations',
    'Tlg jln rsk dpn psr Kranggot blm diperbaiki smpe skrg, bnyk yg jatuh',
    'Tolong jalan rusak depan pasar Kranggot belum diperbaiki sampai sekarang, banyak yang jatuh',
  ],
  [
    'reads address abbreviations first',
    'lampu mati di gg Pandansari kel. Gisikdrono kec. Semarang Barat',
    'Lampu mati di Gang Pandansari Kelurahan Gisikdrono Kecamatan Semarang Barat',
  ],
  [
    'forgives the case and punctuation',
    'JALAN BERLUBANG DI DESA TEGALWANGI!!! MOHON SEGERA DIPERBAIKI',
    'jalan berlubang di desa tegalwangi, mohon segera diperbaiki...',
  ],
  [
    'forgives stretched letters and doubled words',
    'toloooong jalan lubang2 di desa Tegalwangi parah bangettt',
    'Tolong jalan lubang-lubang di desa Tegalwangi parah banget',
  ],
  [
    'forgives a slip in an ordinary word',
    long('Jalan Wirobrajan').replace('kejahatan', 'kejahtan'),
    long('Jalan Wirobrajan'),
  ],
  [
    'forgives courtesy',
    `Assalamualaikum pak, ${loket}. Matur nuwun`,
    `Yth. Bapak, mohon maaf ${loket}, terima kasih`,
  ],
  ['forgives the routing keyword of a city', `LAPORHENDI ${loket}`, loket],
  [
    'forgives a hashtag and handles',
    `@layananwarga #LaporHendi ${loket}`,
    `${loket} @lapor1708 #lapor`,
  ],
  ['forgives another link', `${loket} https://t.co/aBcD123`, `${loket} https://t.co/xYz987`],
  [
    'forgives another form of a word',
    long('Jalan Wirobrajan'),
    long('Jalan Wirobrajan').replace('perbaikan', 'diperbaiki'),
  ],
  [
    'forgives "di perbaiki", "rumah nya"',
    'tolong di perbaiki jalan depan rumah nya pak lurah desa Tegalwangi',
    'tolong diperbaiki jalan depan rumahnya pak lurah desa Tegalwangi',
  ],
  ['forgives names parted or joined', long('Jalan Kebonagung'), long('Jalan Kebon Agung')],
  [
    'forgives leading zeros',
    'Sampah menumpuk di RT 03 RW 02 Desa Tegalwangi',
    'sampah menumpuk di rt 3/2 desa tegalwangi',
  ],
  [
    'takes number words for numbers',
    `${loket}, sudah dua minggu begini`,
    `${loket}, sudah 2 minggu begini`,
  ],
  [
    'takes "Jogja" for Yogyakarta',
    'Parkir liar di Jogja bikin macet',
    'parkir liar di yogyakarta bikin macet',
  ],
  [
    'takes the city for the city, however it is shortened',
    'banjir lagi di smg',
    'Banjir lagi di Semarang',
  ],
  [
    'takes a bare name for the city of that name',
    'Angkot ngetem sembarangan di Kota Semarang, bikin macet tiap pagi',
    'Angkot ngetem sembarangan di Semarang, bikin macet tiap pagi',
  ],
  [
    'finds a long text within a longer one',
    loket,
    `Selamat siang. ${loket}. Kami warga sangat kecewa dengan keadaan seperti itu.`,
  ],
  [
    'tolerates that only one names the city, in long texts about one street',
    long('Jalan Wirobrajan'),
    long('Jalan Wirobrajan Yogyakarta'),
  ],
  [
    'takes Javanese for what it says',
    'tulung dalan rusak nang desa Tegalwangi wis sewulan durung didandani',
    'tolong jalan rusak di desa Tegalwangi sudah sewulan belum diperbaiki',
  ],
  [
    'counts masks as particulars',
    'Mohon info KTP atas nama [NAMA] NIK [NOMOR] sudah jadi atau belum ya pak',
    'mohon info ktp an [NAMA] nik [NOMOR] sdh jadi atau blm ya pak',
  ],
  [
    'forgives the number of the sender below one of them',
    'Antre di Puskesmas Wirobrajan lama sekali, petugas hanya satu orang',
    'antre di puskesmas wirobrajan lama sekali, petugas hanya satu orang. (081234567890)',
  ],
  [
    'is not misled by a question at the end of a complaint',
    `${loket}. Kapan ada perbaikan?`,
    `${loket}. Kapan ada perbaikan?`,
  ],
  [
    'takes an asked place for a particular',
    'Mohon informasi alamat kantor BPNT Kota Semarang',
    'mohon info alamat kantor BPNT kota semarang',
  ],
];

const possible: readonly Row[] = [
  [
    'only suggests general questions: information',
    'Informasi tentang cara pindah kelas rawat inap bagi peserta mandiri yang menunggak',
    'Informasi tentang cara pindah kelas rawat inap bagi peserta mandiri yang menunggak',
  ],
  [
    'only suggests general questions: what',
    'Apa saja syarat mengurus kartu keluarga yang hilang dan berapa lama prosesnya?',
    'apa saja syarat mengurus kartu keluarga yang hilang dan berapa lama prosesnya',
  ],
  [
    'only suggests general questions: how',
    'Bagaimana cara mendaftarkan bayi yang baru lahir menjadi peserta jaminan kesehatan?',
    'bagaimana cara mendaftarkan bayi yg baru lahir menjadi peserta jaminan kesehatan',
  ],
  [
    'only suggests general questions: why',
    'Ketika pindah domisili dan semua berkas sudah lengkap, mengapa masih diharuskan membawa surat pengantar',
    'Ketika pindah domisili dan semua berkas sudah lengkap, mengapa masih diharuskan membawa surat pengantar',
  ],
  [
    'only suggests general questions: when',
    'Kapan pencairan bantuan sosial tahap berikutnya untuk seluruh penerima manfaat',
    'kapan pencairan bantuan sosial tahap berikutnya untuk seluruh penerima manfaat?',
  ],
  [
    'only suggests a middling text without a place',
    'Petugas loket judes dan lambat sekali',
    'petugas loket judes dan lambat sekali',
  ],
  ['only suggests where one has a name more', loket, `${loket} kata Bapak Sukirman`],
  ['only suggests where one has a number more', loket, `${loket} sejak jam 7`],
  ['only suggests where a name has another letter', long('Jl. Wirobrajan'), long('Jl. Wirobrjan')],
  ['only suggests where one names the place', `${loket} di Kecamatan Tembalang`, loket],
  [
    'only suggests where a negation differs',
    long('Jalan Wirobrajan'),
    long('Jalan Wirobrajan').replace('pernah datang', 'tidak pernah datang'),
  ],
  [
    'only suggests where negations change places',
    `${loket}, pajak kendaraan sudah dibayar tetapi surat belum diterima warga`,
    `${loket}, pajak kendaraan belum dibayar tetapi surat sudah diterima warga`,
  ],
  [
    'only suggests where the matter differs by a word',
    long('Jalan Wirobrajan'),
    long('Jalan Wirobrajan').replace('kejahatan', 'kecelakaan'),
  ],
  [
    'only suggests where the way back is meant',
    'Bus dari Demak ke Kudus selalu penuh sesak dan sopirnya ugal-ugalan',
    'Bus dari Kudus ke Demak selalu penuh sesak dan sopirnya ugal-ugalan',
  ],
  [
    'only suggests where the place is the same and a number another',
    'Banjir setinggi 20 cm di Jalan Wirobrajan depan pasar',
    'Banjir setinggi 50 cm di Jalan Wirobrajan depan pasar',
  ],
  [
    'suggests the same matter at the same spot in other words',
    'Air PDAM di Jalan Kebonagung sudah mati, tagihan tetap dibayar, tolong diperiksa petugas',
    'Kenapa ya air PDAM mati terus di jl kebonagung, padahal tagihan selalu dibayar',
  ],
];

const none: readonly Row[] = [
  [
    'parts cities asked for',
    'Mohon informasi alamat kantor BPNT Kota Semarang',
    'Mohon informasi alamat kantor BPNT Kota Cirebon',
  ],
  [
    'parts cities of one name and side',
    'Mohon informasi alamat kantor BPNT Kota Jakarta Barat',
    'Mohon informasi alamat kantor BPNT Kota Jakarta Utara',
  ],
  ['parts long texts that differ in the regency', long('Sleman'), long('Bantul')],
  ['parts a city from the regency of its name', long('Kota Semarang'), long('Kabupaten Semarang')],
  ['parts provinces, abbreviated too', long('NTB'), long('NTT')],
  ['parts districts', long('Kecamatan Genuk'), long('Kecamatan Tugu')],
  ['parts villages no gazetteer knows', long('desa Tegalwangi'), long('desa Karanglo')],
  ['parts villages whose names are ordinary words', long('desa mekar'), long('desa subur')],
  ['parts streets', long('Jl. Mawar'), long('Jl. Melati')],
  ['parts streets that differ in a number', long('Jl. Mawar 2'), long('Jl. Mawar 3')],
  ['parts RT', long('RT 3 RW 2 Tegalwangi'), long('RT 4 RW 2 Tegalwangi')],
  ['parts RW written with a slash', long('RT 3/2 Tegalwangi'), long('RT 3/5 Tegalwangi')],
  ['parts house numbers', `${loket} di rumah nomor 14`, `${loket} di rumah nomor 41`],
  ['parts kilometres', long('km 12'), long('km 21')],
  ['parts schools', long('SDN 1 Tegalwangi'), long('SDN 2 Tegalwangi')],
  ['parts markets', long('pasar Kranggot'), long('pasar Klandasan')],
  ['parts names behind a bare preposition', long('Tegalwangi'), long('Karanglo')],
  ['parts names typed without a capital', long('tegalwangi'), long('karanglo')],
  [
    'parts people',
    `${loket}, yang bertugas Bapak Sukirman`,
    `${loket}, yang bertugas Bapak Wagiyo`,
  ],
  ['parts mayors spoken to', `Pak Sukirman ${loket}`, `Pak Wagiyo ${loket}`],
  ['parts shops', long('depan toko Barokah'), long('depan toko Sentosa')],
  ['parts clinics', `${loket} di klinik Husada`, `${loket} di klinik Medika`],
  [
    'parts bus numbers',
    'Sopir bus trans nomor 016 mengerem mendadak sampai penumpang jatuh semua',
    'Sopir bus trans nomor 024 mengerem mendadak sampai penumpang jatuh semua',
  ],
  [
    'parts card numbers',
    'Kartu 6032981234567890 saya terblokir dan saldo tidak dapat dicairkan di agen',
    'Kartu 6032981234567891 saya terblokir dan saldo tidak dapat dicairkan di agen',
  ],
  [
    'parts senders who sign the same words with two numbers',
    `${loket}. 081234567890`,
    `${loket}. 089876543210`,
  ],
  ['parts dates', `${loket} pada 4 Desember`, `${loket} pada 4 November`],
  ['parts days of the week', `${loket} hari Senin`, `${loket} hari Kamis`],
  ['parts spans of time', `${loket}, sudah 2 minggu`, `${loket}, sudah 3 bulan`],
  ['parts cities addressed by handle', `@PemkotBandung ${loket}`, `@PemkotSemarang ${loket}`],
  ['says nothing of short texts without a place', 'PJU mati', 'PJU mati'],
  ['says nothing of one word', 'banjir', 'Banjir!!'],
  [
    'says nothing of "jalan rusak", which names no street',
    'jalan rusak parah',
    'Jalan rusak parah',
  ],
  ['says nothing of an RT, which is everywhere', 'lampu mati rt 3', 'lampu mati rt 3'],
  ['says nothing of short texts in two cities', 'banjir di Sleman', 'banjir di Bantul'],
  [
    'says nothing of other matters at one street',
    'Sampah menumpuk di Jalan Kebonagung bau sekali',
    'Balapan liar tiap malam minggu di Jalan Kebonagung meresahkan',
  ],
  ['says nothing of strangers', loket, long('Sleman')],
  [
    'says nothing of other questions',
    'Apa saja syarat pindah faskes tingkat pertama',
    'Bagaimana alur pendaftaran peserta mandiri',
  ],
  ['says nothing of empty texts', '', ''],
  ['says nothing of mere signs', '???', '???'],
];

describe('likeness', () => {
  let read: (text: string, point?: readonly [number, number], place?: string) => Comparable;

  before(async () => {
    const reading = { gazetteer: await loadAreas(), isOrdinaryWord: createDictionary() };
    read = (text, point, place) =>
      comparableFrom(reading, text, {
        text: place ?? null,
        latitude: point?.[0] ?? null,
        longitude: point?.[1] ?? null,
      });
  });

  const judged = (a: string, b: string) => {
    const { verdict, reasons, score } = likeness(read(a), read(b));
    return `${verdict} (${String(score)}: ${reasons.join(', ')})`;
  };

  for (const [label, a, b] of sameReport) {
    it(label, () => {
      expect(judged(a, b)).to.match(/^same_report /);
    });
  }

  for (const [label, a, b] of possible) {
    it(label, () => {
      expect(judged(a, b)).to.match(/^possible /);
    });
  }

  for (const [label, a, b] of none) {
    it(label, () => {
      expect(judged(a, b)).to.match(/^none /);
    });
  }

  describe('by coordinates', () => {
    const text = 'lampu mati di depan rumah kami';
    const home: readonly [number, number] = [-7.8, 110.36];
    const metresNorth = (metres: number): readonly [number, number] => [
      -7.8 + metres / 111_195,
      110.36,
    ];

    const rows: readonly (readonly [label: string, metres: number, verdict: string])[] = [
      ['takes 90 m for the same place', 90, 'same_report'],
      ['takes 200 m for no evidence', 200, 'possible'],
      ['takes 310 m for another place', 310, 'none'],
    ];
    for (const [label, metres, verdict] of rows) {
      it(label, () => {
        expect(likeness(read(text, home), read(text, metresNorth(metres))).verdict).to.equal(
          verdict,
        );
      });
    }

    it('takes a missing point for nothing', () => {
      expect(likeness(read(text, home), read(text)).verdict).to.equal('possible');
    });

    it('names the point among the reasons', () => {
      expect(likeness(read(text, home), read(text, home)).reasons).to.include('same_point');
    });
  });

  it('reads the place the platform sends along', () => {
    const [here, there] = [
      read('PJU mati', undefined, 'Kecamatan Genuk'),
      read('PJU mati', undefined, 'Kecamatan Tugu'),
    ];

    expect(likeness(here, here).verdict).to.equal('same_report');
    expect(likeness(here, there).verdict).to.equal('none');
  });

  it('judges texts too long to lay side by side without failing', () => {
    const words = Array.from(
      { length: 4000 },
      (_, at) => `kata${String.fromCharCode(97 + (at % 26))}`,
    ).join(' ');

    expect(likeness(read(words), read(words.split(' ').reverse().join(' '))).verdict).to.equal(
      'none',
    );
  });

  const words = fc.constantFrom(
    ...'jalan jl rusak lampu mati di Sleman Bantul kec Genuk desa Tegalwangi RT 3 5 tidak sudah kapan syarat [NAMA] pak tolong Mawar @PemkotBandung no km banjir ??? , . Sukirman'.split(
      ' ',
    ),
  );
  const texts = fc.oneof(
    fc.array(words, { maxLength: 40 }).map((some) => some.join(' ')),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
  );

  it('is symmetric, and its score stays within 0 and 1', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const [a, b] = [read(one), read(other)];

        expect(likeness(a, b)).to.deep.equal(likeness(b, a));
        expect(likeness(a, b).score).to.be.within(0, 1);
        expect(placesDiffer(a, b)).to.equal(placesDiffer(b, a));
        expect(isRuledOut(a, b)).to.equal(isRuledOut(b, a));
        expect(isRepeat(a, b, 1)).to.equal(isRepeat(b, a, -1));
      }),
    );
  });

  it('links nothing that is ruled out beforehand', () => {
    const spots = fc.constantFrom('di jl Mawar', 'di SDN 3 Kranggot', 'di Sleman', '');
    const tails = fc.constantFrom('no 3', 'no 4', 'sejak 5 hari', '(081234567890)', '');
    const alike = fc.tuple(spots, tails).map((some) => [long(some[0]), some[1]].join(' '));
    const pairs = fc.oneof(fc.tuple(alike, alike), fc.tuple(texts, texts));

    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const [a, b] = [read(one), read(other)];
        fc.pre(isRuledOut(a, b));

        expect(likeness(a, b).verdict).to.equal('none');
      }),
    );
  });

  it('finds every text with words near-exact with itself, and a repeat of itself', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const read1 = read(text);
        fc.pre(read1.tokens.length > 0);

        expect(likeness(read1, read(text)).reasons).to.include('near_exact');
        expect(isRepeat(read1, read(text), 0)).to.equal(true);
        expect(placesDiffer(read1, read(text))).to.equal(false);
      }),
    );
  });

  it('never takes two texts for one when a village is put in the place of another', () => {
    const villages = fc.constantFrom(
      'Tegalwangi',
      'Karanglo',
      'Mojoduwur',
      'Bantargebang',
      'Sukamukti',
    );
    fc.assert(
      fc.property(
        villages,
        villages,
        fc.constantFrom('desa ', 'di ', 'kel. ', 'Jl. ', ''),
        (one, other, marker) => {
          fc.pre(one !== other);

          expect(likeness(read(long(marker + one)), read(long(marker + other))).verdict).to.equal(
            'none',
          );
        },
      ),
    );
  });
});

const minute = 60_000;
const hour = 60 * minute;

describe('isRepeat', () => {
  let read: (text: string) => Comparable;

  before(async () => {
    const reading = { gazetteer: await loadAreas(), isOrdinaryWord: createDictionary() };
    read = (text) => comparableFrom(reading, text);
  });

  const rows: readonly (readonly [
    label: string,
    a: string,
    b: string,
    apartMs: number,
    repeat: boolean,
  ])[] = [
    ['takes the same text within a minute', loket, loket, minute, true],
    ['takes the same text within 72 hours', loket, loket, 72 * hour, true],
    ['does not ask which came first', loket, loket, -72 * hour, true],
    ['leaves the same text after 72 hours', loket, loket, 72 * hour + 1, false],
    ['takes a retyped text', loket, loket.replace('sekali', 'skali').toUpperCase(), hour, true],
    ['takes more courtesy', loket, `Tolong pak, ${loket}, terima kasih`, hour, true],
    ['takes a short text within 10 minutes', 'PJU mati', 'pju mati!', 10 * minute, true],
    ['leaves a short text after 10 minutes', 'PJU mati', 'PJU mati', 10 * minute + 1, false],
    [
      'takes a short text with a place for days',
      'PJU mati jl. Mawar',
      'pju mati jl mawar',
      71 * hour,
      true,
    ],
    [
      'takes the same question again',
      'Apa saja syarat mengurus KTP hilang?',
      'apa saja syarat mengurus ktp hilang',
      hour,
      true,
    ],
    [
      'leaves a place more',
      long('Jalan Wirobrajan'),
      long('Jalan Wirobrajan Kecamatan Genuk'),
      minute,
      false,
    ],
    ['leaves another place', long('Sleman'), long('Bantul'), minute, false],
    ['leaves a number more', loket, `${loket} loket 3`, minute, false],
    ['leaves the number of the sender put below', loket, `${loket}. 081234567890`, minute, false],
    ['leaves another number', long('RT 3'), long('RT 4'), minute, false],
    [
      'leaves a name more',
      long('Jalan Wirobrajan'),
      `${long('Jalan Wirobrajan')} Nama saya Sukirman`,
      minute,
      false,
    ],
    [
      'leaves an unknown word more',
      long('Jalan Wirobrajan'),
      `${long('Jalan Wirobrajan')} tegalwangi`,
      minute,
      false,
    ],
    [
      'leaves a negation more',
      long('Sleman'),
      long('Sleman').replace('pernah', 'tidak pernah'),
      minute,
      false,
    ],
    [
      'leaves the same thing happening again',
      'lampu jalan mati',
      'lampu jalan mati lagi',
      minute,
      false,
    ],
    [
      'leaves a text with more in it',
      loket,
      `${loket}. Sampah juga menumpuk di halaman kantor.`,
      minute,
      false,
    ],
    ['leaves a text without words', '', '', 0, false],
  ];
  for (const [label, a, b, apartMs, repeat] of rows) {
    it(label, () => {
      expect(isRepeat(read(a), read(b), apartMs)).to.equal(repeat);
    });
  }

  it('leaves the same text with a point it had not before', async () => {
    const reading = { gazetteer: await loadAreas(), isOrdinaryWord: createDictionary() };
    const pinned = comparableFrom(reading, loket, { text: null, latitude: -7.8, longitude: 110.4 });

    expect(isRepeat(read(loket), pinned, minute)).to.equal(false);
  });
});

describe('isRuledOut', () => {
  let read: (text: string) => Comparable;

  before(async () => {
    const reading = { gazetteer: await loadAreas(), isOrdinaryWord: createDictionary() };
    read = (text) => comparableFrom(reading, text);
  });

  const rows: readonly (readonly [label: string, a: string, b: string, is: boolean])[] = [
    [
      'rules out another signer of a numbered petition',
      long('SDN 17 Kranggot'),
      long('SDN 18 Kranggot'),
      true,
    ],
    ['rules out another number where no spot is shared', `${loket} 17`, `${loket} 18`, true],
    ['rules out another place', long('Jalan Wirobrajan'), long('Jalan Kranggan'), true],
    ['rules out no copy', loket, loket, false],
    [
      'leaves another number at one spot to the words',
      `${long('Jalan Wirobrajan')} 17`,
      `${long('Jalan Wirobrajan')} 18`,
      false,
    ],
    ['leaves a number that only one has to the words', `${loket} 17`, loket, false],
  ];
  for (const [label, a, b, is] of rows) {
    it(label, () => {
      expect(isRuledOut(read(a), read(b))).to.equal(is);
    });
  }
});

describe('placesDiffer', () => {
  let read: (text: string) => Comparable;

  before(async () => {
    const reading = { gazetteer: await loadAreas(), isOrdinaryWord: createDictionary() };
    read = (text) => comparableFrom(reading, text);
  });

  const rows: readonly (readonly [label: string, a: string, b: string, differ: boolean])[] = [
    ['tells regencies apart', 'banjir di Sleman', 'sampah di Bantul', true],
    ['tells a city from its regency', 'Kota Bogor', 'Kabupaten Bogor', true],
    ['leaves a bare name open', 'di Bogor', 'Kabupaten Bogor', false],
    ['tells streets apart', 'jl Wirobrajan', 'jl Kranggan', true],
    ['tells streets of one city apart', 'jl Wirobrajan Semarang', 'jl Kranggan Semarang', true],
    [
      'tells streets of one name in two cities apart',
      'Jl. Mawar, Sleman',
      'Jl. Mawar, Bantul',
      true,
    ],
    ['tells RT apart', 'RT 3 RW 1', 'RT 4 RW 1', true],
    ['takes a missing place for nothing', 'jl Wirobrajan', 'lampu mati', false],
    ['takes places of two levels for nothing', 'jl Wirobrajan', 'desa Tegalwangi', false],
    ['takes a longer name for the same street', 'jl Wirobrajan', 'jl Wirobrajan Kidul', false],
    [
      'takes one place in common for enough',
      'dari pasar Kranggot ke pasar Klandasan',
      'pasar Kranggot',
      false,
    ],
    ['takes another letter for another place', 'desa Tegalwangi', 'desa Tegalwngi', true],
    ['takes it so between two names it knows', 'Kabupaten Bangkalan', 'Kabupaten Bangka', true],
  ];
  for (const [label, a, b, differ] of rows) {
    it(label, () => {
      expect(placesDiffer(read(a), read(b))).to.equal(differ);
    });
  }
});
