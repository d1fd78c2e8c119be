import type { Receipt } from '../../src/domain/channel.ts';
import { inboundMessage } from '../../src/domain/message.ts';
import type { AttachmentRef, InboundMessage, Location, Sender } from '../../src/domain/message.ts';
import { quotedLines } from '../../src/domain/text.ts';
import { Malformed } from '../../src/errors.ts';
import { attachmentsFrom, cardFrom, locationFrom, quotedIn, writtenIn } from './content.ts';
import { updateFromBytes } from './update.ts';
import type { Message, Update } from './update.ts';
import { wordsFrom } from './words.ts';
import type { Bot, Words } from './words.ts';

type Subject = NonNullable<Update['subject']>;
type Part = Partial<InboundMessage> & { readonly sender: Sender };
/** A reason to ignore it, in place of what it would have been. */
type Ignored = { readonly ignored: string };
type Content = {
  readonly original: string;
  readonly words: Words;
  readonly quoted: string | undefined;
  readonly attachments: readonly AttachmentRef[];
  readonly location: Location | null;
};

// Updates and messages in which nobody says anything to us. What is neither here nor read is quarantined:
// something may have been said in a way that we do not know yet.
const SILENT_UPDATES =
  /^(edited_)?channel_post$|^(my_)?chat_member$|^(callback|inline|shipping|pre_checkout)_query$|^chosen_inline_result$|^message_reaction(_count)?$|^poll(_answer)?$|^chat_join_request$|^(removed_)?chat_boost$|^business_connection$|^deleted_business_messages$|^purchased_paid_media$|^managed_bot$/;
const SILENT =
  /^(sticker|dice|game|invoice|gift|unique_gift|gift_upgrade_sent|giveaway\w*|(new|left)_chat_member(s?)|chat_owner_(left|changed)|(new|delete)_chat_(title|photo)|(group|supergroup|channel)_chat_created|message_auto_delete_timer_changed|migrate_(to|from)_chat_id|pinned_message|(successful|refunded)_payment|(users|chat)_shared|connected_website|write_access_allowed|proximity_alert_triggered|boost_added|chat_background_set|checklist_tasks_(done|added)|poll_option_(added|deleted)|(direct|paid)_message_price_changed|(general_)?forum_topic_\w+|managed_bot_created|suggested_post_(approved|approval_failed|declined|paid|refunded)|video_chat_\w+)$/;
const REPORTS =
  /^(text|caption|photo|live_photo|document|animation|video|video_note|voice|audio|location|venue|contact|rich_message|checklist|poll|story|paid_media)$/;

export function readUpdate(bot: Bot, body: Uint8Array): Receipt {
  const update = updateFromBytes(body);
  if (!update.subject) {
    return { messages: [], ignored: [silentKind(update)] };
  }
  const part = partFrom(bot, update.subject);
  if ('ignored' in part) return { messages: [], ignored: [part.ignored] };
  const { message, kind } = update.subject;
  const { reply_to_message: reply, media_group_id: album, chat } = message;
  const date = kind === 'message' ? message.date : (message.edit_date ?? message.date);
  const whole = inboundMessage({
    // Message ids count anew in every chat.
    eventId: String(update.id),
    messageId: `${chat.id}:${message.message_id}`,
    account: String(bot.id),
    sentAt: new Date(date * 1000).toISOString(),
    group: album === undefined ? null : `${chat.id}:${album}`,
    setting: isGroup(message) ? 'public' : 'private',
    under: reply && !isTopic(message) ? [`${chat.id}:${reply.message_id}`] : [],
    ...part,
  });
  return { messages: [whole], ignored: [] };
}

function silentKind({ kinds }: Update): string {
  if (kinds.length === 0) return 'update with nothing in it';
  const kind = kinds.find((name) => SILENT_UPDATES.test(name));
  if (kind === undefined) throw new Malformed('an update of a kind that we do not read');
  return `update ${kind}`;
}

function partFrom(bot: Bot, subject: Subject): Part | Ignored {
  const { message, kind } = subject;
  if (message.chat.type === 'channel' || message.is_automatic_forward) {
    return { ignored: 'channel post' };
  }
  const content = contentFrom(bot, message);
  const isToUs = !isGroup(message) || content.words.isToUs || answersBot(bot, message);
  if (content.words.isToAnother) return { ignored: 'command for another bot' };
  if (kind === 'edited_message') return editFrom(subject, content, isToUs);
  if (isToUs) return reportFrom(subject, content);
  return isAlbumPart(message, content)
    ? othersPartFrom(message, content)
    : { ignored: 'group message that is not for the bot' };
}

function contentFrom(bot: Bot, message: Message): Content {
  const { original, entities } = writtenIn(message);
  return {
    original,
    words: wordsFrom(bot, original, entities),
    quoted: quotedIn(bot, message),
    attachments: attachmentsFrom(message),
    location: locationFrom(message),
  };
}

function reportFrom(subject: Subject, content: Content): Part | Ignored {
  const sender = senderFrom(subject.message);
  if ('ignored' in sender) return sender;
  const card = cardFrom(subject.message);
  if (card?.isOwn) return profileFrom(sender, card.phone);
  if (card) return { sender, text: card.text, originalText: '' };
  if (isEmpty(content)) return nothingIn(subject);
  const { original, words, quoted, attachments, location } = content;
  const base = { sender, originalText: original, ...beside(quoted), attachments, location };
  const hasMore = attachments.length > 0 || location !== null;
  const isReport = hasMore || !(words.text === '' || isCommand(words));
  return isReport ? { ...base, ...reportText(words) } : callFrom(base, content);
}

/** Who only calls us, below what somebody said, means that. */
function callFrom(base: Part, { words, quoted }: Content): Part {
  const { command, text } = words;
  const isCall = text === '' || (command?.name === 'lapor' && command.rest === '');
  if (isCall && quoted !== undefined) {
    const { sender, originalText = '' } = base;
    return { sender, originalText, ...reportText(words), text: quotedLines(quoted) };
  }
  return { ...base, kind: 'command', ...reportText(words), text: commandText(words) };
}

function editFrom(subject: Subject, content: Content, isToUs: boolean): Part | Ignored {
  const sender = senderFrom(subject.message);
  if ('ignored' in sender) return sender;
  const { original, attachments, location, words, quoted } = content;
  if (location && !subject.message.venue) return { ignored: 'live location that moved' };
  if (isEmpty(content)) return nothingIn(subject);
  return {
    kind: 'edit',
    sender,
    originalText: original,
    ...beside(quoted),
    attachments,
    location,
    addressed: isToUs ? 'us' : 'none',
    ...reportText(words),
  };
}

function isAlbumPart(message: Message, { attachments }: Content): boolean {
  return message.media_group_id !== undefined && attachments.length > 0;
}

// Of an album only one part has the caption, and with it the mention: whether the album is for us
// shows when its parts are together.
function othersPartFrom(message: Message, content: Content): Part | Ignored {
  const sender = senderFrom(message);
  if ('ignored' in sender) return sender;
  const { original, words, attachments, location } = content;
  return {
    sender,
    text: words.text,
    originalText: original,
    attachments,
    location,
    addressed: 'none',
  };
}

function profileFrom(sender: Sender, phone: string | null): Part | Ignored {
  if (phone === null) return { ignored: 'own contact card without a phone number' };
  return { kind: 'profile', sender: { ...sender, contact: { kind: 'phone', value: phone } } };
}

function isEmpty({ original, attachments, location }: Content): boolean {
  return original === '' && attachments.length === 0 && location === null;
}

const beside = (quoted: string | undefined): Pick<InboundMessage, 'quoted'> =>
  quoted === undefined ? {} : { quoted };

// A report of which we can read nothing waits for a person; a sticker does not.
function nothingIn({ kind, fields }: Subject): Ignored {
  const unread = fields.find((name) => REPORTS.test(name));
  if (unread !== undefined) throw new Malformed(`${kind}.${unread} cannot be read`);
  const known = fields.find((name) => SILENT.test(name));
  if (known === undefined) throw new Malformed(`${kind}: of a kind that we do not read`);
  return { ignored: `message without text, file or place: ${known}` };
}

// More words than a command takes are somebody's report.
function isCommand({ command }: Words): boolean {
  if (!command) return false;
  return command.name === 'start' ? /^[\w-]{0,64}$/.test(command.rest) : command.rest === '';
}

function commandText({ command, text }: Words): string {
  return command ? `/${command.name} ${command.rest}`.trimEnd() : text;
}

function reportText({ command, text }: Words): Pick<InboundMessage, 'text' | 'opensNew'> {
  return { text: command?.rest ?? text, opensNew: command?.name === 'lapor' };
}

function senderFrom(message: Message): Sender | Ignored {
  const { chat, from, sender_chat: behalf } = message;
  const contact = { kind: 'chat' as const, value: String(chat.id) };
  // Anonymous admins and channels speak through a fake user that is a bot.
  if (isGroup(message) && behalf) return { identity: `chat:${behalf.id}`, name: null, contact };
  if (from?.is_bot) return { ignored: 'written by a bot' };
  if (from) {
    const name = [from.first_name, from.last_name].filter(Boolean).join(' ') || null;
    // A group is no way to reach one person, and must not take the place of the private chat.
    return { identity: String(from.id), name, contact: isGroup(message) ? null : contact };
  }
  if (isGroup(message)) throw new Malformed('message.from is missing');
  return { identity: String(chat.id), name: null, contact }; // a private chat has its user's id
}

function isGroup({ chat }: Message): boolean {
  return chat.type === 'private' ? false : chat.id < 0;
}

function answersBot(bot: Bot, message: Message): boolean {
  return message.reply_to_message?.from?.id === bot.id && !isTopic(message);
}

// In a forum, whatever is no answer "answers" the service message that opened the topic.
function isTopic({ reply_to_message: reply }: Message): boolean {
  return reply?.forum_topic_created !== undefined;
}
