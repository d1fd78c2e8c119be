import { createHmac } from 'node:crypto';
import type { Heard } from '../_shared/outbound.ts';

export type Settings = {
  readonly appId: string | undefined;
  readonly appSecret: string;
  readonly verifyToken: string;
  readonly pageId: string;
  readonly pageToken: string | undefined;
  readonly graphUrl: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
};

type Call = {
  readonly method?: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams;
};

type Parameters = Readonly<Record<string, string>>;

type Caller = {
  readonly get: (path: string, query?: Parameters) => Promise<Heard>;
  readonly post: (path: string, form: Parameters) => Promise<Heard>;
};

/** The Graph API as the app and as the page; null where a variable for it is missing. */
export type Graph = {
  readonly platform: { readonly name: string; readonly apiUrl: string; readonly variable: string };
  readonly app: (Caller & { readonly id: string }) | null;
  readonly page: Caller | null;
};

export function createGraph(
  settings: Settings,
  send: (url: string, call: Call) => Promise<Heard>,
): Graph {
  const { appId, appSecret, pageToken, graphUrl } = settings;
  const base = graphUrl.replace(/\/+$/, '');
  // In a header, because addresses end up in logs.
  const callerWith = (token: string, proof: Parameters): Caller => {
    const headers = { authorization: `Bearer ${token}` };
    return {
      get: (path, query = {}) =>
        send(`${base}${path}?${new URLSearchParams({ ...query, ...proof }).toString()}`, {
          headers,
        }),
      post: (path, form) =>
        send(`${base}${path}`, {
          ...{ method: 'POST', headers },
          body: new URLSearchParams({ ...form, ...proof }),
        }),
    };
  };
  return {
    platform: { name: 'Meta', apiUrl: graphUrl, variable: 'FACEBOOK_GRAPH_URL' },
    app: appId === undefined ? null : { id: appId, ...callerWith(`${appId}|${appSecret}`, {}) },
    page:
      pageToken === undefined
        ? null
        : callerWith(pageToken, { appsecret_proof: proofOf(appSecret, pageToken) }),
  };
}

// Apps with "Require app secret" accept a token only with this proof that we know the secret too.
function proofOf(appSecret: string, token: string): string {
  return createHmac('sha256', appSecret).update(token).digest('hex');
}
