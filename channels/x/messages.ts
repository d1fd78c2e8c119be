import { z } from 'zod';
import { inboundMessage } from '../../src/domain/message.ts';
import type { InboundMessage, Sender } from '../../src/domain/message.ts';
import { quotedLines } from '../../src/domain/text.ts';
import { Malformed } from '../../src/errors.ts';
import { digitsFirst, id, lenient, timeFrom } from './json.ts';
import { addressOf, isReply, quotesUs, type Told } from './address.ts';
import type { Person, Post } from './post.ts';
import { type Us, wordsFrom } from './words.ts';

/** A message, or the reason why it is none. */
export type Part = InboundMessage | { readonly ignored: string };

export function messageFromPost(us: Us, post: Post, told: Told): Part {
  if (post.authorId === us.userId) return { ignored: 'own post' };
  if (post.isRepost) return { ignored: 'repost of another post' };
  const root = rootOf(post);
  const words = wordsFrom(us, {
    ...post,
    ownIds: [post.id, ...post.versions, ...(post.quotedId === null ? [] : [post.quotedId])],
    isReply: told === 'reply' || isReply(post),
    hasFiles: post.attachments.length > 0,
  });
  const { addressed, isOwnEvent } = addressOf(us, post, words, told);
  const isEdit = root !== post.id;
  return inboundMessage({
    // An edited post is a new post that names its earlier versions.
    kind: isEdit ? 'edit' : 'message',
    // An edit goes to what we hold of its post, whoever it names: its id is enough, by whatever event.
    eventId: isOwnEvent && !isEdit ? `${post.id}#mention` : post.id,
    messageId: root,
    account: us.userId,
    sender: senderFrom(post.authorId, post.author),
    sentAt: post.sentAt,
    ...saidWith(us, post, told, words.text),
    originalText: post.text,
    location: post.location,
    attachments: post.attachments,
    setting: 'public',
    ...placeOf(post, root),
    addressed,
    permalink: `https://x.com/${post.author?.username ?? 'i'}/status/${post.id}`,
    opensNew: words.opensNew,
  });
}

/** One's own words, with what they quote beside them; who only calls us to what somebody said means that. */
function saidWith(
  us: Us,
  post: Post,
  told: Told,
  text: string,
): Pick<InboundMessage, 'text' | 'quoted'> {
  const quoted = quotedIn(us, post, told);
  if (quoted === '') return { text };
  const isAll = text === '' && post.attachments.length === 0;
  return isAll ? { text: quotedLines(quoted) } : { text, quoted };
}

/** What somebody else said that the post quotes or answers; of what it quotes at least where it is. */
function quotedIn(us: Us, post: Post, told: Told): string {
  const { quotedId, quotedText, repliedText, replyToUserId } = post;
  const answered = replyToUserId === us.userId ? null : repliedText;
  const isOthers = quotedId !== null && !quotesUs(us, post, told);
  const quoted = isOthers ? [quotedText, `https://x.com/i/status/${quotedId}`] : [];
  return [answered, ...quoted].filter(Boolean).join('\n');
}

// The old envelope knows no conversation: what is replied to is the nearest thing to its root.
function placeOf({ id: own, conversationId, replyToId }: Post, root: string) {
  return {
    thread: conversationId ?? replyToId ?? root,
    under: [...new Set([replyToId, conversationId])].flatMap((each) =>
      each === null || each === own || each === root ? [] : [each],
    ),
  };
}

function rootOf({ id: own, versions }: Post): string {
  const [first = own] = versions;
  return versions.includes(own) ? first : own;
}

/** Handles change hands; the user id stays the person's. */
export function senderFrom(userId: string, known: Person | null): Sender {
  const { name = null, username = null } = known ?? {};
  const contact = username === null ? null : ({ kind: 'handle', value: username } as const);
  return { identity: userId, name, contact };
}

const deletion = z.object({
  id,
  author_id: lenient(id),
  user_id: lenient(id),
  sender_id: lenient(id),
});

/** What X says of a post or direct message that was taken back. Throws Malformed without id or author. */
export function messageFromDeletion(
  us: Us,
  value: unknown,
  about: {
    readonly within: string;
    readonly setting: InboundMessage['setting'];
    readonly at: unknown;
  },
): Part {
  const told = deletion.safeParse(digitsFirst(value)).data;
  if (!told) throw new Malformed(`${about.within}.id is missing`);
  const { id: own, author_id, user_id, sender_id } = told;
  const author = author_id ?? user_id ?? sender_id;
  if (author === undefined) throw new Malformed(`${about.within}.author_id is missing`);
  if (author === us.userId) return { ignored: 'deletion of our own words' };
  return inboundMessage({
    kind: 'delete',
    eventId: `${own}#delete`,
    messageId: own,
    account: us.userId,
    sender: senderFrom(author, null),
    sentAt: timeFrom(about.at),
    setting: about.setting,
    addressed: 'none',
  });
}
