import { setTimeout as sleep } from 'node:timers/promises';
import { createLimiter, type Log } from '../src/log.ts';
import type { Database } from '../src/store/database.ts';
import { mendDueTimes } from '../src/store/due.ts';
import { keyOldEvents } from '../src/store/event-keys.ts';
import { findOverdueLanes, type Stage } from '../src/store/lanes.ts';
import {
  dropOldBodies,
  dropOldMessages,
  dropOldWords,
  dropOutlived,
} from '../src/store/retention.ts';
import { eventKeyOf } from './read.ts';
import type { RunLane } from './run.ts';

type Deps = {
  readonly database: Database;
  readonly run: RunLane;
  readonly log: Log;
  readonly everyMs: number;
  readonly rawRetentionDays: number;
  readonly pseudonym: (channel: string, identity: string) => string;
};

/** How many neglected lanes are run side by side. */
const width = 4;
const retentionEveryMs = 60_000;
const tidyEveryMs = 3_600_000;

/** Swept apart: a core that answers slowly must not keep what has just arrived from being looked at. */
const rounds: readonly (readonly Stage[])[] = [['read', 'judge'], ['forward']];

/**
 * Looks at rows, never at jobs: whatever waits longer than a second is run here and now, so that a
 * lost wake-up, a killed worker or a queue that is away costs seconds and nothing else.
 */
export function createSweeper(deps: Deps) {
  const { database, log, rawRetentionDays } = deps;
  let stopped = false;
  const isStopped = () => stopped;
  // While PostgreSQL is away each look fails: the first is said at once, then one line a minute.
  const limit = createLimiter(60_000, Date.now);
  const failed = (error: unknown) => {
    limit((withheld) => {
      log.warn({ err: error, withheld }, 'sweep failed');
    });
  };
  const repeated = [
    ...rounds.map((round) => repeat(failed, () => sweep(deps, round, isStopped), deps.everyMs)),
    repeat(
      failed,
      async () => {
        const mended = await mendDueTimes(database);
        if (mended > 0) log.warn({ mended }, 'clock was turned back; what waited for it goes on');
        const deliveries = await dropOldBodies(database, rawRetentionDays);
        const messages = await dropOldMessages(database, rawRetentionDays);
        const words = await dropOldWords(database);
        if (deliveries + messages + words > 0) {
          log.info({ deliveries, messages, words }, 'old bodies deleted');
        }
      },
      retentionEveryMs,
    ),
    repeat(failed, () => keyEvents(deps, isStopped), tidyEveryMs),
    repeat(
      failed,
      async () => {
        const dropped = await dropOutlived(database);
        if (Object.values(dropped).some((count) => count > 0))
          log.info(dropped, 'old rows deleted');
      },
      tidyEveryMs,
    ),
  ];
  return {
    /** Looks no more. Lanes it runs are waited for by who waits for all of them. */
    close: () => {
      stopped = true;
      for (const { stop } of repeated) stop();
      return Promise.resolve();
    },
  };
}

const betweenBatchesMs = 50;

/** After an update from an older release: a million rows take some minutes and nobody waits for them. */
async function keyEvents(
  { database, log, pseudonym }: Deps,
  isStopped: () => boolean,
): Promise<void> {
  const keyOf = (channel: string, account: string, id: string) =>
    eventKeyOf(pseudonym, channel, account, id);
  let all = 0;
  for (let keyed = 1; keyed > 0 && !isStopped(); all += keyed) {
    keyed = await keyOldEvents(database, keyOf);
    if (keyed > 0) await sleep(betweenBatchesMs);
  }
  if (all > 0) log.info({ events: all }, 'event ids keyed');
}

async function sweep(
  { database, run }: Deps,
  round: readonly Stage[],
  isStopped: () => boolean,
): Promise<void> {
  for (const stage of round) {
    if (isStopped()) return;
    const lanes = await findOverdueLanes(database, stage);
    const serve = async (): Promise<void> => {
      for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
        if (isStopped()) return;
        await run(stage, lane);
      }
    };
    await Promise.all(Array.from({ length: width }, serve));
  }
}

function repeat(failed: (error: unknown) => void, act: () => Promise<void>, everyMs: number) {
  let stopped = false;
  const tick = (): void => {
    void act()
      .catch((error: unknown) => {
        if (!stopped) failed(error);
      })
      .then(() => {
        // Jitter, so that several processes do not look at the same moment.
        if (!stopped) timer = setTimeout(tick, everyMs * (0.75 + Math.random() / 2));
      });
  };
  let timer = setTimeout(tick, Math.min(everyMs, 1000));
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
