import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { channels } from '../../channels/index.ts';
import { readConfig } from '../../src/config.ts';
import type { ChannelModule, Environment } from '../../src/domain/channel.ts';
import type { Role } from '../../src/parts.ts';
import { startRuntime } from '../../src/runtime.ts';
import { coreSecret } from './core.ts';

export const publicUrl = 'https://lapor.example.go.id';

/** Settings of real channels, with dummies for secrets. */
export const channelSettings: Environment = {
  TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000001',
  TWILIO_AUTH_TOKEN: 'twilio-token-for-tests-0000000000',
  // Nobody listens there: what a gateway asks of itself (backfill) must not leave this machine.
  TWILIO_API_URL: 'http://127.0.0.1:9',
  TELEGRAM_API_URL: 'http://127.0.0.1:9',
  TELEGRAM_BOT_TOKEN: '777000:telegram-token-for-tests',
  TELEGRAM_SECRET_TOKEN: 'telegram-secret-for-tests',
  TELEGRAM_BOT_USERNAME: 'LaporBot',
};

type Options = {
  readonly databaseUrl: string;
  readonly coreUrl: string;
  readonly role?: Role;
  readonly environment?: Environment;
  readonly modules?: readonly ChannelModule[];
};

/** The whole product in this process, on free ports: real PostgreSQL, real queue, real HTTP. */
export async function startGateway(options: Options) {
  const dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-data-'));
  const modules = options.modules ?? channels;
  const environment: Environment = {
    PORT: '0',
    PUBLIC_URL: publicUrl,
    DATA_DIR: dataDir,
    DATABASE_URL: options.databaseUrl,
    DATA_KEY: Buffer.alloc(32, 1).toString('base64'),
    ROUTING_CORE_URL: options.coreUrl,
    ROUTING_CORE_SECRET: coreSecret,
    LOG_LEVEL: 'debug',
    ...channelSettings,
    ...options.environment,
  };
  const lines: string[] = [];
  const config = readConfig(
    environment,
    modules.flatMap((module) => module.variables),
  );
  const runtime = await startRuntime({
    config,
    environment,
    modules,
    role: options.role ?? 'all',
    sink: { write: (line) => lines.push(line) },
  });
  return {
    url: runtime.addresses.public ?? '',
    internalUrl: runtime.addresses.internal,
    /** Everything logged, as text. */
    log: () => lines.join(''),
    metric: async (line: string): Promise<number> => {
      const text = await (await fetch(`${runtime.addresses.internal}/metrics`)).text();
      const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
      return Number(found?.split(' ').at(-1) ?? 0);
    },
    stop: async () => {
      await runtime.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;

/** Waits until `check` gives something, looking often; fails after `ms` with `what`. */
export async function eventually<Result>(
  what: string,
  check: () => Promise<Result | null | undefined | false>,
  ms = 10_000,
): Promise<Result> {
  const end = Date.now() + ms;
  for (;;) {
    const result = await check();
    if (result !== null && result !== undefined && result !== false) return result;
    if (Date.now() > end) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
