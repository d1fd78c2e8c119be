import type { Telegram } from 'telegraf';
import { z } from 'zod';
import type { Backfill, Listed, Search } from '../../src/domain/channel.ts';
import { UpstreamUnavailable } from '../../src/errors.ts';
import { ALLOWED_UPDATES, callTelegram, getUpdates, type Waiting } from './api.ts';

type Bot = {
  readonly client: Telegram;
  readonly secret: string | undefined;
  readonly now: () => number;
};

/** So long must the webhook have failed, at every look, before we take what waits ourselves. */
const PATIENCE_MS = 5 * 60_000;
/** An error older than this is over: Telegram tries again at least every two minutes. */
const RECENT_MS = 5 * 60_000;
/** Taken so often at most; a webhook that stays broken costs its citizens no more than this. */
const PAUSE_MS = 10 * 60_000;
const ANSWER_WITHIN_MS = 10_000;
const MOST_PAGES = 1_000;
const TRIES = 3;

const info = z.object({
  url: z.string(),
  has_custom_certificate: z.boolean().default(false),
  pending_update_count: z.number().default(0),
  last_error_date: z.number().optional(),
  max_connections: z.number().optional(),
  allowed_updates: z.array(z.string()).optional(),
});

type Info = z.output<typeof info>;

/** The webhook as it was; kept before it is taken away, so that whoever comes next can put it back. */
const hook = z.object({
  url: z.string(),
  max_connections: z.number().optional(),
  allowed_updates: z.array(z.string()),
});

const notes = z.object({
  /** Since when every look found it failing, and how many updates waited at the first of them. */
  failing: z.object({ since: z.number(), waited: z.number() }).nullable().default(null),
  takenAt: z.number().nullable().default(null),
  removed: hook.nullable().default(null),
});

type Notes = z.output<typeof notes>;

/**
 * Telegram lists nothing: it holds what it could not deliver, and gives it to getUpdates only while no
 * webhook is set. So when it says that the webhook has been failing for some time, the webhook is taken
 * away, what waits is fetched, and the webhook is put back as it was, whatever happens in between.
 */
export function createFailover(bot: Bot): Backfill['list'] {
  return async function* list(search) {
    const known = await notesIn(search);
    if (known.removed !== null) {
      // Whoever took it away ended before putting it back; somebody may have set another one since.
      const { url } = await ask(bot, search.signal);
      if (url === '') await putBack(bot, search, known);
      else await note(search, { ...known, removed: null });
      return;
    }
    const seen = await ask(bot, search.signal);
    const failing = failingFrom(bot, search, seen, known);
    if (!isTime(bot, seen, failing, known)) {
      await note(search, { ...known, failing });
      return;
    }
    yield* takeOver(bot, search, seen);
  };
}

async function* takeOver(bot: Bot, search: Search, seen: Info): AsyncGenerator<readonly Listed[]> {
  const allowed = seen.allowed_updates ?? [...ALLOWED_UPDATES];
  const { url, max_connections } = seen;
  const removed = {
    ...{ url, allowed_updates: allowed },
    ...(max_connections === undefined ? {} : { max_connections }),
  };
  const taken = { failing: null, takenAt: bot.now(), removed };
  await note(search, taken);
  try {
    // Never with what waits: that is what citizens wrote.
    await callTelegram(
      bot.client,
      'deleteWebhook',
      { drop_pending_updates: false },
      soon(search.signal),
    );
    yield* waiting(bot, search.signal, allowed);
  } finally {
    await putBack(bot, search, taken);
  }
}

/** All that waits, page by page; asking for the next one makes Telegram forget the one before. */
async function* waiting(
  { client, now }: Bot,
  signal: AbortSignal,
  allowed: readonly string[],
): AsyncGenerator<readonly Listed[]> {
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const found: Waiting = await getUpdates(client, signal, { cursor, seconds: 0, allowed });
    if (found.updates.length === 0) return;
    // Without any id nothing can be told to be forgotten.
    if (found.next === cursor) throw new UpstreamUnavailable('Telegram getUpdates: no update ids');
    yield found.updates.map(({ id, body }) => ({
      name: `update ${id ?? 'none'}`,
      at: now(),
      body,
    }));
    cursor = found.next;
  }
}

/** Also while we are told to stop: nothing may end with the webhook taken away. */
async function putBack({ client, secret }: Bot, search: Search, known: Notes): Promise<void> {
  if (known.removed === null) return;
  const payload = {
    ...known.removed,
    drop_pending_updates: false,
    ...(secret === undefined ? {} : { secret_token: secret }),
  };
  for (let tries = 1; ; tries += 1) {
    try {
      await callTelegram(client, 'setWebhook', payload, AbortSignal.timeout(ANSWER_WITHIN_MS));
      break;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
  await note(search, { ...known, removed: null });
}

async function ask({ client }: Bot, signal: AbortSignal): Promise<Info> {
  const answer = info.safeParse(await callTelegram(client, 'getWebhookInfo', {}, soon(signal)));
  if (!answer.success) throw new UpstreamUnavailable('Telegram getWebhookInfo: not an answer');
  return answer.data;
}

const soon = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);

/** Only of the webhook that is ours, and that we could set again: not one with a certificate of its own. */
function failingFrom(
  { now }: Bot,
  { webhookUrl }: Search,
  { url, last_error_date: at, pending_update_count: waits, ...seen }: Info,
  { failing }: Notes,
): Notes['failing'] {
  const isOurs = url === webhookUrl && !seen.has_custom_certificate;
  const isRecent = at !== undefined && now() - at * 1000 < RECENT_MS;
  if (!isOurs || !isRecent || waits === 0) return null;
  return failing ?? { since: now(), waited: waits };
}

/** Failing long enough, while what waits does not get less, and not so soon again. */
function isTime(
  { now }: Bot,
  { pending_update_count: waits }: Info,
  failing: Notes['failing'],
  { takenAt }: Notes,
): boolean {
  if (failing === null || now() - failing.since < PATIENCE_MS || waits < failing.waited)
    return false;
  return takenAt === null || now() - takenAt >= PAUSE_MS;
}

async function notesIn({ memory }: Search): Promise<Notes> {
  const kept = await memory.read(); // a database that is away has forgotten nothing: thrown
  try {
    return notes.parse(JSON.parse(kept ?? '{}'));
  } catch {
    return notes.parse({}); // what we cannot read any more is as good as forgotten
  }
}

const note = ({ memory }: Search, known: Notes): Promise<void> =>
  memory.write(JSON.stringify(known));
