import { z } from 'zod';
import { Malformed } from '../../src/errors.ts';
import {
  digitsFirst,
  id,
  isFields,
  lenient,
  listOf,
  MOST_PARTS,
  namesOf,
  timeFrom,
} from './json.ts';
import { attachmentsFrom, locationFrom, type Media, media, place, point } from './media.ts';
import { type Link, link, person, type Post, type Relations } from './post.ts';

// The shape of API v1.1, which the deprecated Account Activity API still sends.
const entities = z.object({
  user_mentions: listOf(person, MOST_PARTS),
  urls: listOf(link, MOST_PARTS),
  media: listOf(media, MOST_PARTS),
});

const text = {
  text: lenient(z.string()),
  full_text: lenient(z.string()),
  display_text_range: lenient(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
  entities: lenient(entities),
  extended_entities: lenient(z.object({ media: listOf(media, MOST_PARTS) })),
};

const post = z.object({
  id,
  ...text,
  extended_tweet: lenient(z.object(text)),
  created_at: lenient(z.string()),
  user: person,
  in_reply_to_status_id: lenient(id),
  in_reply_to_user_id: lenient(id),
  conversation_id: lenient(id),
  quoted_status_id: lenient(id),
  quoted_status: lenient(
    z.preprocess(
      digitsFirst,
      z
        .object({ id: lenient(id), user: person, ...text })
        .transform(({ id: own, user, ...told }) => ({
          id: own,
          author: user.id,
          text: told.full_text ?? told.text ?? null,
        })),
    ),
  ),
  retweeted_status: lenient(z.custom(isFields)),
  edit_history: lenient(z.object({ initial_tweet_id: id })),
  edit_history_tweet_ids: listOf(id, MOST_PARTS),
  coordinates: lenient(point),
  place: lenient(place),
});

type Raw = z.output<typeof post>;
type Told = Pick<Raw, keyof typeof text>;

/** A member of `tweet_create_events`. Throws Malformed without an id, author or text. */
export function postFromLegacy(value: unknown, within: string): Post {
  const parsed = post.safeParse(digitsFirst(value));
  if (!parsed.success) {
    throw new Malformed(`${namesOf(within, parsed.error)}: missing or of the wrong type`);
  }
  const raw = parsed.data;
  if (raw.user.id === null) throw new Malformed(`${within}.user.id_str is missing`);
  const told: Told = raw.extended_tweet ?? raw;
  const written = told.full_text ?? raw.full_text ?? raw.text;
  if (written === undefined) throw new Malformed(`${within}.text is missing`);
  const files = mediaOf(told, raw);
  return {
    id: raw.id,
    authorId: raw.user.id,
    author: raw.user,
    text: written,
    shown: told.display_text_range ? { text: written, bounds: told.display_text_range } : null,
    sentAt: timeFrom(raw.created_at),
    ...relationsOf(raw),
    versions: versionsOf(raw),
    ...entitiesOf(told, files),
    attachments: attachmentsFrom(files),
    location: locationFrom(raw.coordinates, raw.place),
  };
}

// `entities.media` knows only the first of several files.
function mediaOf(told: Told, raw: Raw): readonly Media[] {
  const lists = [
    told.extended_entities?.media,
    told.entities?.media,
    raw.extended_entities?.media,
    raw.entities?.media,
  ];
  return lists.find((list) => list !== undefined && list.length > 0) ?? [];
}

function entitiesOf({ entities }: Told, files: readonly Media[]): Pick<Post, 'mentions' | 'links'> {
  return {
    mentions: entities?.user_mentions ?? [],
    links: [...(entities?.urls ?? []), ...files.flatMap(mediaLinkOf)],
  };
}

/** The link that X appends to a text for each of its files. */
export function mediaLinkOf({ url, expanded_url: expanded }: Media): Link[] {
  return url === undefined ? [] : [{ url, expanded: expanded ?? null, isMedia: true }];
}

const unknown = { id: undefined, author: null, text: null };

function relationsOf(raw: Raw): Relations {
  const quoted = raw.quoted_status ?? unknown;
  return {
    conversationId: raw.conversation_id ?? null,
    replyToId: raw.in_reply_to_status_id ?? null,
    replyToUserId: raw.in_reply_to_user_id ?? null,
    quotedId: raw.quoted_status_id ?? quoted.id ?? null,
    quotedUserId: quoted.author,
    quotedText: quoted.text,
    repliedText: null,
    isRepost: raw.retweeted_status !== undefined,
  };
}

function versionsOf(raw: Raw): readonly string[] {
  if (raw.edit_history_tweet_ids.length > 0) return raw.edit_history_tweet_ids;
  return raw.edit_history ? [raw.edit_history.initial_tweet_id, raw.id] : [raw.id];
}
