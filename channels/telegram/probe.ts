import { z } from 'zod';
import { failed, inspection, passed, warned } from '../../src/domain/check.ts';
import type { Finding, Inspection, Repair, Site } from '../../src/domain/check.ts';
import { ask, detailOf, type Heard, troubleWith } from '../_shared/outbound.ts';
import { ALLOWED_UPDATES } from './api.ts';

type Bot = {
  readonly token: string;
  readonly secret: string | undefined;
  readonly username: string | undefined;
  readonly mode: 'webhook' | 'polling';
  readonly apiUrl: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
};

type Api = (method: string, parameters?: object) => Promise<Heard>;

const RECENT_MS = 5 * 60_000;
const LATELY_MS = 60 * 60_000;
const LONG_QUEUE = 100;

/**
 * How Telegram sees our bot (Bot API: getMe, getWebhookInfo). By plain HTTP: the SDK waits 500 s for an
 * answer and does not say which status came.
 */
export function inspectTelegram(bot: Bot): Inspection {
  return inspection(
    [bot.token, ...(bot.secret === undefined ? [] : [bot.secret])],
    async (site) => {
      const base = `${bot.apiUrl.replace(/\/+$/, '')}/bot${bot.token}`;
      const api: Api = (method, parameters = {}) =>
        ask(bot.fetch, `${base}/${method}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(parameters),
          signal: site.signal,
        });
      const me = await api('getMe');
      const found = botFinding(bot, me);
      if (me.status !== 200) return [found];
      const info = await api('getWebhookInfo');
      const { data } = webhookInfo.safeParse(info.status === 200 ? info.body : null);
      if (!data) return [found, troubleWith('webhook', platformOf(bot), info)];
      return bot.mode === 'polling'
        ? [found, pollingFinding(api, data.result)]
        : [found, ...webhookFindings(bot, api, data.result, site)];
    },
  );
}

const platformOf = ({ apiUrl }: Bot) => ({
  name: 'Telegram',
  apiUrl,
  variable: 'TELEGRAM_API_URL',
});

const user = z.object({ result: z.object({ username: z.string() }) });

const webhookInfo = z.object({
  result: z.object({
    url: z.string(),
    pending_update_count: z.number().default(0),
    last_error_date: z.number().optional(),
    last_error_message: z.string().default(''),
    allowed_updates: z.array(z.string()).optional(),
  }),
});

type Info = z.output<typeof webhookInfo>['result'];

function botFinding(bot: Bot, me: Heard): Finding {
  if (me.status === 401 || me.status === 404) {
    return failed(
      'bot',
      `Telegram does not know TELEGRAM_BOT_TOKEN (${me.status})`,
      'Ask @BotFather: /mybots, choose the bot, API Token; copy it whole, with digits and colon.',
    );
  }
  const username = me.status === 200 ? user.safeParse(me.body).data?.result.username : undefined;
  if (username === undefined) return troubleWith('bot', platformOf(bot), me);
  const expected = bot.username?.replace(/^@/, '') ?? username;
  return expected.toLowerCase() === username.toLowerCase()
    ? passed('bot', `@${username}`)
    : failed(
        'bot',
        `the token is that of @${username}, TELEGRAM_BOT_USERNAME says @${expected}`,
        'Set TELEGRAM_BOT_USERNAME to the name of the bot, or leave it empty.',
      );
}

function pollingFinding(api: Api, { url, pending_update_count: waiting }: Info): Finding {
  return url === ''
    ? passed('webhook', `none, as polling needs it; ${waiting} updates wait`)
    : failed(
        'webhook',
        'a webhook is set, so that polling gets nothing',
        'npm run doctor -- --fix removes it and keeps what waits; or set TELEGRAM_MODE=webhook.',
        () => repair(api, 'deleteWebhook', { drop_pending_updates: false }, 'removed'),
      );
}

function webhookFindings(bot: Bot, api: Api, info: Info, { webhookUrl }: Site): readonly Finding[] {
  // drop_pending_updates would throw away what citizens wrote meanwhile.
  const payload = { url: webhookUrl, secret_token: bot.secret, allowed_updates: ALLOWED_UPDATES };
  const fix = () => repair(api, 'setWebhook', payload, `set to ${webhookUrl}`);
  const remedy = `npm run doctor -- --fix sets ${webhookUrl} with TELEGRAM_SECRET_TOKEN.`;
  const missing = ALLOWED_UPDATES.filter((kind) => info.allowed_updates?.includes(kind) === false);
  if (info.url !== webhookUrl) {
    const says =
      info.url === '' ? 'none is set' : `Telegram sends to ${info.url}, not to ${webhookUrl}`;
    return [failed('webhook', says, remedy, fix)];
  }
  if (missing.length > 0) {
    return [failed('webhook', `Telegram does not send ${missing.join(', ')}`, remedy, fix)];
  }
  return [passed('webhook', webhookUrl), deliveryFinding(bot, info, fix)];
}

function deliveryFinding(bot: Bot, info: Info, fix: () => Promise<Repair>): Finding {
  const { last_error_date: at, last_error_message: error, pending_update_count: waiting } = info;
  const agoMs = at === undefined ? Infinity : bot.now() - at * 1000;
  const says = `${waiting} updates wait; ${Math.round(agoMs / 60_000)} min ago: ${error}`;
  if (agoMs < LATELY_MS && /\b401\b/.test(error)) {
    return failed(
      'deliveries',
      says,
      'The gateway refuses Telegram: TELEGRAM_SECRET_TOKEN is not the one Telegram was given. npm run doctor -- --fix gives it anew; restart the gateway if the variable was changed.',
      fix,
    );
  }
  const remedy =
    'Telegram cannot deliver to PUBLIC_URL: is the gateway running, and reachable from the internet on port 443, 80, 88 or 8443 with a valid certificate?';
  if (agoMs < RECENT_MS) return failed('deliveries', says, remedy);
  if (agoMs < LATELY_MS) return warned('deliveries', says, remedy);
  return waiting > LONG_QUEUE
    ? warned('deliveries', `${waiting} updates wait`, remedy)
    : passed('deliveries', `no error in the last hour, ${waiting} updates wait`);
}

async function repair(api: Api, method: string, payload: object, done: string): Promise<Repair> {
  const heard = await api(method, payload);
  return heard.status === 200
    ? { name: 'webhook', isDone: true, says: done }
    : { name: 'webhook', isDone: false, says: `Telegram refuses: ${detailOf(heard)}` };
}
