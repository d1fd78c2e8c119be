import type { Worker } from 'node:worker_threads';

/** What a thread says next; throws what it died of. */
export function heardFrom(thread: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      thread.off('message', hear).off('error', fail);
    };
    const hear = (message: unknown) => {
      settle();
      resolve(message);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    thread.on('message', hear).on('error', fail);
  });
}
