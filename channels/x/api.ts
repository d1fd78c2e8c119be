import { ApiResponseError } from 'twitter-api-v2';
import type { TwitterRateLimit } from 'twitter-api-v2';
import { z } from 'zod';
import type { Backfill, Listed, Poll } from '../../src/domain/channel.ts';
import { AppError, UpstreamThrottled, UpstreamUnavailable } from '../../src/errors.ts';
import { upstreamError } from '../_shared/outbound.ts';
import { clientFor } from './client.ts';
import { id, timeFrom } from './json.ts';
import { deliveryFrom, type Page, pageFrom } from './mentions.ts';

type Access = {
  readonly bearer: string;
  readonly userId: string;
  readonly apiUrl: string;
  readonly everyMs: number;
  readonly now: () => number;
};

/** What X calls a post in the names of parameters and fields; `post` once it takes the new name here. */
const POST = 'tweet';

const QUERY = {
  max_results: 100,
  [`${POST}.fields`]: [
    'id,text,created_at,author_id,conversation_id,in_reply_to_user_id,entities,attachments,geo',
    `display_text_range,note_${POST},referenced_${POST}s,edit_history_${POST}_ids`,
  ].join(','),
  expansions: `author_id,attachments.media_keys,geo.place_id,referenced_${POST}s.id`,
  'user.fields': 'id,name,username',
  'media.fields': 'media_key,type,url,preview_image_url,variants',
  'place.fields': 'id,name,full_name,geo',
};

const CALL = 'X mentions';
const MOST_POSTS = 800; // the timeline ends there
const MOST_PAGES = 400; // they may be short
const MOST_KEPT_PAGES = 4_000;
// A round runs inside a transaction, which may be idle for a minute.
const ROUND_WITHIN_MS = 45_000;
const LEAST_LEFT_MS = 2_000;
const LOOK_WITHIN_MS = 120_000;
const EPOCH_MS = 1_288_834_974_657;
const NEXT_ROUND_MS = 1_000;
const ANSWER_WITHIN_MS = 20_000;
const LIMIT_WITHOUT_RESET_MS = 60_000;
const LIMIT_JUST_OVER_MS = 2_000;
const LONGEST_WAIT_MS = 24 * 3_600_000;

/** What one round has brought so far, newest first, and the tokens of its pages behind the first. */
type Round = {
  readonly since: string | null;
  readonly pages: readonly Page[];
  readonly newest: string | null;
  readonly tokens: readonly string[];
  readonly isAtEnd: boolean;
};

type Query = Record<string, string>;

/** Asking for mentions, with what X said of its limit kept for whoever asks next. */
export type Ask = (query: Query, signal: AbortSignal, until: number) => Promise<Page>;

export function createPoll(access: Access, ask: Ask): Poll {
  // Kept between two calls, so that a backlog longer than a rate limit comes in all the same. Nothing is
  // forgotten before the cursor has moved behind it: after a crash everything is asked for again.
  let unfinished: Round | null = null;
  return {
    everyMs: access.everyMs,
    // X gives the newest first, so the cursor may only move when the last page is in.
    fetch: async (cursor, signal) => {
      const until = access.now() + ROUND_WITHIN_MS;
      let round = unfinished?.since === cursor ? unfinished : roundSince(cursor);
      unfinished = null;
      const before = round.pages.length;
      try {
        do round = withPage(round, await ask(queryFor(round), signal, until));
        while (goesOn(round, before));
      } catch (error) {
        if (error instanceof AppError && error.retryable) unfinished = round;
        throw error;
      }
      if (isWorthKeeping(round)) unfinished = round;
      return {
        deliveries: deliveriesOf(access.userId, round),
        cursor: round.isAtEnd ? (round.newest ?? cursor) : cursor,
      };
    },
  };
}

/** Oldest first, as it was said. */
function deliveriesOf(userId: string, { pages }: Round): readonly Uint8Array[] {
  return pages
    .flatMap((page) => page.data.map((post) => deliveryFrom(userId, post, page)))
    .reverse();
}

const listedPost = z.object({ id, created_at: z.unknown().optional() });

/** The same list from a moment on, whatever polling or webhooks brought of it. */
export function createList({ userId, now }: Access, ask: Ask): Backfill['list'] {
  return async function* list({ since, signal }) {
    const until = now() + LOOK_WITHIN_MS;
    let round = roundSince(idAt(since.getTime()));
    do round = withPage(round, await ask(queryFor(round), signal, until));
    while (goesOn(round, 0));
    const listed = round.pages.flatMap((page) =>
      page.data.flatMap((post): Listed[] => {
        const known = listedPost.safeParse(post).data;
        const at = Date.parse(timeFrom(known?.created_at) ?? '');
        return known
          ? [{ name: known.id, at: at || now(), body: deliveryFrom(userId, post, page) }]
          : [];
      }),
    );
    // Newest first, and ids grow with time.
    yield listed.reverse();
  };
}

/** The first id X could have given then: milliseconds since its own epoch, in front of 22 other bits. */
const idAt = (ms: number): string => String(BigInt(Math.max(0, ms - EPOCH_MS)) << 22n);

function roundSince(since: string | null): Round {
  return { since, pages: [], newest: null, tokens: [], isAtEnd: false };
}

function queryFor({ since, tokens }: Round): Query {
  const next = tokens.at(-1);
  return {
    ...(since === null ? {} : { since_id: since }),
    ...(next === undefined ? {} : { pagination_token: next }),
  };
}

function withPage(round: Round, page: Page): Round {
  const next = page.meta.next_token ?? '';
  return {
    ...round,
    pages: [...round.pages, page],
    newest: round.newest ?? page.meta.newest_id ?? null,
    tokens: next === '' ? round.tokens : [...round.tokens, next],
    isAtEnd: next === '',
  };
}

/** Whether to ask for another page in the same call. */
function goesOn(round: Round, before: number): boolean {
  if (round.isAtEnd || isCircle(round)) return false;
  const pages = round.pages.slice(before);
  const posts = pages.reduce((sum, { data }) => sum + data.length, 0);
  return posts < MOST_POSTS && pages.length < MOST_PAGES;
}

const isCircle = ({ tokens }: Round): boolean => new Set(tokens).size < tokens.length;

// The bounds are for what X does not do; without an end in sight it is better to begin anew.
function isWorthKeeping(round: Round): boolean {
  return !round.isAtEnd && !isCircle(round) && round.pages.length < MOST_KEPT_PAGES;
}

export function createAsk(access: Access): Ask {
  // Asking while nothing is left costs nothing but trust.
  let closedUntil = 0;
  return async (query, signal, until) => {
    const now = access.now();
    if (closedUntil > now)
      throw new UpstreamThrottled(`${CALL}: no request left`, closedUntil - now);
    const leftMs = until - now;
    if (leftMs < LEAST_LEFT_MS) {
      throw new UpstreamThrottled(`${CALL}: more than fits into one round`, NEXT_ROUND_MS);
    }
    const ended = AbortSignal.timeout(Math.min(leftMs, ANSWER_WITHIN_MS));
    try {
      const { page, limit } = await askOnce(access, query, AbortSignal.any([signal, ended]));
      if (limit?.remaining === 0) closedUntil = access.now() + waitFrom(limit, access.now());
      return page;
    } catch (error) {
      if (error instanceof UpstreamThrottled) closedUntil = access.now() + error.retryAfterMs;
      throw error;
    }
  };
}

type Asked = { readonly page: Page; readonly limit: TwitterRateLimit | undefined };

async function askOnce(access: Access, query: Query, signal: AbortSignal): Promise<Asked> {
  let answer: { readonly data: unknown; readonly rateLimit?: TwitterRateLimit };
  try {
    answer = await clientFor(access.bearer, access.apiUrl, signal).v2.get<unknown>(
      'users/:id/mentions',
      { ...QUERY, ...query },
      // As bytes: parsing an odd error of X, the SDK throws where nobody can catch it.
      { params: { id: access.userId }, fullResponse: true, forceParseMode: 'buffer' },
    );
  } catch (error) {
    throw translated(error, access);
  }
  const page = answer.data instanceof Uint8Array ? pageFrom(answer.data) : null;
  if (!page) throw new UpstreamUnavailable(`${CALL}: not an answer`);
  return { page, limit: answer.rateLimit };
}

const problem = z.object({ title: z.string().catch(''), detail: z.string().catch('') });

// No `cause`: the SDK's errors carry the request with its Authorization header.
function translated(error: unknown, { bearer, now }: Access): Error {
  if (!(error instanceof ApiResponseError)) return upstreamError(CALL, null);
  const { title, detail } = problemFrom(error.data);
  const said = [title, detail].filter(Boolean).join(': ').replaceAll(bearer, '…').slice(0, 300);
  const retryAfterMs = waitFrom(error.rateLimit, now());
  return upstreamError(CALL, { status: error.code, detail: said, retryAfterMs });
}

function problemFrom(body: unknown): z.output<typeof problem> {
  try {
    return problem.parse(JSON.parse(Buffer.from(z.instanceof(Uint8Array).parse(body)).toString()));
  } catch {
    return { title: '', detail: '' };
  }
}

/** Until the last of the used up limits is reset; the window's own when none is said to be used up. */
function waitFrom(limit: TwitterRateLimit | undefined, now: number): number {
  const limits = limit ? [limit, limit.day, limit.userDay].flatMap((each) => each ?? []) : [];
  const usedUp = limits.filter(({ remaining }) => remaining === 0);
  const resets = (usedUp.length > 0 ? usedUp : limits.slice(0, 1)).map(({ reset }) => reset * 1000);
  const waitMs = Math.max(...resets) - now;
  if (resets.length === 0 || waitMs >= LONGEST_WAIT_MS) return LIMIT_WITHOUT_RESET_MS;
  // It is over already, by X's clock or by the time its answer took.
  return Math.max(waitMs, LIMIT_JUST_OVER_MS);
}
