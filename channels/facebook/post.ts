import { z } from 'zod';
import type { AttachmentRef } from '../../src/domain/message.ts';
import { fileFrom } from './attachments.ts';
import { anyId, lenient, listOf, webUrl } from './fields.ts';
import { tags } from './words.ts';

export const postSchema = z.object({
  item: lenient(z.string()),
  verb: lenient(z.string()),
  post_id: lenient(anyId),
  comment_id: lenient(anyId),
  parent_id: lenient(anyId),
  from: lenient(z.object({ id: lenient(anyId), name: lenient(z.string()) })),
  // Before `from` there were these two.
  sender_id: lenient(anyId),
  sender_name: lenient(z.string()),
  message: lenient(z.string()),
  message_tags: tags,
  photo: lenient(webUrl),
  photos: listOf(webUrl),
  video: lenient(webUrl),
  link: lenient(webUrl),
  photo_id: lenient(anyId),
  video_id: lenient(anyId),
  created_time: z.unknown().optional(),
  post: lenient(z.object({ permalink_url: lenient(webUrl), updated_time: z.unknown().optional() })),
});

export const reviewSchema = postSchema.extend({
  review_text: lenient(z.string()),
  reviewer_id: lenient(anyId),
  reviewer_name: lenient(z.string()),
  open_graph_story_id: lenient(anyId),
});

export type Post = z.output<typeof postSchema>;

export function filesIn(post: Post): AttachmentRef[] {
  const { photo, photos, video } = post;
  const photoUrls = new Set([photo, ...photos].filter((url) => url !== undefined));
  const files = [
    ...[...photoUrls].map((url) => fileFrom('image', url)),
    ...(video === undefined ? [] : [fileFrom('video', video)]),
  ];
  return [...files, ...linksIn(post, files.length > 0)];
}

/** Of a photo or video, `link` is the file itself, or the page it is shown on. */
function linksIn({ item, link }: Post, hasFiles: boolean): AttachmentRef[] {
  if (link === undefined) return [];
  if (item !== 'photo' && item !== 'video') return [fileFrom('link', link)];
  if (hasFiles) return [];
  const isPage = /(^|\.)facebook\.com$/.test(new URL(link).hostname);
  return [fileFrom(isPage ? 'link' : item === 'photo' ? 'image' : 'video', link)];
}

export function permalinkOf(post: Post, isComment: boolean): string | null {
  const { post_id: postId = '', comment_id: commentId = '' } = post;
  if (!isComment && post.post?.permalink_url !== undefined) return post.post.permalink_url;
  if (!/^\d+(_\d+)?$/.test(postId)) return null;
  const address = `https://www.facebook.com/${postId}`;
  if (!isComment) return address;
  const number = /^(?:\d+_)?(\d+)$/.exec(commentId)?.[1];
  return number === undefined ? null : `${address}?comment_id=${number}`;
}
