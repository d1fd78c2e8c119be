import type { Entity } from './update.ts';

/** `username` is in lower case without `@`; null when nobody could tell it. */
export type Bot = { readonly id: number; readonly username: string | null };

type Command = {
  readonly name: 'lapor' | 'start' | 'help' | 'bantuan';
  readonly rest: string;
};

/**
 * What a text says once our own mention is taken out of it. `isToUs`: it names this bot, or says
 * /lapor to whoever listens. `isToAnother`: it is a command that names another bot.
 */
export type Words = {
  readonly text: string;
  readonly command: Command | null;
  readonly isToUs: boolean;
  readonly isToAnother: boolean;
};

const COMMANDS: readonly Command['name'][] = ['lapor', 'start', 'help', 'bantuan'];
const COMMAND = /^\/([a-z0-9_]{1,32})(?:@(\w{1,64}))?(?![\w@])[:,]?\s*/i;

export function wordsFrom(bot: Bot, original: string, entities: readonly Entity[]): Words {
  const mentions = entities.filter((entity) => isOwnMention(bot, original, entity));
  const links = entities.filter(({ type, url }) => type === 'text_link' && url !== undefined);
  const text = reworded(original, mentions, links);
  const match = COMMAND.exec(text);
  const name = COMMANDS.find((known) => known === match?.[1]?.toLowerCase());
  const target = match?.[2];
  const command = match && name ? { name, rest: text.slice(match[0].length) } : null;
  const isToAnother = target !== undefined && !isOwnName(bot, target);
  return {
    text,
    command,
    isToUs:
      mentions.length > 0 ||
      (command?.name === 'lapor' && !isToAnother) ||
      entities.some((entity) => isOwnCommand(bot, original, entity)),
    isToAnother,
  };
}

// Entity offsets are UTF-16 units, as JavaScript's own string indices.
function textOf(original: string, entity: Entity): string {
  return original.slice(entity.offset, entity.offset + entity.length);
}

function isOwnMention(bot: Bot, original: string, entity: Entity): boolean {
  if (entity.type === 'text_mention') return entity.user?.id === bot.id;
  const written = textOf(original, entity);
  return entity.type === 'mention' && written.startsWith('@') && isOwnName(bot, written.slice(1));
}

function isOwnCommand(bot: Bot, original: string, entity: Entity): boolean {
  const target = textOf(original, entity).split('@')[1];
  return entity.type === 'bot_command' && target !== undefined && isOwnName(bot, target);
}

function isOwnName(bot: Bot, name: string): boolean {
  const lower = name.toLowerCase();
  // Every bot's user name ends so; better a stranger's mention too many than a report too few.
  return bot.username === null ? lower.endsWith('bot') : lower === bot.username;
}

/** Without our mentions, and with the addresses that stand behind words. */
function reworded(original: string, mentions: readonly Entity[], links: readonly Entity[]): string {
  let edge = original.length;
  let text = original;
  for (const entity of [...mentions, ...links].toSorted((a, b) => b.offset - a.offset)) {
    const end = entity.offset + entity.length;
    if (end > edge) continue; // overlaps one that is already done
    text = mentions.includes(entity)
      ? joined(text.slice(0, entity.offset), text.slice(end))
      : `${text.slice(0, end)}${addressOf(original, entity)}${text.slice(end)}`;
    edge = entity.offset;
  }
  return text;
}

function addressOf(original: string, entity: Entity): string {
  const { url = '' } = entity;
  return textOf(original, entity).includes(url) ? '' : ` (${url})`;
}

function joined(before: string, after: string): string {
  if (before.trim() === '') return after.replace(/^\s*[,:]?\s*/, '');
  if (after.trim() === '') return before.trimEnd();
  return before + (/\s$/.test(before) ? after.replace(/^ /, '') : after);
}
