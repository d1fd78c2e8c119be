import { telegram } from '../../channels/telegram/index.ts';
import { ok } from '../support/answers.ts';
import { now, probeCases, publicUrl } from '../support/probe-cases.ts';

const token = '777000:token-of-telegram-for-probes';
const call = (method: string) => `POST /bot${token}/${method}`;
const here = `${publicUrl}/webhooks/telegram`;
const allowed = ['message', 'edited_message', 'channel_post', 'callback_query', 'my_chat_member'];
const polling = { TELEGRAM_MODE: 'polling' };

const info = (changes: object = {}) =>
  ok({ ok: true, result: { url: here, pending_update_count: 0, ...changes } });
const errorAgo = (minutes: number, message: string) =>
  info({ last_error_date: now / 1000 - minutes * 60, last_error_message: message });

const bot = { name: 'bot', state: 'ok', says: /^@LaporKotaBot$/ } as const;
const webhook = { name: 'webhook', state: 'ok' } as const;

describe('what Telegram says of us', () => {
  probeCases({
    module: telegram,
    settings: (apiUrl) => ({
      TELEGRAM_BOT_TOKEN: token,
      TELEGRAM_SECRET_TOKEN: 'secret-of-telegram-for-probes',
      TELEGRAM_BOT_USERNAME: '@laporkotabot',
      TELEGRAM_API_URL: apiUrl,
    }),
    well: {
      [call('getMe')]: ok({ ok: true, result: { id: 777000, username: 'LaporKotaBot' } }),
      [call('getWebhookInfo')]: info({ allowed_updates: allowed }),
    },
    rows: [
      {
        label: 'is well when the webhook is ours and nothing fails',
        finds: [bot, webhook, { name: 'deliveries', state: 'ok' }],
      },
      {
        label: 'is well when Telegram sends its usual kinds of updates',
        answers: { [call('getWebhookInfo')]: info() },
        finds: [bot, webhook, { name: 'deliveries', state: 'ok' }],
      },
      {
        label: 'names the variable when the token is wrong',
        answers: {
          [call('getMe')]: { status: 401, body: { ok: false, description: 'Unauthorized' } },
        },
        finds: [{ name: 'bot', state: 'failed', says: /TELEGRAM_BOT_TOKEN/, remedy: /@BotFather/ }],
      },
      {
        label: 'fails when Telegram cannot be reached',
        answers: { [call('getMe')]: 'hang-up' },
        finds: [{ name: 'bot', state: 'failed', says: /cannot be reached/ }],
      },
      {
        label: 'fails when Telegram is ill',
        answers: { [call('getMe')]: { status: 502, body: '<html>' } },
        finds: [{ name: 'bot', state: 'failed', says: /answers 502/ }],
      },
      {
        label: 'fails when the token is that of another bot',
        settings: { TELEGRAM_BOT_USERNAME: 'LaporDesaBot' },
        finds: [
          { name: 'bot', state: 'failed', remedy: /TELEGRAM_BOT_USERNAME/ },
          webhook,
          { name: 'deliveries', state: 'ok' },
        ],
      },
      {
        label: 'fails when no webhook is set',
        answers: { [call('getWebhookInfo')]: info({ url: '' }) },
        finds: [bot, { name: 'webhook', state: 'failed', says: /none is set/, fixable: true }],
      },
      {
        label: 'fails when the webhook is somewhere else',
        answers: { [call('getWebhookInfo')]: info({ url: 'https://old.example/hook' }) },
        finds: [
          bot,
          { name: 'webhook', state: 'failed', says: /old\.example.*not to/, fixable: true },
        ],
      },
      {
        label: 'fails when kinds of updates that we read are not sent',
        answers: { [call('getWebhookInfo')]: info({ allowed_updates: ['message'] }) },
        finds: [bot, { name: 'webhook', state: 'failed', says: /edited_message/, fixable: true }],
      },
      {
        label: 'fails when a delivery failed just now',
        answers: { [call('getWebhookInfo')]: errorAgo(2, 'Connection refused') },
        finds: [bot, webhook, { name: 'deliveries', state: 'failed', says: /2 min ago: Conn/ }],
      },
      {
        label: 'warns when a delivery failed within the hour',
        answers: { [call('getWebhookInfo')]: errorAgo(30, 'Read timeout expired') },
        finds: [bot, webhook, { name: 'deliveries', state: 'warning' }],
      },
      {
        label: 'forgets what failed longer ago',
        answers: { [call('getWebhookInfo')]: errorAgo(61, 'Read timeout expired') },
        finds: [bot, webhook, { name: 'deliveries', state: 'ok' }],
      },
      {
        label: 'knows a wrong secret by our 401, and can give it anew',
        answers: {
          [call('getWebhookInfo')]: errorAgo(30, 'Wrong response from the webhook: 401'),
        },
        finds: [
          bot,
          webhook,
          { name: 'deliveries', state: 'failed', remedy: /TELEGRAM_SECRET_TOKEN/, fixable: true },
        ],
      },
      {
        label: 'warns of a long queue',
        answers: { [call('getWebhookInfo')]: info({ pending_update_count: 500 }) },
        finds: [bot, webhook, { name: 'deliveries', state: 'warning', says: /500/ }],
      },
      {
        label: 'is well without a webhook when polling',
        settings: polling,
        answers: { [call('getWebhookInfo')]: info({ url: '' }) },
        finds: [bot, webhook],
      },
      {
        label: 'fails when a webhook is set while polling',
        settings: polling,
        finds: [bot, { name: 'webhook', state: 'failed', says: /polling/, fixable: true }],
      },
    ],
    repairs: [
      {
        label: 'sets the webhook with its secret and kinds of updates, and drops nothing',
        answers: {
          [call('getWebhookInfo')]: info({ url: '' }),
          [call('setWebhook')]: ok({ ok: true, result: true }),
        },
        asks: [
          {
            what: call('setWebhook'),
            body: /^\{"url":"https:\/\/lapor\.example\.go\.id\/webhooks\/telegram","secret_token":"secret-of-telegram-for-probes","allowed_updates":\["message",[^\]]*"my_chat_member"\]\}$/,
          },
        ],
        done: [true],
      },
      {
        label: 'removes the webhook for polling, and drops nothing',
        settings: polling,
        answers: { [call('deleteWebhook')]: ok({ ok: true, result: true }) },
        asks: [{ what: call('deleteWebhook'), body: /^\{"drop_pending_updates":false\}$/ }],
        done: [true],
      },
      {
        label: 'says so when Telegram refuses',
        answers: {
          [call('getWebhookInfo')]: info({ url: '' }),
          [call('setWebhook')]: { status: 400, body: { description: `bad webhook ${token}` } },
        },
        asks: [{ what: call('setWebhook'), body: /url/ }],
        done: [false],
      },
    ],
  });
});
