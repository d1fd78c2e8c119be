import type { Load } from './load.ts';
import { isExact, type Ledger } from './ledger.ts';
import type { Memory } from './memory.ts';

/** What came of sending everything until the core knew all of it. */
export type EndToEnd = {
  readonly accept: Load;
  readonly perSecond: number;
  readonly coreBusy: number;
};

export type Figures = {
  readonly count: number;
  readonly queue: 'PostgreSQL' | 'Redis';
  readonly processors: number;
  readonly generatorThreads: number;
  readonly bare: Load;
  readonly ordinary: EndToEnd;
  readonly numbered: EndToEnd;
  readonly open: Load & { readonly intendedPerSecond: number };
  readonly memory: Memory;
  readonly acknowledged: number;
  readonly refused: number;
  readonly ledger: Ledger;
};

/** A thread busier than this may be what is measured. */
const mostBusy = 0.8;

const ms = (value: number): string => value.toFixed(1);
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** The figures for people, then one line of JSON; everything also as its ratio to bare Express. */
export function reportOf(figures: Figures, failures: readonly string[]): string {
  return [
    titleOf(figures),
    ...table(figures),
    `(e) peak memory: gateway ${mb(figures.memory.gateway)}, workers ${mb(figures.memory.workers)}; PostgreSQL (${figures.memory.postgresProcesses} processes) ${mb(figures.memory.postgres)}`,
    ledgerLine(figures),
    ...busyOnes(figures),
    ...failures.map((why) => `FAILED: ${why}`),
    JSON.stringify(jsonOf(figures, failures)),
    '',
  ].join('\n');
}

const mb = (value: number): string => `${value.toFixed(0)} MB`;

const titleOf = ({ count, queue, processors, generatorThreads }: Figures): string =>
  `${count} signed SMS of each kind; queue on ${queue}; ${processors} processors; ${generatorThreads} generator thread${generatorThreads === 1 ? '' : 's'}`;

function table({ bare, ordinary, numbered, open }: Figures): string[] {
  const heads = ['per second', 'of (a)', 'p50 ms', 'p99 ms', 'p99.9 ms', 'generator', 'core'];
  const line = (what: string, cells: readonly string[]) =>
    what.padEnd(40) + cells.map((cell) => cell.padStart(11)).join('');
  const rates = (perSecond: number) => [
    perSecond.toFixed(0),
    (perSecond / bare.perSecond).toFixed(3),
  ];
  const times = ({ p50Ms, p99Ms, p999Ms }: Load) => [ms(p50Ms), ms(p99Ms), ms(p999Ms)];
  const sent = (what: string, load: Load) =>
    line(what, [...rates(load.perSecond), ...times(load), percent(load.busy)]);
  const arrived = (what: string, { perSecond, coreBusy }: EndToEnd) =>
    line(what, [...rates(perSecond), '', '', '', '', percent(coreBusy)]);
  return [
    line('', heads),
    sent('(a) bare Express 5, the same bytes', bare),
    sent('(b) durable accept', ordinary.accept),
    arrived('(c) end to end, ordinary reports', ordinary),
    sent('(b) durable accept, numbered copies', numbered.accept),
    arrived('(c) end to end, numbered copies', numbered),
    sent(`(d) open loop at ${open.intendedPerSecond.toFixed(0)}/s, half of (b)`, open),
  ];
}

function ledgerLine({ acknowledged, refused, ledger }: Figures): string {
  const amiss = Object.entries(ledger).flatMap(([what, times]) =>
    times > 0 ? [`${what} ${times}`] : [],
  );
  return `ledger: ${acknowledged} acknowledged, ${refused} refused: ${isExact(ledger) ? 'each stored, read and at the core once: exact' : `NOT EXACT: ${amiss.join(', ')}`}`;
}

function busyOnes({ bare, ordinary, numbered, open }: Figures): string[] {
  const threads: readonly (readonly [string, number])[] = [
    ['generator in (a)', bare.busy],
    ['generator in (b)', Math.max(ordinary.accept.busy, numbered.accept.busy)],
    ['generator in (d)', open.busy],
    ['core in (c)', Math.max(ordinary.coreBusy, numbered.coreBusy)],
  ];
  return threads.flatMap(([what, busy]) =>
    busy > mostBusy
      ? [`BEWARE: the ${what} was ${percent(busy)} busy and may be what was measured`]
      : [],
  );
}

function jsonOf(figures: Figures, failures: readonly string[]): object {
  const { bare, ordinary, numbered, open, memory, ledger } = figures;
  const rate = (perSecond: number) => ({ perSecond, ratio: perSecond / bare.perSecond });
  const sent = ({ perSecond, p50Ms, p99Ms, p999Ms, busy }: Load) => ({
    ...rate(perSecond),
    ...{ p50Ms, p99Ms, p999Ms, busy },
  });
  const arrived = ({ accept, perSecond, coreBusy }: EndToEnd) => ({
    accept: sent(accept),
    endToEnd: { ...rate(perSecond), coreBusy },
  });
  return {
    count: figures.count,
    queue: figures.queue,
    bare: sent(bare),
    ordinary: arrived(ordinary),
    numbered: arrived(numbered),
    openLoop: { ...sent(open), intendedPerSecond: open.intendedPerSecond },
    peakMb: memory,
    ledger: { exact: isExact(ledger), acknowledged: figures.acknowledged, ...ledger },
    failures,
  };
}
