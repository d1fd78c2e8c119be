import { facebook } from '../../channels/facebook/index.ts';
import { type Answer, ok } from '../support/answers.ts';
import { now, probeCases, publicUrl } from '../support/probe-cases.ts';

const here = `${publicUrl}/webhooks/facebook`;
const page = '100000000001708';
const APP = 'GET /200300/subscriptions';
const DEBUG = 'GET /debug_token';
const PAGE = `GET /${page}/subscribed_apps`;
const fields = ['messages', 'messaging_postbacks', 'message_edits', 'message_echoes', 'standby'];
const all = [...fields, 'feed', 'mention', 'ratings'];
const encoded = all.join('%2C');
const scopes = [
  'pages_messaging',
  'pages_manage_metadata',
  'pages_show_list',
  'pages_read_engagement',
  'pages_read_user_content',
  'pages_manage_engagement',
];

const subscribed = (changes: object = {}): Answer =>
  ok({
    data: [
      { object: 'instagram', callback_url: 'https://other.example', active: true, fields: [] },
      {
        ...{ object: 'page', callback_url: here, active: true },
        fields: all.map((name) => ({ name, version: 'v25.0' })),
        ...changes,
      },
    ],
  });
const debugged = (changes: object = {}): Answer =>
  ok({ data: { is_valid: true, expires_at: 0, data_access_expires_at: 0, scopes, ...changes } });
const apps = (id: string, subscribed_fields: readonly string[]): Answer =>
  ok({ data: [{ id, subscribed_fields }] });
const error = (message: string): Answer => ({
  status: 400,
  body: { error: { code: 190, message } },
});
const inDays = (days: number): number => now / 1000 + days * 86_400;

const webhook = { name: 'webhook', state: 'ok' } as const;
const token = { name: 'page token', state: 'ok' } as const;
const sends = { name: 'page', state: 'ok' } as const;

describe('what Meta says of us', () => {
  probeCases({
    module: facebook,
    settings: (apiUrl) => ({
      FACEBOOK_APP_SECRET: 'app-secret-of-meta-for-probes',
      FACEBOOK_VERIFY_TOKEN: 'verify-token-of-meta-for-probes',
      FACEBOOK_PAGE_ID: page,
      FACEBOOK_APP_ID: '200300',
      FACEBOOK_PAGE_TOKEN: 'page-token-of-meta-for-probes',
      FACEBOOK_GRAPH_URL: apiUrl,
    }),
    well: {
      [APP]: subscribed(),
      'GET /me': ok({ id: page, name: 'LAPOR!' }),
      [DEBUG]: debugged(),
      [PAGE]: apps('200300', all),
    },
    rows: [
      {
        label: 'is well when app and page send all we read, for ever',
        finds: [webhook, { ...token, says: /never expires/ }, sends],
      },
      {
        label: 'warns which variables are missing to ask for more',
        settings: { FACEBOOK_APP_ID: '', FACEBOOK_PAGE_TOKEN: '' },
        finds: [
          { name: 'webhook', state: 'warning', says: /FACEBOOK_APP_ID/ },
          { name: 'page token', state: 'warning', says: /FACEBOOK_PAGE_TOKEN/ },
        ],
      },
      {
        label: 'sees the page without the app',
        settings: { FACEBOOK_APP_ID: '' },
        finds: [
          { name: 'webhook', state: 'warning' },
          { ...token, says: /FACEBOOK_APP_ID/ },
          sends,
        ],
      },
      {
        label: 'names both variables when the app is refused, and not its secret',
        answers: { [APP]: error('Invalid 200300|app-secret-of-meta-for-probes') },
        finds: [
          { name: 'webhook', state: 'failed', says: /FACEBOOK_APP_ID with FACEBOOK_APP_SECRET/ },
          token,
          sends,
        ],
      },
      {
        label: 'fails when Meta cannot be reached',
        answers: { [APP]: 'hang-up', 'GET /me': 'hang-up', [PAGE]: 'hang-up' },
        finds: [
          { name: 'webhook', state: 'failed', says: /cannot be reached/ },
          { name: 'page token', state: 'failed', says: /cannot be reached/ },
          { name: 'page', state: 'failed', says: /cannot be reached/ },
        ],
      },
      {
        label: 'fails when the app has no webhook for pages',
        answers: { [APP]: ok({ data: [] }) },
        finds: [
          {
            name: 'webhook',
            state: 'failed',
            says: /no webhook for the object Page/,
            fixable: true,
          },
          token,
          sends,
        ],
      },
      {
        label: 'fails when Meta sends elsewhere, and names both addresses',
        answers: { [APP]: subscribed({ callback_url: 'https://old.example/fb' }) },
        finds: [
          { name: 'webhook', state: 'failed', says: /old\.example\/fb, not to/, fixable: true },
          token,
          sends,
        ],
      },
      {
        label: 'fails when Meta has switched the webhook off',
        answers: { [APP]: subscribed({ active: false }) },
        finds: [{ name: 'webhook', state: 'failed', says: /off/, fixable: true }, token, sends],
      },
      {
        label: 'fails when the app misses a field we read',
        answers: { [APP]: subscribed({ fields: fields.map((name) => ({ name })) }) },
        finds: [
          { name: 'webhook', state: 'failed', says: /feed, mention, ratings/, fixable: true },
          token,
          sends,
        ],
      },
      {
        label: 'names the variable when the token of the page is refused',
        answers: { 'GET /me': error('Session expired page-token-of-meta-for-probes') },
        finds: [
          webhook,
          { name: 'page token', state: 'failed', says: /FACEBOOK_PAGE_TOKEN/ },
          sends,
        ],
      },
      {
        label: 'fails when the token is that of another page or of a person',
        answers: { 'GET /me': ok({ id: '42', name: 'Budi' }) },
        finds: [
          webhook,
          { name: 'page token', state: 'failed', says: /of 42, not of page/, remedy: /PAGE_ID/ },
          sends,
        ],
      },
      {
        label: 'fails when the token lacks permissions',
        answers: { [DEBUG]: debugged({ scopes: scopes.slice(1) }) },
        finds: [webhook, { name: 'page token', state: 'failed', says: /pages_messaging$/ }, sends],
      },
      {
        label: 'fails when the token is void',
        answers: { [DEBUG]: debugged({ is_valid: false }) },
        finds: [webhook, { name: 'page token', state: 'failed', says: /invalid/ }, sends],
      },
      {
        label: 'warns when the token ends within a week',
        answers: { [DEBUG]: debugged({ data_access_expires_at: inDays(3) }) },
        finds: [
          webhook,
          { name: 'page token', state: 'warning', says: /expires on 2026-11-24/ },
          sends,
        ],
      },
      {
        label: 'says until when the token is valid',
        answers: { [DEBUG]: debugged({ expires_at: inDays(30) }) },
        finds: [webhook, { ...token, says: /until 2026-12-21/ }, sends],
      },
      {
        label: 'fails when the token has ended',
        answers: { [DEBUG]: debugged({ expires_at: inDays(-1) }) },
        finds: [webhook, { name: 'page token', state: 'failed', says: /expired on/ }, sends],
      },
      {
        label: 'fails when the page sends only to another app',
        answers: { [PAGE]: apps('999', all) },
        finds: [
          webhook,
          token,
          { name: 'page', state: 'failed', says: /sends us nothing/, fixable: true },
        ],
      },
      {
        label: 'fails when the page does not send a field we read',
        answers: { [PAGE]: apps('200300', fields) },
        finds: [webhook, token, { name: 'page', state: 'failed', says: /feed/, fixable: true }],
      },
    ],
    repairs: [
      {
        label: 'enters the address with verify token, fields and values, and subscribes the page',
        answers: {
          [APP]: ok({ data: [] }),
          [PAGE]: ok({ data: [] }),
          'POST /200300/subscriptions': ok({ success: true }),
          [`POST /${page}/subscribed_apps`]: ok({ success: true }),
        },
        asks: [
          {
            what: 'POST /200300/subscriptions',
            body: new RegExp(
              `^object=page&callback_url=https%3A%2F%2Flapor\\.example\\.go\\.id%2Fwebhooks%2Ffacebook&verify_token=verify-token-of-meta-for-probes&fields=${encoded}&include_values=true$`,
            ),
          },
          {
            what: `POST /${page}/subscribed_apps`,
            body: new RegExp(`^subscribed_fields=${encoded}&appsecret_proof=[0-9a-f]{64}$`),
          },
        ],
        done: [true, true],
      },
      {
        label: 'says so when Meta gets no answer from the gateway',
        answers: {
          [APP]: ok({ data: [] }),
          'POST /200300/subscriptions': error('The URL couldn’t be validated'),
        },
        asks: [{ what: 'POST /200300/subscriptions', body: /object=page/ }],
        done: [false],
      },
    ],
  });
});
