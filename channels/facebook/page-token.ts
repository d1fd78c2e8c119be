import { z } from 'zod';
import { failed, type Finding, passed, warned } from '../../src/domain/check.ts';
import { detailOf, troubleWith } from '../_shared/outbound.ts';
import type { Graph, Settings } from './graph.ts';

/** For replies, subscriptions, comments and their authors. */
const SCOPES = [
  'pages_messaging',
  'pages_manage_metadata',
  'pages_show_list',
  'pages_read_engagement',
  'pages_read_user_content',
  'pages_manage_engagement',
] as const;

const SOON_MS = 7 * 24 * 3_600_000;
const NEW_TOKEN =
  'Make a new token of the page (SETUP.md, Facebook, step 5) and set FACEBOOK_PAGE_TOKEN.';

/** Whether FACEBOOK_PAGE_TOKEN works, is that of the page, may do what we need, and until when. */
export async function tokenFindings(settings: Settings, graph: Graph): Promise<readonly Finding[]> {
  const { page, platform } = graph;
  if (page === null) {
    return [
      warned(
        'page token',
        'without FACEBOOK_PAGE_TOKEN there are no replies, and nobody can ask what the page sends',
        'Set FACEBOOK_PAGE_TOKEN (SETUP.md, Facebook, step 5).',
      ),
    ];
  }
  const me = await page.get('/me', { fields: 'id,name' });
  if (me.status === null || me.status >= 500) return [troubleWith('page token', platform, me)];
  if (me.status !== 200) {
    return [failed('page token', `Meta refuses FACEBOOK_PAGE_TOKEN: ${detailOf(me)}`, NEW_TOKEN)];
  }
  const id = z.object({ id: z.string() }).safeParse(me.body).data?.id;
  if (id !== settings.pageId) {
    const says = `FACEBOOK_PAGE_TOKEN is a token of ${id ?? 'nobody'}, not of page ${settings.pageId}`;
    return [failed('page token', says, `Check FACEBOOK_PAGE_ID. ${NEW_TOKEN}`)];
  }
  return [await detailsOf(settings, graph)];
}

const debugged = z.object({
  data: z.object({
    is_valid: z.boolean(),
    expires_at: z.number().default(0),
    data_access_expires_at: z.number().default(0),
    scopes: z.array(z.string()).default([]),
  }),
});

async function detailsOf(settings: Settings, { app, platform }: Graph): Promise<Finding> {
  if (app === null || settings.pageToken === undefined) {
    return passed('page token', 'works; its permissions are shown once FACEBOOK_APP_ID is set');
  }
  const heard = await app.get('/debug_token', { input_token: settings.pageToken });
  const { data } = debugged.safeParse(heard.status === 200 ? heard.body : null);
  if (!data) return troubleWith('page token', platform, heard);
  const { is_valid: isValid, scopes } = data.data;
  if (!isValid) return failed('page token', 'Meta calls FACEBOOK_PAGE_TOKEN invalid', NEW_TOKEN);
  const missing = SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) {
    return failed('page token', `lacks the permission ${missing.join(', ')}`, NEW_TOKEN);
  }
  return lifetime(settings, data.data);
}

function lifetime(
  { now }: Settings,
  token: { readonly expires_at: number; readonly data_access_expires_at: number },
): Finding {
  // 0: never.
  const ends = [token.expires_at, token.data_access_expires_at].filter((at) => at > 0);
  if (ends.length === 0) return passed('page token', 'valid, never expires');
  const end = Math.min(...ends) * 1000;
  const day = new Date(end).toISOString().slice(0, 10);
  if (end < now()) return failed('page token', `expired on ${day}`, NEW_TOKEN);
  return end < now() + SOON_MS
    ? warned('page token', `expires on ${day}`, NEW_TOKEN)
    : passed('page token', `valid until ${day}`);
}
