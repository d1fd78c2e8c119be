import { x } from '../../channels/x/index.ts';
import { type Answer, ok } from '../support/answers.ts';
import { probeCases, publicUrl } from '../support/probe-cases.ts';

const here = `${publicUrl}/webhooks/x`;
const userId = '1708170817081708170';
const WEBHOOKS = 'GET /2/webhooks';
const SUBSCRIPTIONS = 'GET /2/activity/subscriptions';
const ME = 'GET /2/users/me';

const webhooks = (...data: object[]): Answer => ok({ data, meta: { result_count: data.length } });
const ours = { id: '1701', url: here, valid: true };
const subscription = (event_type: string, changes: object = {}) => ({
  ...{ subscription_id: '9', event_type, filter: { user_id: userId }, webhook_id: '1701' },
  ...changes,
});
const events = ['post.mention.create', 'post.reply.create', 'dm.received'];
const subscriptions = (...data: object[]): Answer => ok({ data });
const me = (id: string, username: string): Answer => ok({ data: { id, username, name: 'LAPOR!' } });

const webhook = { name: 'webhook', state: 'ok' } as const;
const posts = { name: 'subscriptions', state: 'ok' } as const;
const direct = { name: 'direct messages', state: 'ok' } as const;
const account = { name: 'account', state: 'ok' } as const;
const noPosts = { name: 'subscriptions', state: 'failed', fixable: true } as const;
const noDirect = { name: 'direct messages', state: 'warning', fixable: true } as const;

describe('what X says of us', () => {
  probeCases({
    module: x,
    settings: (apiUrl) => ({
      X_CONSUMER_SECRET: 'consumer-secret-of-x-for-probes',
      X_USER_ID: userId,
      X_CONSUMER_KEY: 'consumer-key-of-x-for-probes',
      X_ACCESS_TOKEN: 'access-token-of-x-for-probes',
      X_ACCESS_SECRET: 'access-secret-of-x-for-probes',
      X_BEARER_TOKEN: 'bearer-token-of-x-for-probes',
      X_API_URL: `${apiUrl}/`,
    }),
    well: {
      [WEBHOOKS]: webhooks({ id: '1', url: 'https://other.example/x', valid: true }, ours),
      [SUBSCRIPTIONS]: subscriptions(...events.map((event) => subscription(event))),
      [ME]: me(userId, 'Lapor1708'),
    },
    rows: [
      {
        label: 'is well when webhook, subscriptions and account are ours',
        finds: [webhook, posts, direct, { ...account, says: /@Lapor1708/ }],
      },
      {
        label: 'warns which variables are missing to ask and to reply',
        settings: { X_BEARER_TOKEN: '', X_CONSUMER_KEY: '', X_ACCESS_SECRET: '' },
        finds: [
          { name: 'webhook', state: 'warning', says: /X_BEARER_TOKEN/ },
          { name: 'account', state: 'warning', says: /without X_CONSUMER_KEY, X_ACCESS_SECRET/ },
        ],
      },
      {
        label: 'names the variable when the bearer token is refused',
        answers: {
          [WEBHOOKS]: { status: 401, body: { title: 'Unauthorized', detail: 'bearer-token' } },
        },
        finds: [{ name: 'webhook', state: 'failed', says: /X_BEARER_TOKEN \(401\)/ }, account],
      },
      {
        label: 'fails when the app may not ask for webhooks',
        answers: { [WEBHOOKS]: { status: 403, body: { title: 'Forbidden', detail: 'no access' } } },
        finds: [{ name: 'webhook', state: 'failed', says: /403: Forbidden: no access/ }, account],
      },
      {
        label: 'fails when X cannot be reached',
        answers: { [WEBHOOKS]: 'hang-up', [ME]: 'hang-up' },
        finds: [
          { name: 'webhook', state: 'failed', says: /cannot be reached/ },
          { name: 'account', state: 'failed', says: /cannot be reached/ },
        ],
      },
      {
        label: 'fails when no webhook is registered, and so nothing is subscribed',
        answers: { [WEBHOOKS]: ok({ meta: { result_count: 0 } }), [SUBSCRIPTIONS]: ok({}) },
        finds: [
          { name: 'webhook', state: 'failed', says: /does not send to https:/, fixable: true },
          noPosts,
          noDirect,
          account,
        ],
      },
      {
        label: 'names the address that X sends to instead',
        answers: { [WEBHOOKS]: webhooks({ ...ours, url: 'https://old.example/x' }) },
        finds: [
          { name: 'webhook', state: 'failed', says: /only to https:\/\/old/, fixable: true },
          noPosts,
          noDirect,
          account,
        ],
      },
      {
        label: 'fails when X calls the webhook invalid',
        answers: { [WEBHOOKS]: webhooks({ ...ours, valid: false }) },
        finds: [
          { name: 'webhook', state: 'failed', remedy: /X_CONSUMER_SECRET/, fixable: true },
          posts,
          direct,
          account,
        ],
      },
      {
        label: 'counts no subscription of another account or for another webhook',
        answers: {
          [SUBSCRIPTIONS]: subscriptions(
            subscription('post.mention.create', { filter: { user_id: '1' } }),
            subscription('post.reply.create'),
            subscription('dm.received', { webhook_id: '1' }),
          ),
        },
        finds: [
          webhook,
          { ...noPosts, says: /not send post\.mention\.create of/ },
          noDirect,
          account,
        ],
      },
      {
        label: 'fails when the access token is that of another account',
        answers: { [ME]: me('42', 'budi') },
        finds: [
          webhook,
          posts,
          direct,
          { name: 'account', state: 'failed', says: /@budi \(42\)/, remedy: /X_USER_ID/ },
        ],
      },
      {
        label: 'fails when the account has another handle',
        answers: { [ME]: me(userId, 'LaporBaru') },
        finds: [webhook, posts, direct, { name: 'account', state: 'failed', remedy: /X_HANDLE/ }],
      },
      {
        label: 'names all four variables when the account is refused',
        answers: { [ME]: { status: 401, body: { title: 'Unauthorized' } } },
        finds: [
          webhook,
          posts,
          direct,
          { name: 'account', state: 'failed', says: /X_CONSUMER_KEY, X_CONSUMER_SECRET, X_ACC/ },
        ],
      },
    ],
    repairs: [
      {
        label: 'registers the webhook',
        answers: { [WEBHOOKS]: webhooks(), 'POST /2/webhooks': ok({ data: ours }) },
        asks: [
          {
            what: 'POST /2/webhooks',
            body: /^\{"url":"https:\/\/lapor\.example\.go\.id\/webhooks\/x"\}$/,
          },
        ],
        // Without a webhook there is nothing to subscribe for.
        done: [true, false, false],
      },
      {
        label: 'has X challenge an invalid webhook anew',
        answers: {
          [WEBHOOKS]: webhooks({ ...ours, valid: false }),
          'PUT /2/webhooks/1701': ok({ data: { attempted: true } }),
        },
        asks: [{ what: 'PUT /2/webhooks/1701', body: /^$/ }],
        done: [true],
      },
      {
        label: 'subscribes to what is missing, for our webhook and account',
        answers: {
          [SUBSCRIPTIONS]: subscriptions(subscription('post.reply.create')),
          'POST /2/activity/subscriptions': { status: 201, body: { data: {} } },
        },
        asks: [
          {
            what: 'POST /2/activity/subscriptions',
            body: /^\{"event_type":"post\.mention\.create","filter":\{"user_id":"1708170817081708170"\},"tag":"[\w-]+","webhook_id":"1701"\}$/,
          },
          { what: 'POST /2/activity/subscriptions', body: /"event_type":"dm\.received"/ },
        ],
        done: [true, true],
      },
      {
        label: 'leads a subscription here that leads elsewhere',
        answers: {
          [SUBSCRIPTIONS]: subscriptions(
            ...events.slice(1).map((event) => subscription(event)),
            subscription('post.mention.create', { subscription_id: '77', webhook_id: '1' }),
          ),
          'PUT /2/activity/subscriptions/77': ok({ data: {} }),
        },
        asks: [
          {
            what: 'PUT /2/activity/subscriptions/77',
            body: /^\{"tag":"[\w-]+","webhook_id":"1701"\}$/,
          },
        ],
        done: [true],
      },
      {
        label: 'says so when X gets no right answer from the gateway',
        answers: {
          [WEBHOOKS]: webhooks(),
          'POST /2/webhooks': {
            status: 400,
            body: { errors: [{ message: 'CrcValidationFailed' }] },
          },
        },
        asks: [{ what: 'POST /2/webhooks', body: /url/ }],
        done: [false, false, false],
      },
    ],
  });
});
