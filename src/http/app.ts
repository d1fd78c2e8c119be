import express, { type RequestHandler } from 'express';
import type { IncomingMessage, RequestListener } from 'node:http';
import { complaintJsonSchema } from '../domain/complaint.ts';
import type { Log } from '../log.ts';
import { createFailureHandler } from './failures.ts';
import { isWebhook, type Webhooks } from './webhooks.ts';

type Deps = {
  readonly publicUrl: string;
  readonly trustProxy: number;
  readonly webhooks: Webhooks;
  readonly routers: readonly RequestHandler[];
  /** What stands where nothing is, for people. */
  readonly notFound: RequestHandler;
  readonly log: Log;
};

/**
 * The public application: webhooks go by themselves, everything else through Express, which takes longer
 * for a request than storing it does. Does not listen.
 */
export function createApp({
  publicUrl,
  trustProxy,
  webhooks,
  routers,
  notFound,
  log,
}: Deps): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', trustProxy);
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
  const look = trustProxy === 0 ? createProxyWatch(log) : null;
  return (request, response) => {
    look?.(request);
    if (isWebhook(request.url ?? '')) webhooks(request, response);
    else app(request, response);
  };
}

/** So many requests are no accident. */
const enough = 20;

/**
 * Says once that a proxy seems to be in front which nobody told us of: forwarding headers arrive, and all
 * requests come from one address. Then one stranger's limits are everybody's.
 */
function createProxyWatch(log: Log): (request: IncomingMessage) => void {
  let forwarded = 0;
  let only: string | undefined;
  return ({ socket, headers }) => {
    if (forwarded >= enough) return;
    only ??= socket.remoteAddress;
    if (socket.remoteAddress !== only)
      forwarded = Infinity; // somebody comes by himself
    else if (headers['x-forwarded-for'] ?? headers.forwarded) forwarded += 1;
    if (forwarded !== enough) return;
    log.warn(
      { forwarded },
      'a proxy seems to be in front, but TRUST_PROXY is 0: all citizens count as one address',
    );
  };
}
