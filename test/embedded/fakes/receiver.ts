import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { channels } from '../../../channels/index.ts';
import type { Channel, Environment, WebhookRequest } from '../../../src/domain/channel.ts';
import type { InboundMessage } from '../../../src/domain/message.ts';
import type { Fake } from '../../../src/embedded/fakes/fake.ts';
import { type Fakes, startFakes } from '../../../src/embedded/fakes.ts';
import { Unauthenticated } from '../../../src/errors.ts';

export const publicUrl = 'https://lapor.example.go.id';
export const photo = {
  bytes: Buffer.from('\xff\xd8\xff\xe0 a photo', 'latin1'),
  mediaType: 'image/jpeg',
};

type Stage = {
  readonly fake: Fake;
  readonly settings: Environment;
  readonly url: string;
  /** What arrived as a delivery, in order. */
  readonly deliveries: readonly WebhookRequest[];
  /** What the real channel reads of all that it found authentic, repetitions left out. */
  readonly messages: () => readonly InboundMessage[];
  /** Answers these statuses first. */
  readonly failWith: (...statuses: readonly number[]) => void;
  /** Answers every challenge so; null: as the channel does. */
  readonly answerChallenges: (body: string | null) => void;
  readonly close: () => Promise<void>;
};

type Options = {
  readonly isRepeated?: boolean;
  readonly settings?: Environment;
  readonly now?: () => number;
};

/** A provider, and behind its socket the real channel: what it does not find authentic gets 401. */
export async function startStage(name: string, options: Options = {}): Promise<Stage> {
  const module = channels.find((each) => each.name === name);
  if (!module) throw new Error(`no channel ${name}`);
  const demo = {
    ...module.demo((secret) => secret.padEnd(64, '0').replace(/[^a-f0-9]/g, 'a')),
    ...options.settings,
  };
  const fakes: Fakes = await startFakes({
    settings: () => demo,
    publicUrl,
    random: () => (options.isRepeated ? 0 : 1),
    now: options.now ?? Date.now,
    pace: 0.01,
    report: (error) => {
      throw error;
    },
  });
  const fake = fakes.of(name);
  if (!fake) throw new Error(`no fake of ${name}`);
  const settings = { ...demo, ...fake.variables };
  const channel = await module.open(settings, { fetch, now: Date.now, newId: () => '1' });
  if (!channel) throw new Error(`${name} is closed`);
  const deliveries: WebhookRequest[] = [];
  let failures: readonly number[] = [];
  let challenge: string | null = null;

  const answer = (request: WebhookRequest, response: ServerResponse): void => {
    const handshake = challengeOf(channel, request);
    if (handshake) {
      response.writeHead(200).end(challenge ?? handshake);
      return;
    }
    deliveries.push(request);
    const [status = statusOf(channel, request), ...rest] = failures;
    failures = rest;
    response
      .writeHead(status, { 'content-type': channel.webhook?.success.type })
      .end(channel.webhook?.success.body);
  };
  const server = createServer((request, response) => {
    void requestFrom(request).then((delivery) => {
      answer(delivery, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    fake,
    settings,
    url: `http://127.0.0.1:${port}`,
    deliveries,
    messages: () => {
      const unique = new Map(deliveries.map((each) => [Buffer.from(each.body).toString(), each]));
      return [...unique.values()].flatMap((each) => {
        channel.webhook?.authenticate(each);
        return channel.read(each).messages;
      });
    },
    failWith: (...statuses) => {
      failures = statuses;
    },
    answerChallenges: (body) => {
      challenge = body;
    },
    close: async () => {
      await fakes.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

/** What the channel answers to a challenge; null: nothing that would do. */
function challengeOf(channel: Channel, request: WebhookRequest): string | null {
  if (request.method !== 'GET') return null;
  try {
    return channel.webhook?.handshake?.(request) ?? null;
  } catch (error) {
    if (error instanceof Unauthenticated) return null;
    throw error;
  }
}

function statusOf(channel: Channel, request: WebhookRequest): number {
  try {
    channel.webhook?.authenticate(request);
    return 200;
  } catch (error) {
    if (error instanceof Unauthenticated) return 401;
    throw error;
  }
}

async function requestFrom(request: IncomingMessage): Promise<WebhookRequest> {
  const body = await buffer(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  return { method: request.method ?? '', url: publicUrl + (request.url ?? ''), headers, body };
}

/** What a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error,
  );
}

/** A member of a JSON answer, by the names and indices that lead to it. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, name) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    const found: unknown = Object.getOwnPropertyDescriptor(inner, name)?.value;
    return found;
  }, value);
}
