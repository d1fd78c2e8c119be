import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { Found } from './run.ts';
import { headBytes, mostShared, type Task } from './serve.ts';

const foundSchema = z.object({
  summary: z.string(),
  failure: z
    .object({ what: z.string(), payload: z.string(), seed: z.number(), path: z.string() })
    .nullable(),
});

const lookEveryMs = 100;

/**
 * Has a task done in a thread of its own, which is ended when one try takes longer than `patienceMs`: the
 * failure then names what it was given. Throws when the thread breaks.
 */
export async function watched(
  thread: URL,
  task: Omit<Task, 'shared'>,
  patienceMs: number,
): Promise<Found> {
  const shared = new SharedArrayBuffer(headBytes + mostShared);
  const worker = new Worker(thread, { workerData: { ...task, shared } });
  const head = new Int32Array(shared, 0, 3);
  let last = -1;
  let since = Date.now();
  return new Promise<Found>((resolve, reject) => {
    const looking = setInterval(() => {
      const tries = Atomics.load(head, 0);
      if (tries !== last || Atomics.load(head, 1) === 0) {
        last = tries;
        since = Date.now();
      } else if (Date.now() - since > patienceMs) {
        resolve(hungAt(shared, tries, task, patienceMs));
      }
    }, lookEveryMs);
    worker.once('message', (message) => {
      resolve(foundSchema.parse(message));
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      clearInterval(looking);
      reject(new Error('the thread ended without a result'));
    });
  }).finally(() => worker.terminate());
}

function hungAt(
  shared: SharedArrayBuffer,
  tries: number,
  { limits }: Omit<Task, 'shared'>,
  patienceMs: number,
): Found {
  const length = Atomics.load(new Int32Array(shared, 0, 3), 2);
  const content = Buffer.from(new Uint8Array(shared, headBytes, length)).toString();
  const failure = {
    what: `no end after ${patienceMs} ms`,
    payload: JSON.stringify(content).slice(0, 4000),
    seed: limits.seed,
    path: limits.path ?? String(tries - 1),
  };
  return { summary: `${tries} tries, the last without end`, failure };
}
