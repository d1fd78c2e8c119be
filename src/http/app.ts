import express, { type Express, type RequestHandler, type Router } from 'express';
import { complaintJsonSchema } from '../domain/complaint.ts';
import type { Log } from '../log.ts';
import { createFailureHandler } from './failures.ts';

type Deps = {
  readonly publicUrl: string;
  readonly trustProxy: number;
  readonly webhooks: RequestHandler;
  readonly routers: readonly Router[];
  /** What stands where nothing is, for people. */
  readonly notFound: RequestHandler;
  readonly log: Log;
};

/** The public application. Does not listen. */
export function createApp({
  publicUrl,
  trustProxy,
  webhooks,
  routers,
  notFound,
  log,
}: Deps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustProxy);
  app.use('/webhooks', webhooks);
  app.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  const address = `${publicUrl}/schemas/complaint/v1.json`;
  app.get('/schemas/complaint/v1.json', (_request, response) => {
    response.type('application/schema+json').send(JSON.stringify(complaintJsonSchema(address)));
  });
  for (const router of routers) app.use(router);
  app.use(notFound);
  app.use(createFailureHandler(log));
  return app;
}
