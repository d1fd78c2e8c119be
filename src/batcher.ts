import { Unavailable } from './errors.ts';

type Options<Item, Result> = {
  /** Stores a batch; its result for an item is asked from the returned function. */
  readonly flush: (items: readonly Item[]) => Promise<(item: Item, index: number) => Result>;
  readonly sizeOf: (item: Item) => number;
  readonly mostItems: number;
  readonly mostBytes: number;
  /** Batches under way at once. While they run, the next ones fill. */
  readonly concurrency: number;
  /** What may wait before new items are refused. */
  readonly queueBytes: number;
  readonly queueItems: number;
  /** How long an item may take, give or take a tenth, before its sender is told that it is not stored. */
  readonly timeoutMs: number;
};

export type Batcher<Item, Result> = {
  /** Resolves when the item's batch is committed. Rejects with Unavailable when full or too late. */
  readonly add: (item: Item) => Promise<Result>;
  readonly isFull: () => boolean;
  /** Whether nothing is queued or under way, also of those who were told that it is late. */
  readonly isIdle: () => boolean;
  /** Waits until nothing is queued or under way. */
  readonly drain: () => Promise<void>;
};

type Entry<Item, Result> = {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  readonly lateAt: number;
};

/**
 * Lets items that arrive together share one statement. A lone item goes at once; under load, batches
 * fill while others are being written, so no timer delays anybody. Bounded in items and bytes.
 */
export function createBatcher<Item, Result>(options: Options<Item, Result>): Batcher<Item, Result> {
  const queue: Entry<Item, Result>[] = [];
  const underWay = new Set<readonly Entry<Item, Result>[]>();
  const idle: (() => void)[] = [];
  let queuedBytes = 0;
  let scheduled = false;
  const watch = watchOver(() => [...underWay, queue].flat(), options.timeoutMs);

  const isFull = () => queue.length >= options.queueItems || queuedBytes >= options.queueBytes;

  const next = (): Entry<Item, Result>[] => {
    let bytes = 0;
    let count = 0;
    for (const { item } of queue) {
      bytes += options.sizeOf(item);
      if (count === options.mostItems || (count > 0 && bytes > options.mostBytes)) break;
      count += 1;
    }
    const batch = queue.splice(0, count);
    for (const { item } of batch) queuedBytes -= options.sizeOf(item);
    return batch;
  };

  const isIdle = () => underWay.size === 0 && queue.length === 0;

  const run = async (batch: readonly Entry<Item, Result>[]): Promise<void> => {
    underWay.add(batch);
    try {
      const resultOf = await options.flush(batch.map(({ item }) => item));
      for (const [index, { item, resolve }] of batch.entries()) resolve(resultOf(item, index));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      underWay.delete(batch);
      pump();
      if (isIdle()) {
        watch.stop();
        for (const resolve of idle.splice(0)) resolve();
      }
    }
  };

  const pump = (): void => {
    scheduled = false;
    while (underWay.size < options.concurrency && queue.length > 0) void run(next());
  };

  return {
    isFull,
    isIdle,
    add: (item) => {
      if (isFull()) return Promise.reject(new Unavailable('too many deliveries are waiting'));
      // After the I/O of this turn of the loop: what arrived in it shares the statement.
      if (!scheduled) setImmediate(pump);
      scheduled = true;
      watch.begin();
      return new Promise<Result>((resolve, reject) => {
        queue.push({ item, resolve, reject, lateAt: performance.now() + options.timeoutMs });
        queuedBytes += options.sizeOf(item);
      });
    },
    drain: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
  };
}

type Waiting = Pick<Entry<unknown, unknown>, 'lateAt' | 'reject'>;

/** Refuses who waits too long: one look at all from time to time, for timers of their own cost more. */
function watchOver(waiting: () => readonly Waiting[], timeoutMs: number) {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const now = performance.now();
    for (const { lateAt, reject } of waiting()) {
      if (lateAt <= now) reject(new Unavailable('the database did not answer in time'));
    }
  };
  return {
    begin: (): void => {
      timer ??= setInterval(look, timeoutMs / 10);
    },
    stop: (): void => {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
