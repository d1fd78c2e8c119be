import { z } from 'zod';
import type { Receipt } from '../../src/domain/channel.ts';
import { Malformed } from '../../src/errors.ts';
import { exactJson } from '../_shared/json.ts';
import { readChange } from './feed.ts';
import { anyId, lenient, listOf, type Result } from './fields.ts';
import { readEvent } from './messenger.ts';

/** An item as the Graph API lists it, and the edge it stands on; of a comment also its post. */
export type Listing =
  | { readonly edge: 'message' | 'post'; readonly item: object }
  | { readonly edge: 'comment'; readonly post: string; readonly item: object };

const fields = z.record(z.string(), z.unknown());

const listing = z.discriminatedUnion('edge', [
  z.object({ edge: z.literal('message'), item: fields }),
  z.object({ edge: z.literal('post'), item: fields }),
  z.object({ edge: z.literal('comment'), post: anyId, item: fields }),
]);

/** Reads one listed item as the webhook would have told of it, under the same ids. Throws Malformed. */
export function readListed(page: string, body: Uint8Array): Receipt {
  const listed = listing.safeParse(exactJson(body)).data;
  if (!listed) throw new Malformed('neither message, post nor comment of the Graph API');
  const results = resultsOf(page, listed);
  const ignored = results.flatMap((result) => ('ignored' in result ? [result.ignored] : []));
  const read = results.flatMap((result) => ('ignored' in result ? [] : [result]));
  const unreadable = read.flatMap(({ unread }) => unread);
  const receipt = { messages: read.map(({ message }) => message), ignored };
  return unreadable.length === 0 ? receipt : { ...receipt, unreadable };
}

function resultsOf(page: string, listed: z.output<typeof listing>): readonly Result[] {
  if (listed.edge === 'message') return [readEvent(page, eventFrom(page, listed.item))];
  const values = listed.edge === 'post' ? postsFrom(listed.item) : [commentFrom(listed)];
  return values.map((value) =>
    readChange(page, { fields: { field: 'feed', value }, time: undefined }),
  );
}

const file = z.object({
  mime_type: lenient(z.string()),
  image_data: lenient(z.object({ url: lenient(z.string()) })),
  video_data: lenient(z.object({ url: lenient(z.string()) })),
  file_url: lenient(z.string()),
});

const share = z.object({ link: lenient(z.string()), name: lenient(z.string()) });

const messageSchema = z.object({
  id: z.unknown().optional(),
  message: lenient(z.string()),
  from: lenient(z.object({ id: lenient(anyId) })),
  created_time: z.unknown().optional(),
  attachments: lenient(z.object({ data: listOf(file) })),
  shares: lenient(z.object({ data: listOf(share) })),
  sticker: lenient(z.string()),
});

function eventFrom(page: string, item: z.output<typeof fields>) {
  const { id, message, from, created_time, attachments, shares, sticker } =
    messageSchema.parse(item);
  return {
    sender: { id: from?.id },
    recipient: { id: page },
    timestamp: created_time,
    message: {
      mid: id,
      text: message,
      attachments: [
        ...(attachments?.data ?? []).map(attachmentFrom),
        // A sticker stands among the shares as well.
        ...(sticker === undefined
          ? (shares?.data ?? []).map(({ link, name }) => ({
              type: 'share',
              url: link,
              title: name,
            }))
          : [{ type: 'sticker' }]),
      ],
    },
  };
}

function attachmentFrom({
  mime_type: type,
  image_data,
  video_data,
  file_url,
}: z.output<typeof file>) {
  if (image_data?.url !== undefined) return { type: 'image', payload: { url: image_data.url } };
  if (video_data?.url !== undefined) return { type: 'video', payload: { url: video_data.url } };
  const kind = type?.startsWith('audio/') ? 'audio' : 'file';
  return { type: kind, payload: { url: file_url } };
}

const media = z.object({
  media_type: lenient(z.string()),
  type: lenient(z.string()),
  url: lenient(z.string()),
  target: lenient(z.object({ id: lenient(anyId) })),
  media: lenient(
    z.object({
      image: lenient(z.object({ src: lenient(z.string()) })),
      source: lenient(z.string()),
    }),
  ),
});

type Media = z.output<typeof media>;

const postSchema = z.looseObject({
  attachments: lenient(
    z.object({
      data: listOf(media.extend({ subattachments: lenient(z.object({ data: listOf(media) })) })),
    }),
  ),
});

/** One change of the feed, or one for each picture: so the webhook tells of them, too. */
function postsFrom(item: z.output<typeof fields>): readonly object[] {
  const { attachments, permalink_url, id, ...post } = postSchema.parse(item);
  const parts = (attachments?.data ?? []).flatMap(({ subattachments, ...whole }) =>
    subattachments && subattachments.data.length > 0 ? subattachments.data : [whole],
  );
  const base = {
    ...{ from: post['from'], message: post['message'], message_tags: post['message_tags'] },
    ...{ verb: 'add', post_id: id, created_time: post['created_time'], post: { permalink_url } },
  };
  const photos = parts.flatMap((part) => {
    const photo = photoIn(part);
    return photo === undefined ? [] : [{ photo, photo_id: part.target?.id }];
  });
  if (photos.length === 0) return [{ ...base, ...othersFrom(parts), item: kindIn(parts) }];
  return photos.map((photo, index) => ({
    ...base,
    ...{ item: 'photo', ...photo },
    ...(index > 0 ? { message: '', message_tags: [] } : {}),
  }));
}

const commentSchema = z.looseObject({
  parent: lenient(z.object({ id: lenient(anyId) })),
  attachment: lenient(media),
});

function commentFrom({ post, item }: { readonly post: string; readonly item: object }) {
  const { id, parent, attachment, ...comment } = commentSchema.parse(item);
  return {
    ...{ photo: attachment && photoIn(attachment), ...othersFrom(attachment ? [attachment] : []) },
    ...{ from: comment['from'], message: comment['message'] },
    ...{ message_tags: comment['message_tags'], created_time: comment['created_time'] },
    ...{
      item: 'comment',
      verb: 'add',
      comment_id: id,
      post_id: post,
      parent_id: parent?.id ?? post,
    },
  };
}

const photoIn = (part: Media): string | undefined =>
  kindOf(part) === 'photo' ? part.media?.image?.src : undefined;

/** A video, or the page that is shared. */
function othersFrom(parts: readonly Media[]): object {
  const video = parts.find((part) => kindOf(part) === 'video');
  if (video) return { video: video.media?.source, link: video.url };
  return { link: parts.find((part) => kindOf(part) === 'link')?.url };
}

/** What the feed calls such a post; one of words alone is a status. */
function kindIn(parts: readonly Media[]): string {
  if (parts.some((part) => kindOf(part) === 'video')) return 'video';
  return parts.some((part) => kindOf(part) === 'link') ? 'share' : 'status';
}

function kindOf({ media_type: type, type: exact = '' }: Media): 'video' | 'photo' | 'link' {
  if (type === 'video' || exact.startsWith('video')) return 'video';
  return type === 'photo' || /photo|image|sticker/.test(exact) ? 'photo' : 'link';
}
