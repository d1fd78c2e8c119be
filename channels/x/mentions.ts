import { z } from 'zod';
import { exactJson } from '../_shared/json.ts';
import { type Fields, fieldsOf, id, lenient, listFrom, listOf } from './json.ts';

const record = z.record(z.string(), z.unknown());

const page = z.object({
  // Without any mention there is no `data`.
  data: z
    .array(z.unknown())
    .optional()
    .transform((posts) => posts ?? []),
  // A token that cannot be read must not pass for the end.
  meta: z.object({ newest_id: lenient(id), next_token: z.union([z.string(), id]).nullish() }),
  includes: z.record(z.string(), listOf(record)).catch({}),
});

/** The kind of event of what was polled: X says nothing more of it than that it names us. */
export const POLLED = 'polled.mention';

export type Page = z.output<typeof page>;

export function pageFrom(bytes: Uint8Array): Page | null {
  try {
    return page.safeParse(exactJson(bytes)).data ?? null;
  } catch {
    return null;
  }
}

/** What of a record is kept: fields in this order, `true` for one without parts. */
type Shape = { readonly [name: string]: true | Shape };

const ENTITIES = {
  mentions: { id: true, username: true },
  urls: { url: true, expanded_url: true, media_key: true },
} as const;
const NOTE = { text: true, entities: ENTITIES } as const;
const REFERENCE = { type: true, id: true } as const;

// Counts, and the cards and annotations of entities, change from one asking to the next.
const POST: Shape = {
  id: true,
  author_id: true,
  created_at: true,
  text: true,
  note_tweet: NOTE,
  note_post: NOTE,
  display_text_range: true,
  conversation_id: true,
  in_reply_to_tweet_id: true,
  in_reply_to_post_id: true,
  in_reply_to_user_id: true,
  referenced_tweets: REFERENCE,
  referenced_posts: REFERENCE,
  edit_history_tweet_ids: true,
  edit_history_post_ids: true,
  entities: ENTITIES,
  attachments: { media_keys: true },
  geo: { place_id: true, coordinates: { coordinates: true } },
};
const USER: Shape = { id: true, name: true, username: true };
const MEDIA: Shape = {
  media_key: true,
  type: true,
  url: true,
  preview_image_url: true,
  variants: { bit_rate: true, content_type: true, url: true },
};
const PLACE: Shape = { id: true, name: true, full_name: true, geo: { bbox: true } };
const OTHER: Shape = { id: true, author_id: true };

/**
 * One mention as the body of a delivery, in the shape of the X Activity API: with what it needs of what
 * came along, and nothing that changes while it stays the same post, so that it is known again.
 */
export function deliveryFrom(userId: string, post: unknown, { includes }: Page): Uint8Array {
  const payload = kept(post, POST) ?? null;
  const wanted = needsOf(fieldsOf(payload) ?? {});
  const taken = (names: readonly string[], key: string, ids: readonly unknown[], shape: Shape) =>
    names
      .flatMap((name) => includes[name] ?? [])
      .filter((each) => isAmong(ids, each[key]))
      .map((each) => kept(each, shape));
  const event = {
    event_type: POLLED,
    filter: { user_id: userId },
    payload,
    includes: {
      users: taken(['users'], 'id', wanted.users, USER),
      media: taken(['media'], 'media_key', wanted.media, MEDIA),
      places: taken(['places'], 'id', wanted.places, PLACE),
      tweets: taken(['tweets', 'posts'], 'id', wanted.posts, OTHER),
    },
  };
  return Buffer.from(JSON.stringify({ data: event }));
}

function needsOf(post: Fields) {
  const references = [post['referenced_tweets'], post['referenced_posts']].flatMap(listFrom);
  return {
    users: [post['author_id']],
    media: listFrom(fieldsOf(post['attachments'])?.['media_keys']),
    places: [fieldsOf(post['geo'])?.['place_id']],
    posts: references.map((each) => fieldsOf(each)?.['id']),
  };
}

// The same id may be a number in one place and its digits in another.
function isAmong(ids: readonly unknown[], wanted: unknown): boolean {
  return wanted !== undefined && ids.some((each) => digitsOf(each) === digitsOf(wanted));
}

const digitsOf = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

/** The parts of a value that its shape names; undefined when it is nothing of that shape. */
function kept(value: unknown, shape: true | Shape): unknown {
  if (Array.isArray(value)) return value.flatMap((item) => keptItem(item, shape));
  if (shape === true) return typeof value === 'object' ? undefined : value;
  const known = fieldsOf(value);
  if (!known) return undefined;
  const parts = Object.entries(shape).map(([name, part]) => [name, kept(known[name], part)]);
  const filled = parts.filter(([, part]) => part !== undefined);
  return filled.length > 0 ? Object.fromEntries(filled) : undefined;
}

// Lists of lists X has none; they could nest without end.
function keptItem(item: unknown, shape: true | Shape): readonly unknown[] {
  const part = Array.isArray(item) ? undefined : kept(item, shape);
  return part === undefined ? [] : [part];
}
