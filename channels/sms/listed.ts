import { z } from 'zod';
import { Malformed } from '../../src/errors.ts';
import type { Fields } from './request.ts';

/** A message of the list (REST API 2010-04-01, Message), as far as a report needs it. */
const resource = z.object({
  sid: z.string(),
  direction: z.string().nullish(),
  from: z.string().nullish(),
  to: z.string().nullish(),
  body: z.string().nullish(),
  date_sent: z.string().nullish(),
  date_created: z.string().nullish(),
});

/** What we store: the resource as it was listed, and its files, addressed as in a webhook. */
const stored = z.object({
  message: resource,
  media: z.array(z.object({ url: z.string(), content_type: z.string().nullish() })).default([]),
});

type Resource = z.output<typeof resource>;

/** A listed message in the parameters of a webhook. Throws Malformed. */
export function listedFrom(
  bytes: Uint8Array,
): { readonly ignored: string } | { readonly fields: Fields; readonly sentAt: string | null } {
  const { message, media } = storedFrom(bytes);
  if (message.direction !== 'inbound') return { ignored: 'own message' };
  const parameters: readonly (readonly [string, string | null | undefined])[] = [
    ['MessageSid', message.sid],
    ['From', message.from],
    ['To', message.to],
    ['Body', message.body],
    ...media.flatMap(
      ({ url, content_type: type }, index) =>
        [
          [`MediaUrl${index}`, url],
          [`MediaContentType${index}`, type],
        ] as const,
    ),
  ];
  const fields = Object.fromEntries(
    parameters.map(([name, value]): [string, readonly string[]] => [name, value ? [value] : []]),
  );
  const at = timeOf(message);
  return { fields, sentAt: at === null ? null : timeFrom(at) };
}

const timeFrom = (at: number): string => new Date(at).toISOString();

/** When Twilio got it, epoch milliseconds; null where it does not say. */
export function timeOf({
  date_sent: sent,
  date_created: created,
}: Partial<Resource>): number | null {
  const at = Date.parse(sent ?? created ?? '');
  return Number.isNaN(at) ? null : at;
}

function storedFrom(bytes: Uint8Array): z.output<typeof stored> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Malformed('the listed message is not JSON');
  }
  const parsed = stored.safeParse(value);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new Malformed(`${names.join(', ')}: missing or of the wrong type`);
  }
  return parsed.data;
}
