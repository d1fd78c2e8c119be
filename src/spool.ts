import { createBatcher } from './batcher.ts';
import { Unavailable } from './errors.ts';
import type { Log } from './log.ts';
import { frame } from './spool/frame.ts';
import { createReader } from './spool/reader.ts';
import { encodeRecord, type SpoolRecord, timeOf } from './spool/record.ts';
import { prepareFolder, recover, spareDisk, tryWriting } from './spool/recover.ts';
import { createWriter } from './spool/segment.ts';

/** Some of the oldest that waits. */
export type Taken = {
  readonly records: readonly SpoolRecord[];
  /** Bytes that were records once and cannot be read any more. */
  readonly damaged: readonly Buffer[];
  /** To be called when all of it is committed elsewhere: what was moved is deleted. */
  readonly done: () => Promise<void>;
};

export type SpoolStatus = {
  readonly records: number;
  readonly bytes: number;
  /** When the oldest that waits was taken in. */
  readonly oldest: Date | null;
};

export type Spool = {
  /** Writes down; many callers share one sync. Resolves when it is on disk; throws Unavailable. */
  readonly append: (record: SpoolRecord) => Promise<void>;
  /** The oldest that waits, in the order it was written; null when nothing does. One caller at a time. */
  readonly take: (most?: number) => Promise<Taken | null>;
  readonly status: () => SpoolStatus;
  readonly isEmpty: () => boolean;
  /** Promises that an earlier process wrote down. */
  readonly claims: readonly { readonly key: string; readonly number: string }[];
  /** Throws when nothing could be written down now. */
  readonly probe: () => Promise<void>;
  readonly close: () => Promise<void>;
};

type Options = {
  readonly folder: string;
  readonly log: Log;
  readonly segmentBytes?: number;
};

const mostTaken = 500;

/**
 * Where deliveries are kept while PostgreSQL is away: files of bounded size in DATA_DIR, each record with
 * a checksum, synced before anybody is told that it is stored. Written by one process (DATA_DIR is
 * locked), read back in order. Opening throws ConfigInvalid when the folder cannot be written.
 */
export async function openSpool(options: Options): Promise<Spool> {
  const { folder, log, segmentBytes = 8 * 1024 * 1024 } = options;
  await prepareFolder(folder);
  const { segments, lastNumber, records, claims, torn } = await recover(folder);
  if (records > 0) log.warn({ records, segments: segments.length }, 'deliveries wait in the spool');
  if (torn > 0)
    log.warn({ bytes: torn }, 'the writing of a spooled record broke off; nothing was said of it');
  let waiting = records;
  const writer = createWriter({ folder, segments, segmentBytes }, lastNumber);
  const alone = inTurn();
  const reader = createReader({ folder, segments, alone, finish: writer.finish });
  const batcher = createBatcher<Item, undefined>({
    ...limits,
    flush: (items) =>
      alone(async () => {
        await spareDisk(folder, sum(items));
        await writer.write(
          Buffer.concat(items.map(({ bytes }) => bytes)),
          items[0]?.at ?? new Date(),
        );
        waiting += items.length;
        return () => undefined;
      }),
  });
  return {
    claims,
    append: async (record) => {
      try {
        await batcher.add({ bytes: frame(encodeRecord(record)), at: timeOf(record) });
      } catch (cause) {
        if (cause instanceof Unavailable) throw cause;
        throw new Unavailable('the spool cannot be written', { cause });
      }
    },
    take: async (most = mostTaken) => {
      const taken = await reader.peek(most);
      if (taken.length === 0) {
        if (segments.length === 0) waiting = 0; // what went bad counts as fewer or more than it was
        return null;
      }
      return {
        records: taken.flatMap(({ record }) => record ?? []),
        damaged: taken.flatMap(({ record, bytes }) => (record ? [] : [bytes])),
        done: async () => {
          waiting -= taken.length;
          await reader.advance(taken.length);
        },
      };
    },
    status: () => ({ records: waiting, bytes: sum(segments), oldest: reader.oldest() }),
    // Not by who waits for an answer: what was given up as late is written all the same.
    isEmpty: () => segments.length === 0 && batcher.isIdle(),
    probe: () => tryWriting(folder),
    close: async () => {
      await batcher.drain();
      await alone(writer.finish);
    },
  };
}

type Item = { readonly bytes: Buffer; readonly at: Date };

const limits = {
  sizeOf: ({ bytes }: Item) => bytes.length,
  mostItems: 1000,
  mostBytes: 4 * 1024 * 1024,
  concurrency: 1,
  queueItems: 20_000,
  queueBytes: 64 * 1024 * 1024,
  timeoutMs: 5000,
};

const sum = (items: readonly { readonly bytes: number | Buffer }[]): number =>
  items.reduce((total, { bytes }) => total + (typeof bytes === 'number' ? bytes : bytes.length), 0);

/** Lets acts run one after the other, each after the last has ended, however it ended. */
function inTurn() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(act: () => Promise<Result>): Promise<Result> => {
    const mine = last.then(act);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** How much waits in the spool of a gateway, running or not. Reads only; nothing there: nothing waits. */
export async function inspectSpool(folder: string): Promise<SpoolStatus> {
  try {
    const { records, bytes, oldest } = await recover(folder);
    return { records, bytes, oldest };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { records: 0, bytes: 0, oldest: null };
    }
    throw error;
  }
}
