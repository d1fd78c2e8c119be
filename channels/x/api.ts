import { Agent } from 'node:http';
import { ApiResponseError, TwitterApi } from 'twitter-api-v2';
import type { TwitterRateLimit } from 'twitter-api-v2';
import { z } from 'zod';
import type { Poll } from '../../src/domain/channel.ts';
import { UpstreamThrottled, UpstreamUnavailable } from '../../src/errors.ts';
import { upstreamError } from '../_shared/outbound.ts';
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
const MOST_PAGES = 8; // the timeline ends at 800 mentions
const ANSWER_WITHIN_MS = 20_000;
const LIMIT_WITHOUT_RESET_MS = 60_000;
const LONGEST_WAIT_MS = 24 * 3_600_000;

export function createPoll(access: Access): Poll {
  // Asking while nothing is left costs nothing but trust.
  let closedUntil = 0;
  const ask = async (query: Record<string, string>, signal: AbortSignal): Promise<Page> => {
    const waitMs = closedUntil - access.now();
    if (waitMs > 0) throw new UpstreamThrottled(`${CALL}: no request left`, waitMs);
    const { page, limit } = await askOnce(access, query, signal);
    if (limit?.remaining === 0) closedUntil = access.now() + waitFrom(limit, access.now());
    return page;
  };
  return {
    everyMs: access.everyMs,
    // X gives the newest first, so the cursor may only move when the last page is in.
    fetch: async (cursor, signal) => {
      const since: Record<string, string> = cursor === null ? {} : { since_id: cursor };
      const pages: Page[] = [];
      let next: string | undefined;
      do {
        const page = await ask(
          next === undefined ? since : { ...since, pagination_token: next },
          signal,
        );
        pages.push(page);
        next = page.meta.next_token;
      } while (next !== undefined && pages.length < MOST_PAGES);
      return {
        deliveries: pages
          .flatMap((page) => page.data.map((post) => deliveryFrom(access.userId, post, page)))
          .reverse(),
        cursor: pages[0]?.meta.newest_id ?? cursor,
      };
    },
  };
}

type Asked = { readonly page: Page; readonly limit: TwitterRateLimit | undefined };

async function askOnce(
  access: Access,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<Asked> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  let answer: { readonly data: unknown; readonly rateLimit?: TwitterRateLimit };
  try {
    answer = await clientFor(access, bounded).v2.get<unknown>(
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

function clientFor({ bearer, apiUrl }: Access, signal: AbortSignal): TwitterApi {
  const base = apiUrl.replace(/\/+$/, '');
  return new TwitterApi(bearer, {
    // Nobody listens for the errors of the SDK's decompression: a broken stream would end the process.
    compression: 'identity',
    // It always uses https.request, which speaks plain HTTP through an agent that does.
    ...(base.startsWith('http:') ? { httpAgent: new Agent() } : {}),
    plugins: [
      {
        onBeforeRequestConfig: ({ params }) => {
          params.url = params.url.replace('https://api.x.com', () => base);
        },
        onBeforeRequest: ({ requestOptions }) => {
          requestOptions.signal = signal;
        },
      },
    ],
  });
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
  return waitMs > 0 && waitMs < LONGEST_WAIT_MS ? waitMs : LIMIT_WITHOUT_RESET_MS;
}
