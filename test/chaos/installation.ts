import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/bench/free-port.ts';
import { startChaosCore } from './core.ts';
import { startOwnPostgres } from './postgres.ts';
import { type Product, startProduct } from './processes.ts';
import { startProviderStub } from './provider-stub.ts';
import { startOwnRedis } from './redis.ts';
import { coreSecret, settingsWith } from './settings.ts';
import { makeSpoolDisk } from './spool-disk.ts';

export type Gateway = Product & { readonly dataDir: string };

export type Installation = Awaited<ReturnType<typeof startInstallation>>;

type Options = {
  readonly queue: 'redis' | 'postgres';
  readonly gateways?: number;
  readonly workers?: number;
  /** Data and logs stay when all is over. */
  readonly keep?: boolean;
};

type Part = { readonly close: () => Promise<void> | void; readonly destroy?: () => void };

/** What runs now; whoever must end at once ends these. */
const running = new Set<{ readonly destroy: () => void }>();

/** Everything as in production, in one place: stores, gateways and workers, each to be broken. */
export async function startInstallation(options: Options) {
  const folder = await mkdtemp(join(tmpdir(), 'satu-pintu-chaos-'));
  await chmod(folder, 0o711); // PostgreSQL runs as somebody else
  const parts: Part[] = [];
  const own = <Made extends Part>(part: Made): Made => {
    parts.push(part);
    return part;
  };
  const destroy = (): void => {
    for (const part of parts.toReversed()) part.destroy?.();
  };
  const self = { destroy };
  running.add(self);
  const close = async (): Promise<void> => {
    for (let part = parts.pop(); part; part = parts.pop()) await part.close();
    running.delete(self);
    if (options.keep !== true) await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await build(folder, options, own)), folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Own = <Made extends Part>(part: Made) => Made;

async function build(folder: string, { queue, gateways = 2, workers = 2 }: Options, own: Own) {
  const postgres = own(await startOwnPostgres(join(folder, 'postgres')));
  const redis = queue === 'redis' ? own(await startOwnRedis(join(folder, 'redis'))) : null;
  const core = own(await startChaosCore(await freePort(), coreSecret));
  const providers = own(await startProviderStub(await freePort()));
  const settings: Readonly<Record<string, string>> = {
    ...settingsWith(providers.url),
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    NODE_ENV: 'production',
    DATABASE_URL: postgres.url,
    ROUTING_CORE_URL: core.url,
    MEDIA_DIR: join(folder, 'media'),
    ...(redis ? { REDIS_URL: redis.url } : {}),
  };
  const disks = new Map<string, ReturnType<typeof makeSpoolDisk>>();
  const ownDisk = (dataDir: string) => {
    const disk = makeSpoolDisk(dataDir);
    own({ close: disk.close, destroy: disk.close });
    return disk;
  };
  const make = async (role: 'gateway' | 'worker', number: number): Promise<Gateway> => {
    const name = `${role}-${number}`;
    const dataDir = join(folder, name);
    await mkdir(dataDir);
    if (role === 'gateway') disks.set(name, ownDisk(dataDir));
    const port = await freePort();
    const internalPort = await freePort();
    const environment = {
      ...settings,
      PORT: String(port),
      INTERNAL_PORT: String(internalPort),
      DATA_DIR: dataDir,
    };
    const logs = join(folder, 'logs');
    const product = await startProduct({
      ...{ name, role, environment, port, internalPort },
      folder: logs,
    });
    own({ close: product.stop, destroy: product.destroy });
    return { ...product, dataDir };
  };
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const all = {
    gateways: await Promise.all(numbered(gateways).map((number) => make('gateway', number))),
    workers: await Promise.all(numbered(workers).map((number) => make('worker', number))),
  };
  await Promise.all([...all.gateways, ...all.workers].map((product) => product.start()));
  return { postgres, redis, core, settings, ...all, diskOf: (name: string) => disks.get(name) };
}

/** Ends everything at once, by pid. */
export function destroyAll(): void {
  for (const installation of running) installation.destroy();
}
