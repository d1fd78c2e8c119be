import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { bearerOf, isSame } from './credentials.ts';
import type { World } from './fake.ts';
import { conversations, posts, thread } from './graph-listed.ts';
import { comment, failure, sendMessage } from './graph-said.ts';
import type { Office } from './graph-state.ts';
import {
  type Answer,
  bytes,
  type Call,
  type Fields,
  fieldsOf,
  json,
  type Route,
  route,
  textIn,
} from './server.ts';

const VERSION = '(?:/v\\d+\\.\\d+)?';
const SCOPES = [
  'pages_messaging',
  'pages_manage_metadata',
  'pages_show_list',
  'pages_read_engagement',
  'pages_read_user_content',
  'pages_manage_engagement',
];

export function graphErrors({ report }: World) {
  return {
    otherwise: ({ method, path }: Call) => {
      const name = path.split('/').at(-1) ?? '';
      return failure(
        400,
        100,
        `Unsupported ${method.toLowerCase()} request. Object with ID '${name}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
        33,
      );
    },
    failed: (error: unknown) => {
      report(error);
      return failure(500, 1, 'An unknown error occurred');
    },
  };
}

type Kind = 'page' | 'app';
type Handler = (call: Call, fields: Fields) => Answer | Promise<Answer>;

export function graphRoutes(office: Office): readonly Route[] {
  const { page, appId } = office;
  const closed = (method: string, path: string, kind: Kind, handler: Handler): Route => {
    const { path: pattern } = route(method, path, () => ({ status: 200, body: '' }));
    return {
      method,
      // With or without a version in front.
      path: new RegExp(`^${VERSION}${pattern.source.slice(1)}`),
      answer: (call) => {
        const fields = fieldsOf(call);
        return refusal(office, call, fields, kind) ?? handler(call, fields);
      },
    };
  };
  const asPage = (method: string, edge: string, handler: Handler) =>
    ['me', page].map((node) => closed(method, `/${node}${edge}`, 'page', handler));
  return [
    route('GET', '/v/t1.15752-9/:file', (call) => fileOf(office, call)),
    closed('GET', '/debug_token', 'app', (_call, fields) => debugToken(office, fields)),
    closed('GET', `/${appId}/subscriptions`, 'app', () =>
      json(200, { data: subscriptions(office) }),
    ),
    closed('POST', `/${appId}/subscriptions`, 'app', (_call, fields) => subscribe(office, fields)),
    closed('DELETE', `/${appId}/subscriptions`, 'app', () => {
      office.unsubscribe();
      return json(200, { success: true });
    }),
    ...asPage('POST', '/messages', (_call, fields) => sendMessage(office, fields)),
    ...asPage('GET', '/subscribed_apps', () => json(200, { data: apps(office) })),
    ...asPage('POST', '/subscribed_apps', (_call, fields) => install(office, fields)),
    ...asPage('DELETE', '/subscribed_apps', () => {
      office.install(null);
      return json(200, { success: true });
    }),
    ...asPage('GET', '/conversations', (call) => json(200, conversations(office, call))),
    ...['/feed', '/visitor_posts', '/tagged'].flatMap((edge) =>
      asPage('GET', edge, (call) => json(200, posts(office, call))),
    ),
    closed('GET', '/t_:citizen/messages', 'page', (call) => json(200, thread(office, call))),
    ...asPage('GET', '', () =>
      json(200, { id: page, name: 'LAPOR!', category: 'Government organization' }),
    ),
    closed('POST', '/:object/comments', 'page', (call, fields) => comment(office, call, fields)),
  ];
}

/** What stands against a call: no token, a wrong one, or a proof that does not go with it. */
function refusal(office: Office, call: Call, fields: Fields, kind: Kind): Answer | null {
  const token = textIn(fields, 'access_token') || bearerOf(call.headers.authorization);
  if (token === '') {
    return failure(400, 104, 'An access token is required to request this resource.');
  }
  const given = kindOf(office, token);
  if (!given) return failure(400, 190, 'Invalid OAuth access token - Cannot parse access token');
  const proof = textIn(fields, 'appsecret_proof');
  const expected = createHmac('sha256', office.appSecret).update(token).digest('hex');
  if (proof !== '' && !isSame(proof, expected)) {
    return failure(400, 100, 'Invalid appsecret_proof provided in the API argument');
  }
  return given === kind ? null : wrongKind[kind]();
}

function kindOf({ appId, appSecret, pageToken }: Office, token: string): Kind | null {
  if (isSame(token, pageToken)) return 'page';
  return isSame(token, `${appId}|${appSecret}`) ? 'app' : null;
}

const wrongKind: Readonly<Record<Kind, () => Answer>> = {
  page: () => failure(400, 190, 'A page access token is required for this call', 2069032),
  app: () => failure(400, 15, '(#15) This method must be called with an app access_token.'),
};

function fileOf({ files, world }: Office, call: Call): Answer {
  const file = files.get(/^(\w+)\./.exec(call.named('file'))?.[1] ?? '');
  const isLate = Number.parseInt(call.query.get('oe') ?? '0', 16) * 1000 < world.now();
  return file && !isLate ? bytes(file) : { status: 403, body: 'URL signature expired' };
}

function debugToken({ appId, pageToken, page }: Office, fields: Fields): Answer {
  const isValid = isSame(textIn(fields, 'input_token'), pageToken);
  const error = { code: 190, message: 'Invalid OAuth access token.' };
  const data = isValid
    ? {
        app_id: appId,
        type: 'PAGE',
        application: 'LAPOR!',
        is_valid: true,
        expires_at: 0,
        data_access_expires_at: 0,
        profile_id: page,
        scopes: SCOPES,
        granular_scopes: SCOPES.map((scope) => ({ scope, target_ids: [page] })),
      }
    : { app_id: appId, is_valid: false, scopes: [], error };
  return json(200, { data });
}

function subscriptions(office: Office): readonly object[] {
  const subscription = office.subscription();
  if (!subscription) return [];
  const fields = subscription.fields.map((name) => ({ name, version: 'v25.0' }));
  return [{ object: 'page', callback_url: subscription.callbackUrl, active: true, fields }];
}

async function subscribe(office: Office, fields: Fields): Promise<Answer> {
  if (textIn(fields, 'object') !== 'page')
    return failure(400, 100, '(#100) Param object must be one of {PAGE}');
  const callbackUrl = textIn(fields, 'callback_url');
  if (callbackUrl === '') return failure(400, 100, '(#100) The parameter callback_url is required');
  try {
    const wanted = { callbackUrl, fields: namesIn(fields, 'fields') };
    await office.subscribe(wanted, textIn(fields, 'verify_token'));
    return json(200, { success: true });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return failure(
      400,
      2200,
      '(#2200) Callback verification failed with the following errors: the challenge did not come back',
    );
  }
}

function apps(office: Office): readonly object[] {
  const fields = office.installed();
  return fields
    ? [{ id: office.appId, name: 'LAPOR!', category: 'Business', subscribed_fields: fields }]
    : [];
}

function install(office: Office, fields: Fields): Answer {
  const names = namesIn(fields, 'subscribed_fields');
  if (names.length === 0)
    return failure(400, 100, '(#100) Param subscribed_fields must be non-empty');
  office.install(names);
  return json(200, { success: true });
}

/** A list, or as a query has it, names between commas. */
function namesIn(fields: Fields, name: string): readonly string[] {
  const list = z.array(z.string()).safeParse(fields[name]).data;
  return (
    list ??
    textIn(fields, name)
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)
  );
}
