import { z } from 'zod';
import { inboundMessage } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import {
  type Fields,
  fieldsOf,
  id,
  lenient,
  listOf,
  MOST_PARTS,
  namesOf,
  timeFrom,
} from './json.ts';
import { mediaLinkOf } from './legacy.ts';
import { attachmentsFrom, locationFrom, media, place, point } from './media.ts';
import { type Part, senderFrom } from './messages.ts';
import { link, type Person, person } from './post.ts';
import { type Us, wordsFrom } from './words.ts';

const shared = z.object({
  shared_coordinate: lenient(z.object({ coordinates: lenient(point) })),
  shared_place: lenient(z.object({ place: lenient(place) })),
});

const created = z.object({
  id,
  created_timestamp: lenient(z.union([z.string(), z.number()])),
  message_create: z.object({
    target: lenient(z.object({ recipient_id: lenient(id) })),
    sender_id: id,
    message_data: z.object({
      text: lenient(z.string()),
      entities: lenient(
        z.object({ user_mentions: listOf(person, MOST_PARTS), urls: listOf(link, MOST_PARTS) }),
      ),
      attachment: lenient(z.object({ media: lenient(media), location: lenient(shared) })),
    }),
  }),
});

type Created = z.output<typeof created>;
type Data = Created['message_create']['message_data'];

/** A member of `direct_message_events`; both envelopes give it the same shape. */
export function messageFromDirect(us: Us, known: Fields, within: string, users: unknown): Part {
  if (isOther(known)) return { ignored: 'direct message event without a message' };
  const parsed = created.safeParse(known);
  if (!parsed.success) {
    throw new Malformed(`${namesOf(within, parsed.error)}: missing or of the wrong type`);
  }
  const { id: own, created_timestamp: at, message_create: message } = parsed.data;
  const { sender_id: sender, target, message_data: data } = message;
  if (sender === us.userId) return { ignored: 'own direct message' };
  const recipient = target?.recipient_id ?? us.userId;
  if (recipient !== us.userId) return { ignored: 'direct message to another account' };
  return inboundMessage({
    eventId: own,
    messageId: own,
    account: us.userId,
    sender: senderFrom(sender, personFrom(users, sender)),
    sentAt: timeFrom(at),
    ...contentOf(us, data, within),
  });
}

// A reaction, somebody who joined a group: events beside messages.
function isOther({ type, message_create: message }: Fields): boolean {
  return message === undefined && typeof type === 'string' && type !== 'message_create';
}

function contentOf(us: Us, data: Data, within: string) {
  const { text = '', entities } = data;
  const { attachments, location, links } = filesOf(data);
  if (text === '' && attachments.length === 0 && location === null) {
    throw new Malformed(`${within}.message_data: neither text, file nor place can be read`);
  }
  const words = wordsFrom(us, {
    text,
    shown: null,
    mentions: entities?.user_mentions ?? [],
    links: [...links, ...(entities?.urls ?? [])],
    ownIds: [],
    isReply: false,
    hasFiles: attachments.length > 0,
  });
  return { text: words.text, originalText: text, opensNew: words.opensNew, attachments, location };
}

function filesOf({ attachment }: Data) {
  const files = attachment?.media ? [attachment.media] : [];
  const { shared_coordinate: at, shared_place: where } = attachment?.location ?? {};
  return {
    attachments: attachmentsFrom(files),
    location: locationFrom(at?.coordinates, where?.place),
    links: files.flatMap(mediaLinkOf),
  };
}

/** One of the people of a direct message, who stand there by id, as users of either envelope. */
function personFrom(users: unknown, userId: string): Person | null {
  const fields = fieldsOf(fieldsOf(users)?.[userId]);
  const known = person.safeParse(fieldsOf(fields?.['data']) ?? fields).data;
  return known ? { ...known, id: userId } : null;
}
