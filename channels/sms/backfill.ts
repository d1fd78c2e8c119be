import { z } from 'zod';
import type { Backfill, Listed } from '../../src/domain/channel.ts';
import { UpstreamUnavailable } from '../../src/errors.ts';
import { ask, bodyOf, type Heard } from '../_shared/outbound.ts';
import { timeOf } from './listed.ts';

type Account = {
  readonly sid: string;
  /** Any of them opens the account. */
  readonly tokens: readonly string[];
  readonly number: string;
  readonly apiUrl: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
};

const CALL = 'Twilio Messages';
const PAGE_SIZE = 500;
const MOST_PAGE_BYTES = 16 * 1024 * 1024;
const MOST_PAGES = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Their clock may be ahead of ours. */
const AHEAD_MS = 5 * 60_000;
const FEW = 100;

/**
 * Messages to our number (REST API 2010-04-01). The list has the newest first, so it is asked for by
 * stretches of time: an hour at first, more while little comes.
 */
export function createList(account: Account): Backfill['list'] {
  return async function* list({ since, signal }) {
    const get = createGet(account, signal);
    const end = account.now() + AHEAD_MS;
    let span = HOUR_MS;
    let before: ReadonlySet<string> = new Set();
    for (let from = since.getTime(); from < end;) {
      const to = Math.min(from + span, end);
      const found = await stretch(account, get, { from, to });
      // A stretch has both its ends, so what stands on one is in two.
      yield found.filter(({ name }) => !before.has(name));
      before = new Set(found.map(({ name }) => name));
      span = found.length < FEW ? Math.min(span * 2, DAY_MS) : HOUR_MS;
      from = to;
    }
  };
}

type Get = (path: string) => Promise<unknown>;

const record = z.looseObject({
  sid: z.string().regex(/^\w+$/),
  direction: z.string().nullish(),
  status: z.string().nullish(),
  num_media: z.string().nullish(),
  date_sent: z.string().nullish(),
  date_created: z.string().nullish(),
});

const page = z.object({ messages: z.array(record), next_page_uri: z.string().nullish() });

type Record = z.output<typeof record>;

/** What came in within a stretch of time, oldest first. */
async function stretch(
  account: Account,
  get: Get,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly Listed[]> {
  const query = new URLSearchParams({
    To: account.number,
    'DateSent>': secondOf(from),
    'DateSent<': secondOf(to + 999),
    PageSize: String(PAGE_SIZE),
  });
  const found: Record[] = [];
  let path: string | null = `${pathOf(account)}/Messages.json?${query.toString()}`;
  for (let pages = 0; path !== null; pages += 1) {
    const { messages, next } = pageFrom(await get(path));
    if (pages > MOST_PAGES || next === path)
      throw new UpstreamUnavailable(`${CALL}: no end of pages`);
    found.push(...messages.filter(isMeant));
    path = next;
  }
  const listed: Listed[] = [];
  for (const message of found.reverse()) listed.push(await listedOf(account, get, message));
  return listed.toSorted((one, other) => one.at - other.at);
}

// What is still coming in is listed again by the next look.
const isMeant = ({ direction, status }: Record): boolean =>
  direction === 'inbound' && status !== 'receiving';

const secondOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const pathOf = ({ sid }: Account): string => `/2010-04-01/Accounts/${sid}`;

function pageFrom(body: unknown): { messages: readonly Record[]; next: string | null } {
  const { data } = page.safeParse(body);
  const next = data?.next_page_uri ?? null;
  // With our token we go nowhere but where we were told.
  if (!data || (next !== null && !next.startsWith('/2010-04-01/'))) {
    throw new UpstreamUnavailable(`${CALL}: not a page`);
  }
  return { messages: data.messages, next };
}

const mediaPage = z.object({
  media_list: z.array(
    z.object({ sid: z.string().regex(/^\w+$/), content_type: z.string().nullish() }),
  ),
});

async function listedOf(account: Account, get: Get, message: Record): Promise<Listed> {
  const media = Number(message.num_media ?? 0) > 0 ? await mediaOf(account, get, message) : [];
  return {
    name: message.sid,
    at: timeOf(message) ?? account.now(),
    body: Buffer.from(JSON.stringify({ message, media })),
  };
}

/** Its files by the addresses that a webhook gives. */
async function mediaOf(account: Account, get: Get, { sid }: Record): Promise<readonly object[]> {
  const path = `${pathOf(account)}/Messages/${sid}/Media`;
  const { data } = mediaPage.safeParse(await get(`${path}.json?PageSize=20`));
  if (!data) throw new UpstreamUnavailable(`${CALL}: not a list of media`);
  return data.media_list.map(({ sid: id, content_type }) => ({
    url: `${baseOf(account)}${path}/${id}`,
    content_type,
  }));
}

const baseOf = ({ apiUrl }: Account): string => apiUrl.replace(/\/+$/, '');

/** Asks with the first token that Twilio takes: while tokens are rotated, one of them is not valid. */
function createGet(account: Account, signal: AbortSignal): Get {
  let tokens = account.tokens;
  const askWith = (path: string, token = ''): Promise<Heard> => {
    const credentials = Buffer.from(`${account.sid}:${token}`).toString('base64');
    return ask(account.fetch, `${baseOf(account)}${path}`, {
      headers: { authorization: `Basic ${credentials}` },
      signal,
      mostBytes: MOST_PAGE_BYTES,
    });
  };
  return async (path) => {
    let heard = await askWith(path, tokens[0]);
    while (heard.status === 401 && tokens.length > 1) {
      tokens = tokens.slice(1);
      heard = await askWith(path, tokens[0]);
    }
    return bodyOf(CALL, heard);
  };
}
