import { expect } from 'chai';
import { e164FromText } from '../../channels/_shared/phone.ts';
import {
  type Content,
  contentFrom,
  type FieldName,
  type Fields,
  submissionSchema,
} from '../../src/domain/submission.ts';

const today = '2026-11-22';

const filled: Fields = {
  class: 'pengaduan',
  title: 'Jembatan gantung putus',
  text: 'Tali jembatan putus, anak sekolah memutar lima kilometer.',
  occurredOn: '',
  location: 'Desa Sukamaju, Kabupaten Lebak',
  latitude: '',
  longitude: '',
  agency: '',
  name: '',
  contact: '0812-3456-7890',
  anonymous: false,
  confidential: false,
};

const read = (change: Partial<Fields>) =>
  contentFrom({ ...filled, ...change }, { today, phone: e164FromText });

function contentOf(change: Partial<Fields>): Content {
  const found = read(change);
  if ('problems' in found) throw new Error(JSON.stringify([...found.problems]));
  return found.content;
}

describe('contentFrom', () => {
  describe('takes', () => {
    const rows: readonly (readonly [string, Partial<Fields>, Partial<Content>])[] = [
      ['a number as people write it', {}, { contact: { kind: 'phone', value: '+6281234567890' } }],
      [
        'a number with spaces, country and long dashes',
        { contact: ' +62 812–3456–7890 ' },
        { contact: { kind: 'phone', value: '+6281234567890' } },
      ],
      [
        'an e-mail address',
        { contact: ' siti@contoh.id ' },
        { contact: { kind: 'email', value: 'siti@contoh.id' } },
      ],
      ['a day from the browser', { occurredOn: '2026-11-20' }, { occurredOn: '2026-11-20' }],
      ['a day as people write it', { occurredOn: '7/1/2026' }, { occurredOn: '2026-01-07' }],
      ['a day with dashes', { occurredOn: '17-08-2026' }, { occurredOn: '2026-08-17' }],
      ['a leap day', { occurredOn: '29-02-2024' }, { occurredOn: '2024-02-29' }],
      ['today', { occurredOn: today }, { occurredOn: today }],
      [
        'a text with one kind of line break',
        { text: 'Satu\r\nDua\rTiga\n' },
        { text: 'Satu\nDua\nTiga\n' },
      ],
      ['a text of exactly 10,000 characters', { text: '🙏'.repeat(10_000) }, {}],
      [
        'one-line fields without control characters and doubled spaces',
        {
          title: 'Lampu\u0000 mati\t di\r\njalan',
          name: ' Siti  Rahma ',
          agency: ' Dinas\u0007 PU ',
        },
        { title: 'Lampu mati di jalan', name: 'Siti Rahma', agency: 'Dinas PU' },
      ],
      [
        'coordinates',
        { latitude: '-6.2', longitude: '106.8' },
        { location: { text: filled.location, latitude: -6.2, longitude: 106.8 } },
      ],
      [
        'nonsense for coordinates as none',
        { latitude: '96', longitude: 'x' },
        { location: { text: filled.location, latitude: null, longitude: null } },
      ],
      [
        'half a coordinate as none',
        { latitude: '-6.2' },
        { location: { text: filled.location, latitude: null, longitude: null } },
      ],
      [
        'no name and no contact of who stays anonymous, whatever stands there',
        { anonymous: true, name: 'Siti', contact: 'bukan nomor' },
        { anonymous: true, name: null, contact: null },
      ],
    ];
    for (const [label, change, expected] of rows) {
      it(`takes ${label}`, () => {
        const content = contentOf(change);

        expect(content).to.deep.include(expected);
        const rest = { key: 'k', trackingNumber: '4821093765', suspicious: false, attachments: [] };
        expect(submissionSchema.safeParse({ ...content, ...rest }).success).to.equal(true);
      });
    }
  });

  describe('says what is wrong', () => {
    const rows: readonly (readonly [string, Partial<Fields>, FieldName, RegExp])[] = [
      ['no class', { class: '' }, 'class', /^Pilih jenis laporan/],
      ['a class there is not', { class: 'lain' }, 'class', /^Pilih jenis laporan/],
      ['no title', { title: ' \u200b\n' }, 'title', /^Tulis judul laporan/],
      ['a title too long', { title: 'x'.repeat(201) }, 'title', /201 karakter.*200 karakter/],
      ['no text', { text: '\u0000 ' }, 'text', /^Tulis isi laporan/],
      [
        'a text too long',
        { text: 'x'.repeat(12_345) },
        'text',
        /12\.345 karakter.*10\.000 karakter/,
      ],
      ['no place', { location: '' }, 'location', /^Tulis lokasi kejadian/],
      ['a place too long', { location: 'x'.repeat(501) }, 'location', /501 karakter/],
      ['an office too long', { agency: 'x'.repeat(201) }, 'agency', /201 karakter/],
      ['a name too long', { name: 'x'.repeat(201) }, 'name', /201 karakter/],
      ['no contact', { contact: ' ' }, 'contact', /atau centang Anonim/],
      ['a contact that is neither', { contact: 'Pak RT' }, 'contact', /tidak dapat dikenali/],
      ['a number too short', { contact: '12345' }, 'contact', /tidak dapat dikenali/],
      ['a number too long', { contact: '9'.repeat(17) }, 'contact', /tidak dapat dikenali/],
      ['half an address', { contact: 'siti@' }, 'contact', /tidak lengkap/],
      ['tomorrow', { occurredOn: '2026-11-23' }, 'occurredOn', /belum tiba/],
      ['a day there is not', { occurredOn: '30-02-2026' }, 'occurredOn', /tidak ada/],
      ['words for a day', { occurredOn: 'kemarin' }, 'occurredOn', /tidak ada/],
      ['a year mistyped', { occurredOn: '0206-11-20' }, 'occurredOn', /Periksa tahunnya/],
    ];
    for (const [label, change, field, says] of rows) {
      it(`says what is wrong with ${label}, and with nothing else`, () => {
        const found = read(change);

        const problems = 'problems' in found ? [...found.problems] : [];
        expect(problems.map(([name]) => name)).to.deep.equal([field]);
        expect(problems[0]?.[1]).to.match(says);
      });
    }

    it('says everything at once', () => {
      const found = read({ class: '', title: '', text: '', location: '', contact: '' });

      const problems = 'problems' in found ? [...found.problems.keys()] : [];
      expect(problems).to.deep.equal(['class', 'title', 'text', 'location', 'contact']);
    });
  });
});
