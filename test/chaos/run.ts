import { setTimeout as sleep } from 'node:timers/promises';
import { accountsOf } from './accounts.ts';
import { createChance, holds } from './chance.ts';
import { createCitizens } from './citizens.ts';
import { openInbox } from './inbox.ts';
import type { Installation } from './installation.ts';
import { type Broken, check } from './invariants.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createLoad } from './load.ts';
import { added, ask, less, sumOf } from './metrics.ts';
import { type Scenario, type ScenarioName, scenarios, type Stage } from './scenarios.ts';

export type Setting = {
  readonly seed: number;
  /** Sets this run's people and words apart from those of other runs on the same installation. */
  readonly series: number;
  readonly isShort: boolean;
  readonly seconds: number | null;
  readonly kills: number | null;
  readonly rate: number | null;
  readonly stop: AbortSignal;
};

export type Result = {
  readonly name: ScenarioName;
  readonly seed: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<Count, number>>;
  readonly broken: readonly Broken[];
  /** From the end of the trouble until nothing waited. */
  readonly drainMs: number;
  readonly ackP99Ms: { readonly calm: number | null; readonly outage: number | null };
  /** What `/readyz` said during the trouble, and how often. */
  readonly readiness: readonly string[];
  readonly notes: readonly string[];
};

type Count =
  | 'sent'
  | 'answered'
  | 'requests'
  | 'ok'
  | 'unavailable'
  | 'refused'
  | 'unheard'
  | 'redelivered'
  | 'stored'
  | 'events'
  | 'duplicates'
  | 'kills';

const formOf = (isShort: boolean) =>
  isShort
    ? {
        rate: 40,
        warmMs: 400,
        tailMs: 300,
        graceMs: 1500,
        mostDelayMs: 1000,
        drainMs: 45_000,
        jobsMs: 0,
      }
    : {
        rate: 60,
        warmMs: 5000,
        tailMs: 5000,
        graceMs: 20_000,
        mostDelayMs: 6000,
        drainMs: 300_000,
        jobsMs: 60_000,
      };

/** Runs one scenario on an installation that is well, and compares what was promised with what is there. */
export async function runScenario(
  at: Installation,
  name: ScenarioName,
  setting: Setting,
): Promise<Result> {
  const scenario: Scenario = scenarios[name];
  const { seed, isShort } = setting;
  const form = formOf(isShort);
  const startedAt = Date.now();
  const inbox = openInbox(at.postgres.connection);
  const mark = await inbox.mark();
  const firstArrival = at.core.arrivals.length;
  const problemsBefore = at.core.problems.length;
  const before = await figuresOf(at);
  const endingsBefore = endingsOf(at);
  const died = watchDeaths(at);
  const ledger = createLedger();
  const chance = createChance(seed);
  const load = createLoad({
    chance,
    ledger,
    citizens: createCitizens(chance, setting.series, at.settings),
    ports: at.gateways.map(({ port }) => port),
    perSecond: setting.rate ?? form.rate,
    mostDelayMs: form.mostDelayMs,
  });
  const watch = watchReadiness(at, ledger);
  const acted = await act(scenario, at, setting, ledger, form).finally(async () => {
    await load.stop(form.graceMs);
    watch.stop();
  });
  const drained = await drain(at, inbox, form);
  const all = less(await figuresOf(at), before);
  const stored = await inbox.stored(mark);
  const arrivals = at.core.arrivals.slice(firstArrival);
  const left = {
    ...(await inbox.left(mark)),
    ...drained.left,
    'events that were wrong': at.core.problems.length - problemsBefore,
  };
  const endings = { gateways: 0, workers: 0 };
  for (const kind of ['gateways', 'workers'] as const) {
    endings[kind] = endingsOf(at)[kind] - endingsBefore[kind];
  }
  const accounts = accountsOf({
    ...{ ledger, figures: all, stored, endings },
    forwarded: await inbox.forwarded(mark),
    isSteady: scenario.isSteady === true,
  });
  const broken = [
    ...check({ sent: ledger.entries, stored, arrivals, left, accounts }),
    ...acted.broken,
    ...noticed(scenario, ledger),
  ];
  return {
    ...{ name, seed, broken },
    seconds: Math.round((Date.now() - startedAt) / 1000),
    drainMs: drained.at - acted.endedAt,
    counts: {
      ...talliesOf(ledger),
      stored: stored.length,
      events: arrivals.length,
      duplicates: arrivals.reduce((sum, { taken }) => sum + Math.max(0, taken - 1), 0),
      kills: acted.kills.length,
    },
    ackP99Ms: { calm: p99(ledger.latencies.calm), outage: p99(ledger.latencies.outage) },
    readiness: watch.said(),
    notes: [...acted.notes, ...died(), ...acted.kills],
  };
}

type Form = ReturnType<typeof formOf>;

/** Lets the load run, makes the trouble, lets the load run on. */
async function act(
  scenario: Scenario,
  at: Installation,
  setting: Setting,
  ledger: Ledger,
  form: Form,
) {
  const { isShort, stop } = setting;
  const broken: Broken[] = [];
  const notes: string[] = [];
  const kills: string[] = [];
  const rest = async (ms: number): Promise<void> => {
    await sleep(ms, undefined, { signal: stop });
  };
  const stage: Stage = {
    ...{ at, isShort, rest },
    chance: createChance(setting.seed + 1),
    seconds: setting.seconds ?? (isShort ? scenario.shortSeconds : scenario.seconds),
    kills: setting.kills ?? scenario.kills?.[isShort ? 'short' : 'long'] ?? 0,
    outage: async (trouble) => {
      ledger.turn('outage');
      try {
        await trouble();
      } finally {
        ledger.turn('calm');
      }
    },
    note: (text) => notes.push(text),
    broke: (what, who) => broken.push({ invariant: 'rolling', what, who }),
    killed: (what) => kills.push(what),
  };
  await rest(form.warmMs);
  await scenario.run(stage);
  const endedAt = Date.now();
  await rest(form.tailMs);
  return { broken, notes, kills, endedAt };
}

/** Waits until nothing waits: in the database, in the spools, at the queue. */
async function drain(at: Installation, inbox: ReturnType<typeof openInbox>, form: Form) {
  let waiting: Record<string, number> = {};
  await holds(async () => {
    waiting = await waitingAt(at, inbox);
    return Object.values(waiting).every((count) => count === 0);
  }, form.drainMs);
  const drainedAt = Date.now();
  let jobs: Record<string, number> = {};
  // Jobs of a killed worker are found to be stalled after half a minute; rows never wait for them.
  if (form.jobsMs > 0) {
    await holds(async () => {
      jobs = (await at.redis?.openJobs()) ?? {};
      return Object.keys(jobs).length === 0;
    }, form.jobsMs);
  }
  return { left: { ...waiting, ...jobs }, at: drainedAt };
}

async function waitingAt(at: Installation, inbox: ReturnType<typeof openInbox>) {
  const figures = await Promise.all(at.gateways.map((gateway) => gateway.gauges()));
  const sum = (name: string) =>
    figures.reduce((total, each) => total + (each === null ? 1 : sumOf(each, name)), 0);
  return {
    'rows that wait': await inbox.waiting(),
    satupintu_pending: sum('satupintu_pending'),
    satupintu_spool_deliveries: sum('satupintu_spool_deliveries'),
  };
}

async function figuresOf(at: Installation) {
  return added(await Promise.all([...at.gateways, ...at.workers].map((each) => each.figures())));
}

const endingsOf = ({ gateways, workers }: Installation) => ({
  gateways: gateways.reduce((sum, each) => sum + each.endings(), 0),
  workers: workers.reduce((sum, each) => sum + each.endings(), 0),
});

/** Tells which processes have ended by themselves since. */
function watchDeaths({ gateways, workers }: Installation): () => string[] {
  const all = [...gateways, ...workers].map((each) => ({ each, before: each.deaths().length }));
  return () => all.flatMap(({ each, before }) => each.deaths().slice(before));
}

function noticed({ isUnnoticed }: Scenario, { webhooks, web }: Ledger): Broken[] {
  if (isUnnoticed !== true) return [];
  const unavailable = webhooks.unavailable + web.unavailable;
  const unheard = webhooks.unheard + web.unheard;
  const invariant = 'rolling';
  return [
    ...(unavailable > 0
      ? [{ invariant, what: `${unavailable} answered 503`, who: 'gateways' } as const]
      : []),
    ...(unheard > 0
      ? [{ invariant, what: `${unheard} not answered`, who: 'gateways' } as const]
      : []),
  ];
}

function talliesOf({ entries, webhooks, web, counts }: Ledger) {
  return {
    sent: entries.length,
    answered: entries.filter(({ answeredAt }) => answeredAt !== null).length,
    requests: webhooks.requests + web.requests,
    ok: webhooks.ok + web.ok,
    unavailable: webhooks.unavailable + web.unavailable,
    refused: webhooks.refused + web.refused,
    unheard: webhooks.unheard + web.unheard,
    redelivered: counts.redelivered + counts.retried,
  };
}

function p99(latencies: readonly number[]): number | null {
  const sorted = latencies.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? null;
}

const watchEveryMs = 500;

/** Notes what `/readyz` of each gateway says during an outage. */
function watchReadiness(at: Installation, ledger: Ledger) {
  const said = new Map<string, number>();
  let isWatching = true;
  const look = async (internalPort: number): Promise<void> => {
    while (isWatching) {
      const since = ledger.phase();
      const answer = await ask(internalPort, '/readyz', 4000);
      if (since === 'outage' && ledger.phase() === 'outage') {
        const text = answer ? `${answer.status} ${answer.body.replace(/\d+(\.\d+)?/g, 'n')}` : '–';
        said.set(text, (said.get(text) ?? 0) + 1);
      }
      await sleep(watchEveryMs);
    }
  };
  for (const { internalPort } of at.gateways) void look(internalPort);
  return {
    stop: () => {
      isWatching = false;
    },
    said: () => [...said].map(([text, times]) => `${text} (×${times})`),
  };
}
