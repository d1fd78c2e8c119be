import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Gazetteer, gazetteerFrom } from './domain/places.ts';

/**
 * Reads the areas of Indonesia that the package `idn-area-data` carries; nothing is fetched.
 *
 * The data is made available under the Open Database License (ODbL) 1.0:
 * https://opendatacommons.org/licenses/odbl/1-0/. Contains information from idn-area-data
 * (https://github.com/fityannugroho/idn-area-data). The package's own code is MIT; it is not used, since
 * its parser reads all 83,762 villages into memory where 7,837 names are wanted.
 */
export async function loadAreas(): Promise<Gazetteer> {
  const [provinces, regencies, districts] = await Promise.all(
    ['provinces', 'regencies', 'districts'].map(namesIn),
  );
  return gazetteerFrom({
    provinces: provinces ?? [],
    regencies: regencies ?? [],
    districts: districts ?? [],
  });
}

/** The last column; a name that holds quotes is quoted, none holds a comma. */
async function namesIn(table: string): Promise<string[]> {
  const main = fileURLToPath(import.meta.resolve('idn-area-data'));
  const text = await readFile(new URL(`../data/${table}.csv`, `file://${main}`), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .slice(line.lastIndexOf(',') + 1)
        .trim()
        .replaceAll('"', ''),
    );
}
