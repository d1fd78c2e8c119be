import { z } from 'zod';
import type { NewDelivery } from '../store/inbox.ts';

/**
 * What is written down while PostgreSQL is away: a delivery, sealed as the inbox keeps it, or the
 * tracking number that was promised to whoever holds `key`.
 */
export type SpoolRecord =
  | { readonly kind: 'delivery'; readonly delivery: NewDelivery }
  | { readonly kind: 'claim'; readonly key: string; readonly number: string; readonly at: Date };

const time = z.iso.datetime().transform((text) => new Date(text));

const headSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('delivery'),
    channel: z.string(),
    digest: z.hex(),
    receivedAt: time,
    storedAt: time.optional(),
  }),
  z.object({ kind: z.literal('claim'), key: z.string(), number: z.string(), at: time }),
]);

/** The bytes of a record: the length of its head, the head as JSON, and what is sealed. */
export function encodeRecord(record: SpoolRecord): Buffer {
  const [head, sealed] =
    record.kind === 'delivery' ? ofDelivery(record.delivery) : [record, Buffer.alloc(0)];
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, sealed]);
}

const ofDelivery = ({ digest, sealed, ...delivery }: NewDelivery) =>
  [{ kind: 'delivery', digest: digest.toString('hex'), ...delivery }, sealed] as const;

/** The record that `encodeRecord` made these bytes of; null when it was none of ours. */
export function decodeRecord(bytes: Buffer): SpoolRecord | null {
  const head = headOf(bytes);
  if (head === null) return null;
  if (head.said.kind === 'claim') return head.said;
  const { channel, digest, receivedAt, storedAt } = head.said;
  const sealed = bytes.subarray(head.end);
  const delivery = { channel, digest: Buffer.from(digest, 'hex'), receivedAt, sealed };
  return { kind: 'delivery', delivery: storedAt ? { ...delivery, storedAt } : delivery };
}

function headOf(bytes: Buffer) {
  try {
    const end = 4 + bytes.readUInt32BE(0);
    const { data } = headSchema.safeParse(JSON.parse(bytes.subarray(4, end).toString()));
    return data ? { said: data, end } : null;
  } catch {
    return null; // a checksum was right and the content is not: written by another version
  }
}

/** When it was written down. */
export const timeOf = (record: SpoolRecord): Date =>
  record.kind === 'delivery' ? (record.delivery.storedAt ?? record.delivery.receivedAt) : record.at;
