import { createLimiter, type Log } from '../src/log.ts';
import { openWorker, type OpenWorker, type QueueSource } from '../src/queue/connection.ts';
import { jobSchema } from '../src/queue/jobs.ts';
import { isLaneBusy, type Stage, stages } from '../src/store/lanes.ts';
import { type Care, carefree, type RunWithCare } from './care.ts';

export type Handlers = Readonly<Record<Stage, (lane: number, care: Care) => Promise<void>>>;

/** Runs a lane of a stage in this process, once at a time. */
export type RunLane = (stage: Stage, lane: number) => Promise<void>;

/**
 * A lane is run by one caller at a time in this process; whoever comes meanwhile makes it run once
 * more. Errors end the run and are logged: rows stay as they are, the sweeper comes back to them. `take`
 * looks after what may kill the process.
 */
export function createRunLane(
  handlers: Handlers,
  log: Log,
  take: RunWithCare = (_stage, _lane, work) => work(carefree),
): RunLane & { idle(): Promise<void> } {
  const running = new Map<string, Promise<void>>();
  const wanted = new Set<string>();
  const run: RunLane = (stage, lane) => {
    const key = `${stage}-${lane}`;
    const current = running.get(key);
    if (current) {
      wanted.add(key);
      return current;
    }
    const loop = async (): Promise<void> => {
      try {
        do {
          wanted.delete(key);
          await take(stage, lane, (care) => handlers[stage](lane, care));
        } while (wanted.has(key));
      } catch (error) {
        const level = isLaneBusy(error) ? 'debug' : 'error';
        log[level]({ err: error, stage, lane }, 'lane stopped; the sweeper comes back to it');
      } finally {
        running.delete(key);
      }
    };
    const done = loop();
    running.set(key, done);
    return done;
  };
  return Object.assign(run, {
    idle: async () => {
      await Promise.all(running.values());
    },
  });
}

const concurrency: Readonly<Record<Stage, number>> = { read: 1, judge: 3, forward: 4 };

/** The only place where BullMQ workers are made: a job in, a lane run. */
export function createWorkers(source: QueueSource, run: RunLane, log: Log) {
  const limit = createLimiter(5000, Date.now);
  const workers: OpenWorker[] = stages.map((stage) =>
    openWorker(source, stage, {
      concurrency: concurrency[stage],
      onError: (error) => {
        limit((withheld) => {
          log.warn({ err: error, stage, withheld }, 'queue away; the sweeper finds the work');
        });
      },
      process: async (job) => {
        const { lane } = jobSchema.parse(job.data);
        await run(stage, lane);
      },
    }),
  );
  return {
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
