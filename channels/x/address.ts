import type { InboundMessage } from '../../src/domain/message.ts';
import type { Post } from './post.ts';
import type { Us, Words } from './words.ts';

/** What X itself says of a post; `listed`: among those that name us, if only in front of a reply. */
export type Told = 'mention' | 'reply' | 'quote' | 'listed' | 'nothing';

type Addressed = InboundMessage['addressed'];

/**
 * To whom a post is said. `isOwnEvent`: by another event it may be read as said to nobody, whichever comes
 * first, so this one needs an id of its own; the judge knows them for the same message.
 */
export function addressOf(
  us: Us,
  post: Post,
  words: Words,
  told: Told,
): { readonly addressed: Addressed; readonly isOwnEvent: boolean } {
  // X tells of a mention only when the author wrote it, not when X put it in front.
  if (told === 'mention') {
    return { addressed: 'us', isOwnEvent: isReply(post) || !isToUs(us, post, words, 'nothing') };
  }
  const addressed = isToUs(us, post, words, told) ? 'us' : addressOfReply(us, post, told);
  return { addressed, isOwnEvent: false };
}

/** Whether the post answers another one. */
export function isReply(post: Post): boolean {
  const { id: own, versions, conversationId, replyToId, replyToUserId } = post;
  if (replyToId !== null || replyToUserId !== null) return true;
  return conversationId !== null && conversationId !== own && !versions.includes(conversationId);
}

function isToUs(us: Us, post: Post, words: Words, told: Told): boolean {
  // Where we cannot see the mention X's list counts; in front of a reply it is only the reply's.
  return words.isToUs || (told === 'listed' && !words.namesUs) || quotesUs(us, post, told);
}

/** Whether it quotes us. Where the quoted post did not come along, X's word or its link tells whose it is. */
export function quotesUs(us: Us, { quotedId, quotedUserId, links }: Post, told: Told): boolean {
  if (quotedUserId !== null) return quotedUserId === us.userId;
  if (told === 'quote') return true;
  if (quotedId === null) return false;
  const ours = `/${us.handle}/status/${quotedId}`.toLowerCase();
  return links.some(({ expanded }) => expanded?.toLowerCase().includes(ours));
}

function addressOfReply(us: Us, post: Post, told: Told): Addressed {
  const { conversationId, replyToId, replyToUserId } = post;
  // X tells of replies to our own posts only.
  const answered = replyToUserId ?? (told === 'reply' ? us.userId : null);
  if (answered !== us.userId) return 'none';
  // Our own post may be an announcement (then it is to us) or stand in somebody's complaint.
  if (replyToId === null) return told === 'reply' ? 'thread' : 'none';
  if (conversationId === null) return 'thread';
  return replyToId === conversationId ? 'us' : 'none';
}
