import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../domain/channel.ts';
import { findRunning } from '../embedded/postgres/running.ts';
import { openSecrets } from '../embedded/secrets.ts';
import { UpstreamUnavailable } from '../errors.ts';
import { benchDuplicates } from './alike.ts';
import { booksOf } from './books.ts';
import {
  createPhones,
  parseBench,
  parseDuplicates,
  type Phones,
  type Settings,
  settingsFor,
  type Sms,
} from './given.ts';
import { failuresOf, reconcile } from './ledger.ts';
import { type Generator, type Load, startGenerator } from './load.ts';
import { memoryOf } from './memory.ts';
import {
  type CountingCore,
  startCountingCore,
  startEcho,
  startProduct,
  until,
} from './processes.ts';
import { type EndToEnd, type Figures, reportOf } from './report.ts';

type World = { readonly environment: Environment; readonly out: { write(text: string): void } };

const width = 64;
const warming = 500;
const mostBusy = 0.8;
/** The open loop is short of this long: at half of what was accepted, a backlog grows meanwhile. */
const openSeconds = 10;

/**
 * `npm run bench [-- --count N] [--redis URL]`: in one run on this machine, bare Express with the same
 * bytes, durable accept of signed SMS, end to end to a core that answers at once, and acknowledgements in
 * an open loop; then the ledger. Only the ratios mean something on another machine. Out: the exit code.
 */
export async function bench(args: readonly string[], world: World): Promise<number> {
  if (args[0] === 'duplicates') return benchDuplicates(parseDuplicates(args.slice(1)), world.out);
  const { count, redis } = parseBench(args);
  const dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-bench-'));
  const core = await startCountingCore();
  try {
    const given = { dataDir, coreUrl: core.url, redis };
    const settings = await settingsFor(world.environment, given);
    const phones = createPhones(settings);
    const { generator, bare } = await measureBare(bytesOf(phones('ordinary', count)));
    try {
      const rest = await measureProduct({ settings, phones, generator, core, count });
      const queue = redis === null ? 'PostgreSQL' : 'Redis';
      const figures = { ...rest, count, queue, bare, processors: availableParallelism() } as const;
      return tell(figures, world);
    } finally {
      await generator.stop();
    }
  } finally {
    await core.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

function tell(figures: Figures, { out }: World): number {
  // A petition is the worst there can be, and is told; ordinary reports are what must be quick enough.
  const endToEnd = [figures.ordinary.perSecond];
  const failures = failuresOf({ ...figures, endToEnd, onRedis: figures.queue === 'Redis' });
  out.write(reportOf(figures, failures));
  return failures.length === 0 ? 0 : 1;
}

const bytesOf = (all: readonly Sms[]): Uint8Array[] => all.map(({ bytes }) => bytes);

/** The yardstick; and as many generator threads as it takes not to be what is measured. */
async function measureBare(
  requests: readonly Uint8Array[],
): Promise<{ generator: Generator; bare: Load }> {
  const echo = await startEcho();
  try {
    for (let threads = 1; ; threads += 1) {
      const generator = startGenerator(threads);
      await generator.closed(echo.port, requests.slice(0, 2000), width); // warm
      const bare = await generator.closed(echo.port, requests, width);
      if (bare.busy <= mostBusy || threads >= availableParallelism()) return { generator, bare };
      await generator.stop();
    }
  } finally {
    await echo.stop();
  }
}

type Measuring = {
  readonly settings: Settings;
  readonly phones: Phones;
  readonly generator: Generator;
  readonly core: CountingCore;
  readonly count: number;
};

type Measured = Omit<Figures, 'count' | 'queue' | 'bare' | 'processors'>;

async function measureProduct(measuring: Measuring): Promise<Measured> {
  const { settings, phones, generator, core, count } = measuring;
  const product = await startProduct(settings);
  try {
    const sent: Sent[] = [];
    const endToEnd = async (kind: 'warming' | 'ordinary' | 'numbered', size: number) => {
      const all = phones(kind, size);
      const figures = await throughAll(measuring, bytesOf(all));
      sent.push({ all, load: figures.accept });
      return figures;
    };
    await endToEnd('warming', warming);
    const ordinary = await endToEnd('ordinary', count);
    const numbered = await endToEnd('numbered', count);
    const intendedPerSecond = ordinary.accept.perSecond / 2;
    const all = phones('open', Math.min(count, Math.ceil(intendedPerSecond * openSeconds)));
    const open = await generator.open(Number(settings.PORT), bytesOf(all), intendedPerSecond);
    sent.push({ all, load: open });
    await drained(settings);
    const memory = await memoryOf(product.pid);
    const books = await booksIn(settings, sent, core);
    return {
      generatorThreads: generator.threads,
      ...{ ordinary, numbered, memory },
      open: { ...open, intendedPerSecond },
      acknowledged: books.acknowledged.length,
      refused: sent.reduce((sum, { load }) => sum + load.refused, 0),
      ledger: reconcile(books),
    };
  } finally {
    await product.stop();
  }
}

/** From the first request until the core knows of the last message. */
async function throughAll(
  { settings, generator, core }: Measuring,
  requests: readonly Uint8Array[],
): Promise<EndToEnd> {
  core.busy();
  const startedAt = performance.now();
  const accept = await generator.closed(Number(settings.PORT), requests, width);
  await drained(settings);
  const seconds = (performance.now() - startedAt) / 1000;
  return { accept, perSecond: accept.acknowledged.length / seconds, coreBusy: core.busy() };
}

type Sent = { readonly all: readonly Sms[]; readonly load: Load };

async function booksIn(
  { DATA_DIR: dataDir = '' }: Settings,
  sent: readonly Sent[],
  core: CountingCore,
) {
  const connection = await findRunning(dataDir, openSecrets(dataDir).hex('postgres'));
  if (!connection) throw new UpstreamUnavailable('the database of the product is not there');
  const names = new Map(sent.flatMap(({ all }) => all.map(({ digest, name }) => [digest, name])));
  const acknowledged = sent.flatMap(({ all, load }) =>
    load.acknowledged.flatMap((index) => all[index]?.name ?? []),
  );
  return { acknowledged, ...(await booksOf(connection, names)), atCore: await core.seen() };
}

function drained(settings: Settings): Promise<void> {
  return until('everything is at the core', 600_000, async () => {
    const text = await (await fetch(`http://127.0.0.1:${settings.INTERNAL_PORT}/metrics`)).text();
    const pending = [...text.matchAll(/^satupintu_pending\{.*\} (\d+)$/gm)];
    return pending.length > 0 && pending.every(([, waiting]) => waiting === '0');
  });
}
