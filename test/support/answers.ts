import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export type Answer = { readonly status: number; readonly body: unknown } | 'hang-up';

/** By method and path without its query, or by path alone: `GET /2/webhooks`, `/bot1:a/getMe`. */
export type Answers = Readonly<Record<string, Answer>>;

type Call = {
  readonly what: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly authorization: string;
};

/** The far side of a socket: a provider that answers what it is told to, and 404 to the rest. */
export async function startAnswers() {
  let answers: Answers = {};
  let calls: Call[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://fake');
      const what = `${request.method ?? ''} ${pathname}`;
      calls.push({ what, query, body, authorization: request.headers.authorization ?? '' });
      const answer = answers[what] ?? answers[pathname] ?? { status: 404, body: {} };
      if (answer === 'hang-up') {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    calls: () => calls,
    /** From now on; calls so far are forgotten. */
    give: (given: Answers) => {
      answers = given;
      calls = [];
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export type AnsweringServer = Awaited<ReturnType<typeof startAnswers>>;

export const ok = (body: unknown): Answer => ({ status: 200, body });
