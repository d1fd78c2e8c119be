import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const given = new Set<number>();

/**
 * A port for a server of ours, never the same twice. Not one the kernel hands out (port 0, and every
 * outgoing connection): between our asking and the server's listening somebody else could be given it.
 */
export async function freePort(): Promise<number> {
  const [lowest] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    .trim()
    .split(/\s+/);
  const most = Number(lowest) > 20_000 ? Number(lowest) : 32_768;
  for (let tries = 0; tries < 200; tries += 1) {
    const port = randomInt(most - 12_000, most);
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      return port;
    }
  }
  throw new Error('no port is free');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
