import type { Receipt } from '../../src/domain/channel.ts';
import type { InboundMessage } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import { exactJson } from '../_shared/json.ts';
import type { Told } from './address.ts';
import { messageFromDirect } from './direct.ts';
import { type Fields, fieldsOf, id, isFields } from './json.ts';
import { postFromLegacy } from './legacy.ts';
import { POLLED } from './mentions.ts';
import { messageFromDeletion, messageFromPost, type Part } from './messages.ts';
import { includedFrom, postFrom } from './post.ts';
import type { Us } from './words.ts';

/**
 * What becomes of one member of a delivery, throwing Malformed when that cannot be said; why it cannot
 * be read; or how many more there are than X ever sends.
 */
type Item = (() => Part) | { readonly unreadable: string } | { readonly more: number };

const MOST_ITEMS = 1_000;

export function readDelivery(us: Us, body: Uint8Array): Receipt {
  const delivery = fieldsOf(exactJson(body));
  if (!delivery) throw new Malformed('the delivery is not an object');
  const data = fieldsOf(delivery['data']);
  const items =
    data && 'event_type' in data
      ? itemsOfActivity(us, delivery, data)
      : itemsOfAccount(us, delivery);
  return receiptOf(items);
}

function receiptOf(items: readonly Item[]): Receipt {
  const messages: InboundMessage[] = [];
  const reasons: string[] = [];
  const failures: string[] = [];
  let more = 0;
  for (const item of items) {
    const part = partOf(item);
    if ('more' in part) more += part.more;
    else if ('unreadable' in part) failures.push(part.unreadable);
    else if ('ignored' in part) reasons.push(part.ignored);
    else messages.push(part);
  }
  const ignored = firstOf(reasons, 0);
  const unreadable = firstOf(failures, more);
  if (unreadable.length === 0) return { messages, ignored };
  if (messages.length + ignored.length === 0) throw new Malformed(unreadable.join('; '));
  return { messages, ignored, unreadable };
}

function partOf(item: Item): Part | Exclude<Item, () => Part> {
  if (typeof item !== 'function') return item;
  try {
    return item();
  } catch (error) {
    if (error instanceof Malformed) return { unreadable: error.message };
    throw error;
  }
}

function firstOf(all: readonly string[], uncounted: number): readonly string[] {
  const more = Math.max(0, all.length - MOST_ITEMS) + uncounted;
  return [...all.slice(0, MOST_ITEMS), ...(more > 0 ? [`… and ${more} more`] : [])];
}

const only = (reason: string): Item[] => [() => ({ ignored: reason })];

const WRITTEN = /^post\.(?:(?!repost|retweet)\w+\.)?(?:create|edit|update)$/;
const DELETED = /^(post|dm)\.(?:(?!repost|retweet)\w+\.)?delete$/;

const SILENT: readonly (readonly [RegExp, string])[] = [
  [/^chat\.(?!received)/, 'encrypted chat'],
  [/^dm\.sent$/, 'own direct message'],
  [/^dm\.read$/, 'direct message was read'],
  [/^dm\.indicate_typing$/, 'somebody is typing'],
  [/^like\./, 'like'],
  [/^follow\./, 'follow'],
  [/^oauth\.revoke$/, 'our access to the account was revoked'],
];

/** The X Activity API: one event. What is polled comes in the same shape. */
function itemsOfActivity(us: Us, delivery: Fields, data: Fields): readonly Item[] {
  const name = nameOf(data);
  const { payload } = data;
  const deleted = DELETED.exec(name)?.[1];
  if (deleted !== undefined) {
    const setting = deleted === 'dm' ? 'private' : 'public';
    return [() => messageFromDeletion(us, payload, { within: 'payload', setting, at: null })];
  }
  if (!isForUs(us, data)) return only('event of another account');
  if (WRITTEN.test(name) || name === POLLED) return [() => postOf(us, delivery, data, name)];
  if (name === 'dm.received') return itemsOfDirect(us, fieldsOf(payload) ?? {}, 'payload.');
  // Somebody said something: whoever looks after the account reads it in X's own application.
  if (name === 'chat.received') return [{ unreadable: 'an encrypted chat message to the account' }];
  return only(reasonFor(name));
}

function isForUs(us: Us, { filter }: Fields): boolean {
  return (id.safeParse(fieldsOf(filter)?.['user_id']).data ?? us.userId) === us.userId;
}

// Here too "post" may still be called "tweet".
function nameOf({ event_type: type }: Fields): string {
  return typeof type === 'string' ? type.replace(/^tweet\./, 'post.') : '';
}

function postOf(us: Us, delivery: Fields, data: Fields, name: string): Part {
  const { payload } = data;
  const within = fieldsOf(payload)?.['includes'];
  const around = includedFrom([delivery['includes'], data['includes'], within]);
  const told = TOLD.find(([start]) => name.startsWith(start))?.[1] ?? 'nothing';
  return messageFromPost(us, postFrom(payload, 'payload', around), told);
}

const TOLD: readonly (readonly [string, Told])[] = [
  ['post.mention.', 'mention'],
  ['post.reply.', 'reply'],
  ['post.quote.', 'quote'],
  [POLLED, 'listed'],
];

function reasonFor(name: string): string {
  const known = SILENT.find(([pattern]) => pattern.test(name))?.[1];
  return known ?? (/^[a-z_.]{1,60}$/.test(name) ? `event ${name}` : 'event of another kind');
}

const COUNTED: ReadonlyMap<string, string> = new Map([
  ['favorite_events', 'like'],
  ['follow_events', 'follow'],
  ['direct_message_indicate_typing_events', 'somebody is typing'],
  ['direct_message_mark_read_events', 'direct message was read'],
  ['user_event', 'our access to the account was revoked'],
]);

/** The Account Activity API: lists of events, several kinds and several members at once. */
function itemsOfAccount(us: Us, delivery: Fields): readonly Item[] {
  const kinds = Object.keys(delivery).filter((name) => /_events?$/.test(name));
  const account = id.safeParse(delivery['for_user_id']).data;
  if (account === undefined && kinds.length === 0) {
    throw new Malformed('neither data.event_type nor for_user_id is there');
  }
  const isForUs = account === undefined || account === us.userId;
  // Whoever takes something back, X tells in their name.
  const meant = isForUs ? kinds : kinds.filter((kind) => LEGACY_DELETED.test(kind));
  if (!isForUs && meant.length === 0) return only('event of another account');
  const items = meant.flatMap((kind) => itemsOfKind(us, delivery, kind));
  return items.length > 0 ? items : only('delivery without events');
}

const LEGACY_DELETED = /^(tweet|direct_message)_delete_events$/;

function itemsOfKind(us: Us, delivery: Fields, kind: string): readonly Item[] {
  if (kind === 'tweet_create_events') {
    return itemsOf(delivery, kind, '', (member, within) =>
      messageFromPost(us, postFromLegacy(member, within), 'nothing'),
    );
  }
  if (kind === 'direct_message_events') return itemsOfDirect(us, delivery, '');
  if (LEGACY_DELETED.test(kind)) {
    const setting = kind.startsWith('tweet') ? 'public' : 'private';
    return itemsOf(delivery, kind, '', (member, within) => {
      const at = member['timestamp_ms'];
      return messageFromDeletion(us, member['status'] ?? member, { within, setting, at });
    });
  }
  return only(
    COUNTED.get(kind) ?? `event ${/^[a-z_]{1,60}$/.test(kind) ? kind : 'of another kind'}`,
  );
}

function itemsOfDirect(us: Us, holder: Fields, within: string): readonly Item[] {
  return itemsOf(holder, 'direct_message_events', within, (member, name) =>
    messageFromDirect(us, member, name, holder['users']),
  );
}

/** One item for each member of a list; a list that is none must not sink the lists beside it. */
function itemsOf(
  holder: Fields,
  kind: string,
  within: string,
  read: (member: Fields, name: string) => Part,
): readonly Item[] {
  const members: unknown = holder[kind];
  if (!Array.isArray(members)) return [{ unreadable: `${within}${kind} is not a list` }];
  const items: Item[] = [];
  const seen = { objects: 0, others: 0, more: 0 };
  for (const [index, member] of members.entries()) {
    const name = `${within}${kind}[${index}]`;
    const isObject = isFields(member);
    const count = isObject ? (seen.objects += 1) : (seen.others += 1);
    if (count > MOST_ITEMS) seen.more += 1;
    else
      items.push(isObject ? () => read(member, name) : { unreadable: `${name} is not an object` });
  }
  return [...items, ...(seen.more > 0 ? [{ more: seen.more }] : [])];
}
