import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Gazetteer, gazetteerFrom } from './domain/places.ts';

/**
 * Reads the areas of Indonesia that the package `idn-area-data` carries; nothing is fetched.
 *
 * The data is made available under the Open Database License (ODbL) 1.0:
 * https://opendatacommons.org/licenses/odbl/1-0/. Contains information from idn-area-data
 * (https://github.com/fityannugroho/idn-area-data). The package's own code is MIT; it is not used, since
 * its parser keeps all 83,762 villages as objects where hashes of their names are wanted.
 */
export async function loadAreas(): Promise<Gazetteer> {
  const { provinces, regencies, districts } = await tables();
  const names = (rows: readonly Row[]) => rows.map(({ name }) => name);
  return gazetteerFrom({
    provinces: names(provinces),
    regencies: names(regencies),
    districts: names(districts),
    villages: thirdColumnOf(await textOf('villages')),
  });
}

/**
 * The same areas as somebody would write them: "Genuk, Kota Semarang, Jawa Tengah". Largest first, so
 * that of equal matches the better known stands on top.
 */
export async function loadAreaLines(): Promise<string[]> {
  const { provinces, regencies, districts } = await tables();
  const lines = new Map<string, string>();
  for (const { code, name } of [...provinces, ...regencies, ...districts]) {
    const within = lines.get(code.slice(0, Math.max(0, code.lastIndexOf('.'))));
    lines.set(code, within === undefined ? name : `${name}, ${within}`);
  }
  return [...lines.values()];
}

type Row = { readonly code: string; readonly name: string };

async function tables() {
  const [provinces = [], regencies = [], districts = []] = await Promise.all(
    ['provinces', 'regencies', 'districts'].map(rowsOf),
  );
  return { provinces, regencies, districts };
}

/** The first column and the last; a name that holds quotes is quoted, none holds a comma. */
async function rowsOf(table: string): Promise<Row[]> {
  const text = await textOf(table);
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => ({
      code: line.slice(0, line.indexOf(',')),
      name: line
        .slice(line.lastIndexOf(',') + 1)
        .trim()
        .replaceAll('"', ''),
    }));
}

/** Name by name, as only their letters are wanted: rows of 83,762 villages would take four times as long. */
function* thirdColumnOf(text: string): Generator<string> {
  let end = text.indexOf('\n');
  for (let start = end + 1; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const code = text.indexOf(',', start);
    yield text.slice(text.indexOf(',', code + 1) + 1, end);
  }
}

/** As ASCII, which the names are but for three quotation marks: four times as quick as UTF-8. */
async function textOf(table: string): Promise<string> {
  const main = fileURLToPath(import.meta.resolve('idn-area-data'));
  return readFile(new URL(`../data/${table}.csv`, `file://${main}`), 'latin1');
}
