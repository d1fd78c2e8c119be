import { isOurFault } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Spool, SpoolStatus, Taken } from '../spool.ts';
import { type Database, isDataError } from '../store/database.ts';
import { insertDeliveries, type NewDelivery } from '../store/inbox.ts';
import { beat } from '../store/operation.ts';
import type { Seal } from '../store/seal.ts';
import { insertQuarantined, quarantineDamaged } from '../store/spooled.ts';
import { createDrainer } from './drain.ts';
import { createGate } from './gate.ts';
import { createPromise, settle } from './promises.ts';
import { startHerald } from './herald.ts';
import type { Numbers } from './numbers.ts';
import { encodeRecord } from './record.ts';

type Outcome = 'accepted' | 'repeated';

/** What a gateway does while PostgreSQL is away. */
export type Fallback = {
  /** While something waits in the spool, all goes there: what comes later must not overtake it. */
  readonly isSpooling: () => boolean;
  /** PostgreSQL is away, because of `error`. */
  readonly begin: (error: unknown) => void;
  /** Done at once, but for a moment while the spool comes to its end. */
  readonly gate: () => Promise<void>;
  /** Writes deliveries down. Out, when they are on disk: what each of them is. Throws Unavailable. */
  readonly keep: (deliveries: readonly NewDelivery[]) => Promise<(item: NewDelivery) => Outcome>;
  /** A tracking number for whoever holds `key`, durably promised: the same key has the same number. */
  readonly promise: (key: string) => Promise<string>;
  /** Throws when nothing could be written down now. */
  readonly probe: () => Promise<void>;
  readonly status: () => SpoolStatus;
  /** Why what is spooled will never get into the inbox as things are; null: it will. */
  readonly trouble: () => string | null;
  readonly close: () => Promise<void>;
};

export type FallbackDeps = {
  /** Of this gateway, the same after a restart. */
  readonly name: string;
  readonly spool: Spool;
  readonly numbers: Numbers;
  /** For the statements of moving; given up soon. */
  readonly database: Database;
  readonly seal: Seal;
  readonly newNumber: () => string;
  /** Brings the schema up to date if that could not be done at the start. */
  readonly prepared: () => Promise<void>;
  /** Whether PostgreSQL was away at the start already. */
  readonly isAway: boolean;
  readonly stored: () => void;
  readonly metrics: Pick<Metrics, 'drained'>;
  readonly log: Log;
};

/** So many digests are remembered, to tell a delivery that comes again while PostgreSQL is away. */
const mostRemembered = 100_000;
const refillAgainMs = 60_000;

export function createFallback(deps: FallbackDeps): Fallback {
  const { spool, database, log } = deps;
  const seen = createSeen();
  const gate = createGate();
  let spooling = !spool.isEmpty() || deps.isAway;
  let trouble: string | null = null;

  const drainer = createDrainer({
    spool,
    log,
    move: (taken) => move(deps, taken),
    proof: async () => {
      await deps.prepared();
      await beat(database, 'spool');
    },
    hold: gate.close,
    hopeless: (why) => (trouble = why),
    drained: () => {
      spooling = false;
      seen.forget();
      gate.open();
      log.info({}, 'PostgreSQL takes deliveries again; the spool is empty');
      void refill(deps);
    },
  });
  if (spooling) drainer.begin();
  else void refill(deps);
  const herald = startHerald({
    ...deps,
    isSpooling: () => spooling,
    oldest: () => (spool.isEmpty() ? null : spool.status().oldest),
  });

  const isSpooling = () => spooling;
  const begin = (error: unknown): void => {
    if (!spooling) log.error({ err: error }, 'PostgreSQL is away; deliveries are spooled');
    spooling = true;
    drainer.begin();
  };

  return {
    isSpooling,
    begin,
    gate: gate.passed,
    trouble: () => trouble,
    keep: async (deliveries) => {
      const fresh = deliveries.filter((delivery) => !seen.has(delivery));
      // All are handed over before anything is waited for, so that the spool is never empty meanwhile.
      const storedAt = herald.stamp();
      const stamped = fresh.map((delivery) => ({ ...delivery, storedAt }));
      await Promise.all(stamped.map((delivery) => spool.append({ kind: 'delivery', delivery })));
      return seen.outcomeOf;
    },
    promise: createPromise(deps, { ...herald, isSpooling, begin }),
    probe: spool.probe,
    status: spool.status,
    close: async () => {
      await drainer.stop();
      await herald.stop();
      await spool.close();
    },
  };
}

/** Leases numbers for the next outage. */
async function refill(deps: FallbackDeps): Promise<void> {
  const { prepared, numbers, log } = deps;
  try {
    await prepared();
    const leased = await numbers.refill();
    if (leased > 0) log.info({ leased }, 'tracking numbers leased for outages');
  } catch (error) {
    log.warn({ err: error }, 'no tracking numbers leased; tried again');
    setTimeout(() => void refill(deps), refillAgainMs).unref();
  }
}

/** Tells a delivery that was spooled already, as long as the outage lasts. */
function createSeen() {
  const names = new Set<string>();
  return {
    has: (delivery: NewDelivery) => names.has(nameOf(delivery)),
    outcomeOf: (delivery: NewDelivery): Outcome => {
      const name = nameOf(delivery);
      if (names.has(name)) return 'repeated';
      if (names.size < mostRemembered) names.add(name);
      return 'accepted';
    },
    forget: () => {
      names.clear();
    },
  };
}

const nameOf = ({ channel, digest }: NewDelivery): string =>
  `${channel} ${digest.toString('base64')}`;

/** Commits what was spooled: all of it, each once, in its order. */
async function move(deps: FallbackDeps, { records, damaged }: Taken): Promise<void> {
  const { database, seal, log } = deps;
  await deps.prepared();
  if (damaged.length > 0) {
    await quarantineDamaged(database, seal, damaged, new Date());
    deps.metrics.drained.inc({ channel: 'spool', outcome: 'quarantined' }, damaged.length);
    log.error({ records: damaged.length }, 'spooled records went bad; quarantined');
  }
  const claims = records.flatMap((record) => (record.kind === 'claim' ? [record] : []));
  if (claims.length > 0) {
    await settle(deps, claims);
    await deps.numbers.save();
  }
  const deliveries = records.flatMap((record) =>
    record.kind === 'delivery' ? [record.delivery] : [],
  );
  if (deliveries.length === 0) return;
  const fresh = await insert(deps, deliveries);
  for (const { channel, digest } of deliveries) {
    const outcome = fresh.delete(digest.toString('hex')) ? 'accepted' : 'repeated';
    deps.metrics.drained.inc({ channel, outcome });
  }
  deps.stored();
  log.info({ deliveries: deliveries.length }, 'spooled deliveries moved to the inbox');
}

/** Out: digests (hex) that were new. One that PostgreSQL will not have does not hold up the rest. */
async function insert(
  deps: FallbackDeps,
  deliveries: readonly NewDelivery[],
): Promise<Set<string>> {
  const { database, seal, log } = deps;
  try {
    return new Set(await insertDeliveries(database, deliveries));
  } catch (error) {
    if (!isDataError(error) && !isOurFault(error)) throw error;
    const [only, ...others] = deliveries;
    if (!only || others.length > 0) {
      const fresh = new Set<string>();
      for (const one of deliveries) for (const name of await insert(deps, [one])) fresh.add(name);
      return fresh;
    }
    log.error({ err: error, channel: only.channel }, 'spooled delivery quarantined');
    await insertQuarantined(database, [only], 'PostgreSQL will not have it').catch(() =>
      quarantineDamaged(
        database,
        seal,
        [encodeRecord({ kind: 'delivery', delivery: only })],
        only.receivedAt,
      ),
    );
    return new Set();
  }
}
