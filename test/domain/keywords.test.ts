import { expect } from 'chai';
import { readConfig } from '../../src/config.ts';
import { createDictionary } from '../../src/dictionary.ts';
import { readKeyword } from '../../src/domain/keywords.ts';
import { ConfigInvalid } from '../../src/errors.ts';

describe('readKeyword', () => {
  const isOrdinaryWord = createDictionary();
  const read = (text: string, words?: string) => {
    const { keywords } = readConfig(words === undefined ? {} : { ROUTING_KEYWORDS: words }, []);
    return readKeyword(keywords, isOrdinaryWord, text);
  };

  const taken: readonly (readonly [sent: string, keyword: string, rest: string])[] = [
    ['TANGKAB jalan rusak', 'TANGKAB', 'jalan rusak'],
    ['tangkab', 'TANGKAB', ''],
    ['Tangkab\njalan rusak\ndi Curug', 'TANGKAB', 'jalan rusak\ndi Curug'],
    ['  TANGKAB - jalan rusak', 'TANGKAB', 'jalan rusak'],
    ['TANGKAB: Jalan Rusak!  Tolong', 'TANGKAB', 'Jalan Rusak!  Tolong'],
    ['#TANGKAB jalan rusak', 'TANGKAB', 'jalan rusak'],
    ['Kumham aduan pungli', 'KUMHAM', 'aduan pungli'],
    ['BBM antre 3 jam di SPBU', 'BBM', 'antre 3 jam di SPBU'],
    ['Bjn. pasar dander kebarat 500m padam', 'BJN', 'pasar dander kebarat 500m padam'],
    ['BJN', 'BJN', ''],
    ['batanghari, jembatan putus', 'BATANGHARI', 'jembatan putus'],
    // Glued, underscored, spaced: all seen in published reports.
    ['LAPORHENDIjalan rusak', 'LAPORHENDI', 'jalan rusak'],
    ['LAPORHENDI_jalan rusak', 'LAPORHENDI', 'jalan rusak'],
    ['LAPORHENDI__ jalan rusak', 'LAPORHENDI', 'jalan rusak'],
    ['Lapor Hendi jalan rusak', 'LAPORHENDI', 'jalan rusak'],
    ['Lapor HendiPagi pak, rob lagi', 'LAPORHENDI', 'Pagi pak, rob lagi'],
    ['LAPOR_HENDI jalan rusak', 'LAPORHENDI', 'jalan rusak'],
    ['TANGKAB2 jalan rusak', 'TANGKAB', '2 jalan rusak'],
    // The regency is written in two words as well: it is who the citizen writes to.
    ['Batang Hari jembatan putus', 'BATANGHARI', 'jembatan putus'],
    // One letter wrong: one more, at any place, one less, another, two swapped.
    ['BATANGHGARI jembatan', 'BATANGHARI', 'jembatan'],
    ['TTANGKAB jalan', 'TANGKAB', 'jalan'],
    ['TANGKABB jalan', 'TANGKAB', 'jalan'],
    ['ANGKAB jalan', 'TANGKAB', 'jalan'],
    ['TANKAB jalan', 'TANGKAB', 'jalan'],
    ['TANGKA jalan', 'TANGKAB', 'jalan'],
    ['BANGKAB jalan', 'TANGKAB', 'jalan'],
    ['TANGKAV jalan', 'TANGKAB', 'jalan'],
    ['TNAGKAB jalan', 'TANGKAB', 'jalan'],
    ['TANGKBA jalan', 'TANGKAB', 'jalan'],
    ['Kumhan, aduan', 'KUMHAM', 'aduan'],
    ['laporhendy jalan', 'LAPORHENDI', 'jalan'],
  ];
  for (const [sent, keyword, rest] of taken) {
    it(`takes ${keyword} from ${JSON.stringify(sent)}, and no other word`, () => {
      const { agency, rest: text } = read(sent);

      expect(agency).to.deep.equal({ keyword, name: null });
      expect(text).to.equal(rest);
    });
  }

  const ordinary = [
    'Banjir di Jl. Veteran',
    'Bjnku? apa itu',
    'BJNya',
    'BBMnya habis di SPBU',
    'bbmku',
    'BMM',
    'BNJ',
    'Tangkap pencuri di Gang 3',
    'Tangkapan ikan menurun',
    'Tangkaplah pencuri itu',
    'Tangkas sekali petugasnya',
    'Tangkai pohon patah',
    'Tangkal hoaks',
    'Tangki air bocor',
    'Tanggap darurat lambat',
    'Tang kabel tertinggal di gardu',
    'Tang kabur dari kotaknya',
    'Batang harimau',
    'Batang pohon tumbang',
    'Batangan besi menghalangi jalan',
    'Kuman di air PDAM',
    'Kumuh sekali pasarnya',
    'Lapor jalan rusak',
    'Lapor hendak ke mana',
    'Laporan jalan rusak',
    'Lapor Pak, tolong',
    'jalan rusak TANGKAB',
    'TANG',
    'TXXGKAB jalan',
    '',
    '...',
    '🙏🙏',
  ];
  for (const sent of ordinary) {
    it(`takes nothing from ${JSON.stringify(sent)}`, () => {
      expect(read(sent)).to.deep.equal({ agency: null, rest: sent });
    });
  }

  it('takes the keywords of ROUTING_KEYWORDS, with the names of their agencies', () => {
    const words = 'SLEMAN=Kabupaten Sleman, dki=Pemprov DKI Jakarta,DEPOK';

    expect(read('Sleman: lampu mati', words).agency).to.deep.equal({
      keyword: 'SLEMAN',
      name: 'Kabupaten Sleman',
    });
    expect(read('DKI banjir', words).agency).to.deep.equal({
      keyword: 'DKI',
      name: 'Pemprov DKI Jakarta',
    });
    expect(read('depok macet', words).agency).to.deep.equal({ keyword: 'DEPOK', name: null });
    expect(read('TANGKAB jalan rusak', words).agency).to.equal(null);
  });

  it('refuses keywords that could never be read', () => {
    expect(() => read('x', 'TANG KAB,BBM')).to.throw(ConfigInvalid, /^ROUTING_KEYWORDS must be/);
  });

  it('prefers the keyword that is right over one that is nearly right', () => {
    expect(read('TANGKOT angkot penuh', 'TANGKAT=Satu,TANGKOT=Dua').agency?.name).to.equal('Dua');
  });
});
