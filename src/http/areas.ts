import { Router } from 'express';
import { onceDone } from '../once.ts';

const most = 8;
const fewestLetters = 2;

/** `GET /wilayah?q=…`: areas whose names begin like what is being typed, as a JSON list of lines. */
export function createAreas(loadLines: () => Promise<readonly string[]>): Router {
  const router = Router();
  const loaded = onceDone(async () => (await loadLines()).map(areaFrom));
  router.get('/wilayah', async (request, response) => {
    const { q } = request.query;
    const found = typeof q === 'string' ? search(await loaded(), q.slice(0, 100)) : [];
    response.set('cache-control', 'public, max-age=86400').json(found);
  });
  return router;
}

type Area = { readonly line: string; readonly words: string };

/** Before each word stands a space, so that a word's beginning is found by looking for " beg". */
const areaFrom = (line: string): Area => ({ line, words: plain(line) });

const plain = (text: string): string =>
  ` ${(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')}`;

/** Every word typed begins a word of the area; the area's own name before the ones around it. */
function search(areas: readonly Area[], typed: string): string[] {
  const wanted = [...new Set(plain(typed).trim().split(' '))];
  if (wanted.join('').length < fewestLetters) return [];
  const [first = ''] = wanted;
  const found = areas.filter(({ words }) => wanted.every((word) => words.includes(` ${word}`)));
  const begins = ({ words }: Area) =>
    words.replace(/^ (?:kota|kabupaten)/, '').startsWith(` ${first}`);
  return [...found.filter(begins), ...found.filter((area) => !begins(area))]
    .slice(0, most)
    .map(({ line }) => line);
}
