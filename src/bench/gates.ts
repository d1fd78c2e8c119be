import { isExact, type Ledger } from './ledger.ts';

/** One figure that is promised, and what came of it. `isMet` is null where the run was too short to tell. */
export type Gate = {
  readonly what: string;
  readonly target: string;
  readonly reached: string;
  readonly isMet: boolean | null;
};

/** Targets; ratios are to bare Express in the same run. */
const targets = {
  accept: 0.65,
  endToEnd: { PostgreSQL: 0.03, Redis: 0.08 },
  ackP99Ms: 25,
  processMb: 300,
  growth: 0.9,
};

/** Fewer messages than this say nothing about speed. */
const enough = 2000;

export type Run = {
  readonly count: number;
  readonly queue: 'PostgreSQL' | 'Redis';
  readonly acknowledged: number;
  readonly refused: number;
  readonly ledger: Ledger;
  readonly acceptRatio: number;
  readonly endToEndRatio: number;
  readonly ackP99Ms: number;
  /** `waiting`: what was left at the end; `mostMb`: the peak of the largest process. */
  readonly burst: { readonly waiting: number; readonly mostMb: number } | null;
  readonly growth: number | null;
};

/** What the run shows, promise by promise. */
export function gatesOf(run: Run): Gate[] {
  const { ledger, acknowledged, refused, burst, growth } = run;
  const judged = (isMet: boolean) => (run.count < enough ? null : isMet);
  const atLeast = (what: string, target: number, reached: number, digits: number): Gate => ({
    ...{ what, target: `≥ ${target}`, reached: reached.toFixed(digits) },
    isMet: judged(reached >= target),
  });
  return [
    {
      what: 'each 2xx stored, read and at the core once',
      target: 'exact',
      reached: isExact(ledger) ? `exact (${acknowledged}; ${refused} refused)` : 'not exact',
      isMet: isExact(ledger) && acknowledged > 0,
    },
    atLeast('durable accept / bare', targets.accept, run.acceptRatio, 3),
    atLeast('end to end / bare', targets.endToEnd[run.queue], run.endToEndRatio, 4),
    {
      what: 'ack p99 at half of what is worked off',
      target: `≤ ${targets.ackP99Ms} ms`,
      reached: `${run.ackP99Ms.toFixed(1)} ms`,
      isMet: judged(run.ackP99Ms <= targets.ackP99Ms),
    },
    ...(burst === null ? [] : burstGates(burst)),
    ...(growth === null ? [] : [atLeast('end to end at full / small', targets.growth, growth, 3)]),
  ];
}

function burstGates({ waiting, mostMb }: NonNullable<Run['burst']>): Gate[] {
  return [
    { what: 'left after the burst', target: '0', reached: String(waiting), isMet: waiting === 0 },
    {
      what: 'largest process in the burst',
      target: `≤ ${targets.processMb} MB`,
      reached: `${mostMb.toFixed(0)} MB`,
      isMet: mostMb <= targets.processMb,
    },
  ];
}

/** The promises that were not kept, in words; none when the run passes. */
export const missed = (gates: readonly Gate[]): string[] =>
  gates.flatMap(({ what, target, reached, isMet }) =>
    isMet === false ? [`${what}: ${reached}, not ${target}`] : [],
  );
