import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

/** A post as X keeps it: newest last. `includes` is what it would bring along. */
export type Mention = { readonly id: string } & Readonly<Record<string, unknown>>;

type Includes = Readonly<Record<string, readonly unknown[]>>;
type Headers = Readonly<Record<string, string>>;
type Answer =
  | { readonly status: number; readonly body: string; readonly headers?: Headers }
  | 'silence'
  | 'hang-up'
  | 'half'
  | 'stall';

type Call = {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly at: number;
};

export type XApi = {
  readonly url: string;
  readonly calls: readonly Call[];
  readonly send: (includes: Includes, ...mentions: readonly Mention[]) => void;
  /** Headers of every answer from now on, such as what is left of a rate limit. */
  readonly limit: (headers: Headers) => void;
  /** Answers everything so from now on; null: as X does. */
  readonly answerWith: (answer: Answer | null) => void;
  /** Writes answers in pieces of so many bytes from now on. */
  readonly chop: (bytes: number) => void;
  /** Gives no more posts than this on a page from now on, whatever is asked for. */
  readonly shorten: (posts: number) => void;
  /** Called before each answer; a place to change the world between two pages. */
  readonly beforeAnswer: (act: (call: Call) => void) => void;
  readonly close: () => Promise<void>;
};

/** The far side of a socket: X's mentions timeline for one user, below the path /x. */
export async function startXApi(userId: string, bearer: string): Promise<XApi> {
  const held: Mention[] = [];
  const includes: Record<string, unknown[]> = {};
  const calls: Call[] = [];
  let headers: Headers = {};
  let fixed: Answer | null = null;
  let pieceBytes = 0;
  let mostPosts = Infinity;
  let before: (call: Call) => void = () => undefined;

  const answerTo = ({ path, query, headers: given }: Call): Answer => {
    if (fixed !== null) return fixed;
    if (given.authorization !== `Bearer ${bearer}`) return problem(401, 'Unauthorized');
    if (path !== `/x/2/users/${userId}/mentions`) return problem(404, 'Not Found');
    const since = BigInt(query['since_id'] ?? 0);
    const until = BigInt(query['pagination_token'] ?? 2n ** 64n);
    const newest = held
      .filter(({ id }) => BigInt(id) > since && BigInt(id) < until)
      .toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
    const page = newest.slice(0, Math.min(mostPosts, Number(query['max_results'] ?? 10)));
    return { status: 200, body: JSON.stringify(pageOf(page, newest.length, includes)) };
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const query = Object.fromEntries(url.searchParams);
    const call = { path: url.pathname, query, headers: request.headers, at: Date.now() };
    calls.push(call);
    before(call);
    const answer = answerTo(call);
    if (answer === 'silence') return;
    if (answer === 'hang-up') {
      request.socket.destroy();
      return;
    }
    if (answer === 'half' || answer === 'stall') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"data":[', () => {
        if (answer === 'half') request.socket.destroy();
      });
      return;
    }
    const type = { 'content-type': 'application/json; charset=utf-8' };
    response.writeHead(answer.status, { ...type, ...headers, ...answer.headers });
    const body = Buffer.from(answer.body);
    if (pieceBytes === 0) response.end(body);
    else writeInPieces(body, pieceBytes, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    url: `http://127.0.0.1:${String(port)}/x`,
    calls,
    send: (more, ...mentions) => {
      held.push(...mentions);
      for (const [name, items] of Object.entries(more)) (includes[name] ??= []).push(...items);
    },
    limit: (more) => {
      headers = more;
    },
    answerWith: (answer) => {
      fixed = answer;
    },
    chop: (bytes) => {
      pieceBytes = bytes;
    },
    shorten: (posts) => {
      mostPosts = posts;
    },
    beforeAnswer: (act) => {
      before = act;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export function problem(status: number, title: string, headers: Headers = {}): Answer {
  const body = { title, detail: title, type: 'about:blank', status };
  return { status, body: JSON.stringify(body), headers };
}

function pageOf(page: readonly Mention[], left: number, includes: Includes): unknown {
  const [first] = page;
  const last = page.at(-1);
  if (!first || !last) return { meta: { result_count: 0 } };
  const next = left > page.length ? { next_token: last.id } : {};
  const meta = { newest_id: first.id, oldest_id: last.id, result_count: page.length, ...next };
  return { data: page, includes, meta };
}

type Out = {
  readonly write: (chunk: Uint8Array, done: () => void) => unknown;
  readonly end: () => unknown;
};

function writeInPieces(body: Buffer, bytes: number, out: Out): void {
  if (body.length === 0) {
    out.end();
    return;
  }
  // One after the other has left, so that each is a chunk of its own.
  out.write(body.subarray(0, bytes), () => {
    setImmediate(writeInPieces, body.subarray(bytes), bytes, out);
  });
}
