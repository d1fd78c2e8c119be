import { expect } from 'chai';
import fc from 'fast-check';
import { createDictionary } from '../../src/dictionary.ts';
import { hasMatter, isRequest, topicsIn } from '../../src/domain/topics.ts';
import { cpuMs } from '../support/cpu.ts';

describe('topicsIn', () => {
  const rows: readonly (readonly [text: string, topics: string])[] = [
    ['jalan rusak', 'road'],
    ['jln rusak parah di Jl. Kenanga', 'road'],
    ['Jalan Kenanga RT 3 sudah setahun rusak', 'road'],
    ['jalannya berlubang', 'road'],
    ['dalane wis rusak pak', 'road'],
    ['mohon perbaikan jalan desa', 'road'],
    ['aspal mengelupas', 'road'],
    ['𝗷𝗮𝗹𝗮𝗻 𝗿𝘂𝘀𝗮𝗸', 'road'],
    ['PJU mati', 'street_light'],
    ['lampu jalan mati', 'street_light'],
    ['PJU di Jl. Kenanga rusak', 'street_light'],
    ['minta penerangan di gang 4', 'street_light'],
    ['lampu mati', 'electricity street_light'],
    ['mati lampu sejak sore', 'electricity'],
    ['listrik padam, PLN ditelpon tidak diangkat', 'electricity'],
    ['kran bocor', 'water'],
    ['air PDAM keruh', 'water'],
    ['banyu PDAM ora mili', 'water'],
    ['air tidak mengalir', 'water'],
    ['banjir', 'flood'],
    ['rumah kebanjiran lagi', 'flood'],
    ['got mampet', 'drainage'],
    ['sampahnya menumpuk di depan pasar', 'waste'],
    ['bau limbah pabrik', 'environment waste'],
    ['e-KTP belum jadi', 'civil_registry'],
    ['KK hilang', 'civil_registry'],
    ['BPJS nonaktif', 'health_insurance'],
    ['puskesmas tutup', 'hospital'],
    ['di RS kamar penuh terus', 'hospital'],
    ['bansos tidak tepat sasaran', 'social_aid'],
    ['PKH dan BPNT belum cair', 'social_aid'],
    ['guru jarang masuk', 'school'],
    ['macet di Jalan Sudirman', 'traffic'],
    ['lampu merah mati', 'traffic'],
    ['parkir liar', 'parking'],
    ['PKL di trotoar', 'market road'],
    ['pasar tradisional kumuh', 'market'],
    ['PBB naik', 'tax'],
    ['sengketa tanah', 'land'],
    ['maling motor', 'police'],
    ['ada judi togel', 'police'],
    ['pungli di kantor', 'corruption'],
    ['karaoke berisik sampai pagi', 'noise'],
    ['jembatan mau roboh', 'bridge'],
    ['gaji di bawah UMK', 'employment'],
    ['angkot ugal-ugalan', 'transport'],
    ['sinyal hilang', 'telecom'],
    ['solar langka di SPBU', 'fuel'],
    ['tanah longsor', 'disaster land'],
    ['harga beras mahal', 'prices'],
    ['pupuk langka', 'farming'],
    ['', ''],
    ['Jl. Merdeka', ''],
    ['di jalan Kenanga', ''],
    ['Pasar Minggu', ''],
    ['Rumah Sakit Hermina', ''],
    ['Jembatan Merah', ''],
    ['depan sekolah', ''],
    ['Lubang Buaya', ''],
    ['Tanah Abang', ''],
    ['terima kasih pak', ''],
    ['hcjnnb', ''],
  ];
  for (const [text, topics] of rows) {
    it(`finds ${topics === '' ? 'nothing' : topics} in ${JSON.stringify(text)}`, () => {
      expect([...topicsIn(text)].sort().join(' ')).to.equal(topics);
    });
  }

  it('does not mind the case', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rows.map(([text]) => text)), (text) => {
        expect([...topicsIn(text.toUpperCase())]).to.deep.equal([...topicsIn(text.toLowerCase())]);
      }),
    );
  });
});

describe('hasMatter', () => {
  const isOrdinaryWord = createDictionary();
  const rows: readonly (readonly [text: string, has: boolean])[] = [
    ['PJU mati', true],
    ['banjir', true],
    ['kran bocor', true],
    ['tolong perbaiki pagar makam', true],
    ['atap kelas bocor', true],
    ['tembok balai roboh menimpa orang', true],
    ['ada kambing masuk kebun warga', true],
    ['selamat pagi pak jalan rusak', true],
    ['hcjnnb', false],
    ['xxx', false],
    ['', false],
    ['🙏', false],
    ['tolong pak', false],
    ['Mohon ditindaklanjuti', false],
    ['mohon segera dibantu, terima kasih', false],
    ['sudah 3 hari belum ada tindakan', false],
    ['di Sukmajaya Depok', false],
    ['Jl. Kenanga RT 3', false],
    ['Jl. Bunga Melati Indah Raya', false],
    ['RT 3 RW 5 kelurahan Bunga Raya', false],
    ['dekat masjid agung', false],
    ['di Pasar Minggu Jakarta Selatan', false],
    ['Rumah Sakit Hermina Depok', false],
    ['ini fotonya', false],
    ['Selamat pagi Pak Wali Kota', false],
  ];
  for (const [text, has] of rows) {
    it(`${has ? 'finds one' : 'finds none'} in ${JSON.stringify(text)}`, () => {
      expect(hasMatter(text, isOrdinaryWord)).to.equal(has);
    });
  }

  it('takes no time for ten thousand characters that say nothing', () => {
    const text = Array.from(
      { length: 1500 },
      (_, at) => `qx${String.fromCharCode(97 + (at % 26))}zw`,
    ).join(' ');
    const start = cpuMs();

    expect(hasMatter(text, isOrdinaryWord)).to.equal(false);

    expect(cpuMs() - start).to.be.below(50);
  });
});

describe('isRequest', () => {
  const rows: readonly (readonly [text: string, is: boolean])[] = [
    ['Yth. Pemkot Depok, jalan di depan rumah saya rusak', true],
    ['Selamat pagi pak jalan di depan SD rusak', true],
    ['assalamualaikum, kapan bansos di desa kami cair', true],
    ['Assalamualaikuum kapan bansos di desa kami cair', true],
    ['lapor ada pohon tumbang di jalan raya', true],
    ['mohon perbaikan jalan di kampung kami pak', true],
    ['Bagaimana cara mengurus KTP yang hilang', true],
    ['saya ingin menanyakan bantuan PKH desa saya', true],
    ['min kapan perekaman KTP buka lagi ya', true],
    ['@LAPOR1708 #LaporHendi mohon perbaikan jalan di kampung kami', true],
    ['"Apakah syarat pindah faskes masih sama?"', true],
    ['jalan rusak', false],
    ['Selamat pagi pak', false],
    ['mohon segera diperbaiki pak', false],
    ['mohon 1 2 3 4 5 6 7', false],
    ['PJU mati di Jalan Kenanga RT 3 RW 5', false],
    ['dekat masjid agung sebelah warung bu Tini', false],
    ['', false],
  ];
  for (const [text, is] of rows) {
    it(`${is ? 'knows' : 'does not take'} ${JSON.stringify(text)} for a whole request`, () => {
      expect(isRequest(text)).to.equal(is);
    });
  }
});
