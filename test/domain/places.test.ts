import { expect } from 'chai';
import fc from 'fast-check';
import { loadAreas } from '../../src/areas.ts';
import { createDictionary } from '../../src/dictionary.ts';
import { type Gazetteer, gazetteerFrom, placesIn } from '../../src/domain/places.ts';

const rows: readonly (readonly [label: string, text: string, places: readonly string[]])[] = [
  ['reads a city', 'Jalan rusak di Kota Semarang', ['kota semarang']],
  ['reads the regency of the same name', 'jalan rusak di kab. Semarang', ['kabupaten semarang']],
  ['leaves a name that both have open', 'banjir di semarang', ['semarang']],
  ['resolves a name only one area has', 'banjir di surabaya', ['kota surabaya']],
  ['reads a city with a typed space', 'Kota  Semarang', ['kota semarang']],
  ['reads a province', 'di Jawa Timur', ['provinsi jawa timur']],
  [
    'reads provinces in short',
    'Jateng, NTB dan DIY',
    ['provinsi jawa tengah', 'provinsi nusa tenggara barat', 'provinsi yogyakarta'],
  ],
  ['reads the capital once', 'Pemprov DKI Jakarta', ['provinsi jakarta']],
  ['reads the cities of the capital in short', 'macet di Jaksel', ['kota jakarta selatan']],
  ['reads cities in short', 'warga smg dan sby', ['semarang', 'kota surabaya']],
  ['reads a district behind its marker', 'kec. Genuk', ['kecamatan genuk']],
  ['reads a district without it', 'banjir di genuk', ['kecamatan genuk']],
  ['leaves districts that are ordinary words', 'air putih keruh dekat taman, di tengah bukit', []],
  ['reads those behind their marker', 'kec air putih', ['kecamatan air putih']],
  ['leaves regencies that are ordinary words', 'lempar batu terus buru maling', []],
  ['reads those behind a preposition', 'saya tinggal di Batu', ['batu']],
  ['reads a name the gazetteer lacks behind a marker', 'kec. Wonolelo', ['kecamatan wonolelo']],
  [
    'reads a name spelled like an abbreviation',
    'Kecamatan Tulung, ds. Kudu',
    ['kecamatan tulung', 'desa kudu'],
  ],
  [
    'reads a whole address',
    'Jl. Kenanga No. 5 RT 03/RW 02 Kel. Wirotama Kec. Sukun Kota Malang',
    ['jalan kenanga', 'rt 3', 'rw 2', 'kelurahan wirotama', 'kecamatan sukun', 'kota malang'],
  ],
  [
    'reads a whole address in SMS spelling',
    'jln mawar gg 3 rt04 rw.06 ds ngento kec dander kab bojonegoro',
    [
      'jalan mawar',
      'gang 3',
      'rt 4',
      'rw 6',
      'desa ngento',
      'kecamatan dander',
      'kabupaten bojonegoro',
    ],
  ],
  ['reads RT and RW with a slash', 'RT 16/03', ['rt 16', 'rw 3']],
  ['reads kelurahan, never keluarga', 'kel Sukamekar', ['kelurahan sukamekar']],
  ['reads gang, never enggak', 'gg. Pandan', ['gang pandan']],
  [
    'reads streets named by ordinary words behind an abbreviation',
    'jl melati macet',
    ['jalan melati'],
  ],
  ['reads them with a capital', 'di Jalan Melati macet', ['jalan melati']],
  ['reads them with a number behind', 'JALAN MELATI NO 3', ['jalan melati']],
  [
    'leaves streets that are only described',
    'jalan rusak, jalan raya, jalan menuju pasar, jl. berlubang, gang buntu',
    [],
  ],
  [
    'leaves markers without a name',
    'kantor kecamatan lambat, desa kami gelap, pasar tradisional becek',
    [],
  ],
  [
    'drops ranks and titles of those honoured',
    'Jl. Jend. Sudirman dan RSUD dr. Sutama',
    ['jalan sudirman', 'rsud sutama'],
  ],
  [
    'ends a street at the name of its city',
    'Jl. Wirobrajan Kidul Semarang',
    ['jalan wirobrajan kidul', 'semarang'],
  ],
  ['ends a name at a comma', 'Jalan Mawar, Melati', ['jalan mawar']],
  ['reads kilometres', 'jalan raya km 12,5', ['km 12']],
  ['reads schools by kind and number', 'SMP Negeri 3 dan sdn2', ['smpn 3', 'sdn 2']],
  [
    'reads markets, stations, stops',
    'pasar Kranggot, terminal Wilis, halte Gatra',
    ['pasar kranggot', 'terminal wilis', 'halte gatra'],
  ],
  [
    'reads estates and blocks',
    'perumahan Griya Asri blok C2',
    ['perumahan griya asri', 'blok c 2'],
  ],
  ['reads hospitals in two words', 'rumah sakit Husada', ['rs husada']],
  ['reads a place glued to its preposition', 'didesa Tegalwangi', ['desa tegalwangi']],
  ['finds nothing in nothing', '', []],
];

describe('placesIn', () => {
  const isOrdinaryWord = createDictionary();
  let gazetteer: Gazetteer;

  before(async () => {
    gazetteer = await loadAreas();
  });

  for (const [label, text, places] of rows) {
    it(label, () => {
      expect([...placesIn(gazetteer, text, isOrdinaryWord)]).to.deep.equal(places);
    });
  }

  it('needs no dictionary for areas and marked names', () => {
    expect([...placesIn(gazetteer, 'Jl. Kranggan, Kota Semarang')]).to.deep.equal([
      'jalan kranggan',
      'kota semarang',
    ]);
  });

  it('throws on no text, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        placesIn(gazetteer, text, isOrdinaryWord);
      }),
    );
  });

  it('works with an empty gazetteer', () => {
    const empty = gazetteerFrom({ provinces: [], regencies: [], districts: [], villages: [] });

    expect([...placesIn(empty, 'Kota Semarang RT 3')]).to.deep.equal(['kota semarang', 'rt 3']);
  });
});
