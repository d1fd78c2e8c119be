import type { Post } from './post.ts';

/** The account we are; `handle` without `@`. */
export type Us = { readonly userId: string; readonly handle: string };

/** What is needed to tell what somebody said. `ownIds` are the posts whose links X itself appends. */
export type Said = Pick<Post, 'text' | 'shown' | 'mentions' | 'links'> & {
  readonly ownIds: readonly string[];
  readonly isReply: boolean;
  readonly hasFiles: boolean;
};

/** `isToUs`: it names us where X shows it; `namesUs`: anywhere, if only as one of those replied to. */
export type Words = {
  readonly text: string;
  readonly isToUs: boolean;
  readonly namesUs: boolean;
  readonly opensNew: boolean;
};

const MOST_APPENDED = 4;
const MOST_MENTIONS = 50;
const MOST_NAMES = 5;
const LONGEST_LEAD = 2_000; // X puts at most fifty names in front of a reply
const TAG = /(?<![\p{L}\p{N}_&])[#＃]lapor(?![\p{L}\p{N}_])/iu;

export function wordsFrom(us: Us, said: Said): Words {
  const whole = unescaped(said.text);
  const own = ownMention(us, said);
  const visible = whole.slice(leadOf(whole, said).length);
  const spoken = withoutAppended(visible, endOf(whole, visible, said.shown), said);
  const text = expanded(withoutMatches(spoken, own), said);
  return {
    text,
    isToUs: own.test(visible),
    namesUs: own.test(whole),
    opensNew: TAG.test(text),
  };
}

const ESCAPES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

// X escapes these three and no others, in posts and in direct messages.
function unescaped(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (escape) => ESCAPES[escape] ?? escape);
}

// Found as words, not by the entities' indices: those count code points, of a text cut for long posts.
function ownMention(us: Us, { mentions }: Said): RegExp {
  const entities = mentions.filter(({ id }) => id === us.userId);
  const names = new Set([us.handle, ...entities.flatMap(({ username }) => username ?? [])]);
  const anyName = [...names].slice(0, MOST_NAMES).join('|');
  return new RegExp(`(?<![\\p{L}\\p{N}_@＠])[@＠](?:${anyName})(?![\\p{L}\\p{N}_@＠])`, 'iu');
}

/** Those replied to, whom X puts in front of a reply and does not show. */
function leadOf(whole: string, { shown, isReply }: Said): string {
  if (!shown || !isReply || shown.bounds[0] > LONGEST_LEAD) return '';
  const lead = beginningOf(unescaped(shown.text), shown.bounds[0]);
  return whole.startsWith(lead) && /^(?:\s*[@＠]\w+)+\s*$/.test(lead) ? lead : '';
}

/** Where in `visible` begins what X does not show; its end when nothing says so. */
function endOf(whole: string, visible: string, shown: Said['shown']): number {
  // Of a long post the bounds are those of its short form.
  if (!shown || unescaped(shown.text) !== whole) return visible.length;
  return beginningOf(whole, shown.bounds[1]).length - (whole.length - visible.length);
}

function beginningOf(text: string, codePoints: number): string {
  let end = 0;
  for (let count = 0; count < codePoints && end < text.length; count += 1) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** Without the links that X itself appends: to the post's files, to what it quotes, to the long form. */
function withoutAppended(visible: string, end: number, said: Said): string {
  let text = visible.trimEnd();
  for (let removed = 0; removed < MOST_APPENDED; removed += 1) {
    const start = Math.max(...[' ', '\n', '\t'].map((space) => text.lastIndexOf(space))) + 1;
    const url = text.slice(start);
    if (!/^https?:\/\/t\.co\/\w+$/.test(url)) break;
    if (start < end && !isAppended(url, said) && !(removed === 0 && isOfFiles(url, said))) break;
    text = text.slice(0, start).trimEnd();
  }
  return text;
}

function isAppended(url: string, { links, ownIds }: Said): boolean {
  return links.some((link) => {
    if (link.url !== url) return false;
    const status = /\/status\/(\d+)/.exec(link.expanded ?? '')?.[1];
    return link.isMedia || (status !== undefined && ownIds.includes(status));
  });
}

// Files are attached, and nothing says where their link ends: then the last one is theirs.
function isOfFiles(url: string, { links, shown, hasFiles }: Said): boolean {
  return hasFiles && shown === null && !links.some((link) => link.isMedia || link.url === url);
}

function withoutMatches(original: string, pattern: RegExp): string {
  let text = original;
  const matches = original.matchAll(new RegExp(pattern, 'giu')).take(MOST_MENTIONS);
  for (const match of [...matches].toReversed()) {
    text = joined(text.slice(0, match.index), text.slice(match.index + match[0].length));
  }
  return text.trim();
}

// What stood between our name and the first word; `:(` and `!!!` say something themselves.
const RESIDUE = /^(?:[.,:;!-](?=[\s\p{L}\p{N}]|$)|\s+[.,:;!-](?=\s|$))?\s*/u;

function joined(before: string, after: string): string {
  if (before.trim() === '') return after.replace(RESIDUE, '');
  if (after.trim() === '') return before.trimEnd();
  return before + (/\s$/.test(before) ? after.replace(/^ /, '') : after);
}

function expanded(text: string, { links }: Said): string {
  const targets = new Map(links.map((link) => [link.url, link.expanded]));
  return text.replace(/https?:\/\/t\.co\/\w+/g, (url) => targets.get(url) ?? url);
}
