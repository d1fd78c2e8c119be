import { z } from 'zod';
import type { Backfill, Listed, NoBackfill } from '../../src/domain/channel.ts';
import { UpstreamThrottled, UpstreamUnavailable } from '../../src/errors.ts';
import { ask, bodyOf, detailOf, type Heard } from '../_shared/outbound.ts';
import { timeFrom } from './fields.ts';
import { createGraph, type Settings } from './graph.ts';
import type { Listing } from './listed.ts';

const EVERY_MS = 10 * 60_000;
const MOST_PAGE_BYTES = 16 * 1024 * 1024;
const MOST_PAGES = 400;
/** Comments come on old posts too: so many of the newest posts are looked at, however old. */
const POST_PAGES = 4;
/** What Meta calls a limit (of app, page or business) comes as 400 or 403; it says no time. */
const LIMITS: readonly (number | undefined)[] = [4, 17, 32, 613, 80_001, 80_006];
const LIMIT_MS = 5 * 60_000;
const YIELDED = 250;

const ATTACHMENTS =
  'attachments{id,mime_type,name,size,image_data{url},video_data{url},file_url},shares{link,name},sticker';
const MESSAGE = `id,message,from,to,created_time,${ATTACHMENTS}`;
const COMMENT =
  'id,message,message_tags,from,created_time,permalink_url,parent{id},attachment{type,url,media,target}';
const POST =
  'id,message,message_tags,from,created_time,permalink_url,attachments{media_type,type,url,media,target,subattachments}';

/** Why or how Meta can be asked what the page still shows (Graph API: conversations, feed, comments). */
export function createBackfill(settings: Settings): Backfill | NoBackfill {
  const { pageId, pageToken } = settings;
  if (pageToken === undefined) return { impossible: 'FACEBOOK_PAGE_TOKEN is not set' };
  return {
    account: pageId,
    everyMs: EVERY_MS,
    list: async function* list({ since, signal }) {
      const edge = createEdge(settings, signal);
      const ms = since.getTime();
      const found = [
        ...(await conversations(edge, pageId, ms)),
        ...(await posts(edge, pageId, ms)),
      ];
      // Meta gives the newest first, and whole seconds: within one, what stands further down is older.
      const listed = found
        .reverse()
        .filter(({ at }) => at >= ms)
        .sort((one, other) => one.at - other.at);
      // In pieces, so that what is stored of a long list need not be stored again.
      for (let from = 0; from < listed.length; from += YIELDED) {
        yield listed.slice(from, from + YIELDED);
      }
    },
  };
}

const item = z.looseObject({
  id: z.string().min(1).max(200),
  created_time: z.unknown().optional(),
  updated_time: z.unknown().optional(),
});

type Item = z.output<typeof item>;

const pageOf = z.object({
  data: z.array(z.unknown()).default([]),
  paging: z
    .object({ cursors: z.object({ after: z.string() }).optional(), next: z.string().optional() })
    .optional(),
});

type Page = { readonly items: readonly Item[]; readonly after: string | null };
type Query = Readonly<Record<string, string>>;

/** Pages of an edge until they end, or `goesOn` says so of what came last. */
type Edge = (
  path: string,
  query: Query,
  goesOn: (items: readonly Item[], pages: number) => boolean,
) => Promise<readonly Item[]>;

function createEdge(settings: Settings, signal: AbortSignal): Edge {
  const { page } = createGraph(settings, (url, call) =>
    ask(settings.fetch, url, { ...call, signal, mostBytes: MOST_PAGE_BYTES }),
  );
  return async (path, query, goesOn) => {
    const found: Item[] = [];
    let after: string | null = null;
    for (let pages = 1; pages <= MOST_PAGES; pages += 1) {
      // By its cursor: the address of the next page, which Meta gives too, holds our token.
      const asked = after === null ? query : { ...query, after };
      const heard = await page?.get(path, asked);
      const next = pageFrom(callOf(path), heard ?? { status: null, why: 'no token' });
      found.push(...next.items);
      if (next.after === null || next.after === after || !goesOn(next.items, pages)) return found;
      after = next.after;
    }
    throw new UpstreamUnavailable(`${callOf(path)}: no end of pages`);
  };
}

const callOf = (path: string): string => `Meta ${path.split('/').at(-1) ?? ''}`;

const refusal = z.object({ error: z.object({ code: z.number() }) });

function pageFrom(call: string, heard: Heard): Page {
  if (heard.status !== null && heard.status !== 200) {
    const code = refusal.safeParse(heard.body).data?.error.code;
    if (LIMITS.includes(code)) {
      throw new UpstreamThrottled(`${call}: ${detailOf(heard)}`, heard.retryAfterMs ?? LIMIT_MS);
    }
  }
  return pageIn(call, bodyOf(call, heard));
}

function pageIn(call: string, body: unknown): Page {
  const { data } = pageOf.safeParse(body);
  if (!data) throw new UpstreamUnavailable(`${call}: not a page`);
  const items = data.data.flatMap((each) => item.safeParse(each).data ?? []);
  // A cursor is there on the last page too.
  const { next, cursors } = data.paging ?? {};
  return { items, after: next === undefined ? null : (cursors?.after ?? null) };
}

/** An edge inside an item: what came along with it, and the cursor behind it. */
function within(parent: Item, name: string): Page {
  return parent[name] === undefined ? { items: [], after: null } : pageIn(name, parent[name]);
}

const msOf = (written: unknown): number => Date.parse(timeFrom(written) ?? '') || 0;

const isSince = (since: number) => (each: Item) => msOf(each.created_time) >= since;

/** Those that changed since then come first; of each, its newest messages, and more while they are new. */
async function conversations(edge: Edge, page: string, since: number): Promise<readonly Listed[]> {
  const isNew = (each: Item) => msOf(each.updated_time) >= since;
  const query = {
    platform: 'messenger',
    fields: `id,updated_time,messages.limit(25){${MESSAGE}}`,
    limit: '25',
  };
  const all = await edge(`/${page}/conversations`, query, (items) => items.every(isNew));
  const listed: Listed[] = [];
  for (const each of all.filter(isNew)) {
    const messages = await wholeOf(edge, `/${each.id}/messages`, within(each, 'messages'), {
      since,
      query: { fields: MESSAGE, limit: '100' },
    });
    listed.push(...messages.map((message) => listedOf({ edge: 'message', item: message })));
  }
  return listed;
}

/** Newest first: what came along, and what lies behind it while that is still of the time sought. */
async function wholeOf(
  edge: Edge,
  path: string,
  { items, after }: Page,
  { since, query }: { readonly since: number; readonly query: Query },
): Promise<readonly Item[]> {
  if (after === null || items.length === 0 || !items.every(isSince(since))) return items;
  const more = await edge(path, { ...query, after }, (last) => last.every(isSince(since)));
  return [...items, ...more];
}

/** What visitors posted, and what was said below posts. What the page wrote itself, `read` ignores. */
async function posts(edge: Edge, page: string, since: number): Promise<readonly Listed[]> {
  const inner = `comments.filter(stream).order(reverse_chronological).limit(50){${COMMENT}}`;
  const query = { fields: `${POST},${inner}`, limit: '25' };
  const all = await edge(`/${page}/feed`, query, (items, pages) => {
    return pages < POST_PAGES || items.every(isSince(since));
  });
  const listed: Listed[] = [];
  for (const each of all) {
    const post: Item = { ...each, comments: undefined };
    listed.push(listedOf({ edge: 'post', item: post }));
    const comments = await wholeOf(edge, `/${each.id}/comments`, within(each, 'comments'), {
      since,
      query: { fields: COMMENT, filter: 'stream', order: 'reverse_chronological', limit: '100' },
    });
    listed.push(
      ...comments.map((said) => listedOf({ edge: 'comment', post: each.id, item: said })),
    );
  }
  return listed;
}

function listedOf(listing: Listing & { readonly item: Item }): Listed {
  const { id, created_time: at } = listing.item;
  return { name: id, at: msOf(at), body: Buffer.from(JSON.stringify(listing)) };
}
