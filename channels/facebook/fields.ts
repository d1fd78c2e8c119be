import { z } from 'zod';
import type { InboundMessage } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';

/** What one item comes to. `unread` names the parts of a message that could not be read. */
export type Result =
  | { readonly ignored: string }
  | { readonly message: InboundMessage; readonly unread: readonly string[] };

const MOST_ITEMS = 200;
const SECONDS_END = 1e11; // as milliseconds this was 1973, as seconds it is the year 5138
const FIRST_MS = Date.UTC(2004, 0); // no Facebook before
const LAST_MS = Date.UTC(9999, 11, 31);

// What a report does not need must not stand in its way: a field of an unexpected shape counts as absent.
export function lenient<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

export function listOf<Schema extends z.ZodType>(schema: Schema) {
  return z
    .unknown()
    .optional()
    .transform((value) => {
      const items: readonly unknown[] = Array.isArray(value) ? value.slice(0, MOST_ITEMS) : [];
      return items.flatMap((item) => {
        const parsed = schema.safeParse(item);
        return parsed.success ? [parsed.data] : [];
      });
    });
}

// Of what there may be a million of we look without zod, which takes its time to say no.
export function recordFrom(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const webUrl = z.url({ protocol: /^https?$/ });

const ID = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/** An id as Meta sends it: a string, in old fields a number. Short enough to put a suffix to it. */
export const anyId = z
  .union([z.string(), z.int().nonnegative()])
  .transform(String)
  .pipe(z.string().regex(ID));

export function idFrom(value: unknown): string | undefined {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  }
  return typeof value === 'string' && ID.test(value) ? value : undefined;
}

export function needed<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Malformed(`${name}: missing or of the wrong type`);
  return value;
}

/** Meta's own name of a kind, for a reason; never a value somebody could write words into. */
export function kindName(name: string | undefined): string {
  return name !== undefined && /^[a-z][a-z_-]{0,39}$/.test(name) ? name : 'of another kind';
}

/** Meta mixes milliseconds, seconds and ISO strings; how large a number is says which it is. */
export function timeFrom(value: unknown): string | null {
  const ms = msFrom(value);
  return ms >= FIRST_MS && ms <= LAST_MS ? new Date(ms).toISOString() : null;
}

function msFrom(value: unknown): number {
  if (typeof value === 'number') return value < SECONDS_END ? value * 1000 : value;
  if (typeof value !== 'string') return Number.NaN;
  if (/^\d{9,16}$/.test(value)) return msFrom(Number(value));
  if (!/^\d{4}-\d\d-\d\dT\d\d:/.test(value)) return Number.NaN;
  // Without a zone JavaScript would take the zone of this machine.
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`);
}
