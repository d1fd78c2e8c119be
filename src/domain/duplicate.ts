import type { Comparable } from './comparable.ts';
import type { Complaint } from './complaint.ts';
import { isRuledOut, likeness } from './likeness.ts';

/** How long the same words of another reporter may be the same report (contract section 7). */
export const duplicateMs = 30 * 24 * 3_600_000;

/**
 * A complaint that may say the same. `head` is the first of its group: itself, unless it was linked;
 * `messageId`: whose words are compared.
 */
export type Candidate = {
  readonly messageId: string;
  readonly head: string;
  readonly at: number;
  readonly comparable: Comparable;
};

export const noDuplicate: Complaint['duplicate'] = {
  verdict: 'none',
  of: null,
  score: null,
  reasons: [],
};

/** Shorter texts that name no place are never linked: "PJU mati" is said everywhere. */
const shortestLinked = 25;

/** Whether words can be linked to others' at all. Throws nothing. */
export function canBeLinked({ length, places, point }: Comparable): boolean {
  return length >= shortestLinked || places.size > 0 || point !== null;
}

/**
 * Links a new complaint to the one it most likely repeats. In: its words, and candidates from the
 * index. Out: `same_report` before `possible`, then the higher score, then the earlier one, so that the
 * order of candidates does not matter; `none` when there is nothing alike. Throws nothing.
 */
export function duplicateAmong(
  comparable: Comparable,
  candidates: readonly Candidate[],
): Complaint['duplicate'] {
  const links = candidates.flatMap(({ head, at, ...candidate }) => {
    if (isRuledOut(candidate.comparable, comparable)) return [];
    const { verdict, score, reasons } = likeness(candidate.comparable, comparable);
    return verdict === 'none' ? [] : [{ verdict, of: head, score, reasons: [...reasons], at }];
  });
  const [best] = links.toSorted(
    (one, other) =>
      Number(other.verdict === 'same_report') - Number(one.verdict === 'same_report') ||
      other.score - one.score ||
      one.at - other.at ||
      (one.of < other.of ? -1 : 1),
  );
  if (!best) return noDuplicate;
  const { verdict, of, score, reasons } = best;
  return { verdict, of, score, reasons };
}
