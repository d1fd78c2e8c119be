import { z } from 'zod';
import { failed, type Finding, passed, type Repair, warned } from '../../src/domain/check.ts';
import { detailOf, type Heard, troubleWith } from '../_shared/outbound.ts';

/** X as the app sees it: a path below /2, and what to send there. */
export type AsApp = (path: string, method?: 'POST' | 'PUT', body?: object) => Promise<Heard>;

/** Without the first two X is silent; for messages it asks for the consent of the account. */
const PUBLIC = ['post.mention.create', 'post.reply.create'] as const;
const PRIVATE = ['dm.received'] as const;

const list = z.object({
  data: z
    .array(
      z.object({
        subscription_id: z.string().regex(/^\d+$/).optional(),
        event_type: z.string(),
        filter: z.object({ user_id: z.string().optional() }).default({}),
        webhook_id: z.string().optional(),
      }),
    )
    .default([]),
});

type Platform = Parameters<typeof troubleWith>[1];

/** Which events of our account X sends to our webhook (X Activity API). */
export async function subscriptionFindings(
  userId: string,
  asApp: AsApp,
  platform: Platform,
  ourWebhook: () => Promise<string | null>,
): Promise<readonly Finding[]> {
  const heard = await asApp('/activity/subscriptions');
  const { data } = list.safeParse(heard.status === 200 ? heard.body : null);
  if (!data) return [troubleWith('subscriptions', platform, heard)];
  const webhook = await ourWebhook();
  const all = data.data.filter(({ filter }) => filter.user_id === userId);
  const there = all.filter((each) => each.webhook_id === webhook).map((each) => each.event_type);
  const lacking = (events: readonly string[]) => events.filter((event) => !there.includes(event));
  const subscribe = (name: string, events: readonly string[]) => async (): Promise<Repair> =>
    subscribeTo(name, events, all, { userId, asApp, webhook: await ourWebhook() });
  const [posts, messages] = [lacking(PUBLIC), lacking(PRIVATE)];
  return [
    posts.length === 0
      ? passed('subscriptions', 'mentions and replies')
      : failed(
          'subscriptions',
          `X does not send ${posts.join(', ')} of user ${userId}`,
          'npm run doctor -- --fix subscribes to them.',
          subscribe('subscriptions', posts),
        ),
    messages.length === 0
      ? passed('direct messages', 'subscribed')
      : warned(
          'direct messages',
          `X does not send ${messages.join(', ')} of user ${userId}`,
          'npm run doctor -- --fix tries; where X refuses, the account itself must allow the app to read its messages (SETUP.md, X, step 6).',
          subscribe('direct messages', messages),
        ),
  ];
}

type Subscriber = {
  readonly userId: string;
  readonly asApp: AsApp;
  readonly webhook: string | null;
};

async function subscribeTo(
  name: string,
  events: readonly string[],
  elsewhere: z.output<typeof list>['data'],
  { userId, asApp, webhook }: Subscriber,
): Promise<Repair> {
  if (webhook === null) return { name, isDone: false, says: 'X has no webhook for us yet' };
  const ours = { tag: 'satu-pintu', webhook_id: webhook };
  for (const event of events) {
    // X keeps one subscription to an event of an account: one that leads elsewhere is led here.
    const other = elsewhere.find((each) => each.event_type === event)?.subscription_id;
    const path = '/activity/subscriptions';
    const heard =
      other === undefined
        ? await asApp(path, 'POST', { event_type: event, filter: { user_id: userId }, ...ours })
        : await asApp(`${path}/${other}`, 'PUT', ours);
    if (heard.status === null || heard.status >= 300) {
      return { name, isDone: false, says: `X refuses ${event}: ${detailOf(heard)}` };
    }
  }
  return { name, isDone: true, says: `subscribed to ${events.join(', ')}` };
}
