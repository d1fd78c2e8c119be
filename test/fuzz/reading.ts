import { isDeepStrictEqual } from 'node:util';
import type { Channel, Receipt, WebhookRequest } from '../../src/domain/channel.ts';
import { inboundMessageSchema } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import { type Beacon, type Found, type Limits, tryAll } from './run.ts';
import { type Payload, payloadsOf } from './payloads.ts';
import { deliveryOf, type Subject } from './subject.ts';

/** Up to this size a delivery must be read in time. */
const promisedBytes = 100_000;

/** Purity and the right proof are looked at each so many. */
const sampleEvery = 8;

/**
 * Reads deliveries until one is read wrongly: as documented and not understood, or not understood in any
 * other way than by Malformed, or too slowly, or differently the second time.
 */
export function fuzzReading(
  subject: Subject,
  channel: Channel,
  limits: Limits,
  beacon: Beacon,
): Found {
  const counts = { read: 0, partly: 0, ignored: 0, malformed: 0 };
  const { mostMs = 250 } = limits;
  const slowest = { ms: 0, bytes: 0 };
  let count = 0;
  const attempt = (payload: Payload): void => {
    count += 1;
    const { way, content } = payload;
    const request = deliveryOf(way.request(content, way.proof?.secret ?? ''));
    beacon.begin(content);
    const ms = timeOf(() => {
      counts[outcomeOf(channel, request, payload, count % sampleEvery === 0)] += 1;
    });
    beacon.end();
    if (content.length <= promisedBytes && ms > slowest.ms) {
      Object.assign(slowest, { ms, bytes: content.length });
    }
    if (content.length <= promisedBytes && ms > mostMs) {
      // A busy machine or a collection of garbage is not the reader's.
      const again = Math.min(ms, ...[1, 2, 3].map(() => timeOf(() => tried(channel, request))));
      if (again > mostMs) throw new Error(`reading took ${Math.round(again)} ms`);
      slowest.ms = again;
    }
  };
  const failure = tryAll(payloadsOf(subject), limits, attempt, describe);
  const seen = Object.entries(counts).map(([name, number]) => `${name} ${number}`);
  const slow = `slowest ${slowest.ms.toFixed(1)} ms (${slowest.bytes} bytes)`;
  return { summary: [`${count} payloads`, ...seen, slow].join(', '), failure };
}

function outcomeOf(
  channel: Channel,
  request: WebhookRequest,
  { said, way }: Payload,
  isSample: boolean,
): 'read' | 'partly' | 'ignored' | 'malformed' {
  const receipt = tried(channel, request);
  if (isSample && !isDeepStrictEqual(tried(channel, request), receipt)) {
    throw new Error('the same bytes gave another receipt');
  }
  if (receipt instanceof Malformed) {
    if (said !== null) throw receipt;
    return 'malformed';
  }
  mustBeCanonical(receipt);
  if (said !== null) {
    mustSay(receipt, said);
    if (way.proof && isSample) channel.webhook?.authenticate(request);
  }
  return kindOf(receipt);
}

function kindOf({ messages, unreadable = [] }: Receipt): 'read' | 'partly' | 'ignored' {
  if (unreadable.length > 0) return 'partly';
  return messages.length > 0 ? 'read' : 'ignored';
}

function mustBeCanonical({ messages }: Receipt): void {
  for (const message of messages) {
    if (!isDeepStrictEqual(inboundMessageSchema.parse(message), message)) {
      throw new Error('a message is not in the canonical form');
    }
  }
}

function mustSay({ messages, ignored, unreadable = [] }: Receipt, said: readonly string[]): void {
  const beside = [...unreadable, ...ignored];
  if (beside.length > 0) throw new Error(`a valid message was not read: ${beside.join('; ')}`);
  const heard = messages.map(({ originalText }) => originalText);
  if (!isDeepStrictEqual(heard, said)) {
    throw new Error(`not the words that were sent: ${JSON.stringify(heard).slice(0, 500)}`);
  }
}

/** Anything but a receipt or Malformed is thrown on. */
function tried(channel: Channel, request: WebhookRequest): Receipt | Malformed {
  try {
    return channel.read(request);
  } catch (error) {
    if (error instanceof Malformed) return error;
    throw error;
  }
}

function timeOf(act: () => unknown): number {
  const before = process.threadCpuUsage();
  act();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

export function describe({ way, content, said }: Payload): string {
  const kind = said === null ? 'mutated' : `valid, says ${JSON.stringify(said).slice(0, 300)}`;
  return `${way.label} (${kind}, ${content.length} bytes): ${JSON.stringify(content.toString()).slice(0, 2000)}`;
}
