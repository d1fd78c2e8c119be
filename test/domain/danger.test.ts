import { expect } from 'chai';
import { dangersIn } from '../../src/domain/danger.ts';
import { reading } from '../support/reading.ts';

const read = (text: string): string => [...dangersIn(text, reading.isOrdinaryWord)].join(' ');

const urgent: readonly string[] = [
  'kebakaran!!!',
  'KEBAKARAAAN tolong pasar Kliwon',
  'ada kebakaran di gudang Jl. Industri 5, cepat',
  'rumah tetangga terbakar, api makin besar',
  'telah terjadi kebakaran di kios blok C',
  'kebakarn di kontrakan belakang masjid',
  'omah kobong mas, tulung',
  'api sudah merambat ke rumah warga',
  'tabung gas meledak di warung',
  'kebakaran sejak kemarin sampai sekarang belum padam',
  'House on fire in Jalan Melati',
  'anak saya terjebak di lift balai kota',
  'kami terjebak banjir di atap rumah',
  'ada orang tenggelam di sungai',
  '3 warga tertimbun longsor di Cikupa',
  'bocah hanyut di selokan dekat jembatan',
  'tolong ada yang terjepit di dalam mobil',
  'saya disekap majikan di rumahnya',
  'saya mau bunuh diri',
  'sudah tidak kuat hidup, mau mati saja',
  'kakak saya mau gantung diri',
  'harga naik terus bikin mau bunuh diri',
  'saya ingin mengakhiri hidup',
  'I want to kill myself',
  'ada orang mau lompat dari jembatan',
  'suami saya memukul saya tiap malam',
  'ada tawuran pelajar di depan terminal sekarang',
  'anak saya dikeroyok di sekolah barusan',
  'tetangga dibacok orang mabuk',
  'istri saya diperkosa',
  'ada penembakan di pasar',
  'saya korban KDRT, tolong',
  'saya diancam dibunuh debt collector',
  'preman mengancam saya pakai golok',
  'nyawa saya terancam',
  'ada ancaman bom di stasiun',
  'orang ngamuk bawa parang di gang 3',
  'mobil terbakar di tol km 12',
  'dia bawa pisau mau bunuh saya',
  'perahu terbalik, ada yang tenggelam',
  'anak 5 tahun tenggelam di kali',
  'anak kecil jatuh ke sumur',
  'ada begal di jembatan barusan',
  'nenek saya terkunci di dalam rumah yang kebakaran',
  'saya takut dibunuh, dia sudah di depan rumah',
];

/** Past or figurative, general, or the name of a thing. */
const calm: readonly string[] = [
  'kebakaran bulan lalu belum ada bantuan',
  'korban kebakaran Pasar Lama belum terima santunan',
  'mobil pemadam kebakaran parkir sembarangan',
  'hydrant kebakaran rusak di Jl. Braga',
  'jalur evakuasi kebakaran tertutup barang',
  'kabel menjuntai rawan kebakaran',
  'kabel PLN mengelupas, takut terjadi kebakaran',
  'tumpukan ban bisa terbakar kapan saja',
  'minta simulasi kebakaran di sekolah kami',
  'tetangga membakar sampah tiap sore, asapnya masuk rumah',
  'kebakaran tahun 2024 sampai sekarang belum dibangun lagi',
  'surat keterangan kebakaran dipersulit',
  'nomor pemadam kebakaran tidak bisa dihubungi',
  'api kompor kecil karena gas oplosan',
  'jalan tenggelam kalau hujan',
  'rumah dan sawah tenggelam karena tanggul jebol, minta pompa',
  'kami terjebak macet tiap pagi di simpang lima',
  'warga terjebak pinjol ilegal',
  'jembatan hanyut sejak minggu lalu',
  'jalan tertimbun longsor di km 4',
  'motor tertimpa pohon di parkiran',
  'lampu jalan mau mati semua',
  'pohon besar sudah mau mati, tolong ditebang',
  'angka bunuh diri tinggi, mohon penyuluhan di sekolah',
  'lewat jalan itu sama saja bunuh diri',
  'kekerasan beton jalan tidak sesuai',
  'anak saya dipukul gurunya bulan lalu, laporan polisi belum diproses',
  'di jalan ini rawan begal, minta lampu',
  'sering ada tawuran di sini, mohon patroli',
  'rapat dimulai pukul 10 tapi petugas belum datang',
  'Talud ambrol 10 meter mengancam rumah warga',
  'jalan berlubang mengancam keselamatan pengendara',
  'bangunan sekolah terancam roboh',
  'saya diancam dipecat kalau lapor',
  'petugas mengancam akan mencoret nama kami dari bansos',
  'pabrik seperti bom waktu bagi warga',
  'harga cabai meledak di pasar',
  'bantuan untuk usaha saya tidak cair, bisa membunuh UMKM',
  'sosialisasi pencegahan KDRT di kelurahan',
  'fire alarm di mal tidak berfungsi',
  'petugas pemadam belum dibayar gajinya',
  'jangan sebut nama saya, mandornya mengancam tukang',
  'Terbakar emosi petugas memarahi warga',
  'sampah dibakar dekat rumah',
  'lampu PJU terbakar',
  'pasar terbakar tahun 2019 belum dibangun',
  'petugas PLN mengancam memutus listrik kami',
  'Saya terjebak dalam pinjaman online',
  'aspal rusak dari Jembatan Kobong sampai pasar Agung',
  'denda dipukul rata untuk semua pelanggan',
];

describe('dangersIn', () => {
  for (const text of urgent) {
    it(`hears danger to life in ${JSON.stringify(text)}`, () => {
      expect(read(text)).not.to.equal('');
    });
  }
  for (const text of calm) {
    it(`hears none in ${JSON.stringify(text)}`, () => {
      expect(read(text)).to.equal('');
    });
  }

  it('tells suicide from other dangers', () => {
    expect(read('saya mau bunuh diri')).to.equal('suicide');
    expect(read('kebakaran!!!')).to.equal('other');
  });
});
