import { expect } from 'chai';
import fc from 'fast-check';
import { readCommand, readFlags } from '../../src/domain/commands.ts';
import { cpuMs } from '../support/cpu.ts';
import { reading } from '../support/reading.ts';

describe('readCommand', () => {
  const read: readonly (readonly [text: string, name: string, number: string | null])[] = [
    ['CEK 4821093766', 'cek', '4821093766'],
    ['cek 4821093766', 'cek', '4821093766'],
    ['Cek: #482-109-3766', 'cek', '4821093766'],
    ['cek 482 109 3766', 'cek', '4821093766'],
    ['CEK482.109.3766', 'cek', '4821093766'],
    ['Cek no 4821093766 min', 'cek', '4821093766'],
    ['cek laporan 4821093766', 'cek', '4821093766'],
    ['cek nomor laporan saya 4821093766 ya pak, terima kasih', 'cek', '4821093766'],
    ['cek laporan 4821093766 sudah sampai mana?', 'cek', '4821093766'],
    ['/cek 4821093766', 'cek', '4821093766'],
    ['/cek@SatuPintuBot 4821093766', 'cek', '4821093766'],
    ['*CEK* _4821093766_ 🙏', 'cek', '4821093766'],
    ['"CEK 4821093766"', 'cek', '4821093766'],
    ['Check 4821093766', 'cek', '4821093766'],
    ['ｃｅｋ ４８２１０９３７６６', 'cek', '4821093766'],
    ['CEK 1878360', 'cek', '1878360'],
    ['CEK', 'cek', null],
    ['cek laporan saya', 'cek', null],
    ['BATAL 4821093766', 'batal', '4821093766'],
    ['batal laporan no. 4821093766', 'batal', '4821093766'],
    ['Batalkan aduan 4821093766 pak', 'batal', '4821093766'],
    ['batal', 'batal', null],
    ['Batal!', 'batal', null],
    ['BANTU', 'bantu', null],
    ['bantu!', 'bantu', null],
    ['/bantu', 'bantu', null],
    ['help', 'bantu', null],
    ['Bantu min', 'bantu', null],
    ['STOP', 'stop', null],
    ['stop.', 'stop', null],
    ['Stop ya min', 'stop', null],
    ['MULAI', 'mulai', null],
    ['mulai\n', 'mulai', null],
  ];
  for (const [text, name, number] of read) {
    it(`reads ${JSON.stringify(text)} as ${name} ${number ?? 'without a number'}`, () => {
      expect(readCommand(text)).to.deep.equal({ name, number });
    });
  }

  const slips: readonly (readonly [label: string, text: string])[] = [
    ['too few digits', 'CEK 482109'],
    ['too many digits', 'CEK 48210937661'],
    ['a telephone number', 'cek 081234567890'],
    ['two numbers', 'cek 4821093766 / 4821093774'],
    ['two numbers with a word between', 'cek 4821093766 no 4821093774'],
  ];
  for (const [label, text] of slips) {
    it(`asks for the number again when it is given ${label}`, () => {
      expect(readCommand(text)).to.deep.equal({ name: 'cek', number: null });
    });
  }

  const reports = [
    'Cek jalan rusak di Depok',
    'cek 5 lampu mati',
    'cek 123',
    'cek masuk',
    'cek bansos 4821093766',
    'Mohon dicek 4821093766',
    'Bantu kami pak jalan rusak',
    'bantu saya',
    'bantuan',
    'bantu 4821093766',
    'Stop pungli di pasar',
    'stop 2 truk tanah',
    'Mulai kemarin air mati',
    'mulai 1 Januari',
    'batal terus perekaman KTP',
    'batal berangkat haji 2 kali',
    'batal 2',
    'Batalkan proyek ini',
    'STOPKONTAK di balai desa rusak',
    'CEKUNGAN di jalan',
    '4821093766',
    '123 cek',
    '',
    '🙏',
    `cek ${'ya '.repeat(60)}`,
  ];
  for (const text of reports) {
    it(`leaves ${JSON.stringify(text.slice(0, 60))} to be a message`, () => {
      expect(readCommand(text)).to.equal(null);
    });
  }

  it('never throws, and gives digits or nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('cek ', 'batal ', ''),
        fc.string({ unit: 'grapheme' }),
        (word, tail) => {
          const number = readCommand(word + tail)?.number ?? null;
          expect(number === null || /^\d{7,10}$/.test(number)).to.equal(true);
        },
      ),
    );
  });
});

describe('readFlags', () => {
  const taken: readonly (readonly [text: string, signs: string, rest: string])[] = [
    ['RAHASIA jalan rusak', 'confidential', 'jalan rusak'],
    ['rahasia: lurah minta uang', 'confidential', 'lurah minta uang'],
    ['Rahasia. Lurah minta uang', 'confidential', 'Lurah minta uang'],
    ['RAHASIA\nPerusahaan X buang limbah', 'confidential', 'Perusahaan X buang limbah'],
    ['RAHASIA perusahaan X buang limbah', 'confidential', 'perusahaan X buang limbah'],
    ['RAHASIA, dinas X pungli', 'confidential', 'dinas X pungli'],
    ['ANONIM pungli di SMP', 'anonymous', 'pungli di SMP'],
    ['[ANONIM] pungli di SMP', 'anonymous', 'pungli di SMP'],
    ['*anonim* - pungli', 'anonymous', 'pungli'],
    ['#anonim pungli', 'anonymous', 'pungli'],
    ['"Anonim" pungli', 'anonymous', 'pungli'],
    ['anonim - rahasia jalan rusak', 'anonymous confidential', 'jalan rusak'],
    ['RAHASIA/ANONIM: jalan rusak', 'anonymous confidential', 'jalan rusak'],
    ['Rahasia dan anonim, jalan rusak', 'anonymous confidential', 'jalan rusak'],
    ['LAPOR BARU jalan rusak', 'opensNew', 'jalan rusak'],
    ['lapor baru: jalan rusak', 'opensNew', 'jalan rusak'],
    ['/lapor baru jalan rusak', 'opensNew', 'jalan rusak'],
    ['LAPOR_BARU jalan rusak', 'opensNew', 'jalan rusak'],
    ['Lapor Baru, baru saja ada kecelakaan', 'opensNew', 'baru saja ada kecelakaan'],
    ['LAPOR BARU saja terjadi longsor', 'opensNew', 'saja terjadi longsor'],
    ['LAPOR BARU RAHASIA jalan rusak', 'confidential opensNew', 'jalan rusak'],
    ['anonim lapor baru - rahasia: x', 'anonymous confidential opensNew', 'x'],
    ['RAHASIA', 'confidential', ''],
    ['anonim!!!', 'anonymous', ''],
    ['lapor baru', 'opensNew', ''],
    ['RAHASIA (lihat foto) pungli', 'confidential', '(lihat foto) pungli'],
    ['ANONIM  Jalan  RUSAK!  tolong', 'anonymous', 'Jalan  RUSAK!  tolong'],
    ['ANONYMOUS jalan rusak', 'anonymous', 'jalan rusak'],
    ['anonymous: jalan rusak', 'anonymous', 'jalan rusak'],
    ['RAHSIA jalan rusak', 'confidential', 'jalan rusak'],
    ['RAHASAI: jalan rusak', 'confidential', 'jalan rusak'],
    ['rahasi, jalan rusak', 'confidential', 'jalan rusak'],
    ['ANONIN jalan rusak', 'anonymous', 'jalan rusak'],
    ['ANOMIM jalan rusak', 'anonymous', 'jalan rusak'],
    ['ANONYM jalan rusak', 'anonymous', 'jalan rusak'],
    ['ANONYMUS jalan rusak', 'anonymous', 'jalan rusak'],
    ['annonim jalan rusak', 'anonymous', 'jalan rusak'],
    ['anonimjalan rusak', 'anonymous', 'jalan rusak'],
    ['RAHASIAlurah minta uang', 'confidential', 'lurah minta uang'],
    ['RAHSIA dan ANONIN: jalan rusak', 'anonymous confidential', 'jalan rusak'],
  ];
  for (const [text, signs, rest] of taken) {
    it(`reads ${signs} from ${JSON.stringify(text)}, and nothing else goes`, () => {
      const { rest: left, ...flags } = readFlags(text, reading.isOrdinaryWord);

      const set = Object.entries(flags).flatMap(([sign, isSet]) => (isSet ? [sign] : []));
      expect(set.join(' ')).to.equal(signs);
      expect(left).to.equal(rest);
    });
  }

  const ordinary = [
    'rahasia umum kalau masuk sini bayar',
    'Rahasia umum, semua tahu',
    'RAHASIA umum kalau bayar',
    'rahasia negara dibocorkan',
    'Rahasia dagang kami dicuri',
    'rahasia perusahaan bocor',
    'RAHASIA PERUSAHAAN BOCOR',
    'rahasia jabatan',
    '"Rahasia dagang" kami dicuri',
    '(rahasia umum) masuk sini bayar',
    'rahasianya bocor',
    'rahasiakan identitas saya',
    'surat anonim ditempel di tembok',
    'akun anonim menghina warga',
    'Anonimitas pelapor tidak dijaga',
    'lapor baru saja terjadi kecelakaan',
    'Lapor baru-baru ini banyak maling',
    'lapor baru 2 hari diperbaiki jalan rusak lagi',
    'lapor baru dibangun jembatan sudah retak',
    'Lapor barusan ada kebakaran',
    'lapor pak jalan rusak',
    'laporan baru masuk',
    'jalan rusak RAHASIA',
    'Antonim di buku paket salah',
    'Rahayu minta bantuan',
    'Rahasianya sudah bocor',
    'Raharja tidak membayar santunan',
    'RAHSIA umum kalau bayar',
    'anonimitas warga',
    'Ekonomi warga sulit',
    'Anomali cuaca merusak panen',
    '',
    '...',
  ];
  for (const text of ordinary) {
    it(`leaves ${JSON.stringify(text)} untouched`, () => {
      expect(readFlags(text, reading.isOrdinaryWord)).to.deep.equal({
        anonymous: false,
        confidential: false,
        opensNew: false,
        rest: text,
      });
    });
  }

  it('never throws, and what is left is the end of the text', () => {
    const word = fc.constantFrom(
      'RAHASIA',
      'anonim',
      'LAPOR BARU',
      ' ',
      ':',
      '-',
      'umum',
      'dan',
      'jalan',
      '🙏',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(text, (sent) => {
        const { rest, ...flags } = readFlags(sent, reading.isOrdinaryWord);
        expect(sent.endsWith(rest)).to.equal(true);
        if (!Object.values(flags).includes(true)) expect(rest).to.equal(sent);
      }),
    );
  });

  for (const [label, unit] of [
    ['signs', 'RAHASIA '],
    ['punctuation', '.,;: '],
    ['joints', 'dan '],
  ] as const) {
    it(`takes no time for ten thousand characters of ${label}`, () => {
      const text = unit.repeat(10_000 / unit.length);
      const start = cpuMs();

      readFlags(text, reading.isOrdinaryWord);

      expect(cpuMs() - start).to.be.below(50);
    });
  }
});
