import { parentPort } from 'node:worker_threads';
import { dueMs } from './figures.ts';
import { type Share, shareSchema } from './share.ts';
import { openWire, type Wire } from './wire.ts';

// A thread that sends its share of the requests.
const now = (): number => performance.timeOrigin + performance.now();

parentPort?.on('message', (message: unknown) => {
  void run(shareSchema.parse(message)).then((result) => parentPort?.postMessage(result));
});

async function run(share: Share): Promise<object> {
  const { requests, port } = share;
  const statuses = new Uint16Array(requests.length);
  const latencies = new Float64Array(requests.length);
  const startedAt = now();
  let next = 0;
  const serve = async (wire: Wire): Promise<void> => {
    for (let index = next; index < requests.length; index = next) {
      next += 1;
      const request = requests[index];
      if (!request) return;
      const meantAt = await timeFor(share, index);
      statuses[index] = await wire.send(request);
      latencies[index] = now() - meantAt;
    }
  };
  const wires = Array.from({ length: share.width }, () => openWire(port));
  await Promise.all(wires.map(serve));
  const endedAt = now();
  for (const wire of wires) wire.close();
  return { statuses, latencies, startedAt, endedAt };
}

/**
 * When a request is meant to be sent, once that time has come. Where all connections are waiting for
 * answers it has come long ago, and the wait counts: nobody asks less because we are slow.
 */
async function timeFor({ schedule }: Share, index: number): Promise<number> {
  if (schedule === null) return now();
  const { beginAt, first, stride, perSecond } = schedule;
  const dueAt = beginAt + dueMs(first + index * stride, perSecond);
  const waitMs = dueAt - now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
  return dueAt;
}
