import { Worker } from 'node:worker_threads';
import { percentile } from './figures.ts';
import { sentSchema, type Share } from './share.ts';
import { heardFrom } from './threads.ts';

export type Load = {
  readonly perSecond: number;
  /** The requests (by index) that got a 2xx; how many did not. */
  readonly acknowledged: readonly number[];
  readonly refused: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** How busy the busiest thread of the generator was, 0 to 1: near 1 it is itself what is measured. */
  readonly busy: number;
};

export type Generator = {
  readonly threads: number;
  /** Every request once, `width` at a time. */
  readonly closed: (port: number, requests: readonly Uint8Array[], width: number) => Promise<Load>;
  /** Every request at its time, however late the answers are; latencies count from the intended time. */
  readonly open: (
    port: number,
    requests: readonly Uint8Array[],
    perSecond: number,
  ) => Promise<Load>;
  readonly stop: () => Promise<void>;
};

const openWidth = 512;
const leadMs = 50;

/** A load generator in threads of its own, so that what starts and watches the run does not slow it. */
export function startGenerator(threads: number): Generator {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./loader.ts', import.meta.url)),
  );
  const run = async (shares: readonly Share[], total: number): Promise<Load> => {
    const sent = await Promise.all(shares.map((share, at) => runIn(workers[at], share)));
    const latencies = sent.flatMap(({ latencies: some }) => [...some]);
    const acknowledged = sent.flatMap(({ statuses }, thread) =>
      [...statuses].flatMap((status, at) => (isGood(status) ? [at * threads + thread] : [])),
    );
    const startedAt = Math.min(...sent.map((one) => one.startedAt));
    const endedAt = Math.max(...sent.map((one) => one.endedAt));
    return {
      perSecond: (total * 1000) / (endedAt - startedAt),
      acknowledged,
      refused: total - acknowledged.length,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      p999Ms: percentile(latencies, 0.999),
      busy: Math.max(...sent.map((one) => one.busy)),
    };
  };
  const each = (
    requests: readonly Uint8Array[],
    shareOf: (first: number) => Omit<Share, 'requests'>,
  ) =>
    run(
      workers.map((_, thread) => ({
        ...shareOf(thread),
        requests: requests.filter((_request, index) => index % threads === thread),
      })),
      requests.length,
    );
  return {
    threads,
    closed: (port, requests, width) =>
      each(requests, () => ({ port, width: Math.ceil(width / threads), schedule: null })),
    open: (port, requests, perSecond) => {
      const beginAt = performance.timeOrigin + performance.now() + leadMs;
      const width = Math.ceil(openWidth / threads);
      return each(requests, (first) => ({
        ...{ port, width },
        schedule: { beginAt, first, stride: threads, perSecond },
      }));
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

const isGood = (status: number): boolean => status >= 200 && status < 300;

async function runIn(worker: Worker | undefined, share: Share) {
  if (!worker) throw new RangeError('more shares than threads');
  const before = worker.performance.eventLoopUtilization();
  worker.postMessage(share);
  const sent = sentSchema.parse(await heardFrom(worker));
  const { utilization: busy } = worker.performance.eventLoopUtilization(before);
  return { ...sent, busy };
}
