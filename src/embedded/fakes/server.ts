import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { z } from 'zod';

export type Fields = Readonly<Record<string, unknown>>;

export type Call = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Ends when the caller goes away. */
  readonly gone: AbortSignal;
  /** What the route's path names, decoded. */
  readonly named: (name: string) => string;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
};

export type Route = {
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (call: Call) => Answer | Promise<Answer>;
};

type Api = {
  readonly routes: readonly Route[];
  /** For what no route knows, and for what the fake itself did wrong. */
  readonly otherwise: (call: Call) => Answer;
  readonly failed: (error: unknown) => Answer;
};

export type Server = { readonly url: string; readonly close: () => Promise<void> };

const MOST_BODY_BYTES = 3 * 1024 * 1024;

/** `/users/:id/mentions`; a name stands for anything up to the next slash. */
export function route(method: string, path: string, answer: Route['answer']): Route {
  const pattern = path.replaceAll('.', '\\.').replace(/:(\w+)/g, '(?<$1>[^/]+?)');
  return { method, path: new RegExp(`^${pattern}/?$`), answer };
}

export function json(status: number, value: unknown, headers: Answer['headers'] = {}): Answer {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) };
}

export function bytes(file: { readonly bytes: Uint8Array; readonly mediaType: string }): Answer {
  return { status: 200, headers: { 'content-type': file.mediaType }, body: file.bytes };
}

/** Parameters of a call, wherever they stand: in the query, in a form or in a JSON object. */
export function fieldsOf({ query, headers, body }: Call): Fields {
  const asked = Object.fromEntries(query);
  if (body === '') return asked;
  if (headers['content-type']?.startsWith('application/json')) {
    return { ...asked, ...jsonFields(body) };
  }
  return { ...asked, ...Object.fromEntries(new URLSearchParams(body)) };
}

/** The members of a JSON object; none of what is no object. */
export function jsonFields(body: string): Fields {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(body)).data ?? {};
  } catch {
    return {}; // what no API of these takes: the fields it wanted are missing
  }
}

export function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Listens on a free port of this machine only. */
export async function startServer(api: Api): Promise<Server> {
  const server = createServer((request, response) => {
    void answerTo(api, request).then(({ status, headers, body }) => {
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answerTo(api: Api, request: IncomingMessage): Promise<Answer> {
  try {
    const body = await bodyOf(request);
    if (body === null) return { status: 413, body: '' };
    const call = callFrom(request, body);
    for (const { method, path, answer } of api.routes) {
      const match = method === call.method ? path.exec(call.path) : null;
      if (match) return await answer({ ...call, named: namesIn(match) });
    }
    return api.otherwise(call);
  } catch (error) {
    return api.failed(error);
  }
}

function callFrom(request: IncomingMessage, body: string): Call {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: request.headers,
    body,
    gone: endOf(request.socket),
    named: () => '',
  };
}

const ends = new WeakMap<Socket, AbortSignal>();

/** Aborted when the caller hangs up; one for all the requests of a connection. */
function endOf(socket: Socket): AbortSignal {
  const known = ends.get(socket);
  if (known) return known;
  const gone = new AbortController();
  socket.once('close', () => {
    gone.abort();
  });
  ends.set(socket, gone.signal);
  return gone.signal;
}

function namesIn(match: RegExpExecArray): Call['named'] {
  return (name) => decodeURIComponent(match.groups?.[name] ?? '');
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const part = z.instanceof(Buffer).parse(chunk);
    length += part.length;
    if (length > MOST_BODY_BYTES) return null;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString();
}
