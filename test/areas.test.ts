import { expect } from 'chai';
import { loadAreas } from '../src/areas.ts';
import { placesIn } from '../src/domain/places.ts';
import { cpuMs } from './support/cpu.ts';

describe('loadAreas', () => {
  const known: readonly (readonly [label: string, text: string, places: readonly string[]])[] = [
    ['provinces', 'Provinsi Jawa Tengah', ['provinsi jawa tengah']],
    ['regencies', 'Kabupaten Sleman', ['kabupaten sleman']],
    ['cities', 'Kota Pekanbaru', ['kota pekanbaru']],
    ['districts', 'Kecamatan Ngaliyan', ['kecamatan ngaliyan']],
    ['the capital, by its plain name', 'di Jakarta', ['provinsi jakarta']],
    ['the cities of the capital', 'di Jakarta Selatan', ['kota jakarta selatan']],
  ];
  for (const [label, text, places] of known) {
    it(`knows ${label}`, async () => {
      expect([...placesIn(await loadAreas(), text)]).to.deep.equal(places);
    });
  }

  it('takes less than a tenth of a second', async () => {
    await loadAreas();
    const startedAt = cpuMs();
    await loadAreas();

    expect(cpuMs() - startedAt).to.be.below(100);
  });
});
