import { z } from 'zod';

const MOST_ITEMS = 1_000; // X sends at most a hundred posts at once, with what they include

/** Of what belongs to one post X allows fewer. */
export const MOST_PARTS = 50;

// What a report does not need must not stand in its way: a field of an unexpected shape counts as absent.
export function lenient<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

export function listOf<Schema extends z.ZodType>(schema: Schema, most = MOST_ITEMS) {
  return z
    .unknown()
    .optional()
    .transform((value) =>
      listFrom(value)
        .slice(0, most)
        .flatMap((item) => {
          const parsed = schema.safeParse(item);
          return parsed.success ? [parsed.data] : [];
        }),
    );
}

export function listFrom(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown): Fields | null {
  return isFields(value) ? value : null;
}

/** An id in digits. A number is one only as long as JavaScript can hold it exactly. */
export const id = z.union([
  z.string().regex(/^\d{1,24}$/),
  z.int().nonnegative().transform(String),
]);

/** The old envelope has `id_str` beside `id`, which others may have rounded: its digits are the id. */
export function digitsFirst(value: unknown): unknown {
  const known = fieldsOf(value);
  if (!known) return value;
  const digits = Object.entries(known).flatMap(([name, twin]): [string, unknown][] =>
    name.endsWith('id_str') && typeof twin === 'string' ? [[name.slice(0, -4), twin]] : [],
  );
  return { ...known, ...Object.fromEntries(digits) };
}

export function trimmed(text: string | undefined): string | null {
  const bare = text?.trim();
  return bare === '' ? null : (bare ?? null);
}

/** What the parts of a shape that are wrong are called. */
export function namesOf(within: string, error: z.ZodError): string {
  return error.issues.map((issue) => [within, ...issue.path].join('.')).join(', ');
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;
const LEGACY = /^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{2} \d{2}:\d{2}:\d{2} [+-]\d{4} \d{4}$/;
const LAST_MS = 253_402_300_799_999; // the end of the year 9999

/** X's three ways to write a time: ISO 8601, `Wed Oct 10 20:19:24 +0000 2018`, milliseconds. */
export function timeFrom(written: unknown): string | null {
  const text = typeof written === 'number' ? String(written) : written;
  if (typeof text !== 'string') return null;
  const isDate = ISO.test(text) || LEGACY.test(text);
  const ms = isDate ? Date.parse(text) : /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return ms >= 0 && ms <= LAST_MS ? new Date(ms).toISOString() : null;
}
