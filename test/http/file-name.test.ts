import { expect } from 'chai';
import { savedName } from '../../src/http/file-name.ts';

describe('the name a file is saved under', () => {
  const rows: readonly (readonly [name: string, mediaType: string, saved: string])[] = [
    ['Jalan rusak.jpg', 'image/jpeg', 'Jalan rusak.jpg'],
    ['IMG_2041.JPEG', 'image/jpeg', 'IMG_2041.jpg'],
    ['foto.jpg.exe', 'image/jpeg', 'foto.jpg'],
    ['foto.exe', 'image/png', 'foto.png'],
    ['foto\u202Egpj.exe', 'image/jpeg', 'fotogpj.jpg'],
    ['foto.exe. ', 'image/jpeg', 'foto.exe..jpg'],
    ['surat.pdf\u0000.html', 'application/pdf', 'surat.pdf\ufffd.pdf'],
    ['halaman.svg', 'video/mp4', 'halaman.mp4'],
    ['Jl. Mawar No.12', 'application/pdf', 'Jl. Mawar No.12.pdf'],
    ['.exe', 'image/webp', 'lampiran.webp'],
    ['', 'image/heic', 'lampiran.heic'],
    ['data.csv', 'text/csv', 'data.bin'],
    ['constructor', 'constructor', 'constructor.bin'],
    [`${'x'.repeat(5000)}.exe`, 'image/heif-sequence', `${'x'.repeat(100)}.heif`],
  ];
  for (const [name, mediaType, saved] of rows) {
    it(`is ${JSON.stringify(saved.slice(-30))} for ${mediaType} called ${JSON.stringify(name.slice(-30))}`, () => {
      expect(savedName({ name, mediaType })).to.equal(saved);
    });
  }
});
