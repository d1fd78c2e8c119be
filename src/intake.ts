import { createBatcher } from './batcher.ts';
import type { WebhookRequest } from './domain/channel.ts';
import type { Fallback } from './spool/fallback.ts';
import { type Database } from './store/database.ts';
import { insertDeliveries, type NewDelivery, sealDelivery } from './store/inbox.ts';
import type { Seal } from './store/seal.ts';
import { within } from './wait.ts';

type Outcome = 'accepted' | 'repeated';

export type Intake = {
  /**
   * Stores a delivery durably. Out, after COMMIT, or after a sync of the spool: `accepted`, or `repeated`
   * when these bytes were stored before (or, where given, anything under the name `sameAs`). Throws
   * Unavailable when it cannot promise that.
   */
  readonly accept: (
    channel: string,
    request: WebhookRequest,
    receivedAt: Date,
    sameAs?: string,
  ) => Promise<Outcome>;
  readonly isFull: () => boolean;
  readonly drain: () => Promise<void>;
};

type Parts = {
  readonly database: Database;
  readonly seal: Seal;
  /** Where deliveries go while PostgreSQL is away; null: nowhere, whoever asked asks again. */
  readonly fallback: Pick<Fallback, 'isSpooling' | 'begin' | 'keep' | 'gate'> | null;
  /** Called after each commit that stored something new. Must not throw. */
  readonly stored: () => void;
};

/** So long PostgreSQL may take before it counts as away: providers wait for 5 to 15 seconds. */
const patienceMs = 2500;

/** The only way a delivery gets into the inbox, whatever brought it. */
export function createIntake({ database, seal, fallback, stored }: Parts): Intake {
  const insert = async (deliveries: readonly NewDelivery[]) => {
    const fresh = new Set(await insertDeliveries(database, deliveries));
    if (fresh.size > 0) stored();
    return ({ digest }: NewDelivery): Outcome =>
      fresh.delete(digest.toString('hex')) ? 'accepted' : 'repeated';
  };
  const insertOrKeep = async (deliveries: readonly NewDelivery[]) => {
    if (fallback === null) return insert(deliveries);
    await fallback.gate();
    if (!fallback.isSpooling()) {
      try {
        return await within(patienceMs, insert(deliveries), 'PostgreSQL did not answer in time');
      } catch (error) {
        // Whatever it was: on disk it is safe, and the drainer finds out what can be done with it.
        fallback.begin(error);
      }
    }
    return fallback.keep(deliveries);
  };
  const batcher = createBatcher<NewDelivery, Outcome>({
    flush: insertOrKeep,
    sizeOf: ({ sealed }) => sealed.length,
    mostItems: 500,
    mostBytes: 8 * 1024 * 1024,
    concurrency: 2,
    queueItems: 10_000,
    queueBytes: 64 * 1024 * 1024,
    timeoutMs: 5000,
  });
  return {
    accept: (channel, request, receivedAt, sameAs) =>
      batcher.add(sealDelivery(seal, channel, request, receivedAt, sameAs)),
    isFull: batcher.isFull,
    drain: batcher.drain,
  };
}
