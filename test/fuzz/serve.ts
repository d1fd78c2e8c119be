import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { fuzzProofs } from './proving.ts';
import { fuzzReading } from './reading.ts';
import type { Beacon } from './run.ts';
import type { Subjects } from './subject.ts';

export const taskSchema = z.object({
  what: z.enum(['reading', 'proofs']),
  channel: z.string(),
  limits: z.object({
    count: z.number(),
    seed: z.number(),
    path: z.string().nullable(),
    shrinkMs: z.number().optional(),
    mostMs: z.number().optional(),
  }),
  /** How far it is and what it is doing (Int32: tries, busy, bytes), then the bytes. */
  shared: z.instanceof(SharedArrayBuffer),
});

export type Task = z.infer<typeof taskSchema>;

export const headBytes = 12;
export const mostShared = 4 * 1024 * 1024;

/** Runs the task of this thread on one of the channels given, and posts what was found. */
export async function serve(subjects: Subjects): Promise<void> {
  if (isMainThread) throw new Error('this is for a thread of its own');
  const { what, channel: name, limits, shared } = taskSchema.parse(workerData);
  const subject = subjects[name];
  if (!subject) throw new Error(`there is no channel ${name}`);
  const channel = await subject.open();
  const fuzz = what === 'reading' ? fuzzReading : fuzzProofs;
  parentPort?.postMessage(fuzz(subject, channel, limits, beaconOf(shared)));
}

function beaconOf(shared: SharedArrayBuffer): Beacon {
  const head = new Int32Array(shared, 0, 3);
  const bytes = new Uint8Array(shared, headBytes);
  return {
    begin: (content) => {
      const length = Math.min(content.length, bytes.length);
      bytes.set(content.subarray(0, length));
      Atomics.store(head, 2, length);
      Atomics.add(head, 0, 1);
      Atomics.store(head, 1, 1);
    },
    end: () => {
      Atomics.store(head, 1, 0);
    },
  };
}
