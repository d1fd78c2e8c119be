import { loadAreas } from '../../src/areas.ts';
import { createDictionary } from '../../src/dictionary.ts';
import { readKeyword } from '../../src/domain/keywords.ts';
import type { Understanding } from '../../src/domain/said.ts';

const keywords = ['TANGKAB', 'LAPORHENDI', 'BJN'].map((keyword) => ({ keyword, name: null }));
const isOrdinaryWord = createDictionary();

/** How the product understands text: the real place names and the real dictionary. */
export const reading: Understanding = {
  gazetteer: await loadAreas(),
  isOrdinaryWord,
  readKeyword: (text) => readKeyword(keywords, isOrdinaryWord, text),
};
