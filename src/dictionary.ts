import { Stemmer } from 'sastrawijs';

/**
 * Whether a word is ordinary Indonesian (its root is in the KBBI root list that sastrawijs carries).
 * Keeps the reading of misspelt routing keywords from eating words such as "tangkap".
 */
export function createDictionary(): (word: string) => boolean {
  const stemmer = new Stemmer();
  return (word) => stemmer.find(word.toLowerCase()) || stemmer.find(stemmer.stem(word));
}
