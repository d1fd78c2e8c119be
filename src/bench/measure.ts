import type { Phones, Settings, Sms } from './given.ts';
import type { Generator, Load } from './load.ts';
import { type CountingCore, startEcho, type Product } from './processes.ts';
import { holdWorkers, type Spent, spentBetween, usageOf } from './usage.ts';

/** As many connections as a provider opens at most. */
const width = 64;
const warming = 2000;
const longestDrainMs = 3_600_000;

export type Measuring = {
  readonly settings: Settings;
  readonly phones: Phones;
  readonly generator: Generator;
  readonly core: CountingCore;
  readonly product: Product;
  /** What was sent, for the ledger. */
  readonly sent: { readonly all: readonly Sms[]; readonly load: Load }[];
};

/** What came of sending everything until the core knew all of it. */
export type EndToEnd = {
  readonly accept: Load;
  readonly perSecond: number;
  /** From the last answer until nothing was left. */
  readonly drainSeconds: number;
  readonly coreBusy: number;
  /** Processor milliseconds for each message. */
  readonly spent: Spent;
};

export const bytesOf = (all: readonly Sms[]): Uint8Array[] => all.map(({ bytes }) => bytes);

/** The yardstick: bare Express 5 with the same bytes. */
export async function bareSpeed(
  generator: Generator,
  requests: readonly Uint8Array[],
): Promise<Load> {
  const echo = await startEcho();
  try {
    await generator.closed(echo.port, requests.slice(0, warming), width);
    return await generator.closed(echo.port, requests, width);
  } finally {
    await echo.stop();
  }
}

/** From the first request until the core knows of the last message. */
export async function throughAll(
  measuring: Measuring,
  kind: Parameters<Phones>[0],
  count: number,
): Promise<EndToEnd> {
  const { settings, phones, generator, core, product, sent } = measuring;
  const all = phones(kind, count);
  core.busy();
  const before = await usageOf(product.pid);
  const startedAt = performance.now();
  const accept = await generator.closed(Number(settings.PORT), bytesOf(all), width);
  const acceptedAt = performance.now();
  await drained(settings);
  const endedAt = performance.now();
  sent.push({ all, load: accept });
  return {
    accept,
    perSecond: (accept.acknowledged.length * 1000) / (endedAt - startedAt),
    drainSeconds: (endedAt - acceptedAt) / 1000,
    coreBusy: core.busy(),
    spent: spentBetween(before, await usageOf(product.pid), count),
  };
}

/**
 * What the gateway alone takes in: the workers stand still meanwhile, as they would on a machine of their
 * own, and work it off afterwards.
 */
export async function acceptAlone(
  { settings, phones, generator, product, sent }: Measuring,
  count: number,
): Promise<{ readonly accept: Load; readonly spent: Spent }> {
  const all = phones('accepted', count);
  const before = await usageOf(product.pid);
  const release = await holdWorkers(product.pid);
  try {
    const accept = await generator.closed(Number(settings.PORT), bytesOf(all), width);
    sent.push({ all, load: accept });
    return { accept, spent: spentBetween(before, await usageOf(product.pid), count) };
  } finally {
    release();
    await drained(settings);
  }
}

/** So many at their times, whatever becomes of the answers. */
export async function openLoop(
  { settings, phones, generator, sent }: Measuring,
  perSecond: number,
  seconds: number,
): Promise<Load & { readonly intendedPerSecond: number }> {
  const all = phones('open', Math.max(1, Math.ceil(perSecond * seconds)));
  const load = await generator.open(Number(settings.PORT), bytesOf(all), perSecond);
  sent.push({ all, load });
  await drained(settings);
  return { ...load, intendedPerSecond: perSecond };
}

/** Waits until nothing waits. Asks seldom while there is much, because asking counts what waits. */
async function drained(settings: Settings): Promise<void> {
  const end = Date.now() + longestDrainMs;
  for (;;) {
    const waiting = await pendingIn(settings);
    if (waiting === 0 || Date.now() > end) return;
    await new Promise((resolve) => setTimeout(resolve, waiting > 500 ? 500 : 50));
  }
}

/** How much waits at any stage. */
export async function pendingIn(settings: Settings): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${settings.INTERNAL_PORT}/metrics`)).text();
  const stages = [...text.matchAll(/^satupintu_pending\{.*\} (\d+)$/gm)];
  // Told by nobody: the database did not answer.
  if (stages.length === 0) return Infinity;
  return stages.reduce((sum, [, waiting]) => sum + Number(waiting), 0);
}
