import { abbreviations } from './abbreviations.ts';
import { plainLetters } from './lookalikes.ts';
import { isSlip } from './slips.ts';
import { listOf, squeezed } from './vocabulary.ts';

/** A word in its sentence, written out, with what it may mean. `clause` is numbered through the text. */
export type Token<Tag> = {
  readonly word: string;
  readonly tags: ReadonlySet<Tag>;
  readonly start: number;
  readonly end: number;
  readonly clause: number;
};

export type Sentence<Tag> = readonly Token<Tag>[];

/** The tags of each word of a vocabulary, whose rows are a tag and its words. Throws nothing. */
export function tagTable<Tag extends string>(
  vocabulary: readonly (readonly [Tag, string])[],
): ReadonlyMap<string, ReadonlySet<Tag>> {
  const table = new Map<string, Set<Tag>>();
  for (const [tag, list] of vocabulary) {
    for (const word of listOf(list)) table.set(word, (table.get(word) ?? new Set()).add(tag));
  }
  return table;
}

/**
 * The word that another one is with one letter wrong or some stretched; undefined when there is none, or when
 * it is an ordinary word by itself. `meant` are the words whose slips count: as few as can matter. Throws
 * nothing.
 */
export function meantBy(
  word: string,
  meant: readonly string[],
  isOrdinaryWord: (word: string) => boolean,
): string | undefined {
  const first = word.slice(0, 1);
  const found = meant.find(
    (other) => other.startsWith(first) && (isSlip(word, other) || squeezed(word) === other),
  );
  return found !== undefined && !isOrdinaryWord(word) ? found : undefined;
}

const pieces = /\p{L}+(?:['’]\p{L}+)?/gu;
const endsSentence = /[.!?;\n\u2026]/;
const endsClause = /[,:/()[\]"“”'‘’–—|*_#-]/;

/** The words of a text as `wordsBySentence` finds them. */
export type SpelledWords = readonly (readonly Omit<Token<never>, 'tags'>[])[];

/** The words of a text, sentence by sentence. In: normalised text. Linear. Throws nothing. */
export function wordsBySentence(text: string): SpelledWords {
  const known = new Map<string, string>();
  const sentences: Omit<Token<never>, 'tags'>[][] = [[]];
  let [clause, end] = [0, 0];
  for (const { 0: raw, index } of text.matchAll(pieces)) {
    const gap = text.slice(end, index);
    if (gap !== ' ') {
      const isNext = endsSentence.test(gap);
      if (isNext) sentences.push([]);
      if (isNext || endsClause.test(gap)) clause += 1;
    }
    end = index + raw.length;
    const word = known.get(raw) ?? writtenOut(raw);
    known.set(raw, word);
    sentences.at(-1)?.push({ word, start: index, end, clause });
  }
  return sentences;
}

/** The same words with what `tagsOf` says of each. Throws nothing. */
export function sentencesOf<Tag>(
  words: SpelledWords,
  tagsOf: (word: string) => ReadonlySet<Tag>,
): Sentence<Tag>[] {
  const known = new Map<string, ReadonlySet<Tag>>();
  return words.map((sentence) =>
    sentence.map((token) => {
      const tags = known.get(token.word) ?? tagsOf(token.word);
      known.set(token.word, tags);
      return { ...token, tags };
    }),
  );
}

/** In plain letters; of "mksh", which is "terima kasih", the first word. */
function writtenOut(raw: string): string {
  const plain = plainLetters(raw).replace(/['’]/, '');
  return abbreviations.get(plain)?.replace(/ .*/, '') ?? plain;
}

/**
 * The nearest word with a tag, at most `back` words before and `ahead` words behind a place in a sentence; -1
 * when there is none. Throws nothing.
 */
export function near<Tag>(
  sentence: Sentence<Tag>,
  at: number,
  tag: Tag,
  back: number,
  ahead: number,
): number {
  for (let distance = 1; distance <= Math.max(back, ahead); distance += 1) {
    if (distance <= ahead && is(sentence, at + distance, tag)) return at + distance;
    if (distance <= back && is(sentence, at - distance, tag)) return at - distance;
  }
  return -1;
}

/** Whether the word at a place has a tag. Throws nothing. */
export function is<Tag>(sentence: Sentence<Tag>, at: number, tag: Tag): boolean {
  return sentence[at]?.tags.has(tag) === true;
}
