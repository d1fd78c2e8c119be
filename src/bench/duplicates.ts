import { z } from 'zod';
import { type Comparable, type Reading, comparableFrom } from '../domain/comparable.ts';
import { type Likeness, likeness } from '../domain/likeness.ts';
import type { Signature } from '../domain/signature.ts';
import { Invalid } from '../errors.ts';

const labels = ['same_report', 'same_issue', 'template_identical', 'different'] as const;

const pairSchema = z.object({
  label: z.enum(labels),
  a: z.string(),
  b: z.string(),
  a_id: z.string().optional(),
  b_id: z.string().optional(),
  a_agency: z.string().nullable().optional(),
  b_agency: z.string().nullable().optional(),
  hinges_on_redacted_number: z.boolean().default(false),
});

type Pair = z.infer<typeof pairSchema>;
type Counts = Readonly<Record<Likeness['verdict'], number>>;

/**
 * What came of a labelled file. `groups`: verdicts per label; pairs that hinge on a masked number stand
 * apart under the label with `*`, for nobody can tell them. `missed`, `merged`: line and ids, never texts.
 */
export type Evaluation = {
  readonly pairs: number;
  readonly groups: ReadonlyMap<string, Counts>;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly bandRecall: number | null;
  readonly missed: readonly string[];
  readonly merged: readonly string[];
};

type Judged = {
  readonly id: string;
  readonly group: string;
  readonly verdict: Likeness['verdict'];
  readonly sharesBand: boolean;
};

/**
 * Judges labelled pairs (JSON lines as in lapor2017_pairs.dev.jsonl). Positive are `same_report` pairs,
 * negative `different` and `template_identical` ones. Throws Invalid for a line of another form.
 */
export async function evaluatePairs(
  reading: Reading,
  signer: (comparable: Comparable) => Signature,
  lines: AsyncIterable<string> | readonly string[],
): Promise<Evaluation> {
  const judged: Judged[] = [];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() !== '') judged.push(judgePair(reading, signer, pairFrom(line, number), number));
  }
  const positive = judged.filter(({ group }) => group === 'same_report');
  const found = positive.filter(({ verdict }) => verdict === 'same_report');
  const merged = judged.filter(
    ({ group, verdict }) =>
      verdict === 'same_report' && (group === 'different' || group === 'template_identical'),
  );
  return {
    pairs: judged.length,
    groups: countsOf(judged),
    precision: share(found.length, found.length + merged.length),
    recall: share(found.length, positive.length),
    bandRecall: share(positive.filter(({ sharesBand }) => sharesBand).length, positive.length),
    missed: positive.filter(({ verdict }) => verdict !== 'same_report').map(({ id }) => id),
    merged: merged.map(({ id }) => id),
  };
}

function pairFrom(line: string, number: number): Pair {
  const parsed = pairSchema.safeParse(jsonFrom(line));
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`);
  throw new Invalid(`line ${number}: no labelled pair: ${paths.join(', ')}`);
}

function jsonFrom(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** The agency of a pair was chosen by an admin, not said by the citizen: it is no place of the text. */
function judgePair(
  reading: Reading,
  signer: (comparable: Comparable) => Signature,
  pair: Pair,
  number: number,
): Judged {
  const [a, b] = [comparableFrom(reading, pair.a), comparableFrom(reading, pair.b)];
  const bands = new Set(signer(a).bands);
  return {
    id: `line ${number} (${pair.a_id ?? '?'}, ${pair.b_id ?? '?'})`,
    group: pair.hinges_on_redacted_number ? `${pair.label}*` : pair.label,
    verdict: likeness(a, b).verdict,
    sharesBand: signer(b).bands.some((band) => bands.has(band)),
  };
}

function countsOf(judged: readonly Judged[]): ReadonlyMap<string, Counts> {
  const names = labels.flatMap((label) => [label, `${label}*`]);
  const count = (group: string, verdict: Likeness['verdict']) =>
    judged.filter((one) => one.group === group && one.verdict === verdict).length;
  return new Map(
    names
      .filter((name) => judged.some(({ group }) => group === name))
      .map((name) => [
        name,
        {
          same_report: count(name, 'same_report'),
          possible: count(name, 'possible'),
          none: count(name, 'none'),
        },
      ]),
  );
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** The evaluation as a table for people; holds ids and figures, no citizen's words. */
export function evaluationTable(evaluation: Evaluation): string {
  const row = (...cells: readonly (string | number)[]) =>
    cells
      .map((cell, at) => (at === 0 ? String(cell).padEnd(22) : String(cell).padStart(13)))
      .join('');
  const figure = (value: number | null) => (value === null ? '-' : value.toFixed(3));
  const ids = (title: string, list: readonly string[]) =>
    `${title}: ${list.length === 0 ? 'none' : list.join('; ')}`;
  return [
    row('label', 'same_report', 'possible', 'none'),
    ...[...evaluation.groups].map(([label, counts]) =>
      row(label, counts.same_report, counts.possible, counts.none),
    ),
    '',
    `${evaluation.pairs} pairs; * hinges on a masked number, same_issue counts neither way`,
    `same_report: precision ${figure(evaluation.precision)}, recall ${figure(evaluation.recall)}; share a band: ${figure(evaluation.bandRecall)}`,
    ids('missed', evaluation.missed),
    ids('wrongly merged', evaluation.merged),
    '',
  ].join('\n');
}
