import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { channels } from '../../channels/index.ts';
import type { Channel, WebhookRequest } from '../../src/domain/channel.ts';
import { inboundMessageSchema } from '../../src/domain/message.ts';
import { AppError } from '../../src/errors.ts';
import { providers } from '../conformance/providers.ts';
import { fixture, opened } from '../support/channel-cases.ts';
import { publicUrl } from '../support/gateway.ts';
import { hostileKeys, tooDear } from '../support/hostile.ts';

/** The longest text that each channel lets somebody write, in UTF-16 units. */
const longest: Readonly<Record<string, number>> = {
  facebook: 8000,
  sms: 1600,
  telegram: 4096,
  web: 20_000,
  x: 25_000,
};

/** What a person writes, by the name of its field; everything else is the platform's. */
const written = new Set([
  ...['Body', 'Label', 'Address'],
  ...['text', 'full_text', 'message', 'review_text', 'title', 'name', 'reviewer_name', 'payload'],
  ...['caption', 'first_name', 'last_name', 'address', 'file_name', 'phone_number', 'full_name'],
]);

/** What stands in the place of a string, by the name of its field; undefined leaves it. */
type Change = (field: string) => string | undefined;

/** A delivery with other strings in it, and with a member more in each object, or a parameter more. */
function changedBytes(bytes: Buffer, change: Change, member: string | null = null): Buffer {
  const more: readonly (readonly [string, string])[] = member === null ? [] : [[member, '1']];
  const changed = (value: unknown, field = ''): unknown => {
    if (typeof value === 'string') return change(field) ?? value;
    if (Array.isArray(value)) return value.map((one) => changed(one, field));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, one]) => [name, changed(one, name)] as const);
    return Object.fromEntries([...more, ...members]);
  };
  const text = bytes.toString();
  if (/^[{[]/.test(text)) return Buffer.from(JSON.stringify(changed(JSON.parse(text))));
  const fields = new URLSearchParams();
  for (const [name, value] of [...more, ...new URLSearchParams(text)]) {
    fields.append(name, change(name) ?? value);
  }
  return Buffer.from(fields.toString());
}

/** The delivery once for each of its strings, with a word in its place. */
function changedOnce(bytes: Buffer, word: string): readonly Buffer[] {
  let count = 0;
  changedBytes(bytes, () => {
    count += 1;
    return undefined;
  });
  return Array.from({ length: count }, (_, at) => {
    let seen = -1;
    return changedBytes(bytes, () => {
      seen += 1;
      return seen === at ? word : undefined;
    });
  });
}

function requestOf(name: string, file: string, bytes: Buffer): WebhookRequest {
  const stored = providers[name]?.stored(file, bytes);
  return stored ?? { method: 'POST', url: `${publicUrl}/`, headers: {}, body: bytes };
}

/** Reads as the worker does: what is no error of ours is a message the rest can rely on. */
function read(channel: Channel, request: WebhookRequest): void {
  try {
    for (const message of channel.read(request).messages) inboundMessageSchema.parse(message);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}

for (const module of channels) {
  const { name } = module;
  const files = readdirSync(new URL(`../fixtures/${name}/`, import.meta.url)).map((file) => {
    const bytes = fixture(name, file);
    return { file, bytes: providers[name]?.adopted(bytes) ?? bytes };
  });

  describe(`a hostile delivery of ${name}`, () => {
    let channel: Channel;

    before(async () => {
      channel = await opened(module, providers[name]?.settings ?? {});
    });

    for (const key of hostileKeys) {
      it(`names nothing by ${key}, as any of its values or names`, () => {
        const inAddress = `https://pbs.twimg.com/media/${key}?format=${key}`;
        for (const { file, bytes } of files) {
          for (const word of [key, inAddress]) {
            for (const one of changedOnce(bytes, word)) read(channel, requestOf(name, file, one));
          }
          const one = changedBytes(bytes, () => undefined, key);
          read(channel, requestOf(name, file, one));
        }
      });
    }

    it('costs little to read, whatever is written in it', () => {
      for (const { file, bytes } of files) {
        const prepare = (text: string) => {
          const hostile = changedBytes(bytes, (field) => (written.has(field) ? text : undefined));
          const request = requestOf(name, file, hostile);
          return () => {
            read(channel, request);
          };
        };

        expect(tooDear(prepare, longest[name] ?? 0), file).to.equal(null);
      }
    });
  });
}
