import { setTimeout as pause } from 'node:timers/promises';
import { createLimiter, type Log } from '../log.ts';
import { type Stage, stages } from '../store/lanes.ts';
import { openQueue, type OpenQueue, type QueueSource } from './connection.ts';

export type Wake = {
  /**
   * Says that a lane has work. Never throws and never makes anybody wait: rows are the work, and the
   * sweeper finds them when this is lost.
   */
  readonly wake: (stage: Stage, lane: number, delayMs?: number) => void;
  readonly close: () => Promise<void>;
};

const tickMs = 100;
const restMs = 20;

/**
 * Wake-ups for all stages. While one for a lane is on its way, further ones are folded into a single
 * next one; at the queue, a lane has one waiting job and remembers one more while it is worked on.
 */
export function createWake(source: QueueSource, log: Log): Wake {
  const limit = createLimiter(5000, Date.now);
  const away = (error: Error) => {
    limit((withheld) => {
      log.warn({ err: error, withheld }, 'queue away; the sweeper finds the work');
    });
  };
  const queues = new Map<Stage, OpenQueue>(
    stages.map((stage) => [stage, openQueue(source, stage, away)]),
  );
  const underWay = new Map<string, 'once' | 'again'>();
  let closing = false;

  const send = async (stage: Stage, lane: number, delayMs: number): Promise<void> => {
    const name = `${stage}-${lane}`;
    // Late ones are folded by the tick they are due in, never onto an earlier one: rows would not be due.
    const now = Date.now();
    const tick = Math.ceil((now + delayMs) / tickMs);
    await queues.get(stage)?.add(
      name,
      { lane },
      {
        removeOnComplete: true,
        removeOnFail: true,
        ...(delayMs > 0
          ? { delay: tick * tickMs - now, jobId: `${name}-at-${tick}` }
          : { deduplication: { id: name, keepLastIfActive: true } }),
      },
    );
  };

  const run = async (stage: Stage, lane: number, key: string): Promise<void> => {
    for (;;) {
      underWay.set(key, 'once');
      try {
        await send(stage, lane, 0);
      } catch (error) {
        away(error instanceof Error ? error : new Error('unknown', { cause: error }));
      }
      if (underWay.get(key) === 'once' || closing) break;
      // Under load each batch wakes somebody who is awake: no more of that than is of use.
      await pause(restMs);
    }
    underWay.delete(key);
  };

  return {
    wake: (stage, lane, delayMs = 0) => {
      if (closing) return;
      const key = `${stage}-${lane}`;
      if (delayMs > 0) send(stage, lane, delayMs).catch(away);
      else if (underWay.has(key)) underWay.set(key, 'again');
      else void run(stage, lane, key);
    },
    close: async () => {
      closing = true;
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}
