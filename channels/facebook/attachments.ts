import { z } from 'zod';
import type { AttachmentKind, AttachmentRef, Location } from '../../src/domain/message.ts';
import { anyId, lenient, listOf, webUrl } from './fields.ts';

const payload = z.object({
  url: lenient(webUrl),
  title: lenient(z.string().trim().min(1)),
  sticker_id: lenient(anyId),
  coordinates: lenient(
    z.object({ lat: z.number().min(-90).max(90), long: z.number().min(-180).max(180) }),
  ),
  elements: listOf(z.object({ url: lenient(webUrl), item_url: lenient(webUrl) })),
});

const nothing = payload.parse({});

const attachment = z
  .object({
    type: lenient(z.string()),
    title: lenient(z.string().trim().min(1)),
    url: lenient(webUrl),
    // Of a fallback it may be null, an object, a URL, or an opaque string.
    payload: z
      .unknown()
      .optional()
      .transform((value) => {
        const fields = typeof value === 'string' ? { url: value } : value;
        return payload.safeParse(fields).data ?? nothing;
      }),
  })
  .transform(({ type, title, url, payload: { elements, ...inner } }) => ({
    type,
    title: title ?? inner.title ?? null,
    url: inner.url ?? url ?? elements.map((each) => each.url ?? each.item_url).find(Boolean),
    stickerId: inner.sticker_id,
    point: inner.coordinates,
  }));

export const attachments = listOf(attachment);

type Attachment = z.output<typeof attachment>;

/** `unread` are the places of files and locations that were sent and cannot be read. */
type Content = {
  readonly files: readonly AttachmentRef[];
  readonly location: Location | null;
  readonly hasSticker: boolean;
  readonly unread: readonly number[];
};

type Part = AttachmentRef | Location | 'sticker' | 'unread' | 'nothing';

const FILES: ReadonlyMap<string | undefined, AttachmentKind> = new Map([
  ['image', 'image'],
  ['audio', 'audio'],
  ['video', 'video'],
  ['file', 'document'],
]);

/** `isSticker`: the message says of itself that its image is a sticker. */
export function contentFrom(list: readonly Attachment[], isSticker: boolean): Content {
  const parts = list.map((each) => partFrom(each, isSticker));
  return {
    files: parts.filter((part) => typeof part === 'object' && 'ref' in part),
    location: parts.find((part) => typeof part === 'object' && 'latitude' in part) ?? null,
    hasSticker: isSticker || parts.includes('sticker'),
    unread: parts.flatMap((part, index) => (part === 'unread' ? [index] : [])),
  };
}

function partFrom(attachment: Attachment, isSticker: boolean): Part {
  const { type, url, stickerId } = attachment;
  const kind = FILES.get(type);
  // Until 2026-08 a sticker came as an image with a sticker_id; both forms are still about.
  if (type === 'sticker' || stickerId !== undefined || (isSticker && kind === 'image')) {
    return 'sticker';
  }
  if (type === 'location') return locationFrom(attachment);
  if (kind !== undefined) return url === undefined ? 'unread' : fileFrom(kind, url);
  // Shares, reels, posts, templates, and kinds to come: a page to look at, not a file to keep.
  if (url !== undefined) return fileFrom('link', url, attachment.title);
  return type === 'fallback' ? 'nothing' : 'unread'; // the preview of a link that stands in the text
}

function locationFrom({ title, point }: Attachment): Location | 'unread' {
  if (point) return { text: title, latitude: point.lat, longitude: point.long };
  return title === null ? 'unread' : { text: title, latitude: null, longitude: null };
}

export function fileFrom(
  kind: AttachmentKind,
  ref: string,
  name: string | null = null,
): AttachmentRef {
  return { kind, mediaType: null, bytes: null, ref, name };
}
