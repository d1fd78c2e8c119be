import { Stemmer } from 'sastrawijs';

/** "mempertanggungjawabkannya" has 25 letters; looking for the root of a longer run of letters is in vain. */
const longestWord = 40;

/**
 * Whether a word is ordinary Indonesian (its root is in the KBBI root list that sastrawijs carries).
 * Keeps the reading of misspelt routing keywords from eating words such as "tangkap".
 */
export function createDictionary(): (word: string) => boolean {
  const stemmer = new Stemmer();
  const known = new Map<string, boolean>();
  return (word) => {
    if (word.length > longestWord) return false;
    const before = known.get(word);
    if (before !== undefined) return before;
    if (known.size >= 20_000) known.clear();
    const isOrdinary = stemmer.find(word.toLowerCase()) || stemmer.find(stemmer.stem(word));
    known.set(word, isOrdinary);
    return isOrdinary;
  };
}
