import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const requestSchema = z.object({
  offset: z.int().optional(),
  limit: z.int().optional(),
  timeout: z.int().optional(),
  allowed_updates: z.array(z.string()).optional(),
});

type Update = { readonly update_id: number };
type Answer = { readonly status: number; readonly body: string } | 'silence' | 'hang-up';
type Call = { readonly path: string; readonly payload: z.output<typeof requestSchema> };

export type TelegramApi = {
  readonly url: string;
  readonly calls: readonly Call[];
  /** What Telegram still holds: an update goes when an offset above it arrives, never before. */
  readonly held: () => readonly Update[];
  readonly send: (...updates: readonly Update[]) => void;
  /** Answers everything so from now on; null: as Telegram does. */
  readonly answerWith: (answer: Answer | null) => void;
  readonly close: () => Promise<void>;
};

/** The far side of a socket: Telegram's getMe and getUpdates for one bot, below the path /telegram. */
export async function startTelegramApi(token: string): Promise<TelegramApi> {
  let held: readonly Update[] = [];
  let fixed: Answer | null = null;
  const calls: Call[] = [];

  const answerTo = ({ path, payload }: Call): Answer => {
    if (fixed !== null) return fixed;
    if (!path.startsWith(`/telegram/bot${token}/`)) {
      return failure(404, 'Not Found');
    }
    if (path.endsWith('/getMe')) return success({ id: 1, is_bot: true, username: 'LaporKotaBot' });
    const { offset, limit = 100 } = payload;
    if (offset !== undefined) held = held.filter(({ update_id: id }) => id >= offset);
    return success(held.slice(0, limit));
  };

  const server = createServer((request, response) => {
    void callFrom(request).then((call) => {
      calls.push(call);
      const answer = answerTo(call);
      if (answer === 'silence') return;
      if (answer === 'hang-up') {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    url: `http://127.0.0.1:${String(port)}/telegram`,
    calls,
    held: () => held,
    send: (...updates) => {
      held = [...held, ...updates];
    },
    answerWith: (answer) => {
      fixed = answer;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

export function failure(status: number, description: string, parameters?: object): Answer {
  return {
    status,
    body: JSON.stringify({ ok: false, error_code: status, description, parameters }),
  };
}

function success(result: unknown): Answer {
  return { status: 200, body: JSON.stringify({ ok: true, result }) };
}

async function callFrom(request: IncomingMessage): Promise<Call> {
  const body = await text(request);
  return { path: request.url ?? '', payload: requestSchema.parse(JSON.parse(body || '{}')) };
}
