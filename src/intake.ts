import { createBatcher } from './batcher.ts';
import type { WebhookRequest } from './domain/channel.ts';
import { type Database } from './store/database.ts';
import { insertDeliveries, type NewDelivery, sealDelivery } from './store/inbox.ts';
import type { Seal } from './store/seal.ts';

export type Intake = {
  /**
   * Stores a delivery durably. Out, after COMMIT: `accepted`, or `repeated` when these bytes were
   * stored before (or, where given, anything under the name `sameAs`). Throws Unavailable when it cannot
   * promise that.
   */
  readonly accept: (
    channel: string,
    request: WebhookRequest,
    receivedAt: Date,
    sameAs?: string,
  ) => Promise<'accepted' | 'repeated'>;
  readonly isFull: () => boolean;
  readonly drain: () => Promise<void>;
};

type Parts = {
  readonly database: Database;
  readonly seal: Seal;
  /** Called after each commit that stored something new. Must not throw. */
  readonly stored: () => void;
};

/** The only way a delivery gets into the inbox, whatever brought it. */
export function createIntake({ database, seal, stored }: Parts): Intake {
  const batcher = createBatcher<NewDelivery, 'accepted' | 'repeated'>({
    flush: async (deliveries) => {
      const fresh = new Set(await insertDeliveries(database, deliveries));
      if (fresh.size > 0) stored();
      return ({ digest }) => (fresh.delete(digest.toString('hex')) ? 'accepted' : 'repeated');
    },
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
