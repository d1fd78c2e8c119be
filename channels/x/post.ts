import { z } from 'zod';
import type { AttachmentRef, Location } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import {
  digitsFirst,
  type Fields,
  fieldsOf,
  id,
  lenient,
  listOf,
  MOST_PARTS,
  namesOf,
  timeFrom,
  trimmed,
} from './json.ts';
import { attachmentsFrom, linkTo, locationFrom, media, place, point } from './media.ts';

export type Person = {
  readonly id: string | null;
  readonly name: string | null;
  readonly username: string | null;
};

/** A shortened link as it stands in the text; `media` when X put it there for the post's own files. */
export type Link = {
  readonly url: string;
  readonly expanded: string | null;
  readonly isMedia: boolean;
};

/** A post, whichever envelope it came in. `shown` are the bounds, in code points, of what of it X shows. */
export type Post = {
  readonly id: string;
  readonly authorId: string;
  readonly author: Person | null;
  readonly text: string;
  readonly shown: { readonly text: string; readonly bounds: readonly [number, number] } | null;
  readonly sentAt: string | null;
  readonly conversationId: string | null;
  readonly replyToId: string | null;
  readonly replyToUserId: string | null;
  readonly quotedId: string | null;
  readonly quotedUserId: string | null;
  /** The words of the posts it quotes and answers, where they came along. */
  readonly quotedText: string | null;
  readonly repliedText: string | null;
  readonly isRepost: boolean;
  /** The ids of its versions, oldest first. */
  readonly versions: readonly string[];
  readonly mentions: readonly Person[];
  readonly links: readonly Link[];
  readonly attachments: readonly AttachmentRef[];
  readonly location: Location | null;
};

const handle = z.string().regex(/^\w{1,50}$/);

export const person = z.preprocess(
  digitsFirst,
  z
    .object({
      id: lenient(id),
      name: lenient(z.string()),
      username: lenient(handle),
      screen_name: lenient(handle),
    })
    .transform((user): Person => {
      const username = user.username ?? user.screen_name ?? null;
      return { id: user.id ?? null, name: trimmed(user.name), username };
    }),
);

export const link = z
  .object({
    url: z.string(),
    expanded_url: lenient(z.string().regex(/^https?:\/\//)),
    media_key: lenient(z.string()),
  })
  .transform((written): Link => {
    const { url, expanded_url: expanded = null, media_key: key } = written;
    return { url, expanded, isMedia: key !== undefined };
  });

const entities = z.object({
  mentions: listOf(person, MOST_PARTS),
  urls: listOf(link, MOST_PARTS),
});
const note = z.object({ text: z.string(), entities: lenient(entities) });
const bounds = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);

const post = z.object({
  id,
  author_id: id,
  text: lenient(z.string()),
  note_tweet: lenient(note),
  created_at: lenient(z.string()),
  display_text_range: lenient(bounds),
  conversation_id: lenient(id),
  in_reply_to_tweet_id: lenient(id),
  in_reply_to_user_id: lenient(id),
  referenced_tweets: listOf(z.object({ type: z.string(), id }), MOST_PARTS),
  edit_history_tweet_ids: listOf(id, MOST_PARTS),
  entities: lenient(entities),
  attachments: lenient(z.object({ media_keys: listOf(z.string(), MOST_PARTS) })),
  geo: lenient(z.object({ place_id: lenient(z.string()), coordinates: lenient(point) })),
});

const included = z.object({
  users: listOf(person),
  media: listOf(media),
  places: listOf(place),
  tweets: listOf(
    z
      .object({ id, author_id: lenient(id), text: lenient(z.string()) })
      .transform(({ author_id: author = null, text = null, ...post }) => ({
        ...post,
        author,
        text,
      })),
  ),
});

type Raw = z.output<typeof post>;
export type Included = z.output<typeof included>;

/** Everything that came along with the events of a delivery; X has put it in more than one place. */
export function includedFrom(places: readonly unknown[]): Included {
  const all = places.flatMap((each) => {
    const known = fieldsOf(each);
    return known ? [included.parse(withOldNames(known))] : [];
  });
  return {
    users: all.flatMap(({ users }) => users),
    media: all.flatMap(({ media }) => media),
    places: all.flatMap(({ places }) => places),
    tweets: all.flatMap(({ tweets }) => tweets),
  };
}

/** A post as API v2 and the X Activity API give it. Throws Malformed without an id, author or text. */
export function postFrom(value: unknown, within: string, around: Included): Post {
  const known = fieldsOf(value);
  if (!known) throw new Malformed(`${within} is not an object`);
  const parsed = post.safeParse(withOldNames(known));
  if (!parsed.success) {
    throw new Malformed(`${namesOf(within, parsed.error)}: missing or of the wrong type`);
  }
  const raw = parsed.data;
  const text = raw.note_tweet?.text ?? raw.text;
  if (text === undefined) throw new Malformed(`${within}.text is missing`);
  return {
    id: raw.id,
    authorId: raw.author_id,
    author: around.users.find((user) => user.id === raw.author_id) ?? null,
    text,
    shown: shownOf(raw),
    sentAt: timeFrom(raw.created_at),
    ...relationsOf(raw, around),
    versions: raw.edit_history_tweet_ids,
    ...entitiesOf(raw),
    attachments: filesOf(raw, around),
    location: placeOf(raw, around),
  };
}

const RENAMED = [
  'note_tweet',
  'in_reply_to_tweet_id',
  'referenced_tweets',
  'edit_history_tweet_ids',
  'tweets',
] as const;

// Since July 2026 X renames "tweet" to "post" in the names of fields, in some places and not in others.
function withOldNames(known: Fields): Fields {
  const told = RENAMED.map((name): [string, unknown] => [
    name,
    isNothing(known[name]) ? known[name.replace('tweet', 'post')] : known[name],
  ]);
  return { ...known, ...Object.fromEntries(told) };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function shownOf({ text, display_text_range: bounds }: Raw): Post['shown'] {
  return text === undefined || bounds === undefined ? null : { text, bounds };
}

export type Relations = Pick<
  Post,
  | 'conversationId'
  | 'replyToId'
  | 'replyToUserId'
  | 'quotedId'
  | 'quotedUserId'
  | 'quotedText'
  | 'repliedText'
  | 'isRepost'
>;

const unknown = { author: null, text: null };

function relationsOf(raw: Raw, { tweets }: Included): Relations {
  const referenced = (kind: RegExp): string | null =>
    raw.referenced_tweets.find(({ type }) => kind.test(type))?.id ?? null;
  const other = (wanted: string | null) => tweets.find(({ id }) => id === wanted) ?? unknown;
  const replyToId = raw.in_reply_to_tweet_id ?? referenced(/^replied_to$/);
  const quotedId = referenced(/^quoted$/);
  return {
    conversationId: raw.conversation_id ?? null,
    replyToId,
    replyToUserId: raw.in_reply_to_user_id ?? other(replyToId).author,
    quotedId,
    quotedUserId: other(quotedId).author,
    quotedText: other(quotedId).text,
    repliedText: other(replyToId).text,
    isRepost: referenced(/^(retweeted|reposted)$/) !== null,
  };
}

function entitiesOf({ entities, note_tweet: long }: Raw): Pick<Post, 'mentions' | 'links'> {
  const both = [long?.entities, entities].flatMap((each) => each ?? []);
  return {
    mentions: both.flatMap(({ mentions }) => mentions),
    links: both.flatMap(({ urls }) => urls),
  };
}

function filesOf(raw: Raw, around: Included): readonly AttachmentRef[] {
  const keys = raw.attachments?.media_keys ?? [];
  const known = keys.flatMap((key) => around.media.find((one) => one.media_key === key) ?? []);
  const files = attachmentsFrom(known);
  if (files.length === keys.length) return files;
  // A webhook may name files without including them; what is polled later is the same post again.
  const way = entitiesOf(raw).links.find((each) => each.isMedia);
  return way ? [...files, linkTo(way.expanded ?? way.url)] : files;
}

function placeOf({ geo }: Raw, { places }: Included): Location | null {
  const where = places.find((each) => each.id !== undefined && each.id === geo?.place_id);
  return locationFrom(geo?.coordinates, where);
}
