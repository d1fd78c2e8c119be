import { type Request, type RequestHandler, type Response } from 'express';
import type { Channel, Webhook, WebhookRequest } from '../domain/channel.ts';
import { Malformed, TooLarge, Unauthenticated, Unavailable } from '../errors.ts';
import type { Intake } from '../intake.ts';
import { createLimiter, type Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { BodyReader } from './body.ts';
import { answerFailure, statusOf } from './failures.ts';

type Deps = {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly publicUrl: string;
  readonly intake: Pick<Intake, 'accept'>;
  readonly readBody: BodyReader;
  readonly metrics: Pick<Metrics, 'deliveries' | 'ack'>;
  readonly log: Log;
  readonly now: () => number;
};

type Found = { readonly channel: Channel; readonly webhook: Webhook };

/**
 * The one way in for every webhook channel. The order is fixed here, so that no channel can forget a
 * step: cap, open channel, handshake, authenticate, store, answer. Nothing is parsed before the 2xx.
 */
export function createWebhooks(deps: Deps): RequestHandler {
  const forged = new Map(
    [...deps.channels.keys()].map((name) => [name, createLimiter(10_000, deps.now)]),
  );
  const failed = createLimiter(1000, deps.now);
  const count = (channel: string, outcome: string) => {
    deps.metrics.deliveries.inc({ channel, outcome });
  };
  return async (request, response) => {
    const found = find(deps.channels, request.path);
    if (!found) {
      response.status(404).end();
      return;
    }
    const { channel, webhook } = found;
    const startedAt = deps.now();
    try {
      const outcome = await receive(deps, found, request, response);
      if (outcome === null) return;
      count(channel.name, outcome);
      response.status(200).type(webhook.success.type).send(webhook.success.body);
      deps.metrics.ack.labels(channel.name).observe((deps.now() - startedAt) / 1000);
    } catch (error) {
      const outcome = outcomes[statusOf(error)];
      if (outcome) count(channel.name, outcome);
      if (error instanceof Unauthenticated) {
        forged.get(channel.name)?.((withheld) => {
          deps.log.warn(
            { channel: channel.name, reason: error.message, withheld },
            'delivery not authentic',
          );
        });
      } else if (!(error instanceof TooLarge || error instanceof Malformed)) {
        failed((withheld) => {
          deps.log.error({ channel: channel.name, err: error, withheld }, 'delivery not stored');
        });
      }
      // Whatever went wrong on our side, nothing is stored: 503 asks the provider to come again.
      answerFailure(
        response,
        statusOf(error) === 500 ? new Unavailable('not stored', { cause: error }) : error,
      );
    }
  };
}

const outcomes: Readonly<Record<number, string>> = {
  401: 'unauthenticated',
  413: 'too_large',
  500: 'unavailable',
  503: 'unavailable',
};

function find(channels: ReadonlyMap<string, Channel>, path: string): Found | null {
  const [, name = '', ...rest] = path.split('/');
  const channel = channels.get(name);
  const sub = rest.join('/').replace(/\/$/, '');
  return channel?.webhook && (sub === '' || channel.webhook.paths?.includes(sub))
    ? { channel, webhook: channel.webhook }
    : null;
}

/** Out: how the delivery was stored, or null when the request is answered already. */
async function receive(
  deps: Deps,
  { channel, webhook }: Found,
  request: Request,
  response: Response,
): Promise<'accepted' | 'repeated' | null> {
  const method = webhook.methods.find((allowed) => allowed === request.method);
  const handshake = request.method === 'GET' ? webhook.handshake : undefined;
  if (!method && !handshake) {
    const allow = [...webhook.methods, ...(webhook.handshake ? ['GET'] : [])].join(', ');
    response.status(405).set('allow', allow).end();
    return null;
  }
  const receivedAt = new Date(deps.now());
  const body = await deps.readBody(request);
  const delivery: WebhookRequest = {
    method: request.method,
    // Never from Host or X-Forwarded-*: a proxy may rewrite them, and anybody may send them.
    url: deps.publicUrl + request.originalUrl,
    headers: headersOf(request),
    body,
  };
  const challenge = handshake?.(delivery) ?? null;
  if (challenge !== null) {
    // It repeats what was asked: no browser may take it for a page.
    response.set('x-content-type-options', 'nosniff');
    response
      .status(200)
      .type(webhook.handshakeType ?? 'text/plain')
      .send(challenge);
    return null;
  }
  webhook.authenticate(delivery);
  return deps.intake.accept(channel.name, kept(webhook, delivery), receivedAt);
}

function headersOf(request: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function kept(webhook: Webhook, delivery: WebhookRequest): WebhookRequest {
  const names = webhook.keepHeaders ?? ['content-type'];
  return {
    ...delivery,
    headers: Object.fromEntries(
      names.flatMap((name) => {
        const value = delivery.headers[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}
