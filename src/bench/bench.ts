import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Environment } from '../domain/channel.ts';
import { type ProviderRequest, simulators } from '../embedded/providers.ts';
import { Invalid } from '../errors.ts';
import { benchDuplicates } from './alike.ts';
import { freePort } from './free-port.ts';
import { load } from './load.ts';
import { startCountingCore, startEcho, startProduct, until } from './processes.ts';

type World = { readonly environment: Environment; readonly out: { write(text: string): void } };

const width = 64;
const citizens = 2000;

/**
 * `npm run bench [-- --count N] [--redis URL]`: in one run on this machine, bare Express with the same
 * bytes, durable accept of signed SMS, and end to end to a core that answers at once; then the ledger:
 * every 2xx at the core once. Only the ratios mean something on another machine.
 */
export async function bench(args: readonly string[], world: World): Promise<number> {
  if (args[0] === 'duplicates') return benchDuplicates(parseDuplicates(args.slice(1)), world.out);
  const { count, redis } = parse(args);
  const dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-bench-'));
  const core = await startCountingCore();
  const settings = await settingsFor(world.environment, dataDir, core.url, redis);
  const requests = Array.from({ length: count }, (_, index) => sms(settings, index));
  const echo = await startEcho();
  await load(echo.port, requests.slice(0, 2000), width); // warm
  const bare = await load(echo.port, requests, width);
  await echo.stop();
  const product = await startProduct(settings);
  const port = Number(settings['PORT']);
  await load(
    port,
    Array.from({ length: 500 }, (_, index) => sms(settings, count + index)),
    width,
  );
  await drained(settings);
  core.seen.clear();
  const startedAt = performance.now();
  const accept = await load(port, requests, width);
  await drained(settings);
  const endToEnd = accept.acknowledged.length / ((performance.now() - startedAt) / 1000);
  const peakMb = await peakMemory(product.pid);
  await product.stop();
  core.stop();
  await rm(dataDir, { recursive: true, force: true });

  const twice = [...core.seen.values()].filter((times) => times > 1).length;
  const exact = core.seen.size === accept.acknowledged.length && accept.refused === 0;
  const row = (what: string, perSecond: number, more: string) =>
    `${what.padEnd(28)}${perSecond.toFixed(0).padStart(8)}/s${(perSecond / bare.perSecond).toFixed(3).padStart(8)}  ${more}\n`;
  const times = (p50: number, p99: number) => `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  world.out.write(
    [
      `${count} signed SMS of ${citizens} citizens, ${width} at a time; queue on ${redis ? 'Redis' : 'PostgreSQL'}\n`,
      row('(a) bare Express 5', bare.perSecond, times(bare.p50Ms, bare.p99Ms)),
      row('(b) durable accept', accept.perSecond, times(accept.p50Ms, accept.p99Ms)),
      row('(c) end to end', endToEnd, `gateway's peak memory ${peakMb.toFixed(0)} MB`),
      `ledger: ${accept.acknowledged.length} acknowledged, ${core.seen.size} at the core, ${twice} called twice, ${accept.refused} refused: ${exact ? 'exact' : 'NOT EXACT'}\n`,
      `${JSON.stringify({ count, bare: bare.perSecond, accept: accept.perSecond, endToEnd, peakMb, exact })}\n`,
    ].join(''),
  );
  return exact ? 0 : 1;
}

function parseDuplicates(args: readonly string[]): { file: string | null; stored: number } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { stored: { type: 'string', default: '1000000' } },
  });
  const stored = Number(values.stored);
  if (!Number.isInteger(stored) || stored < 0 || stored > 10_000_000) {
    throw new Invalid('--stored must be a whole number from 0 to 10000000');
  }
  return { file: positionals[0] ?? null, stored };
}

function parse(args: readonly string[]): { count: number; redis: string | null } {
  const { values } = parseArgs({
    args: [...args],
    options: { count: { type: 'string', default: '10000' }, redis: { type: 'string' } },
  });
  const count = Number(values.count);
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000) {
    throw new Invalid('--count must be a whole number from 1 to 1000000');
  }
  return { count, redis: values.redis ?? null };
}

async function settingsFor(
  environment: Environment,
  dataDir: string,
  coreUrl: string,
  redis: string | null,
): Promise<Record<string, string>> {
  const [port, internalPort] = [await freePort(), await freePort()];
  return {
    PATH: environment['PATH'] ?? '',
    HOME: environment['HOME'] ?? '',
    NODE_ENV: 'production',
    PORT: String(port),
    INTERNAL_PORT: String(internalPort),
    PUBLIC_URL: 'https://bench.example',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    ROUTING_CORE_URL: coreUrl,
    ROUTING_CORE_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    TWILIO_ACCOUNT_SID: `AC${randomBytes(16).toString('hex')}`,
    TWILIO_AUTH_TOKEN: randomBytes(16).toString('hex'),
    ...(redis === null ? {} : { REDIS_URL: redis }),
  };
}

function sms(settings: Environment, index: number): ProviderRequest {
  const simulator = simulators['sms'];
  if (!simulator) throw new Invalid('there is no SMS simulator');
  return simulator.request(settings, 'https://bench.example', {
    from: `+62812${String(10_000_000 + (index % citizens))}`,
    text: `Jalan berlubang di depan SDN ${index} Sukmajaya, sudah dua bulan belum diperbaiki`,
  });
}

function drained(settings: Environment): Promise<void> {
  return until('everything is at the core', 600_000, async () => {
    const address = `http://127.0.0.1:${settings['INTERNAL_PORT'] ?? ''}/metrics`;
    const text = await (await fetch(address)).text();
    const pending = [...text.matchAll(/^satupintu_pending\{.*\} (\d+)$/gm)];
    return pending.length > 0 && pending.every(([, waiting]) => waiting === '0');
  });
}

async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}
