import { z } from 'zod';
import { snowflake } from '../providers/x.ts';
import { type Answer, type Call, fieldsOf, json, textIn } from './server.ts';
import { invalid, problem } from './x-answers.ts';
import type { Office } from './x-office.ts';

const LONGEST_POST = 280;
const LINK_WEIGHT = 23;

const replySchema = z.object({ in_reply_to_tweet_id: z.string().regex(/^\d+$/) });

const forbidden = (detail: string): Answer => problem(403, 'Forbidden', detail);

/** Posts; a reply stands in the conversation with the one it answers. */
export function sendPost(office: Office, call: Call): Answer {
  const { posts, say, newId, lastPosts } = office;
  const fields = fieldsOf(call);
  const text = textIn(fields, 'text');
  const answered = replySchema.safeParse(fields['reply']).data?.in_reply_to_tweet_id ?? null;
  const problem = problemWith(office, text, answered);
  if (problem) return problem;
  lastPosts.put(text, text);
  const post = answered === null ? undefined : posts.get(answered)?.post;
  const id = post ? say(post.author_id, text, 'public') : newId();
  return json(201, { data: { id, text, edit_history_tweet_ids: [id] } });
}

function problemWith(office: Office, text: string, answered: string | null): Answer | null {
  const { posts, lastPosts, startedAt } = office;
  if (text.trim() === '') return invalid('Tweet text can not be empty', { text: [text] });
  if (weightOf(text) > LONGEST_POST) return forbidden('Your Tweet text is too long.');
  if (lastPosts.get(text) !== undefined) {
    return forbidden('You are not allowed to create a Tweet with duplicate content.');
  }
  // Of posts older than this server nothing is known: they may well be there.
  const isGone = answered !== null && !posts.get(answered) && isSince(answered, startedAt);
  return isGone
    ? forbidden('You attempted to reply to a Tweet that is deleted or not visible to you.')
    : null;
}

function isSince(id: string, time: number): boolean {
  return BigInt(id) > BigInt(snowflake(time));
}

export function sendDirect({ us, say }: Office, call: Call): Answer {
  const citizen = call.named('id');
  const text = textIn(fieldsOf(call), 'text');
  if (!/^\d{1,20}$/.test(citizen)) {
    return invalid(`The \`participant_id\` path parameter value [${citizen}] is not valid`, {
      participant_id: [citizen],
    });
  }
  if (text.trim() === '') return invalid('text or attachments is required', { text: [text] });
  const id = say(citizen, text, 'private');
  return json(201, {
    data: { dm_conversation_id: [us.id, citizen].sort().join('-'), dm_event_id: id },
  });
}

/** Letters outside of the usual alphabets count twice, links always the same. */
function weightOf(text: string): number {
  const bare = text.replace(/https?:\/\/\S+/g, '');
  const links = text.match(/https?:\/\/\S+/g)?.length ?? 0;
  const letters = Array.from(bare).reduce(
    (sum, one) => sum + ((one.codePointAt(0) ?? 0) > 0x10ff ? 2 : 1),
    0,
  );
  return letters + links * LINK_WEIGHT;
}
