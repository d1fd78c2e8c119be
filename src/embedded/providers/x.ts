import { createHmac, randomInt } from 'node:crypto';
import type { Environment } from '../../domain/channel.ts';
import {
  below,
  type Hosted,
  kindOf,
  type Sending,
  type Signed,
  type Simulator,
} from './simulator.ts';

export type XPost = { readonly id: string; readonly author_id: string } & Readonly<
  Record<string, unknown>
>;
export type XIncludes = Readonly<Record<'users' | 'media', readonly object[]>>;
export type Posted = { readonly post: XPost; readonly includes: XIncludes };

/** One event of the X Activity API, without what names the delivery. */
export type XEvent = {
  readonly type: 'post.mention.create' | 'dm.received';
  readonly id: string;
  readonly payload: object;
  readonly includes?: XIncludes;
};

export const x: Simulator = {
  needs: ['X_CONSUMER_SECRET', 'X_USER_ID'],
  request: (settings, publicUrl, sending) => {
    const now = Date.now();
    const id = snowflake(now);
    const event =
      sending.where === 'private'
        ? direct(settings, sending, id, now, [])
        : mentionOf(posted(settings, sending, id, now, []));
    return below(publicUrl, signedEvent(settings, `${publicUrl}/webhooks/x`, event, 'mentions'));
  },
};

export const someAuthor = '1502234567890123456';

const EPOCH_MS = 1_288_834_974_657n;
const LONGEST_POST = 280;

/** An id as X makes them: of the time, so that later posts have higher ones. */
export function snowflake(now: number): string {
  return String(((BigInt(now) - EPOCH_MS) << 22n) | BigInt(randomInt(2 ** 22)));
}

export function mentionOf({ post, includes }: Posted): XEvent {
  return { type: 'post.mention.create', id: post.id, payload: post, includes };
}

/** A post that mentions the account: who does not write the mention gets it in front. */
export function posted(
  settings: Environment,
  sending: Sending,
  id: string,
  now: number,
  media: readonly Hosted[],
): Posted {
  const author = authorOf(sending);
  const mention = `@${handleOf(settings)}`;
  const { text } = sending;
  const isMentioned = text.toLowerCase().includes(mention.toLowerCase());
  const written = escaped(isMentioned ? text : `${mention} ${text}`.trimEnd());
  const keys = media.map(
    (file, index) => `${kindOf(file.mediaType) === 'video' ? 7 : 3}_${id}${index}`,
  );
  const link = media.length > 0 ? linkTo(id, author.username, keys) : null;
  const post = {
    id,
    author_id: author.id,
    created_at: new Date(now).toISOString(),
    ...wordsOf(written, { username: handleOf(settings), id: settings['X_USER_ID'] ?? '' }, link),
    conversation_id: id,
    edit_history_tweet_ids: [id],
    lang: 'in',
    possibly_sensitive: false,
    reply_settings: 'everyone',
    ...(keys.length > 0 ? { attachments: { media_keys: keys } } : {}),
    ...(sending.location ? { geo: geoOf(sending.location) } : {}),
  };
  const files = media.map((file, index) => mediaOf(file, keys[index] ?? ''));
  return { post, includes: { users: [author], media: files } };
}

type Link = { readonly url: string } & Readonly<Record<string, unknown>>;
type Us = { readonly username: string; readonly id: string };

/** Of a long post the text is cut, and the whole of it stands beside. */
function wordsOf(written: string, us: Us, link: Link | null): object {
  const appended = link === null ? '' : ` ${link.url}`;
  const entities = (text: string) => entitiesOf(text, us, link);
  const points = Array.from(written);
  if (points.length <= LONGEST_POST) {
    const text = written + appended;
    return { text, entities: entities(text), display_text_range: [0, points.length] };
  }
  const text = `${points.slice(0, LONGEST_POST - 5).join('')}… https://t.co/panjang${appended}`;
  return {
    text,
    entities: entities(text),
    note_tweet: { text: written, entities: entities(written) },
  };
}

/** Indices count code points, not UTF-16 units. */
function entitiesOf(text: string, { username, id }: Us, link: Link | null): object {
  const pointsBefore = (index: number): number => Array.from(text.slice(0, index)).length;
  const range = (part: string, index: number) => {
    const start = pointsBefore(index);
    return { start, end: start + Array.from(part).length };
  };
  const at = text.toLowerCase().indexOf(`@${username}`.toLowerCase());
  const linkAt = link === null ? -1 : text.indexOf(link.url);
  return {
    mentions: at < 0 ? [] : [{ ...range(`@${username}`, at), username, id }],
    ...(link && linkAt >= 0 ? { urls: [{ ...range(link.url, linkAt), ...link }] } : {}),
  };
}

function linkTo(id: string, username: string, keys: readonly string[]): Link {
  return {
    url: `https://t.co/${id.slice(-10)}`,
    expanded_url: `https://x.com/${username}/status/${id}/photo/1`,
    display_url: `pic.x.com/${id.slice(-10)}`,
    media_key: keys[0],
  };
}

function mediaOf({ url, mediaType }: Hosted, key: string): object {
  if (kindOf(mediaType) !== 'video') {
    return { media_key: key, type: 'photo', url, width: 1280, height: 960 };
  }
  const variants = [{ bit_rate: 2_176_000, content_type: mediaType, url }];
  return { media_key: key, type: 'video', duration_ms: 8000, variants };
}

function geoOf({ latitude, longitude }: NonNullable<Sending['location']>): object {
  const coordinates = { type: 'Point', coordinates: [longitude, latitude] };
  return { place_id: '11d9b2ec33c0ffee', coordinates };
}

/** A direct message. Its one file can be fetched only by the two who see it. */
export function direct(
  settings: Environment,
  sending: Sending,
  id: string,
  now: number,
  media: readonly Hosted[],
): XEvent {
  const author = authorOf(sending);
  const us = { id: settings['X_USER_ID'] ?? '', username: handleOf(settings), name: 'LAPOR!' };
  const message = {
    type: 'message_create',
    id,
    created_timestamp: String(now),
    message_create: {
      target: { recipient_id: us.id },
      sender_id: author.id,
      message_data: directData(sending, id, media[0]),
    },
  };
  const users = { [author.id]: { data: author }, [us.id]: { data: us } };
  return { type: 'dm.received', id, payload: { direct_message_events: [message], users } };
}

function directData({ text, location }: Sending, id: string, file: Hosted | undefined): object {
  const url = `https://t.co/${id.slice(-10)}`;
  const expanded = `https://twitter.com/messages/media/${id}`;
  const words = escaped(text);
  const link = { url, expanded_url: expanded, display_url: `pic.twitter.com/${id.slice(-10)}` };
  if (file) {
    const media = { id_str: file.id, media_url_https: file.url, ...link, type: 'photo' };
    return {
      text: `${words} ${url}`.trimStart(),
      entities: { urls: [link] },
      attachment: { type: 'media', media },
    };
  }
  if (!location) return { text: words, entities: { urls: [] } };
  const coordinates = [location.longitude, location.latitude];
  const shared = { shared_coordinate: { coordinates: { type: 'Point', coordinates } } };
  return {
    text: words,
    entities: { urls: [] },
    attachment: { type: 'location', location: shared },
  };
}

function authorOf({ from, name = 'Siti', handle }: Sending) {
  const id = from ?? someAuthor;
  const username = handle?.replace(/^@/, '') ?? `warga_${id.slice(-6)}`;
  return { id, username, name, verified: false, created_at: '2019-03-04T01:02:03.000Z' };
}

function handleOf(settings: Environment): string {
  return (settings['X_HANDLE'] ?? 'LAPOR1708').replace(/^@/, '');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `tag` is what was given when the event was subscribed to. */
export function signedEvent(
  settings: Environment,
  url: string,
  { type, id, payload, includes }: XEvent,
  tag: string,
): Signed {
  const body = JSON.stringify({
    data: {
      event_uuid: id,
      filter: { user_id: settings['X_USER_ID'] ?? '' },
      event_type: type,
      tag,
      payload,
      ...(includes ? { includes } : {}),
    },
  });
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      'x-twitter-webhooks-signature': xSignature(settings, body),
    },
    body,
  };
}

/** The same for events and for challenges. */
export function xSignature(settings: Environment, content: string): string {
  const secret = settings['X_CONSUMER_SECRET'] ?? '';
  return `sha256=${createHmac('sha256', secret).update(content).digest('base64')}`;
}
