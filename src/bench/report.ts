import { type Gate, missed } from './gates.ts';
import type { Growth } from './growth.ts';
import type { Load } from './load.ts';
import { isExact, type Ledger } from './ledger.ts';
import type { EndToEnd } from './measure.ts';
import type { Spent, Usage } from './usage.ts';

export type Figures = {
  readonly count: number;
  readonly queue: 'PostgreSQL' | 'Redis';
  readonly processors: number;
  readonly generatorThreads: number;
  readonly bare: Load;
  /** Once more at the end: how steady the machine was. */
  readonly bareAfter: Load;
  readonly accept: { readonly accept: Load; readonly spent: Spent };
  readonly ordinary: EndToEnd;
  readonly numbered: EndToEnd;
  readonly open: Load & { readonly intendedPerSecond: number };
  readonly burst: Burst | null;
  readonly growth: Growth | null;
  readonly usage: Usage;
  readonly acknowledged: number;
  readonly refused: number;
  readonly ledger: Ledger;
};

type Burst = EndToEnd & {
  readonly count: number;
  readonly waiting: number;
  readonly mostMb: number;
};

/** A thread busier than this may be what is measured. */
const mostBusy = 0.8;

/** A yardstick that changes by more than this share measures nothing. */
const mostDrift = 0.3;

const ms = (value: number): string => value.toFixed(1);
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const mb = (value: number): string => `${value.toFixed(0)} MB`;

/** The figures for people, then one line of JSON; everything also as its ratio to bare Express. */
export function reportOf(figures: Figures, gates: readonly Gate[]): string {
  return [
    titleOf(figures),
    ...table(figures),
    '',
    ...spentLines(figures),
    memoryLine(figures.usage),
    ...amissLines(figures.ledger),
    ...busyOnes(figures),
    ...driftLines(figures),
    '',
    ...gates.map(gateLine),
    ...missed(gates).map((why) => `FAILED: ${why}`),
    JSON.stringify(jsonOf(figures, gates)),
    '',
  ].join('\n');
}

const titleOf = ({ count, queue, processors, generatorThreads }: Figures): string =>
  `${count} signed SMS of each kind; queue on ${queue}; ${processors} processors; ${generatorThreads} generator thread${generatorThreads === 1 ? '' : 's'}`;

const line = (what: string, cells: readonly string[]): string =>
  what.padEnd(44) + cells.map((cell) => cell.padStart(11)).join('');

function table({ bare, accept, ordinary, numbered, open, burst, growth }: Figures): string[] {
  const heads = ['per second', 'of (a)', 'p50 ms', 'p99 ms', 'p99.9 ms', 'generator', 'core'];
  const rates = (perSecond: number, of = bare.perSecond) => [
    perSecond.toFixed(0),
    (perSecond / of).toFixed(4),
  ];
  const sent = (what: string, load: Load) => {
    const { p50Ms, p99Ms, p999Ms, busy } = load;
    return line(what, [...rates(load.perSecond), ms(p50Ms), ms(p99Ms), ms(p999Ms), percent(busy)]);
  };
  const arrived = (what: string, { perSecond, coreBusy }: EndToEnd, of?: number) =>
    line(what, [...rates(perSecond, of), '', '', '', '', percent(coreBusy)]);
  const at = `${open.intendedPerSecond.toFixed(0)}/s`;
  return [
    line('', heads),
    sent('(a) bare Express 5, the same bytes', bare),
    sent('(b) durable accept, workers held still', accept.accept),
    arrived('(c) end to end, ordinary reports', ordinary),
    sent('    accepted meanwhile', ordinary.accept),
    arrived('(d) end to end, a petition', numbered),
    sent(`(e) open loop at ${at}, half of (c)`, open),
    ...(burst === null
      ? []
      : [
          sent(`(f) burst of ${burst.count}: accepted`, burst.accept),
          arrived(`    to the core, drained ${burst.drainSeconds.toFixed(0)} s later`, burst),
        ]),
    ...(growth === null
      ? []
      : [
          arrived(
            '(g) end to end among 10000 stored',
            growth.small.endToEnd,
            growth.small.barePerSecond,
          ),
          arrived(
            `    among ${growth.stored} stored`,
            growth.full.endToEnd,
            growth.full.barePerSecond,
          ),
        ]),
  ];
}

/** Steadier than times where the machine has other work, too. */
function spentLines({ accept, ordinary, numbered, growth }: Figures): string[] {
  const spent = (what: string, { gateway, workers, postgres }: Spent) =>
    line(
      what,
      [gateway, workers, postgres].map((value) => value.toFixed(3)),
    );
  return [
    line('processor ms for each message', ['gateway', 'workers', 'PostgreSQL']),
    spent('(b)', accept.spent),
    spent('(c)', ordinary.spent),
    spent('(d)', numbered.spent),
    ...(growth === null
      ? []
      : [
          spent('(g) among 10000', growth.small.endToEnd.spent),
          spent(`    among ${growth.stored}`, growth.full.endToEnd.spent),
        ]),
  ];
}

const memoryLine = ({ gateway, workers, postgres }: Usage): string =>
  `peak memory: gateway ${mb(gateway.peakMb)}, workers ${mb(workers.peakMb)}; PostgreSQL (${postgres.processes} processes) ${mb(postgres.peakMb)}, the largest ${mb(postgres.largestMb)}`;

function amissLines(ledger: Ledger): string[] {
  const amiss = Object.entries(ledger).flatMap(([what, times]) =>
    times > 0 ? [`${what} ${times}`] : [],
  );
  return amiss.length === 0 ? [] : [`the ledger is NOT EXACT: ${amiss.join(', ')}`];
}

function gateLine({ what, target, reached, isMet }: Gate): string {
  const mark = isMet === null ? 'too short to tell' : isMet ? 'kept' : 'MISSED';
  return `${what.padEnd(44)}${target.padEnd(12)}${reached.padEnd(28)}${mark}`;
}

function busyOnes({ bare, accept, ordinary, numbered, open }: Figures): string[] {
  const threads: readonly (readonly [string, number])[] = [
    ['generator in (a)', bare.busy],
    ['generator in (b)', accept.accept.busy],
    ['generator in (e)', open.busy],
    ['core in (c)', Math.max(ordinary.coreBusy, numbered.coreBusy)],
  ];
  return threads.flatMap(([what, busy]) =>
    busy > mostBusy
      ? [`BEWARE: the ${what} was ${percent(busy)} busy and may be what was measured`]
      : [],
  );
}

function driftLines({ bare, bareAfter }: Figures): string[] {
  const rates = [bare.perSecond, bareAfter.perSecond];
  const isSteady = Math.min(...rates) >= Math.max(...rates) * (1 - mostDrift);
  const [before = '', after = ''] = rates.map((rate) => rate.toFixed(0));
  return isSteady
    ? []
    : [
        `BEWARE: bare Express made ${before}/s at first and ${after}/s at the end: the machine has other work, and the ratios tell little`,
      ];
}

function jsonOf(figures: Figures, gates: readonly Gate[]): object {
  const { bare, accept, ordinary, numbered, open, burst, growth, usage, ledger } = figures;
  const sent = ({ perSecond, p50Ms, p99Ms, p999Ms, busy }: Load) => ({
    ...{ perSecond, ratio: perSecond / bare.perSecond },
    ...{ p50Ms, p99Ms, p999Ms, busy },
  });
  const arrived = ({ perSecond, coreBusy, spent, drainSeconds, ...through }: EndToEnd) => ({
    accept: sent(through.accept),
    ...{ perSecond, ratio: perSecond / bare.perSecond, drainSeconds, coreBusy, spent },
  });
  return {
    count: figures.count,
    queue: figures.queue,
    bare: sent(bare),
    bareAfter: sent(figures.bareAfter),
    accept: { ...sent(accept.accept), spent: accept.spent },
    ordinary: arrived(ordinary),
    numbered: arrived(numbered),
    openLoop: { ...sent(open), intendedPerSecond: open.intendedPerSecond },
    burst: burst && { ...arrived(burst), count: burst.count, waiting: burst.waiting },
    growth: growth && { stored: growth.stored, ratio: growth.ratio },
    usage,
    ledger: { exact: isExact(ledger), acknowledged: figures.acknowledged, ...ledger },
    gates,
  };
}
