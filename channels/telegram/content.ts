import { attachmentKindFromMediaType } from '../../src/domain/message.ts';
import type { AttachmentKind, AttachmentRef, Location } from '../../src/domain/message.ts';
import { e164FromText } from '../_shared/phone.ts';
import type { Bot } from './words.ts';
import type { Entity, File, Message } from './update.ts';

type Written = { readonly original: string; readonly entities: readonly Entity[] };

/** What was written, wherever Telegram puts it; of a list its head and a line for each item. */
export function writtenIn({ text, caption, checklist, poll, ...message }: Message): Written {
  if (text !== undefined) return { original: text, entities: message.entities };
  if (checklist) return listed(checklist.title, checklist.tasks, checklist.title_entities);
  if (poll) return listed(poll.question, poll.options, poll.question_entities);
  return { original: caption ?? '', entities: message.caption_entities };
}

function listed(
  head: string,
  items: readonly { readonly text: string }[],
  entities: readonly Entity[],
): Written {
  return { original: [head, ...items.map(({ text }) => `- ${text}`)].join('\n'), entities };
}

/**
 * What somebody else said, or in a group its author unheard by us, that this message answers or quotes.
 * Our own words, and in private what its author said to us, are known.
 */
export function quotedIn(bot: Bot, message: Message): string | undefined {
  const { reply_to_message: reply, quote } = message;
  if (reply && isKnown(bot, message, reply)) return undefined;
  return quote?.text ?? reply?.text ?? reply?.caption;
}

type Reply = NonNullable<Message['reply_to_message']>;

function isKnown(bot: Bot, { from, chat }: Message, reply: Reply): boolean {
  const author = reply.from?.id;
  if (reply.forum_topic_created !== undefined || author === bot.id) return true;
  return chat.type === 'private' && author === from?.id;
}

type Assumed = { readonly kind?: AttachmentKind; readonly mediaType?: string };

export function attachmentsFrom(message: Message): AttachmentRef[] {
  const { animation } = message;
  const files: readonly (readonly [File | undefined, Assumed])[] = [
    // Photos and round videos carry no media type: Telegram makes JPEG and MPEG-4 of them.
    [largestOf(message.photo), { mediaType: 'image/jpeg' }],
    [animation, { kind: 'video' }],
    // An animation comes a second time as a document, for clients that know no animations.
    [animation ? undefined : message.document, {}],
    [message.video, { kind: 'video' }],
    [message.video_note, { mediaType: 'video/mp4' }],
    [message.voice, { kind: 'audio', mediaType: 'audio/ogg' }],
    [message.audio, { kind: 'audio' }],
  ];
  return files.flatMap(([file, assumed]) => (file ? [attachmentFrom(file, assumed)] : []));
}

function attachmentFrom(file: File, assumed: Assumed): AttachmentRef {
  const mediaType = file.mime_type ?? assumed.mediaType ?? null;
  return {
    kind: assumed.kind ?? attachmentKindFromMediaType(mediaType),
    mediaType,
    bytes: file.file_size ?? null,
    ref: file.file_id,
    name: file.file_name ?? null,
  };
}

function largestOf(sizes: readonly File[]): File | undefined {
  const area = (size: File): number => (size.width ?? 0) * (size.height ?? 0);
  // The last of equals: sizes come in ascending order.
  return sizes.reduce<File | undefined>(
    (best, size) => (best === undefined || area(size) >= area(best) ? size : best),
    undefined,
  );
}

/** A venue comes a second time as a bare location; its words are worth more. */
export function locationFrom(message: Message): Location | null {
  const { venue, location: point } = message;
  if (venue) {
    const text = [venue.title, venue.address].filter(Boolean).join(', ') || null;
    return locationOf(venue.location ?? point, text);
  }
  return point ? locationOf(point, null) : null;
}

function locationOf(point: Message['location'], text: string | null): Location | null {
  if (!point) return text === null ? null : { text, latitude: null, longitude: null };
  return { text, latitude: point.latitude, longitude: point.longitude };
}

type Card = { readonly isOwn: boolean; readonly phone: string | null; readonly text: string };

export function cardFrom(message: Message): Card | null {
  const { contact, from } = message;
  if (!contact) return null;
  const written = contact.phone_number.trim();
  // Telegram gives international numbers, often without the plus sign.
  const phone = e164FromText(/^[+0]/.test(written) ? written : `+${written}`);
  const name = [contact.first_name, contact.last_name].filter(Boolean).join(' ');
  return {
    isOwn: contact.user_id !== undefined && contact.user_id === from?.id,
    phone,
    text: `Kontak: ${[name, phone ?? written].filter(Boolean).join(', ')}`,
  };
}
