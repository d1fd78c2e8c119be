import type { Receipt } from '../../src/domain/channel.ts';
import type { InboundMessage } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import { messageFromDirect, peopleFrom } from './direct.ts';
import { exactJson, type Fields, fieldsOf, id } from './json.ts';
import { postFromLegacy } from './legacy.ts';
import { messageFromDeletion, messageFromPost, type Part } from './messages.ts';
import { includedFrom, postFrom } from './post.ts';
import type { Us } from './words.ts';

/** What becomes of one member of a delivery; throws Malformed when that cannot be said. */
type Item = () => Part;

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
  const ignored: string[] = [];
  const unreadable: string[] = [];
  for (const item of items) {
    try {
      const part = item();
      if ('ignored' in part) ignored.push(part.ignored);
      else messages.push(part);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      unreadable.push(error.message);
    }
  }
  if (unreadable.length === 0) return { messages, ignored };
  if (messages.length + ignored.length === 0) throw new Malformed(unreadable.join('; '));
  return { messages, ignored, unreadable };
}

const only = (reason: string): Item[] => [() => ({ ignored: reason })];

const WRITTEN = /^post\.(?:\w+\.)?(?:create|edit|update)$/;
const DELETED = /^(post|dm)\.(?:\w+\.)?delete$/;

const SILENT: readonly (readonly [RegExp, string])[] = [
  [/^chat\./, 'encrypted chat message: only its two ends can read it, the gateway cannot'],
  [/^dm\.sent$/, 'own direct message'],
  [/^dm\.read$/, 'direct message was read'],
  [/^dm\.indicate_typing$/, 'somebody is typing'],
  [/^like\./, 'like'],
  [/^follow\./, 'follow'],
  [/^oauth\.revoke$/, 'our access to the account was revoked'],
];

/** The X Activity API: one event. What is polled comes in the same shape. */
function itemsOfActivity(us: Us, delivery: Fields, data: Fields): readonly Item[] {
  if (!isForUs(us, data)) return only('event of another account');
  const name = nameOf(data);
  const { payload } = data;
  if (WRITTEN.test(name)) return [() => postOf(us, delivery, data, name)];
  const deleted = DELETED.exec(name)?.[1];
  if (deleted !== undefined) {
    const setting = deleted === 'dm' ? 'private' : 'public';
    return [() => messageFromDeletion(us, payload, { within: 'payload', setting, at: null })];
  }
  if (name === 'dm.received') return itemsOfDirect(us, fieldsOf(payload) ?? {}, 'payload.');
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
  return messageFromPost(
    us,
    postFrom(payload, 'payload', around),
    name.startsWith('post.mention.'),
  );
}

function reasonFor(name: string): string {
  const known = SILENT.find(([pattern]) => pattern.test(name))?.[1];
  return known ?? (/^[a-z_.]{1,60}$/.test(name) ? `event ${name}` : 'event of another kind');
}

const COUNTED: Readonly<Record<string, string>> = {
  favorite_events: 'like',
  follow_events: 'follow',
  direct_message_indicate_typing_events: 'somebody is typing',
  direct_message_mark_read_events: 'direct message was read',
  user_event: 'our access to the account was revoked',
};

/** The Account Activity API: lists of events, several kinds and several members at once. */
function itemsOfAccount(us: Us, delivery: Fields): readonly Item[] {
  const kinds = Object.keys(delivery).filter((name) => /_events?$/.test(name));
  const account = id.safeParse(delivery['for_user_id']).data;
  if (account !== undefined && account !== us.userId) return only('event of another account');
  if (account === undefined && kinds.length === 0) {
    throw new Malformed('neither data.event_type nor for_user_id is there');
  }
  const items = kinds.flatMap((kind) => itemsOfKind(us, delivery, kind));
  return items.length > 0 ? items : only('delivery without events');
}

function itemsOfKind(us: Us, delivery: Fields, kind: string): readonly Item[] {
  if (kind === 'tweet_create_events') {
    return itemsOf(delivery, kind, '', (member, within) =>
      messageFromPost(us, postFromLegacy(member, within), false),
    );
  }
  if (kind === 'direct_message_events') return itemsOfDirect(us, delivery, '');
  if (/^(tweet|direct_message)_delete_events$/.test(kind)) {
    const setting = kind.startsWith('tweet') ? 'public' : 'private';
    return itemsOf(delivery, kind, '', (member, within) => {
      const told = fieldsOf(member) ?? {};
      const at = told['timestamp_ms'];
      return messageFromDeletion(us, told['status'] ?? told, { within, setting, at });
    });
  }
  return only(COUNTED[kind] ?? `event ${/^[a-z_]{1,60}$/.test(kind) ? kind : 'of another kind'}`);
}

function itemsOfDirect(us: Us, holder: Fields, within: string): readonly Item[] {
  const people = peopleFrom(holder['users']);
  return itemsOf(holder, 'direct_message_events', within, (member, name) =>
    messageFromDirect(us, member, name, people),
  );
}

/** One item for each member of a list; a list that is none must not sink the lists beside it. */
function itemsOf(
  holder: Fields,
  kind: string,
  within: string,
  read: (member: unknown, name: string) => Part,
): readonly Item[] {
  const members: unknown = holder[kind];
  if (Array.isArray(members)) {
    return members.map(
      (member: unknown, index) => () => read(member, `${within}${kind}[${index}]`),
    );
  }
  return [
    () => {
      throw new Malformed(`${within}${kind} is not a list`);
    },
  ];
}
