import { randomInt } from 'node:crypto';
import { createForward } from '../workers/forward.ts';
import { createJudge } from '../workers/judge.ts';
import { createPollers } from '../workers/poll.ts';
import { createRead } from '../workers/read.ts';
import { createRunLane, createWorkers } from '../workers/run.ts';
import { createSweeper } from '../workers/sweep.ts';
import { loadAreas } from './areas.ts';
import { addressOf, type Config } from './config.ts';
import { createCoreClient } from './core/client.ts';
import { createPacer } from './core/pacer.ts';
import { createDictionary } from './dictionary.ts';
import type { Tools } from './domain/channel.ts';
import { readKeyword } from './domain/keywords.ts';
import type { Understanding } from './domain/said.ts';
import { createSigner } from './domain/signature.ts';
import { newTrackingNumber } from './domain/tracking-number.ts';
import type { Parts } from './parts.ts';
import type { Addresses } from './servers.ts';
import { requeueClosed } from './store/inbox.ts';
import { closeIncident, openIncident, pseudonymKey } from './store/operation.ts';
import { hurryEvents } from './store/outbox.ts';
import { createPseudonyms, keyFor } from './store/seal.ts';

/** The workers: read, judge, forward; the sweeper and the pollers beside them. */
export async function startWork(parts: Parts, addresses: Addresses, tools: Tools): Promise<void> {
  const { database, seal, channels, log, wake, metrics, release, config } = parts;
  const requeued = await requeueClosed(database, [...channels.keys()]);
  if (requeued > 0) log.info({ requeued }, 'deliveries of reopened channels put back to work');
  const key = await pseudonymKey(database, seal);
  const pseudonym = createPseudonyms(key);
  const signer = createSigner(keyFor(key, 'signatures'));
  const isOrdinaryWord = createDictionary();
  const reading: Understanding = {
    gazetteer: await loadAreas(),
    isOrdinaryWord,
    readKeyword: (text) => readKeyword(config.keywords, isOrdinaryWord, text),
  };
  const run = createRunLane(
    {
      read: createRead({ ...parts, pseudonym, wake: wake.wake }),
      judge: createJudge({
        ...parts,
        wake: wake.wake,
        reading,
        sign: ({ sense }) => signer(sense.comparable),
        newId: tools.newId,
        anonymousRef: (complaintId) => pseudonym('anonymous', complaintId),
        attachmentUrl: (id) => `${config.publicUrl}/api/v1/attachments/${id}`,
        newTrackingNumber: () => newTrackingNumber(randomInt),
      }),
      forward: createForward({
        database,
        seal,
        log,
        metrics,
        core: createCoreClient({ ...coreTarget(parts, addresses), ...tools }),
        pacer: createPacer({ ...tools, random: Math.random, changed: coreChanged(parts) }),
        now: tools.now,
        random: Math.random,
      }),
    },
    log,
  );
  const workers = createWorkers(parts.queueSource, run, log);
  release.push('workers', async () => {
    await workers.close();
    await run.idle();
  });
  const { rawRetentionDays } = config;
  const sweeper = createSweeper({ database, run, log, everyMs: 1000, rawRetentionDays });
  release.push('sweeper', () => sweeper.close());
  const pollers = createPollers({ ...parts, channels: [...channels.values()] });
  release.push('pollers', () => pollers.close());
}

function coreTarget({ config, keys }: Parts, addresses: Addresses) {
  return config.core ?? { url: embeddedCoreUrl(config, addresses), secrets: keys.coreSecrets };
}

/** In demo mode the embedded core is on the public listener; otherwise only this machine may see it. */
function embeddedCoreUrl(config: Config, addresses: Addresses): string {
  const gateway = config.demo
    ? (addresses.public ?? addressOf(config.host, config.port))
    : addresses.public === null
      ? `http://127.0.0.1:${config.internalPort}`
      : addresses.internal;
  return `${gateway}/core/events`;
}

/** An outage of the core is an incident; its end lets everything go at once. */
function coreChanged({ database, log }: Parts) {
  const core = { kind: 'core', subject: 'routing core' } as const;
  const away = async (detail: string): Promise<void> => {
    log.error({ detail }, 'the routing core is away; events wait');
    await openIncident(database, { ...core, detail });
  };
  const back = async (detail: string): Promise<void> => {
    if (!(await closeIncident(database, core.kind, core.subject))) return;
    log.info({ detail }, 'the routing core is back');
    await hurryEvents(database);
  };
  let recorded: Promise<void> = Promise.resolve();
  return (state: 'away' | 'back', detail: string): void => {
    // One after the other: an end that overtook its beginning would leave the incident open for ever.
    recorded = recorded
      .then(() => (state === 'away' ? away(detail) : back(detail)))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'incident not recorded');
      });
  };
}
