import { type Request, type Response, Router } from 'express';
import helmet from 'helmet';
import { Webhook } from 'standardwebhooks';
import { ZodError } from 'zod';
import { Conflict, Invalid } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { listCoreEvents, storeCoreEvent } from '../store/embedded-core.ts';
import type { Seal } from '../store/seal.ts';
import type { BodyReader } from './body.ts';
import { verify } from './core-events.ts';
import { coreInboxPage, coreInboxScript, coreInboxStyle, rowOf } from './pages/core-inbox.ts';

type Deps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly secrets: readonly string[];
  readonly readBody: BodyReader;
  readonly demo: boolean;
  /** Aborted when the process ends: live lists would keep it. */
  readonly closing: AbortSignal;
};

const shown = 200;
const lookEveryMs = 300;

/**
 * The embedded routing core: takes events as a real core would (signature, idempotent by id) and shows
 * them. It stands in when no core is configured.
 */
export function createCoreInbox(deps: Deps): Router {
  const { database, seal, secrets, readBody, demo } = deps;
  const verifiers = secrets.map((secret) => new Webhook(secret));
  const router = Router();
  router.post('/core/events', async (request, response) => {
    const body = await readBody(request);
    verify(verifiers, body, request.headers);
    try {
      if (!(await storeCoreEvent(database, seal, body))) throw new Conflict('seen before');
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof ZodError) {
        throw new Invalid('not a CloudEvent', { cause: error });
      }
      throw error;
    }
    response.status(202).end();
  });

  router.use('/core', helmet({ strictTransportSecurity: false }));
  router.get('/core', async (_request, response) => {
    const events = await listCoreEvents(database, seal, 0, shown);
    response.type('html').send(coreInboxPage(events, demo));
  });
  if (demo) {
    // Until the web form stands here.
    router.get('/', (_request, response) => {
      response.redirect('/core');
    });
  }
  router.get('/core/app.js', (_request, response) => {
    response.type('js').send(coreInboxScript);
  });
  router.get('/core/style.css', (_request, response) => {
    response.type('css').send(coreInboxStyle);
  });
  router.get('/core/stream', (request, response) => {
    const after = Number(request.get('last-event-id') ?? request.query['after'] ?? 0) || 0;
    stream(deps, after, request, response);
  });
  return router;
}

function stream(
  { database, seal, closing }: Deps,
  from: number,
  request: Request,
  response: Response,
): void {
  let after = from;
  let looking = false;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': open\n\n');
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      for (const event of await listCoreEvents(database, seal, after, shown)) {
        after = event.seq;
        response.write(`id: ${event.seq}\ndata: ${JSON.stringify(rowOf(event))}\n\n`);
      }
    } catch {
      response.write(': the database is away\n\n'); // looked again in a moment
    } finally {
      looking = false;
    }
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  const end = () => {
    response.end();
  };
  closing.addEventListener('abort', end);
  request.on('close', () => {
    clearInterval(timer);
    closing.removeEventListener('abort', end);
  });
}
