import express from 'express';
import { createHash } from 'node:crypto';
import pino from 'pino';
import { channels } from '../../channels/index.ts';
import type { Environment } from '../../src/domain/channel.ts';
import { startFakes } from '../../src/embedded/fakes.ts';
import { createAssets } from '../../src/http/assets.ts';
import { createFailureHandler } from '../../src/http/failures.ts';
import { listen } from '../../src/http/listen.ts';
import { pageSecurity } from '../../src/http/page-security.ts';
import { createSimulator } from '../../src/http/simulator.ts';
import type { Role } from '../../src/parts.ts';
import { startCore } from './core.ts';
import { publicUrl, startGateway } from './gateway.ts';
import { createTestDatabase } from './postgres.ts';

const names = ['sms', 'x', 'facebook', 'telegram'] as const;

/** Made-up settings of all channels that have a provider, as demo mode makes them. */
const settings = new Map<string, Environment>(
  channels.map((module) => [
    module.name,
    module.demo((name) => createHash('sha256').update(name).digest('hex')),
  ]),
);

/** The phone before a real gateway: real pages, real fake providers, and a core on the far side. */
export async function openSimulator(role: Role = 'gateway') {
  const database = await createTestDatabase();
  const core = await startCore();
  const fakes = await startFakes({
    settings: (channel) => settings.get(channel) ?? {},
    publicUrl,
    pace: 0.01,
    random: () => 0.99, // what is sent is delivered once
  });
  const gateway = await startGateway({
    databaseUrl: database.url,
    coreUrl: core.url,
    role,
    environment: Object.fromEntries(
      names.flatMap((name) => Object.entries({ ...settings.get(name), ...fakes.variables(name) })),
    ),
  });
  for (const name of names) await fakes.of(name)?.connect(gateway.url);
  const closing = new AbortController();
  const log = pino({ enabled: false });
  const assets = createAssets();
  const app = express();
  app.use(pageSecurity({ publicUrl: 'http://localhost', framed: true }));
  app.use(assets.router);
  const site = { demo: true, asset: assets.url };
  app.use(
    createSimulator({ fakes, site, closing: closing.signal, now: Date.now, log, total: 120 }),
  );
  app.use(createFailureHandler(log));
  const listener = await listen(app, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    ...{ database: database.database, core, fakes, gateway },
    /** The settings of a channel, credentials at its fake provider included. */
    settings: (name: string): Environment => ({ ...settings.get(name), ...fakes.variables(name) }),
    close: async () => {
      closing.abort();
      await listener.close();
      await gateway.stop();
      await fakes.close();
      await core.stop();
      await database.drop();
    },
  };
}
