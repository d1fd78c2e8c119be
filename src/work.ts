import { createCare } from '../workers/care.ts';
import { createBackfills } from '../workers/backfill.ts';
import { createForward } from '../workers/forward.ts';
import { createJudge } from '../workers/judge.ts';
import { createPollers } from '../workers/poll.ts';
import { createRead } from '../workers/read.ts';
import { createRunLane, createWorkers } from '../workers/run.ts';
import { createSweeper } from '../workers/sweep.ts';
import { addressOf, type Config, reachedAt } from './config.ts';
import { createCoreClient } from './core/client.ts';
import { createPacer, type Pacer } from './core/pacer.ts';
import type { Tools } from './domain/channel.ts';
import { createJudging } from './judging.ts';
import type { Parts } from './parts.ts';
import type { Addresses } from './servers.ts';
import { requeueClosed } from './store/inbox.ts';
import { closeIncident, openIncident, pseudonymKey } from './store/operation.ts';
import { hurryEvents } from './store/outbox.ts';

/** The workers: read, judge, forward; the sweeper and the pollers beside them. */
export async function startWork(parts: Parts, addresses: Addresses, tools: Tools): Promise<void> {
  const { database, seal, channels, log, wake, metrics, release, config } = parts;
  const requeued = await requeueClosed(database, [...channels.keys()]);
  if (requeued > 0) log.info({ requeued }, 'deliveries of reopened channels put back to work');
  const key = await pseudonymKey(database, seal);
  const judging = await createJudging(config, key, tools.newId);
  const run = createRunLane(
    {
      read: createRead({ ...parts, ...judging, wake: wake.wake }),
      judge: createJudge({ ...parts, ...judging, wake: wake.wake }),
      forward: createForward({
        database,
        seal,
        log,
        metrics,
        core: createCoreClient({ ...coreTarget(parts, addresses), ...tools }),
        pacer: endedBy(
          parts.closing.signal,
          createPacer({ now: steady, random: Math.random, changed: coreChanged(parts) }),
          tools.now,
        ),
        now: tools.now,
        random: Math.random,
      }),
    },
    log,
    createCare({ database, log }),
  );
  const workers = createWorkers(parts.queueSource, run, log);
  // What runs is finished; no lane begins its next stretch (a core that hangs is waited for once).
  const inFlight = { mostMs: 16_000 };
  const closeWorkers = () => Promise.all([workers.close(), run.idle()]);
  release.push('workers', closeWorkers, inFlight);
  const { rawRetentionDays } = config;
  const { pseudonym } = judging;
  const swept = { database, run, log, everyMs: 1000, rawRetentionDays, pseudonym };
  const sweeper = createSweeper(swept);
  release.push('sweeper', () => sweeper.close(), inFlight);
  const asked = { ...parts, intake: parts.asking, channels: [...channels.values()] };
  const backfills = createBackfills({
    ...asked,
    pseudonym,
    publicUrl: config.publicUrl,
  });
  release.push('backfill', () => backfills.close(), inFlight);
  const pollers = createPollers(asked);
  release.push('pollers', () => pollers.close(), { mostMs: 4000 });
}

function coreTarget({ config, keys }: Parts, addresses: Addresses) {
  return config.core ?? { url: embeddedCoreUrl(config, addresses), secrets: keys.coreSecrets };
}

/** In demo mode the embedded core is on the public listener; otherwise only this machine may see it. */
function embeddedCoreUrl(config: Config, addresses: Addresses): string {
  const gateway = config.demo
    ? (addresses.public ?? addressOf(config.host, config.port))
    : addresses.public === null
      ? addressOf(reachedAt(config.internalHost), config.internalPort)
      : addresses.internal;
  return `${gateway}/core/events`;
}

/** Goes on evenly when the clock is set: no pause of the core becomes a day long. */
const steady = (): number => performance.timeOrigin + performance.now();

/** When we stop, what is being sent is finished and nothing more is begun. */
const endedBy = (closing: AbortSignal, pacer: Pacer, now: () => number): Pacer => ({
  ...pacer,
  nextAt: () => (closing.aborted ? Infinity : now() + pacer.nextAt() - steady()),
  admit: (id) => !closing.aborted && pacer.admit(id),
});

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
