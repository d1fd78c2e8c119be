import { createPostgresBackend, type JobsOptions, Queue } from 'bullmq';
import { SturdyClient } from '../store/client.ts';
import type { Connection } from '../store/database.ts';
import type { Stage } from '../store/lanes.ts';
import { queueNames } from './jobs.ts';
import { soon } from '../wait.ts';

/** One connection is enough for a queue's short statements; listening has its own. */
const postgresPool = {
  max: 2,
  idleTimeoutMillis: 60_000,
  connectionTimeoutMillis: 5000,
  // Jobs are wake-ups: a power cut may forget them, the sweeper does not.
  options: '-c synchronous_commit=off',
  // BullMQ takes connections without listening for their end.
  Client: SturdyClient,
  migrate: true,
};

type OnError = (error: Error) => void;

const againMs = 1000;
/** A server that hangs is not waited for: a job is a wake-up, the work is in rows. */
const closeMs = 3000;
const restMs = 500;

/**
 * BullMQ remembers for ever that its first connection to PostgreSQL failed: a queue never adds again, and
 * a worker asks on and on without letting anything else of the process run. So one that does not get
 * ready is closed and made anew.
 */
function untilReady<Made extends { waitUntilReady(): Promise<unknown>; close(): Promise<void> }>(
  make: () => Made,
  { onError, ready }: { onError: OnError; ready: (made: Made) => void },
) {
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;
  let current = begin();

  function begin(): Made {
    const made = make();
    made.waitUntilReady().then(
      () => {
        if (!isClosing) ready(made);
      },
      (error: unknown) => {
        onError(asError(error));
        if (isClosing) return;
        void ended(made, onError);
        timer = setTimeout(() => {
          current = begin();
        }, againMs);
      },
    );
    return made;
  }

  return {
    current: () => current,
    close: async () => {
      isClosing = true;
      clearTimeout(timer);
      await soon(ended(current, onError), closeMs);
    },
  };
}

async function ended(made: { close(): Promise<void> }, onError: OnError): Promise<void> {
  try {
    await made.close();
  } catch (error) {
    onError(asError(error));
  }
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('unknown', { cause: error });

/** A queue to add to. */
export function openPostgresQueue(connection: Connection, stage: Stage, onError: OnError) {
  const make = () => {
    const options = { connection: { ...connection, ...postgresPool } };
    const queue = new Queue(queueNames[stage], options, createPostgresBackend);
    queue.on('error', onError);
    return queue;
  };
  const open = untilReady(make, { onError, ready: () => undefined });
  return {
    add: (name: string, data: { lane: number }, options: JobsOptions) =>
      open.current().add(name, data, options),
    close: () => open.close(),
  };
}

type PoolOptions = Connection & typeof postgresPool;

/** What we need of a BullMQ worker that is not running yet. */
type Idle = {
  on(event: 'error', listener: OnError): unknown;
  run(): Promise<void>;
  pause(doNotWaitActive: boolean): Promise<void>;
  resume(): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
};

/** A worker, made by `make`. It rests after each error: BullMQ would ask again at once. */
export function openPostgresWorker(
  connection: Connection,
  onError: OnError,
  make: (connection: PoolOptions) => Idle,
) {
  let rest: NodeJS.Timeout | undefined;
  const restAfter = (worker: Idle) => () => {
    if (rest !== undefined) return;
    worker.pause(true).catch(onError);
    rest = setTimeout(() => {
      rest = undefined;
      worker.resume().catch(onError);
    }, restMs);
  };
  const begin = () => {
    const worker = make({ ...connection, ...postgresPool });
    worker.on('error', onError);
    return worker;
  };
  const open = untilReady(begin, {
    onError,
    ready: (worker) => {
      worker.on('error', restAfter(worker));
      worker.run().catch(onError);
    },
  });
  return {
    close: async () => {
      clearTimeout(rest);
      await open.close();
    },
  };
}
