import express, { type Express, type Router } from 'express';
import type { Log } from '../log.ts';
import { createFailureHandler } from './failures.ts';

type Deps = {
  /** Prometheus text. */
  readonly tellMetrics: () => Promise<string>;
  readonly readiness: () => Promise<Readiness>;
  readonly routers: readonly Router[];
  readonly log: Log;
};

/** Whether a delivery could be stored durably now, and in words how, or why not. */
export type Readiness = { readonly isReady: boolean; readonly says: string };

/** What operators ask on 127.0.0.1: alive, ready, metrics. */
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
