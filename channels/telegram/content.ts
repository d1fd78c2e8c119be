import { attachmentKindFromMediaType } from '../../src/domain/message.ts';
import type { AttachmentKind, AttachmentRef, Location } from '../../src/domain/message.ts';
import { e164FromText } from '../_shared/phone.ts';
import type { File, Message } from './update.ts';

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
