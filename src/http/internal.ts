import express, { type Express, type RequestHandler } from 'express';
import { isLoopback } from '../config.ts';
import type { Log } from '../log.ts';
import { createFailureHandler } from './failures.ts';

type Deps = {
  /** Prometheus text. */
  readonly tellMetrics: () => Promise<string>;
  readonly readiness: () => Promise<Readiness>;
  readonly routers: readonly RequestHandler[];
  readonly log: Log;
};

/** Whether a delivery could be stored durably now, and in words how, or why not. */
export type Readiness = { readonly isReady: boolean; readonly says: string };

/** What operators ask on this machine: alive, ready, metrics. */
export function createInternalApp({ tellMetrics, readiness, routers, log }: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', async (_request, response) => {
    const { isReady, says } = await readiness();
    response
      .status(isReady ? 200 : 503)
      .type('text/plain')
      .send(`${says}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain; version=0.0.4; charset=utf-8').send(await tellMetrics());
  });
  for (const router of routers) app.use(router);
  app.use(createFailureHandler(log));
  return app;
}

/**
 * A site can point its own name at 127.0.0.1 and read, in the operator's browser, what is served here to
 * its name (DNS rebinding). The name stands in Host, which scripts cannot set.
 */
export const onlyByOwnName: RequestHandler = ({ headers }, response, next) => {
  const name = (headers.host ?? '').replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  if (isLoopback(name)) next();
  else response.status(421).type('text/plain').send('Open this as localhost or 127.0.0.1.\n');
};
