import express, { type Express, type Router } from 'express';
import type { Log } from '../log.ts';
import { createFailureHandler } from './failures.ts';

type Deps = {
  /** Prometheus text. */
  readonly tellMetrics: () => Promise<string>;
  /** Why a delivery could not be stored durably now; null when it could. */
  readonly whyNotReady: () => Promise<string | null>;
  readonly routers: readonly Router[];
  readonly log: Log;
};

/** What operators ask on 127.0.0.1: alive, ready, metrics. */
export function createInternalApp({ tellMetrics, whyNotReady, routers, log }: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  app.get('/readyz', async (_request, response) => {
    const reason = await whyNotReady();
    response
      .status(reason === null ? 200 : 503)
      .type('text/plain')
      .send(`${reason ?? 'ready'}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    response.type('text/plain; version=0.0.4; charset=utf-8').send(await tellMetrics());
  });
  for (const router of routers) app.use(router);
  app.use(createFailureHandler(log));
  return app;
}
