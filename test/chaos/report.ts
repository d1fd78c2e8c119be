import type { Result } from './run.ts';

const shown = 5;

/** The report of a run, in Markdown. */
export function reportOf(
  results: readonly Result[],
  about: string,
  failures: readonly string[] = [],
): string {
  return [
    ...['# Chaos', '', about, ''],
    ...table(results),
    '',
    ...failures.map((line) => `BROKE OFF ${line}\n`),
    ...results.flatMap(details),
  ].join('\n');
}

const columns = `scenario|invariants|seed|s|sent|requests|2xx|503|refused|no answer|again|stored
  events|twice at core|kills|drained in|p99 calm|p99 outage`.split(/\s*[|\n]\s*/);

function table(results: readonly Result[]): string[] {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [
    row(columns),
    row(columns.map(() => '---')),
    ...results.map(({ name, broken, seed, seconds, counts, drainMs, ackP99Ms }) =>
      row([
        ...[name, broken.length === 0 ? 'kept' : verdict(broken), seed, seconds],
        ...[counts.sent, counts.requests, counts.ok, counts.unavailable, counts.refused],
        ...[counts.unheard, counts.redelivered, counts.stored, counts.events, counts.duplicates],
        ...[
          counts.kills,
          `${(drainMs / 1000).toFixed(1)} s`,
          ms(ackP99Ms.calm),
          ms(ackP99Ms.outage),
        ],
      ]),
    ),
  ];
}

const ms = (value: number | null): string => (value === null ? '–' : `${value.toFixed(0)} ms`);

function verdict(broken: Result['broken']): string {
  const counts = Map.groupBy(broken, ({ invariant }) => invariant);
  return `**broken: ${[...counts].map(([name, all]) => `${name} ×${all.length}`).join(', ')}**`;
}

function details({ name, broken, readiness, notes }: Result): string[] {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`- ${title}: ${lines.join(' · ')}`];
  return [
    ...[`## ${name}`, ''],
    ...list('/readyz during it', readiness),
    ...list('notes', counted(notes)),
    ...breaches(broken).map((line) => `- BROKEN ${line}`),
    '',
  ];
}

/** What is broken, a line for each kind of fault, with its first few cases. */
export function breaches(broken: Result['broken']): string[] {
  const byKind = Map.groupBy(broken, ({ invariant, what }) => `${invariant} ${generic(what)}`);
  return [...byKind].map(([kind, all]) => {
    const cases = all.slice(0, shown).map(({ what, who }) => `${who}: ${what}`);
    return `${kind} (×${all.length}): ${cases.join(' · ')}`;
  });
}

const counted = (notes: readonly string[]): string[] =>
  [...Map.groupBy(notes, (note) => note)].map(([note, all]) =>
    all.length === 1 ? note : `${note} ×${all.length}`,
  );

/** The same fault of different messages is one line. */
const generic = (what: string): string => what.replace(/xq[a-z]{7}/g, 'another');
