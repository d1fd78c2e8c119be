import { z } from 'zod';
import { failed, inspection, passed, warned } from '../../src/domain/check.ts';
import type { Finding, Inspection, Repair, Site } from '../../src/domain/check.ts';
import { ask, detailOf, type Heard, troubleWith } from '../_shared/outbound.ts';
import { accountFinding, type Keys } from './account.ts';
import { type AsApp, subscriptionFindings } from './subscriptions.ts';

type App = {
  readonly userId: string;
  readonly handle: string;
  readonly bearer: string | undefined;
  readonly keys: Keys;
  readonly apiUrl: string;
  readonly fetch: typeof fetch;
};

const LONGEST_URL = 200;

/**
 * How X sees our app (API v2: /2/webhooks, /2/activity/subscriptions, /2/users/me). By plain HTTP where
 * the bearer token will do: the SDK has no functions for webhooks.
 */
export function inspectX(app: App): Inspection {
  const { bearer, keys, apiUrl } = app;
  const secrets = [bearer, ...Object.values(keys)].filter((each) => each !== undefined);
  const platform = { name: 'X', apiUrl, variable: 'X_API_URL' };
  return inspection(secrets, async (site) => {
    const account = await accountFinding(app, platform, site.signal);
    if (bearer === undefined) {
      const says = 'without X_BEARER_TOKEN nobody can ask X where it sends, and nothing is polled';
      const remedy =
        'Copy the bearer token from the X Developer Console: the app, Keys and tokens.';
      return [warned('webhook', says, remedy), account];
    }
    const asApp: AsApp = (path, method, body) =>
      ask(app.fetch, `${apiUrl.replace(/\/+$/, '')}/2${path}`, {
        ...(method ? { method } : {}),
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: site.signal,
      });
    const heard = await asApp('/webhooks');
    if (heard.status === 401) {
      const remedy = 'Copy it again from the X Developer Console: the app, Keys and tokens.';
      return [failed('webhook', 'X refuses X_BEARER_TOKEN (401)', remedy), account];
    }
    const { data } = webhooks.safeParse(heard.status === 200 ? heard.body : null);
    if (!data) return [troubleWith('webhook', platform, heard), account];
    return [
      webhookFinding(asApp, data.data, site),
      ...(await subscriptionFindings(app.userId, asApp, platform, () => ourWebhook(asApp, site))),
      account,
    ];
  });
}

const webhooks = z.object({
  data: z
    .array(z.object({ id: z.string().regex(/^\d+$/), url: z.string(), valid: z.boolean() }))
    .default([]),
});

type Registered = z.output<typeof webhooks>['data'];

async function ourWebhook(asApp: AsApp, { webhookUrl }: Site): Promise<string | null> {
  const heard = await asApp('/webhooks');
  const { data } = webhooks.safeParse(heard.status === 200 ? heard.body : null);
  return data?.data.find(({ url }) => url === webhookUrl)?.id ?? null;
}

function webhookFinding(asApp: AsApp, registered: Registered, { webhookUrl }: Site): Finding {
  const found = registered.find(({ url }) => url === webhookUrl);
  if (found?.valid) return passed('webhook', `X sends to ${webhookUrl}`);
  if (found) {
    return failed(
      'webhook',
      'X has switched the webhook off, because its challenge (CRC) was not answered right',
      'See that the gateway runs and X_CONSUMER_SECRET is that of this app, then npm run doctor -- --fix.',
      async () => repaired(await asApp(`/webhooks/${found.id}`, 'PUT'), 'challenged anew by X'),
    );
  }
  const unfit = unfitFor(webhookUrl);
  if (unfit !== null) return failed('webhook', unfit, 'Set PUBLIC_URL to an address X takes.');
  const elsewhere = registered.map(({ url }) => url).join(', ');
  return failed(
    'webhook',
    `X does not send to ${webhookUrl}${elsewhere === '' ? '' : `, only to ${elsewhere}`}`,
    'npm run doctor -- --fix registers it; the gateway must be running, because X calls it. An old address that is in the way: delete it in the X Developer Console.',
    async () => repaired(await asApp('/webhooks', 'POST', { url: webhookUrl }), webhookUrl),
  );
}

function unfitFor(webhookUrl: string): string | null {
  const { protocol, port } = new URL(webhookUrl);
  if (protocol !== 'https:') return 'X sends to https addresses only';
  if (port !== '') return 'X sends to no address with a port';
  return webhookUrl.length > LONGEST_URL ? 'X takes addresses of at most 200 characters' : null;
}

function repaired(heard: Heard, done: string): Repair {
  const isDone = heard.status !== null && heard.status >= 200 && heard.status < 300;
  const says = isDone ? `registered: ${done}` : `X refuses: ${detailOf(heard)}`;
  return { name: 'webhook', isDone, says };
}
