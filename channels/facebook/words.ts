import { z } from 'zod';
import { withoutLaporTag } from '../../src/domain/text.ts';
import { anyId, lenient, listOf, recordFrom } from './fields.ts';

const MOST_MENTIONS = 20;

const tag = z.object({
  id: anyId,
  name: lenient(z.string()),
  offset: lenient(z.int().nonnegative()),
});

/** A list, or as it once was: lists by the offset at which they stand. */
export const tags = z
  .unknown()
  .optional()
  .transform((value): unknown => Object.values(recordFrom(value) ?? { all: value }).flat())
  .pipe(listOf(tag));

type Tag = z.output<typeof tag>;

export function hasLaporTag(text: string): boolean {
  return withoutLaporTag(text) !== text.trim();
}

/** What a post says once mentions of our page are taken out of it, and whether there were any. */
export function withoutMentions(page: string, original: string, all: readonly Tag[]) {
  const own = all.filter(({ id }) => id === page).slice(0, MOST_MENTIONS);
  const written = [...original.matchAll(new RegExp(`@\\[${page}(:[^\\][\\n]*)?\\]`, 'g'))];
  const ranges = [
    ...own.flatMap((each) => rangeOf(original, each)),
    ...written.slice(0, MOST_MENTIONS).map(({ index, 0: { length } }) => ({ index, length })),
  ];
  return { text: withoutRanges(original, ranges), isMentioned: own.length + ranges.length > 0 };
}

type Range = { readonly index: number; readonly length: number };

/** Whether offsets count UTF-16 units or characters is not said: cut only what reads as the name. */
function rangeOf(text: string, { name, offset }: Tag): Range[] {
  if (!name || offset === undefined) return [];
  const { length } = name;
  if (text.startsWith(name, offset)) return [{ index: offset, length }];
  const index = indexOfCharacter(text, offset);
  return text.startsWith(name, index) ? [{ index, length }] : [];
}

function indexOfCharacter(text: string, offset: number): number {
  let index = 0;
  for (let count = 0; count < offset && index < text.length; count += 1) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

function withoutRanges(original: string, ranges: readonly Range[]): string {
  let edge = original.length;
  let text = original;
  for (const { index, length } of ranges.toSorted((a, b) => b.index - a.index)) {
    if (index + length > edge) continue; // overlaps one that is already gone
    text = joined(text.slice(0, index), text.slice(index + length));
    edge = index;
  }
  return text;
}

function joined(before: string, after: string): string {
  if (before.trim() === '') return after.replace(/^\s*[,:]?\s*/, '');
  if (after.trim() === '') return before.trimEnd();
  return before + (/\s$/.test(before) ? after.replace(/^ /, '') : after);
}
