import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Channel, Webhook, WebhookRequest } from '../domain/channel.ts';
import { Malformed, OverShare, TooLarge, Unauthenticated, Unavailable } from '../errors.ts';
import type { Intake } from '../intake.ts';
import { createLimiter, type Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { BodyReader } from './body.ts';
import { answer, answerFailure, type Head, headOf, statusOf } from './failures.ts';

type Deps = {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly publicUrl: string;
  readonly intake: Pick<Intake, 'accept'>;
  readonly readBody: BodyReader;
  readonly metrics: Pick<Metrics, 'deliveries' | 'ack'>;
  readonly log: Log;
  readonly now: () => number;
};

type Found = {
  readonly channel: Channel;
  readonly webhook: Webhook;
  /** Whatever it refuses is 401 before the body is read. */
  readonly precheck: NonNullable<Webhook['precheck']>;
  readonly allow: string;
  readonly success: Head;
};

/** Of a request that came through Express, `url` is what a router left of it. */
type Request = IncomingMessage & { readonly originalUrl?: string };

export type Webhooks = (request: Request, response: ServerResponse) => void;

/**
 * The one way in for every webhook channel. The order is fixed here, so that no channel can forget a
 * step: open channel, precheck, cap, handshake, authenticate, store, answer. Nothing is parsed before the 2xx.
 * Plain node:http, because here a thousandth of a second counts; `app.ts` puts it before Express.
 */
export function createWebhooks(deps: Deps): Webhooks {
  const { channels, metrics, log, now } = deps;
  const routes = routesOf(channels);
  const forged = new Map([...channels.keys()].map((name) => [name, createLimiter(10_000, now)]));
  const overShare = createLimiter(10_000, now);
  const failed = createLimiter(1000, now);

  const refuse = ({ name }: Channel, response: ServerResponse, error: unknown): void => {
    const outcome = outcomes[statusOf(error)];
    if (outcome) metrics.deliveries.inc({ channel: name, outcome });
    if (error instanceof Unauthenticated) {
      forged.get(name)?.((withheld) => {
        log.warn({ channel: name, reason: error.message, withheld }, 'delivery not authentic');
      });
    } else if (error instanceof OverShare) {
      overShare((withheld) => {
        log.warn({ channel: name, reason: error.message, withheld }, 'body not read');
      });
    } else if (!(error instanceof TooLarge || error instanceof Malformed)) {
      failed((withheld) => {
        log.error({ channel: name, err: error, withheld }, 'delivery not stored');
      });
    }
    // Whatever went wrong on our side, nothing is stored: 503 asks the provider to come again.
    const isOurs = statusOf(error) === 500;
    answerFailure(response, isOurs ? new Unavailable('not stored', { cause: error }) : error);
  };

  const serve = async (found: Found, request: Request, response: ServerResponse) => {
    const startedAt = now();
    const { name } = found.channel;
    try {
      const outcome = await receive(deps, found, request, response);
      if (outcome === null) return;
      metrics.deliveries.inc({ channel: name, outcome });
      response.writeHead(200, found.success).end(found.webhook.success.body);
      metrics.ack.observe({ channel: name }, (now() - startedAt) / 1000);
    } catch (error) {
      refuse(found.channel, response, error);
    }
  };

  return (request, response) => {
    const found = routes.get(pathOf(urlOf(request)));
    if (found) void serve(found, request, response);
    else response.writeHead(404, { 'content-length': 0 }).end();
  };
}

const outcomes: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  413: 'too_large',
  500: 'unavailable',
  503: 'unavailable',
};

const prefix = '/webhooks';

/** Whether a request target is one of ours to answer. */
export const isWebhook = (url: string): boolean => /^\/webhooks(?![^/?#])/i.test(url);

const urlOf = (request: Request): string => request.originalUrl ?? request.url ?? '';

/** What stands behind the prefix; one slash at the end does not count. */
function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  const path = url.slice(prefix.length, end < 0 ? undefined : end);
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Every webhook under each path that it is served at. */
function routesOf(channels: ReadonlyMap<string, Channel>): ReadonlyMap<string, Found> {
  return new Map(
    [...channels].flatMap(([name, channel]) => {
      const { webhook } = channel;
      if (!webhook) return [];
      const { methods, paths = [], success, precheck = () => undefined } = webhook;
      const found = {
        ...{ channel, webhook, precheck },
        allow: [...methods, ...(webhook.handshake ? ['GET'] : [])].join(', '),
        success: headOf(success.type, success.body),
      };
      return [name, ...paths.map((path) => `${name}/${path}`)].map((path): [string, Found] => [
        `/${path}`,
        found,
      ]);
    }),
  );
}

/** Out: how the delivery was stored, or null when the request is answered already. */
async function receive(
  deps: Deps,
  { channel, webhook, precheck, allow }: Found,
  request: Request,
  response: ServerResponse,
): Promise<'accepted' | 'repeated' | null> {
  const { method = '' } = request;
  const isAllowed = webhook.methods.some((allowed) => allowed === method);
  const handshake = method === 'GET' ? webhook.handshake : undefined;
  if (!isAllowed && !handshake) {
    response.writeHead(405, { allow, 'content-length': 0 }).end();
    return null;
  }
  const receivedAt = new Date(deps.now());
  const headers = headersOf(request);
  if (!handshake) precheck(headers);
  const body = await deps.readBody(request);
  const delivery: WebhookRequest = {
    method,
    // Never from Host or X-Forwarded-*: a proxy may rewrite them, and anybody may send them.
    url: deps.publicUrl + urlOf(request),
    headers,
    body,
  };
  const challenge = handshake?.(delivery) ?? null;
  if (challenge !== null) {
    // It repeats what was asked: no browser may take it for a page.
    response.setHeader('x-content-type-options', 'nosniff');
    answer(response, 200, webhook.handshakeType ?? 'text/plain', challenge);
    return null;
  }
  webhook.authenticate(delivery);
  return deps.intake.accept(channel.name, kept(webhook, delivery), receivedAt);
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function kept(webhook: Webhook, delivery: WebhookRequest): WebhookRequest {
  const headers: Record<string, string> = {};
  for (const name of webhook.keepHeaders ?? ['content-type']) {
    const value = delivery.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  return { ...delivery, headers };
}
