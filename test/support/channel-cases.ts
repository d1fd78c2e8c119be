import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type {
  Channel,
  ChannelModule,
  Environment,
  Receipt,
  Tools,
  WebhookRequest,
} from '../../src/domain/channel.ts';
import { inboundMessageSchema } from '../../src/domain/message.ts';
import type { InboundMessage } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';

/** One line of the specification: what reading this delivery gives. Messages name the fields meant. */
export type ChannelCase = { readonly label: string; readonly request: WebhookRequest } & (
  | { readonly messages: readonly Partial<InboundMessage>[] }
  | { readonly ignored: RegExp }
  | { readonly fails: RegExp }
);

/** No network, a clock that stands still, identifiers that count. */
export function stillTools(): Tools {
  let ids = 0;
  return {
    fetch: (input) => Promise.reject(new Error(`unexpected request: ${JSON.stringify(input)}`)),
    now: () => 1_795_255_200_000,
    newId: () => `id-${String((ids += 1))}`,
  };
}

export async function opened(module: ChannelModule, environment: Environment): Promise<Channel> {
  const channel = await module.open(environment, stillTools());
  if (channel === null) throw new Error(`channel ${module.name} stays closed`);
  return channel;
}

/** The payload as it is on the wire; the final line break belongs to the file only. */
export function fixture(channel: string, name: string): Buffer {
  const file = new URL(`../fixtures/${channel}/${name}`, import.meta.url);
  return Buffer.from(readFileSync(file, 'utf8').replace(/\n$/, ''));
}

/** Reads as the worker does, and holds every receipt to the canonical schema and to purity. */
export function receiptOf(channel: Channel, request: WebhookRequest): Receipt {
  const receipt = channel.read(request);
  for (const message of receipt.messages) {
    expect(inboundMessageSchema.parse(message)).to.deep.equal(message);
  }
  expect(channel.read(request)).to.deep.equal(receipt);
  return receipt;
}

export function itReads(channel: () => Channel, cases: readonly ChannelCase[]): void {
  for (const row of cases) {
    it(row.label, () => {
      if ('fails' in row) {
        expect(() => channel().read(row.request)).to.throw(Malformed, row.fails);
        return;
      }

      const receipt = receiptOf(channel(), row.request);

      if ('ignored' in row) {
        expect(receipt.messages).to.deep.equal([]);
        expect(receipt.ignored).to.have.length(1);
        expect(receipt.ignored[0]).to.match(row.ignored);
        return;
      }
      expect(receipt.ignored).to.deep.equal([]);
      expect(receipt.messages).to.have.length(row.messages.length);
      for (const [index, wanted] of row.messages.entries()) {
        expect(pick(receipt.messages[index], Object.keys(wanted))).to.deep.equal(wanted);
      }
    });
  }
}

/** Random numbers that are the same in every run (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The bytes with one to four of them changed, left out, put in or cut off. */
export function mutated(bytes: Uint8Array, random: (below: number) => number): Buffer {
  const result = [...bytes];
  const rounds = 1 + random(4);
  for (let round = 0; round < rounds; round += 1) {
    const at = random(result.length + 1);
    const kind = random(5);
    if (kind === 0) result[at] = random(256);
    else if (kind === 1) result.splice(at, 1 + random(8));
    else if (kind === 2) result.splice(at, 0, ...Buffer.from(ODD[random(ODD.length)] ?? ''));
    else if (kind === 3) result.splice(at, 0, ...result.slice(at, at + random(40)));
    else if (random(10) === 0) result.length = at;
  }
  return Buffer.from(result);
}

const ODD = [
  '%',
  '%00',
  '"',
  '{',
  '\u0000',
  '\\ud800',
  'null',
  '-1',
  '[]',
  '&',
  '=',
  '1e999',
  '🙏',
];

function pick(message: InboundMessage | undefined, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(message ?? {}).filter(([name]) => names.includes(name)));
}
