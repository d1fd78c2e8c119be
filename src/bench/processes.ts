import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { UpstreamUnavailable } from '../errors.ts';

const source = join(import.meta.dirname, '..');

export type Running = { readonly port: number; readonly stop: () => Promise<void> };

/** Bare Express in a process of its own. */
export async function startEcho(): Promise<Running> {
  const child = fork(join(source, 'bench/echo.ts'));
  const port = await new Promise<unknown>((resolve) => child.once('message', resolve));
  return {
    port: Number(port),
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/** The product, as `npm start` runs it. */
export async function startProduct(
  environment: Readonly<Record<string, string>>,
): Promise<{ stop: () => Promise<void>; pid: number }> {
  const child = fork(join(source, 'main.ts'), ['all'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = `http://127.0.0.1:${environment['INTERNAL_PORT'] ?? ''}/readyz`;
  await until('the product is ready', 60_000, async () => {
    if (child.exitCode !== null) throw new UpstreamUnavailable('the product did not start');
    return (await fetch(ready).catch(() => null))?.ok ?? false;
  });
  return { pid: child.pid ?? 0, stop: () => stopped(child) };
}

/** A core that answers at once and counts what it sees: how often, by event id. */
export async function startCountingCore() {
  const seen = new Map<string, number>();
  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id']);
    seen.set(id, (seen.get(id) ?? 0) + 1);
    request.resume();
    request.on('end', () => {
      response.writeHead(202).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/events`,
    seen,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Waits until `check` holds, looking ten times a second. */
export async function until(
  what: string,
  ms: number,
  check: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > end) throw new UpstreamUnavailable(`gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function stopped(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
