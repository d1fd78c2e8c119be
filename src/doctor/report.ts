import type { Check, Repair } from '../domain/check.ts';

export type Report = {
  /** null: the configuration does not say. */
  readonly mode: 'demo' | 'real' | null;
  readonly publicUrl: string | null;
  readonly repairs: readonly Repair[];
  readonly checks: readonly Check[];
};

const marks = { ok: 'ok  ', warning: 'warn', failed: 'FAIL' } as const;

/** For people: one line per check, below it what to do, and a sum. */
export function textOf({ mode, publicUrl, repairs, checks }: Report): string {
  const width = Math.max(...[...checks, ...repairs].map(({ name }) => name.length));
  const line = (mark: string, name: string, says: string) =>
    `${mark}  ${name.padEnd(width)}  ${says}\n`;
  const head = mode === null ? '' : `Satu Pintu, ${mode} mode, ${publicUrl ?? ''}\n\n`;
  const done = repairs.map(({ name, isDone, says }) => line(isDone ? 'done' : 'not ', name, says));
  const lines = checks.map(
    ({ state, name, says, remedy }) =>
      `${line(marks[state], name, says)}${remedy === null ? '' : `      → ${remedy}\n`}`,
  );
  const repaired = done.length === 0 ? '' : `Repairs\n${done.join('')}\nAfterwards\n`;
  return `${head}${repaired}${lines.join('')}\n${sumOf(checks)}\n`;
}

function sumOf(checks: readonly Check[]): string {
  const { ok, warnings, failures } = countsOf(checks);
  const fixable = checks.filter((each) => each.fixable && each.state !== 'ok').length;
  const hint = fixable === 0 ? '' : `; npm run doctor -- --fix may mend ${fixable}`;
  return `${checks.length} checks: ${ok} ok, ${warnings} to look at, ${failures} failed${hint}.`;
}

function countsOf(checks: readonly Check[]) {
  const count = (state: Check['state']) => checks.filter((each) => each.state === state).length;
  return { ok: count('ok'), warnings: count('warning'), failures: count('failed') };
}

/** For programs. */
export function jsonOf(report: Report): string {
  return `${JSON.stringify({ ...report, summary: countsOf(report.checks) }, null, 2)}\n`;
}
