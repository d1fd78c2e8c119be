import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../src/domain/backoff.ts';
import type { Backfill, Channel, Listed } from '../src/domain/channel.ts';
import { AppError, UpstreamThrottled } from '../src/errors.ts';
import type { Intake } from '../src/intake.ts';
import type { Log } from '../src/log.ts';
import type { Metrics } from '../src/metrics.ts';
import {
  beginRun,
  dropOldRuns,
  endRun,
  isUnread,
  lastRunAt,
  recordImpossible,
} from '../src/store/backfill.ts';
import type { Database } from '../src/store/database.ts';
import { allowSlowness, tryHold } from '../src/store/lanes.ts';
import { readCursor, saveCursor } from '../src/store/operation.ts';
import { compare, type Pseudonym } from './backfill-compare.ts';
import { pause } from '../src/wait.ts';

type Deps = {
  readonly database: Database;
  readonly channels: readonly Channel[];
  readonly intake: Pick<Intake, 'accept'>;
  readonly pseudonym: Pseudonym;
  readonly metrics: Pick<Metrics, 'backfill'>;
  readonly log: Log;
  readonly publicUrl: string;
};

/** On an empty database what was said longer ago is not ours: nobody wants years of old messages. */
const firstMs = 24 * 3_600_000;
/** Providers list a message some minutes late, and no two clocks agree. */
const overlapMs = 15 * 60_000;
/** A look must end; the next one goes on from where it got to. */
const mostRunMs = 240_000;
const othersTurnMs = 30_000;
const unreadMs = 5000;
const keptDays = 7;
const waits = { firstMs: 30_000, mostMs: 10 * 60_000 };

/**
 * Asks providers for what their webhooks failed to bring: on start and then at each channel's pace, one
 * process at a time. What is missing is stored like a webhook's delivery, in the order of the provider's
 * time; every look leaves a row.
 */
export function createBackfills(deps: Deps) {
  const stop = new AbortController();
  const loops = deps.channels.map((channel) => start(deps, channel, stop.signal));
  return {
    close: async () => {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

async function start(deps: Deps, channel: Channel, signal: AbortSignal): Promise<void> {
  const { backfill, name } = channel;
  if (backfill === undefined) return;
  if (!('impossible' in backfill)) return loop(deps, channel, backfill, signal);
  const { impossible: reason } = backfill;
  deps.log.info({ channel: name, reason }, 'what a webhook misses cannot be asked for');
  await recordImpossible(deps.database, name, new Date(), reason).catch((error: unknown) => {
    deps.log.warn({ err: error, channel: name }, 'backfill not recorded');
  });
}

async function loop(
  deps: Deps,
  channel: Channel,
  backfill: Backfill,
  signal: AbortSignal,
): Promise<void> {
  const { everyMs } = backfill;
  const { name } = channel;
  let failures = 0;
  let isFirst = true;
  let pauseMs = Math.random() * 300;
  for (;;) {
    await pause(pauseMs, signal);
    if (signal.aborted) return;
    try {
      const waitMs = await takeTurn(deps, channel, backfill, { isFirst, signal });
      failures = 0;
      isFirst = false;
      pauseMs = waitMs ?? everyMs * (0.9 + Math.random() / 5);
    } catch (error) {
      if (isAborted(signal)) return;
      failures += 1;
      pauseMs = backoffMs(failures, waits, Math.random());
      if (error instanceof UpstreamThrottled) {
        pauseMs = Math.max(pauseMs, error.retryAfterMs);
        await keepTime(deps.database, name, error.retryAfterMs);
      }
      deps.log.warn({ err: error, channel: name, failures, pauseMs }, 'backfill failed');
    }
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted;

const notBefore = (name: string): string => `backfill:${name}:not-before`;

/** A rate limit is one for all processes. */
async function keepTime(database: Database, name: string, inMs: number): Promise<void> {
  const at = new Date(Date.now() + inMs).toISOString();
  await saveCursor(database, notBefore(name), at).catch(() => undefined); // asked again, then
}

type Turn = { readonly isFirst: boolean; readonly signal: AbortSignal };

/** One look, under the channel's lock. Out: null, or how long to wait because it was not our turn. */
function takeTurn(
  deps: Deps,
  channel: Channel,
  backfill: Backfill,
  turn: Turn,
): Promise<number | null> {
  const { database } = deps;
  return database.transaction(async (transaction) => {
    if (!(await tryHold(transaction, `backfill:${channel.name}`))) return othersTurnMs;
    const waitMs = await dueInMs(deps, channel.name, backfill, turn);
    if (waitMs > 0) return waitMs;
    await allowSlowness(transaction);
    await look(deps, channel, backfill, turn.signal);
    return null;
  });
}

/** When a process starts it looks at once; later the processes share one pace. */
async function dueInMs(
  { database }: Deps,
  name: string,
  { everyMs }: Backfill,
  { isFirst }: Turn,
): Promise<number> {
  const limit = await readCursor(database, notBefore(name));
  const last = isFirst ? null : await lastRunAt(database, name);
  return Math.max(
    limit === null ? 0 : stillLimited(Date.parse(limit) - Date.now()),
    // One in the future began before a clock was put back.
    last === null || last.getTime() > Date.now() ? 0 : last.getTime() + everyMs * 0.8 - Date.now(),
  );
}

/** No provider limits for longer than an hour: then a clock was put back meanwhile. */
const stillLimited = (ms: number): number => (ms < 3_600_000 ? ms : 0);

type Tally = { listed: number; present: number; added: number; reached: Date | null };

async function look(
  deps: Deps,
  channel: Channel,
  backfill: Backfill,
  stopping: AbortSignal,
): Promise<void> {
  const { database, log, metrics } = deps;
  const { name } = channel;
  const startedAt = new Date();
  const { id, since } = await beginRun(database, { channel: name, startedAt, firstMs, overlapMs });
  const tally: Tally = { listed: 0, present: 0, added: 0, reached: null };
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(mostRunMs)]);
  let reason: string | null = null;
  try {
    const memory = memoryOf(database, name);
    const webhookUrl = `${deps.publicUrl}/webhooks/${name}`;
    for await (const page of backfill.list({ since, webhookUrl, signal, memory })) {
      await store(deps, channel, page, tally);
    }
    tally.reached = startedAt;
  } catch (error) {
    // What a provider says may be anything; ours is only the kind of the error.
    reason =
      error instanceof AppError ? error.message.slice(0, 500) : 'a fault of ours, see the log';
    throw error;
  } finally {
    const { listed, present, added } = tally;
    metrics.backfill.inc({ channel: name, outcome: 'present' }, present);
    metrics.backfill.inc({ channel: name, outcome: 'added' }, added);
    await endRun(database, { id, endedAt: new Date(), ...tally, reason });
    const level = added > 0 ? 'info' : 'debug';
    log[level]({ channel: name, since, listed, present, added, reason }, 'backfill looked');
  }
  await dropOldRuns(database, keptDays);
}

/** `memory` of a channel, committed at once: not part of the transaction that holds the lock. */
function memoryOf(database: Database, name: string) {
  const key = `backfill:${name}`;
  return {
    read: async () => {
      const value = await readCursor(database, key);
      return value === '' ? null : value;
    },
    write: (value: string | null) => saveCursor(database, key, value ?? ''),
  };
}

/** Deliveries are stored in their order: so many at a time share statements without overtaking. */
const chunk = 250;

async function store(
  deps: Deps,
  channel: Channel,
  page: readonly Listed[],
  tally: Tally,
): Promise<void> {
  if (page.length === 0) return;
  await untilRead(deps.database, channel.name);
  const found = await compare(deps, channel, page);
  const missing = found.filter(({ absent }) => absent > 0);
  const receivedAt = new Date();
  const outcomes: ('accepted' | 'repeated')[] = [];
  for (let from = 0; from < missing.length; from += chunk) {
    outcomes.push(
      ...(await Promise.all(
        missing
          .slice(from, from + chunk)
          // By the provider's name of it: unreadable or not, it is stored once.
          .map(({ key, request }) => deps.intake.accept(channel.name, request, receivedAt, key)),
      )),
    );
  }
  const absent = missing.filter((_, index) => outcomes[index] === 'accepted');
  const listed = found.reduce((sum, each) => sum + each.messages, 0);
  const added = absent.reduce((sum, each) => sum + each.absent, 0);
  tally.listed += listed;
  tally.added += added;
  tally.present += listed - added;
  tally.reached = new Date(Math.max(...page.map(({ at }) => at), tally.reached?.getTime() ?? 0));
}

/** What was delivered just now may not be read yet. Comparing early would only count it wrongly. */
async function untilRead(database: Database, name: string): Promise<void> {
  const end = Date.now() + unreadMs;
  while (Date.now() < end && (await isUnread(database, name))) await sleep(100);
}
