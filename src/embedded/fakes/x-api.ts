import { z } from 'zod';
import {
  type Answer,
  bytes,
  type Call,
  fieldsOf,
  json,
  type Route,
  route,
  textIn,
} from './server.ts';
import { type Access, invalid, notFound, problem, refusal, withLimit } from './x-answers.ts';
import { type Checked, type Hook, type Subscription } from './x-hooks.ts';
import { mentions } from './x-mentions.ts';
import type { Office } from './x-office.ts';
import { sendDirect, sendPost } from './x-said.ts';

export function xRoutes(office: Office): readonly Route[] {
  const closed = (method: string, path: string, access: Access, answer: Route['answer']): Route =>
    route(method, path, async (call) => {
      const given = refusal(office, call, access) ?? (await answer(call));
      return withLimit(given, office.world.now());
    });
  return [
    closed('GET', '/2/users/me', 'user', () => json(200, { data: office.us })),
    closed('GET', '/2/users/:id/mentions', 'either', (call) => mentions(office, call)),
    closed('POST', '/2/tweets', 'user', (call) => sendPost(office, call)),
    closed('POST', '/2/dm_conversations/with/:id/messages', 'user', (call) =>
      sendDirect(office, call),
    ),
    ...mediaRoutes(office, closed),
    ...hookRoutes(office, closed),
    ...subscriptionRoutes(office, closed),
    closed('GET', '/2/usage/tweets', 'app', () =>
      json(200, {
        data: { project_id: '1708', project_usage: '0', project_cap: '3000000', cap_reset_day: 1 },
      }),
    ),
  ];
}

type Closed = (method: string, path: string, access: Access, answer: Route['answer']) => Route;

function mediaRoutes({ files }: Office, closed: Closed): readonly Route[] {
  const file = (call: Call): Answer => {
    const found = files.get(/^(\w+)(\.|$)/.exec(call.named('file'))?.[1] ?? '');
    return found ? bytes(found) : { status: 404, body: '' };
  };
  return [
    route('GET', '/media/:file', file),
    // Files of direct messages are for the two who write to each other.
    closed('GET', '/1.1/ton/data/dm/:dm/:file', 'user', file),
    closed('GET', '/2/dm_conversations/media/:dm/:file/:resource', 'user', file),
  ];
}

function hookRoutes(office: Office, closed: Closed): readonly Route[] {
  const { hooks } = office;
  const withHook = (answer: (hook: Hook) => Answer | Promise<Answer>) => (call: Call) => {
    const hook = hooks.find(call.named('id'));
    return hook ? answer(hook) : notFound(call.named('id'), 'webhook_id');
  };
  return [
    closed('GET', '/2/webhooks', 'app', () => {
      const data = hooks.all().map(hookResource);
      return json(200, {
        ...(data.length > 0 ? { data } : {}),
        meta: { result_count: data.length },
      });
    }),
    closed('POST', '/2/webhooks', 'app', (call) => createHook(office, call)),
    closed(
      'PUT',
      '/2/webhooks/:id',
      'app',
      withHook(async (hook) => {
        await hooks.recheck(hook);
        return json(200, { data: { attempted: true } });
      }),
    ),
    closed(
      'DELETE',
      '/2/webhooks/:id',
      'app',
      withHook((hook) => {
        hooks.remove(hook.id);
        return json(200, { data: { deleted: true } });
      }),
    ),
  ];
}

function hookResource({ id, url, valid, createdAt }: Hook): object {
  return { id, url, valid, created_at: new Date(createdAt).toISOString() };
}

async function createHook({ hooks, world }: Office, call: Call): Promise<Answer> {
  const url = textIn(fieldsOf(call), 'url');
  if (!isAllowed(url, world.publicUrl)) {
    return invalid('The callback URL must use https, have no port and at most 200 characters', {
      url: [url],
    });
  }
  if (hooks.all().some((each) => each.url === url))
    return invalid('DuplicateUrlFailed', { url: [url] });
  const added = await hooks.add(url);
  return typeof added === 'string'
    ? invalid(reasons[added], { url: [url] })
    : json(200, { data: hookResource(added) });
}

const reasons: Readonly<Record<Checked, string>> = {
  right: '',
  wrong: 'CrcValidationFailed: the response_token is wrong',
  away: 'CrcValidationFailed: the callback URL did not answer with 200',
};

/** X insists; the demo's own address is neither public nor encrypted. */
function isAllowed(url: string, publicUrl: string): boolean {
  if (!URL.canParse(url) || url.length > 200) return false;
  const { protocol, port } = new URL(url);
  return url.startsWith(publicUrl) || (protocol === 'https:' && port === '');
}

const wantedSchema = z.object({
  event_type: z.string().regex(/^[a-z]+(\.[a-z_]+)+$/),
  filter: z.object({ user_id: z.string() }),
  tag: z.string().default(''),
  webhook_id: z.string().optional(),
});

const changeSchema = wantedSchema.pick({ tag: true, webhook_id: true });

function subscriptionRoutes(office: Office, closed: Closed): readonly Route[] {
  const { hooks } = office;
  const total = () => ({ total_subscriptions: hooks.subscriptions().length });
  return [
    closed('GET', '/2/activity/subscriptions', 'app', () =>
      json(200, { data: hooks.subscriptions().map(subscriptionResource), meta: total() }),
    ),
    closed('POST', '/2/activity/subscriptions', 'app', (call) => {
      const wanted = wantedSchema.safeParse(fieldsOf(call)).data;
      if (!wanted) return invalid('event_type and filter.user_id are required');
      const hook = hooks.find(wanted.webhook_id ?? '');
      if (!hook) return invalid('There is no such webhook', { webhook_id: [wanted.webhook_id] });
      const { event_type: eventType, filter, tag } = wanted;
      const asked = { eventType, userId: filter.user_id, tag, hookId: hook.id };
      if (hooks.subscriptions().some((each) => isSameAs(each, eventType, filter.user_id))) {
        return problem(
          409,
          'Conflict',
          'A subscription with this event type and filter exists already',
        );
      }
      const subscription = subscriptionResource(hooks.subscribe(asked));
      return json(200, { data: { subscription }, meta: total() });
    }),
    closed('PUT', '/2/activity/subscriptions/:id', 'app', (call) => {
      const wanted = changeSchema.safeParse(fieldsOf(call)).data;
      const hook = hooks.find(wanted?.webhook_id ?? '');
      if (!wanted || !hook) return invalid('There is no such webhook');
      const changed = hooks.change(call.named('id'), { tag: wanted.tag, hookId: hook.id });
      return changed
        ? json(200, { data: { subscription: subscriptionResource(changed) }, meta: total() })
        : notFound(call.named('id'), 'subscription_id');
    }),
    closed('DELETE', '/2/activity/subscriptions/:id', 'app', (call) =>
      hooks.unsubscribe(call.named('id'))
        ? json(200, { data: { deleted: true }, meta: total() })
        : notFound(call.named('id'), 'subscription_id'),
    ),
  ];
}

/** One subscription to an event of an account, wherever it leads. */
function isSameAs(one: Subscription, eventType: string, userId: string): boolean {
  return one.eventType === eventType && one.userId === userId;
}

function subscriptionResource({
  id,
  eventType,
  userId,
  tag,
  hookId,
  createdAt,
}: Subscription): object {
  const at = new Date(createdAt).toISOString();
  return {
    subscription_id: id,
    event_type: eventType,
    filter: { user_id: userId },
    tag,
    webhook_id: hookId,
    created_at: at,
    updated_at: at,
  };
}
