import type { RequestHandler } from 'express';
import { addressOf, type Config, isLoopback, reachedAt } from './config.ts';
import { ConfigInvalid } from './errors.ts';
import { createNetworkReader } from './http/address.ts';
import { createApp } from './http/app.ts';
import { type Assets, createAssets } from './http/assets.ts';
import { createAttachments } from './http/attachments.ts';
import { createBodyReader } from './http/body.ts';
import { createCoreEvents } from './http/core-events.ts';
import { createCoreDoor, createCoreInbox } from './http/core-inbox.ts';
import { createInternalApp, onlyByOwnName } from './http/internal.ts';
import { listen, type Listener } from './http/listen.ts';
import { createNotFound } from './http/site.ts';
import { createWebhooks } from './http/webhooks.ts';
import { exposition } from './metrics.ts';
import { createPages, fileOpener } from './pages.ts';
import type { Parts, Role } from './parts.ts';
import { createReadiness } from './readiness.ts';

export type Addresses = { readonly public: string | null; readonly internal: string };

/** Opens the listeners: the internal one in every role, the public one where deliveries arrive. */
export async function startServers(parts: Parts, role: Role): Promise<Addresses> {
  const { config, release } = parts;
  const readBody = createBodyReader(createNetworkReader(config.trustProxy));
  if (role === 'hands') return { public: null, internal: '' };
  const assets = createAssets();
  const site = { demo: config.demo, asset: assets.url };
  const openFile = fileOpener(parts);
  const inbox = config.core === null ? inboxOf(parts, assets, { site, readBody, openFile }) : [];
  const internal = await listenInternally(parts, role, config.demo ? [] : inbox);
  const addresses = { internal: addressOf(reachedAt(config.internalHost), internal.port) };
  if (role === 'worker') {
    release.push('internal listener', () => internal.close());
    return { ...addresses, public: null };
  }
  const app = createApp({
    ...config,
    log: parts.log,
    webhooks: createWebhooks({ ...parts, publicUrl: config.publicUrl, readBody, now: Date.now }),
    routers: [
      createCoreEvents({ ...coreParts(parts), readBody, now: Date.now }),
      createAttachments({ ...coreParts(parts), openFile, log: parts.log, now: Date.now }),
      assets.router,
      createPages(parts, site),
      ...(config.demo ? inbox : []),
    ],
    notFound: createNotFound(site),
  });
  const { host, port } = config;
  const place = { host, port, variable: 'PORT', isBehindProxy: config.trustProxy > 0 };
  const open = await listen(app, { ...place, closing: parts.closing.signal }).catch(
    async (error: unknown) => {
      await internal.close();
      throw error;
    },
  );
  release.push('internal listener', () => internal.close());
  release.push('public listener', () => open.close(), { mostMs: 4000 });
  return { ...addresses, public: addressOf(host, open.port) };
}

type Inbox = Pick<Parameters<typeof createCoreInbox>[0], 'site' | 'readBody' | 'openFile'>;

/**
 * Of real complaints only this machine may see it, where none of the public pages is; a listener that
 * others reach takes events, which are signed, and shows nothing.
 */
function inboxOf(parts: Parts, assets: Assets, { site, ...given }: Inbox): RequestHandler[] {
  const { demo, publicUrl, internalHost } = parts.config;
  const deps = { ...coreParts(parts), ...given, publicUrl };
  if (demo) return [createCoreInbox({ ...deps, site })];
  if (!isLoopback(internalHost)) return [createCoreDoor(deps)];
  const inbox = createCoreInbox({ ...deps, site: { ...site, internal: true } });
  return [onlyByOwnName, assets.router, inbox];
}

function coreParts({ database, seal, keys, config, closing }: Parts) {
  return { database, seal, secrets: keys.coreSecrets, demo: config.demo, closing: closing.signal };
}

async function listenInternally(
  parts: Parts,
  role: Role,
  routers: readonly RequestHandler[],
): Promise<Listener> {
  const { config, tellers, log } = parts;
  const tellMetrics = async () => exposition(await Promise.all(tellers.map((tell) => tell())));
  const app = createInternalApp({ tellMetrics, log, routers, readiness: createReadiness(parts) });
  const { internalHost: host } = config;
  const variable = 'INTERNAL_PORT';
  if (role !== 'worker') return listen(app, { host, port: config.internalPort, variable });
  // A worker beside a gateway must not fight for its port; the log says which one it got.
  const port = config.internalPortFixed ? config.internalPort : workerPort(config);
  return listen(app, { host, port, variable }).catch((error: unknown) => {
    if (config.internalPortFixed || !(error instanceof ConfigInvalid)) throw error;
    return listen(app, { host, port: 0, variable });
  });
}

const workerPort = ({ internalPort }: Config): number =>
  internalPort === 0 ? 0 : internalPort + 1;
