import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type InboundMessage, inboundMessage, type Sender } from '../../src/domain/message.ts';
import { Malformed } from '../../src/errors.ts';
import type { Item } from './delivery.ts';
import { kindName, needed, type Result, timeFrom } from './fields.ts';
import { filesIn, postSchema, reviewSchema, permalinkOf, type Post } from './post.ts';
import { hasLaporTag, withoutMentions } from './words.ts';

type Field = 'feed' | 'mention' | 'ratings';
/** `time`: when the entry that it came in was made. */
type Change = { readonly page: string; readonly field: Field; readonly time: unknown };
type Act = 'message' | 'edit' | 'delete';
type Ignored = { readonly ignored: string };

const ACTS: ReadonlyMap<string, Act> = new Map([
  ['add', 'message'],
  ['edit', 'edit'],
  ['edited', 'edit'],
  ['remove', 'delete'],
]);

const ITEMS: readonly string[] = [
  'post',
  'status',
  'photo',
  'video',
  'share',
  'link',
  'album',
  'comment',
];

/** Reads one change of the page: what visitors write on it, below its posts, or about it elsewhere. */
export function readChange(page: string, { fields, time }: Pick<Item, 'fields' | 'time'>): Result {
  const field = needed(z.string().safeParse(fields['field']).data, 'field');
  if (field === 'feed' || field === 'mention') {
    const post = needed(postSchema.safeParse(fields['value']).data, 'value');
    return readPost({ page, field, time }, post);
  }
  if (field === 'ratings') return readReview({ page, field, time }, fields['value']);
  return { ignored: `change of ${kindName(field)}` };
}

/** The words of a review are a post on the page, under names of its own. */
function readReview(change: Change, value: unknown): Result {
  const review = needed(reviewSchema.safeParse(value).data, 'value');
  if (!review.review_text?.trim()) return { ignored: 'review without words' };
  const author = review.reviewer_id ?? review.from?.id;
  return readPost(change, {
    ...review,
    item: 'post',
    post_id: review.open_graph_story_id ?? review.post_id,
    from: author === undefined ? undefined : { id: author, name: review.reviewer_name },
    message: review.review_text,
  });
}

function readPost(change: Change, post: Post): Result {
  const { page, field } = change;
  if (post.from?.id === page || post.sender_id === page) return byPage(post);
  const act = actOf(field, post);
  if (typeof act === 'object') return act;
  const isComment = post.item === 'comment';
  const id = isComment
    ? needed(post.comment_id, 'value.comment_id')
    : needed(post.post_id, 'value.post_id');
  const words = act === 'delete' ? { eventId: `${id}#delete` } : wordsOf(change, act, post, id);
  if ('ignored' in words) return words;
  const whole = inboundMessage({
    kind: act,
    messageId: id,
    account: page,
    sender: senderOf(post, id),
    sentAt: timeFrom(post.created_time),
    setting: 'public',
    thread: post.post_id ?? null,
    under: isComment ? underOf(post, id) : [],
    permalink: permalinkOf(post, isComment),
    ...words,
  });
  return { message: whole, unread: [] };
}

const byPage = ({ verb }: Post): Ignored => ({
  ignored: verb === 'remove' ? 'removed by the page' : 'written by the page',
});

function actOf(field: Field, { item, verb, message }: Post): Act | Ignored {
  if (item === 'reaction' || item === 'like') return { ignored: item };
  const act = ACTS.get(needed(verb, 'value.verb'));
  const ignored = { ignored: `${kindName(item)} ${kindName(verb)}` };
  // A mention that is gone may leave its post in place: no reason to withdraw a complaint.
  if (act === undefined || (field === 'mention' && act === 'delete')) return ignored;
  if (ITEMS.includes(needed(item, 'value.item'))) return act;
  if (act === 'delete') return ignored;
  const beside = message?.trim() ? ', and words in it' : ''; // a post of stickers has none
  throw new Malformed(`value.item: a kind we do not know${beside}`);
}

type Words = Pick<InboundMessage, 'eventId'> & Partial<InboundMessage>;

function wordsOf(
  { page, field, time }: Change,
  act: 'message' | 'edit',
  post: Post,
  id: string,
): Words | Ignored {
  const { message: original = '' } = post;
  const { text, isMentioned } = withoutMentions(page, original, post.message_tags);
  const attachments = filesIn(post);
  const isEmpty = text.trim() === '' && attachments.length === 0;
  if (isEmpty && act === 'edit') return { ignored: 'edit without words or files' };
  if (isEmpty && !isMentioned) throw new Malformed('value: nothing to read');
  return {
    eventId: `${field}:${id}:${hashOf(act, post, time)}`,
    group: groupOf(act, post, id),
    // Our name and nothing else calls us; it is no report.
    ...(isEmpty ? { kind: 'command' as const } : {}),
    text,
    originalText: original,
    attachments,
    addressed: isToUs(field, post, isMentioned) ? 'us' : 'thread',
    opensNew: hasLaporTag(text),
  };
}

function isToUs(field: Field, { item }: Post, isMentioned: boolean): boolean {
  return item !== 'comment' || isMentioned || field === 'mention';
}

/** The photos of one post may come as a change each, in one delivery or in several. */
function groupOf(act: Act, { item }: Post, id: string): string | null {
  return act === 'message' && item === 'photo' ? id : null;
}

/**
 * Changes have no id of their own (contract section 7): what they say and when makes one. The time of
 * an edit is its own: who writes A, B and A again meant the last. A picture of a post is named by its
 * id or file: the list of posts, which tells of it too, shows it at another address.
 */
function hashOf(act: 'message' | 'edit', post: Post, entryTime: unknown): string {
  const { item, created_time: createdTime, message, photo, photos, video, link } = post;
  const { photo_id: photoId, video_id: videoId, post: { updated_time: updatedTime } = {} } = post;
  const editedAt = timeFrom(updatedTime) ?? timeFrom(entryTime);
  const said = [item, act, timeFrom(createdTime), message, photo, photos, video];
  const picture = item === 'photo' && act === 'message' && (photoId ?? fileNameOf(photo ?? link));
  const whole = picture
    ? [item, act, picture, videoId]
    : [...said, link, photoId, videoId, act === 'edit' ? editedAt : null];
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 40);
}

/** The name of a file of Meta's: what stands before and behind it is a server, a size and a signature. */
function fileNameOf(url: string | undefined): string | null {
  const name = url === undefined ? '' : (new URL(url).pathname.split('/').at(-1) ?? '');
  return /\.\w{2,5}$/.test(name) ? name : null;
}

/** Meta hides authors who did not agree to be shown: their words count all the same. */
function senderOf(
  { from, sender_id: legacyId, sender_name: legacyName }: Post,
  id: string,
): Sender {
  const identity = from?.id ?? legacyId;
  if (identity === undefined) {
    return { identity: `post:${id}`, unnamed: true, name: null, contact: null };
  }
  const name = (from?.name ?? legacyName)?.trim() ?? '';
  // The author of a post is no PSID: nobody can be answered by it.
  return { identity, name: name === '' ? null : name, contact: null };
}

function underOf({ parent_id: parent, post_id: post }: Post, id: string): string[] {
  const nearestFirst = [parent, post].filter((each) => each !== undefined);
  return [...new Set(nearestFirst)].filter((each) => each !== id);
}
