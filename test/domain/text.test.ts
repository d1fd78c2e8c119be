import { expect } from 'chai';
import { folded, normaliseText, storable, withoutLaporTag } from '../../src/domain/text.ts';

const family = '👨‍👩‍👧‍👦';
const rainbow = '🏳️‍🌈';
const officer = '👮🏽‍♀️';

const zalgo = (marks: number) => `pak${'\u0301\u0327'.repeat(marks / 2)} lurah`;

describe('normaliseText', () => {
  const rows: readonly (readonly [label: string, sent: string, read: string])[] = [
    ['leaves ordinary words as they are', 'PJU mati, 3 malam.', 'PJU mati, 3 malam.'],
    ['composes accents (NFC)', 'Cafe\u0301 di Jl. Ahmad', 'Caf\u00e9 di Jl. Ahmad'],
    ['does not fold look-alikes: that would be another text', 'ＧＡＲＵＤＡ ②', 'ＧＡＲＵＤＡ ②'],
    ['makes CRLF and CR one kind of line break', 'satu\r\ndua\rtiga', 'satu\ndua\ntiga'],
    [
      'makes the line and paragraph separators line feeds',
      'satu\u2028dua\u2029tiga',
      'satu\ndua\ntiga',
    ],
    ['keeps empty lines and tabs inside', 'Yth.\n\nRT\t03', 'Yth.\n\nRT\t03'],
    ['takes white space off the ends', ' \t\u00a0jalan rusak \n', 'jalan rusak'],
    ['takes out control characters', 'ja\u0007lan\u001b \u007frusak\u0085', 'jalan rusak'],
    ['takes out zero-width spaces', 'ja\u200blan\u2060 ru\ufeffsak', 'jalan rusak'],
    ['takes out zero-width non-joiners and soft hyphens', 'ja\u200clan ru\u00adsak', 'jalan rusak'],
    ['takes out marks of direction', '\u202ejalan\u202c \u2067rusak\u2069\u200f', 'jalan rusak'],
    [
      'takes out a joiner that joins no emoji',
      'ja\u200dlan \u200d🙏 rusak\u200d',
      'jalan 🙏 rusak',
    ],
    ['keeps a family whole', `${family} mengungsi`, `${family} mengungsi`],
    ['keeps a coloured flag whole', rainbow, rainbow],
    ['keeps skin colour and gender of an emoji', officer, officer],
    ['keeps a flag of two letters', '🇮🇩 merdeka', '🇮🇩 merdeka'],
    ['replaces U+0000', 'ja\u0000lan', 'ja\ufffdlan'],
    ['replaces lone surrogates, high and low', 'a\ud83db\udc4dc', 'a\ufffdb\ufffdc'],
    ['keeps Arabic with its vowels', 'بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ', 'بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ'.normalize('NFC')],
    ['keeps an Arabic phrase in one sign', 'Nabi ﷺ', 'Nabi ﷺ'],
    ['keeps Javanese', 'ꦱꦸꦒꦼꦁꦲꦺꦚ꧀ꦗꦁ꧈', 'ꦱꦸꦒꦼꦁꦲꦺꦚ꧀ꦗꦁ꧈'],
    ['keeps Balinese', 'ᬒᬁᬲ᭄ᬯᬲ᭄ᬢ᭄ᬬᬲ᭄ᬢᬸ', 'ᬒᬁᬲ᭄ᬯᬲ᭄ᬢ᭄ᬬᬲ᭄ᬢᬸ'],
    ['keeps Thai', 'ที่นี่ไม่มีน้ำ', 'ที่นี่ไม่มีน้ำ'],
    ['composes Vietnamese', 'Nguyễn Văn Đệ'.normalize('NFD'), 'Nguyễn Văn Đệ'],
    ['keeps Hebrew with its accents', 'בְּרֵאשִׁ֖ית', 'בְּרֵאשִׁ֖ית'.normalize('NFC')],
    ['keeps thirty marks on a letter', zalgo(30), zalgo(30).normalize('NFC')],
    ['cuts more marks than any writing needs', zalgo(5000), zalgo(30).normalize('NFC')],
    [
      'cuts marks beyond the basic plane, wherever they stand',
      `${'a'.repeat(17)}${'\u{1d165}'.repeat(40)}`,
      `${'a'.repeat(17)}${'\u{1d165}'.repeat(30)}`,
    ],
    ['leaves nothing of nothing but noise', ' \u200b\ufeff\u0007 ', ''],
  ];
  for (const [label, sent, read] of rows) {
    it(label, () => {
      expect(normaliseText(sent)).to.equal(read);
    });

    it(`${label}, and does nothing more the second time`, () => {
      expect(normaliseText(read)).to.equal(read);
    });
  }
});

describe('storable', () => {
  const rows: readonly (readonly [label: string, sent: string, stored: string])[] = [
    ['replaces every U+0000', '\u0000a\u0000', '\ufffda\ufffd'],
    ['replaces a lone high surrogate', 'a\ud83d', 'a\ufffd'],
    ['replaces a lone low surrogate', '\udc4da', '\ufffda'],
    ['replaces surrogates in the wrong order', '\udc4d\ud83d', '\ufffd\ufffd'],
    ['keeps pairs', '👍', '👍'],
    [
      'keeps everything else, also what people cannot see',
      '\u0007\u200b\r\n x ',
      '\u0007\u200b\r\n x ',
    ],
  ];
  for (const [label, sent, stored] of rows) {
    it(label, () => {
      expect(storable(sent)).to.equal(stored);
    });
  }
});

describe('withoutLaporTag', () => {
  const rows: readonly (readonly [sent: string, read: string])[] = [
    ['#lapor jalan rusak', 'jalan rusak'],
    ['#LAPOR jalan rusak', 'jalan rusak'],
    ['jalan rusak #Lapor', 'jalan rusak'],
    ['jalan #lapor rusak', 'jalan rusak'],
    ['jalan\n#lapor\nrusak', 'jalan\n\nrusak'],
    ['#lapor #LAPOR jalan rusak', 'jalan rusak'],
    ['jalan rusak #lapor!', 'jalan rusak !'],
    ['#lapor', ''],
    ['#laporan jalan rusak', '#laporan jalan rusak'],
    ['#LaporHendi Jl. Muktiharjo', '#LaporHendi Jl. Muktiharjo'],
    ['#lapor1708 jalan rusak', '#lapor1708 jalan rusak'],
    ['#lapor_pak jalan rusak', '#lapor_pak jalan rusak'],
    ['kantor#lapor', 'kantor#lapor'],
    ['lapor jalan rusak', 'lapor jalan rusak'],
  ];
  for (const [sent, read] of rows) {
    it(`reads ${JSON.stringify(sent)} as ${JSON.stringify(read)}`, () => {
      expect(withoutLaporTag(sent)).to.equal(read);
    });
  }
});

describe('folded', () => {
  const rows: readonly (readonly [text: string, read: string])[] = [
    ['jalan rusak', 'jalan rusak'],
    ['ＧＡＲＵＤＡ ② ㍿', 'GARUDA 2 株式会社'],
    ['Nabi ﷺ bersabda', 'Nabi   bersabda'],
    ['ﷺ'.repeat(3), '   '],
    [zalgo(500), zalgo(30).normalize('NFKC')],
  ];
  for (const [text, read] of rows) {
    it(`reads ${JSON.stringify(text.slice(0, 20))} as ${JSON.stringify(read.slice(0, 20))}`, () => {
      expect(folded(text)).to.equal(read);
    });
  }

  it('makes no sign more than six units long', () => {
    const signs = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));

    expect(signs.filter((sign) => folded(sign).length > 6)).to.deep.equal([]);
  });
});
