import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../domain/channel.ts';
import { benchDuplicates } from './alike.ts';
import { booksOf } from './books.ts';
import { gatesOf, missed } from './gates.ts';
import { createPhones, parseBench, parseDuplicates, settingsFor } from './given.ts';
import { connectionOf, measureGrowth } from './growth.ts';
import { reconcile } from './ledger.ts';
import { type Generator, type Load, startGenerator } from './load.ts';
import {
  acceptAlone,
  bareSpeed,
  bytesOf,
  type Measuring,
  openLoop,
  pendingIn,
  throughAll,
} from './measure.ts';
import { startCountingCore, startProduct } from './processes.ts';
import { type Figures, reportOf } from './report.ts';
import { usageOf } from './usage.ts';

type World = { readonly environment: Environment; readonly out: { write(text: string): void } };
type Asked = ReturnType<typeof parseBench>;

const warming = 2000;
const mostBusy = 0.8;
const openSeconds = 10;

/**
 * `npm run bench [-- --count N] [--redis URL] [--burst N] [--stored N]`: in one run on this machine, bare
 * Express with the same bytes, what the gateway accepts durably, the whole way to a core that answers at
 * once, acknowledgements in an open loop at half of that; then the ledger. Only the ratios mean something
 * on another machine. Out: the exit code, 1 when a promised figure is missed.
 */
export async function bench(args: readonly string[], world: World): Promise<number> {
  if (args[0] === 'duplicates') return benchDuplicates(parseDuplicates(args.slice(1)), world.out);
  const asked = parseBench(args);
  const dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-bench-'));
  const core = await startCountingCore();
  try {
    const given = { dataDir, coreUrl: core.url, redis: asked.redis };
    const settings = await settingsFor(world.environment, given);
    const phones = createPhones(settings);
    const { generator, bare } = await measureBare(bytesOf(phones('ordinary', asked.count)));
    try {
      const product = await startProduct(settings);
      try {
        const measuring = { settings, phones, generator, core, product, sent: [] };
        return tell(await measure(measuring, asked, bare, world), world);
      } finally {
        await product.stop();
      }
    } finally {
      await generator.stop();
    }
  } finally {
    await core.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function tell(figures: Figures, { out }: World): number {
  const { bare, accept, ordinary, open, burst, growth } = figures;
  const gates = gatesOf({
    ...figures,
    acceptRatio: accept.accept.perSecond / bare.perSecond,
    endToEndRatio: ordinary.perSecond / bare.perSecond,
    ackP99Ms: open.p99Ms,
    burst: burst && { waiting: burst.waiting, mostMb: burst.mostMb },
    growth: growth?.ratio ?? null,
  });
  out.write(reportOf(figures, gates));
  return missed(gates).length === 0 ? 0 : 1;
}

/** The yardstick; and as many generator threads as it takes not to be what is measured. */
async function measureBare(
  requests: readonly Uint8Array[],
): Promise<{ generator: Generator; bare: Load }> {
  for (let threads = 1; ; threads += 1) {
    const generator = startGenerator(threads);
    const bare = await bareSpeed(generator, requests);
    if (bare.busy <= mostBusy || threads >= availableParallelism()) return { generator, bare };
    await generator.stop();
  }
}

async function measure(
  measuring: Measuring,
  asked: Asked,
  bare: Load,
  { out }: World,
): Promise<Figures> {
  const { settings, generator, core, product, sent } = measuring;
  const { count } = asked;
  await throughAll(measuring, 'warming', warming);
  const accept = await acceptAlone(measuring, count);
  const ordinary = await throughAll(measuring, 'ordinary', count);
  const numbered = await throughAll(measuring, 'numbered', count);
  // Half of what is worked off, not of what is taken in: more would only grow a backlog.
  const open = await openLoop(measuring, ordinary.perSecond / 2, openSeconds);
  const burst = asked.burst === 0 ? null : await burstOf(measuring, asked.burst);
  const growth =
    asked.stored === 0
      ? null
      : await measureGrowth(measuring, { stored: asked.stored, count }, (text) => {
          out.write(text);
        });
  const usage = await usageOf(product.pid);
  const bareAfter = await bareSpeed(generator, bytesOf(measuring.phones('ordinary', count)));
  const names = new Map(sent.flatMap(({ all }) => all.map(({ digest, name }) => [digest, name])));
  const acknowledged = sent.flatMap(({ all, load }) =>
    load.acknowledged.flatMap((index) => all[index]?.name ?? []),
  );
  const stored = await booksOf(await connectionOf(settings), names);
  return {
    ...{ count, bare, bareAfter, accept, ordinary, numbered, open, burst, growth, usage },
    queue: asked.redis === null ? 'PostgreSQL' : 'Redis',
    processors: availableParallelism(),
    generatorThreads: generator.threads,
    acknowledged: acknowledged.length,
    refused: sent.reduce((sum, { load }) => sum + load.refused, 0),
    ledger: reconcile({ acknowledged, ...stored, atCore: await core.seen() }),
  };
}

/** Everything at once, as after an outage of a provider: what is left of it, and what it took. */
async function burstOf(
  measuring: Measuring,
  count: number,
): Promise<NonNullable<Figures['burst']>> {
  const through = await throughAll(measuring, 'burst', count);
  const { gateway, workers, postgres } = await usageOf(measuring.product.pid);
  return {
    ...{ ...through, count },
    waiting: await pendingIn(measuring.settings),
    mostMb: Math.max(gateway.peakMb, workers.peakMb, postgres.largestMb),
  };
}
