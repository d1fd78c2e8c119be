import { z } from 'zod';
import { failed, inspection, passed, warned } from '../../src/domain/check.ts';
import type { Finding, Inspection, Repair, Site } from '../../src/domain/check.ts';
import { ask, detailOf, type Heard, troubleWith } from '../_shared/outbound.ts';
import { createGraph, type Graph, type Settings } from './graph.ts';
import { tokenFindings } from './page-token.ts';

/** What we read; `mention` and `ratings` belong to the feed, `standby` to conversations of another app. */
const FIELDS = [
  'messages',
  'messaging_postbacks',
  'message_edits',
  'message_echoes',
  'standby',
  'feed',
  'mention',
  'ratings',
] as const;

/**
 * How Meta sees our app and page (Graph API: /{app}/subscriptions, /debug_token, /{page}/subscribed_apps).
 * The app's subscription says where events go, the page's one that this page sends any.
 */
export function inspectFacebook(settings: Settings): Inspection {
  const { appSecret, verifyToken, pageToken } = settings;
  const secrets = [appSecret, verifyToken, ...(pageToken === undefined ? [] : [pageToken])];
  return inspection(secrets, async (site) => {
    const graph = createGraph(settings, (url, call) =>
      ask(settings.fetch, url, { ...call, signal: site.signal }),
    );
    return [
      await appFinding(settings, graph, site),
      ...(await tokenFindings(settings, graph)),
      ...(await pageFindings(settings, graph)),
    ];
  });
}

const subscriptions = z.object({
  data: z.array(
    z.object({
      object: z.string(),
      callback_url: z.string().default(''),
      active: z.boolean().default(true),
      fields: z.array(z.union([z.string(), z.object({ name: z.string() })])).default([]),
    }),
  ),
});

async function appFinding(settings: Settings, graph: Graph, site: Site): Promise<Finding> {
  if (graph.app === null) {
    return warned(
      'webhook',
      'without FACEBOOK_APP_ID nobody can ask Meta where it sends',
      'Set FACEBOOK_APP_ID (App Dashboard, App settings > Basic).',
    );
  }
  const { app } = graph;
  const heard = await app.get(`/${app.id}/subscriptions`);
  if (isRefusal(heard)) {
    return failed(
      'webhook',
      `Meta refuses FACEBOOK_APP_ID with FACEBOOK_APP_SECRET: ${detailOf(heard)}`,
      'Copy both again from the App Dashboard, App settings > Basic.',
    );
  }
  const { data } = subscriptions.safeParse(heard.status === 200 ? heard.body : null);
  if (!data) return troubleWith('webhook', graph.platform, heard);
  const found = data.data.find(({ object }) => object === 'page');
  const wrong = found ? wrongWith(found, site) : 'Meta has no webhook for the object Page';
  if (wrong === null) return passed('webhook', `Meta sends to ${site.webhookUrl}`);
  const fix = async (): Promise<Repair> => {
    const answer = await app.post(`/${app.id}/subscriptions`, {
      object: 'page',
      callback_url: site.webhookUrl,
      verify_token: settings.verifyToken,
      fields: FIELDS.join(','),
      include_values: 'true',
    });
    return repaired('webhook', answer, `Meta now sends to ${site.webhookUrl}`);
  };
  const remedy = `npm run doctor -- --fix enters ${site.webhookUrl}; the gateway must be running, because Meta calls it.`;
  return failed('webhook', wrong, remedy, fix);
}

const isRefusal = ({ status }: Heard): boolean =>
  status === 400 || status === 401 || status === 403;

type Subscription = z.output<typeof subscriptions>['data'][number];

function wrongWith(found: Subscription, { webhookUrl }: Site): string | null {
  if (found.callback_url !== webhookUrl) {
    return `Meta sends to ${found.callback_url}, not to ${webhookUrl}`;
  }
  if (!found.active) return 'Meta has switched the webhook off';
  const missing = missingIn(
    found.fields.map((each) => (typeof each === 'string' ? each : each.name)),
  );
  return missing.length > 0 ? `the app is not subscribed to ${missing.join(', ')}` : null;
}

function missingIn(fields: readonly string[]): readonly string[] {
  return FIELDS.filter((field) => !fields.includes(field));
}

function repaired(name: string, heard: Heard, done: string): Repair {
  return heard.status === 200
    ? { name, isDone: true, says: done }
    : { name, isDone: false, says: `Meta refuses: ${detailOf(heard)}` };
}

const subscribedApps = z.object({
  data: z.array(
    z.object({
      id: z.string().optional(),
      subscribed_fields: z.array(z.string()).default([]),
    }),
  ),
});

async function pageFindings(settings: Settings, graph: Graph): Promise<readonly Finding[]> {
  const { page } = graph;
  if (page === null) return [];
  const path = `/${settings.pageId}/subscribed_apps`;
  const heard = await page.get(path);
  if (heard.status === null || heard.status >= 500) {
    return [troubleWith('page', graph.platform, heard)];
  }
  const { data } = subscribedApps.safeParse(heard.status === 200 ? heard.body : null);
  if (!data) {
    return [
      failed(
        'page',
        `Meta does not say what page ${settings.pageId} sends: ${detailOf(heard)}`,
        'FACEBOOK_PAGE_TOKEN must be a token of that page, with pages_manage_metadata.',
      ),
    ];
  }
  const ours = data.data.find(({ id }) => settings.appId === undefined || id === settings.appId);
  const missing = missingIn(ours?.subscribed_fields ?? []);
  if (missing.length === 0) return [passed('page', 'sends all we read')];
  const fix = async (): Promise<Repair> => {
    const answer = await page.post(path, { subscribed_fields: FIELDS.join(',') });
    return repaired('page', answer, 'the page now sends all we read');
  };
  const says = ours ? `the page does not send ${missing.join(', ')}` : 'the page sends us nothing';
  return [failed('page', says, 'npm run doctor -- --fix subscribes the app to the page.', fix)];
}
