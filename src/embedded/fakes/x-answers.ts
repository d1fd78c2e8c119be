import { bearerOf, isSame } from './credentials.ts';
import type { World } from './fake.ts';
import { isSignedBy } from './oauth1.ts';
import { type Answer, type Call, json } from './server.ts';
import type { Office } from './x-office.ts';

const PROBLEMS = 'https://api.twitter.com/2/problems';
const WINDOW_SECONDS = 900;

export function problem(
  status: number,
  title: string,
  detail: string,
  type = 'about:blank',
): Answer {
  return json(status, { title, detail, type, status });
}

export function invalid(message: string, parameters: object = {}): Answer {
  return json(400, {
    errors: [{ parameters, message }],
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: `${PROBLEMS}/invalid-request`,
  });
}

export function notFound(value: string, parameter: string): Answer {
  return json(404, {
    title: 'Not Found Error',
    detail: `Could not find resource with ${parameter}: [${value}].`,
    type: `${PROBLEMS}/resource-not-found`,
    status: 404,
  });
}

export function xErrors({ report }: World) {
  return {
    otherwise: () => problem(404, 'Not Found', 'Not Found'),
    failed: (error: unknown) => {
      report(error);
      return problem(500, 'Internal Server Error', 'Something is broken');
    },
  };
}

/** With which credentials a call may come: those of the app, those of the account, or either. */
export type Access = 'app' | 'user' | 'either';

/** What stands against a call. */
export function refusal(office: Office, call: Call, access: Access): Answer | null {
  const { authorization } = call.headers;
  const isApp = isSame(bearerOf(authorization), office.bearer);
  const bases = [office.url(), 'https://api.x.com', 'https://api.twitter.com'];
  const isUser = isSignedBy(office.keys, call, bases, office.world.now());
  if (!isApp && !isUser) return problem(401, 'Unauthorized', 'Unauthorized');
  if (access === 'user' && !isUser)
    return unsupported(
      'OAuth 2.0 Application-Only',
      'OAuth 1.0a User Context, OAuth 2.0 User Context',
    );
  if (access === 'app' && !isApp)
    return unsupported('OAuth 1.0a User Context', 'OAuth 2.0 Application-Only');
  return null;
}

function unsupported(given: string, wanted: string): Answer {
  return problem(
    403,
    'Unsupported Authentication',
    `Authenticating with ${given} is forbidden for this endpoint.  Supported authentication types are [${wanted}].`,
    `${PROBLEMS}/unsupported-authentication`,
  );
}

/** X says with every answer how much is left. */
export function withLimit(answer: Answer, now: number): Answer {
  const reset = Math.floor(now / 1000) + WINDOW_SECONDS;
  const limit = {
    'x-rate-limit-limit': '450',
    'x-rate-limit-remaining': '449',
    'x-rate-limit-reset': String(reset),
  };
  return { ...answer, headers: { ...answer.headers, ...limit } };
}
