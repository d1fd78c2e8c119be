import { Agent, request } from 'node:http';
import type { ProviderRequest } from '../embedded/providers.ts';

export type Load = {
  readonly perSecond: number;
  /** Acknowledged requests, by index. */
  readonly acknowledged: readonly number[];
  readonly refused: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/** Sends every request once, `width` at a time, over connections that are kept. */
export async function load(
  port: number,
  requests: readonly ProviderRequest[],
  width: number,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: width });
  const acknowledged: number[] = [];
  const latencies: number[] = [];
  let next = 0;
  const startedAt = performance.now();
  const serve = async (): Promise<void> => {
    for (let index = next; index < requests.length; index = next) {
      next += 1;
      const one = requests[index];
      if (!one) return;
      const sentAt = performance.now();
      const status = await send(port, one, agent);
      latencies.push(performance.now() - sentAt);
      if (status === 200) acknowledged.push(index);
    }
  };
  await Promise.all(Array.from({ length: width }, serve));
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return {
    perSecond: requests.length / seconds,
    acknowledged,
    refused: requests.length - acknowledged.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

function send(port: number, one: ProviderRequest, agent: Agent): Promise<number> {
  return new Promise((resolve) => {
    const { method, path, headers, body } = one;
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, agent, headers: withLength(headers, body) },
      (response) => {
        response.resume();
        response.on('end', () => {
          resolve(response.statusCode ?? 0);
        });
      },
    );
    outgoing.on('error', () => {
      resolve(0);
    });
    outgoing.end(body);
  });
}

const withLength = (headers: Readonly<Record<string, string>>, body: string) => ({
  ...headers,
  'content-length': String(Buffer.byteLength(body)),
});
