import { type Request, type Response, Router } from 'express';
import { Webhook } from 'standardwebhooks';
import { ZodError } from 'zod';
import { Conflict, Invalid } from '../errors.ts';
import { onceDone } from '../once.ts';
import type { Database } from '../store/database.ts';
import { sortOldEvents, storeCoreEvent } from '../store/embedded-core.ts';
import {
  changesBehind,
  findCoreComplaints,
  loadCoreComplaints,
} from '../store/embedded-core-cards.ts';
import type { Seal } from '../store/seal.ts';
import type { BodyReader } from './body.ts';
import { verify } from './core-events.ts';
import { type OpenFile, serveFile } from './core-inbox/files.ts';
import { createStatusSender } from './core-inbox/status.ts';
import { createStreams } from './core-inbox/stream.ts';
import { mostEvents } from './pages/core-card.ts';
import { filterOf, readAsked } from './pages/core-filters.ts';
import { coreComplaintPage, coreInboxPage, coreNoticePage, type Told } from './pages/core-inbox.ts';
import type { Site } from './pages/layout.ts';
import { pageSecurity } from './page-security.ts';

type Deps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly secrets: readonly string[];
  readonly readBody: BodyReader;
  /** In demo mode the core can answer back, and its page is public. */
  readonly demo: boolean;
  /** Aborted when the process ends: live lists would keep it. */
  readonly closing: AbortSignal;
  readonly site: Site;
  readonly publicUrl: string;
  readonly openFile: OpenFile;
};

type DoorDeps = Pick<Deps, 'database' | 'seal' | 'secrets' | 'readBody'>;

const pageSize = 25;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The embedded routing core: takes events as a real core would (signature, idempotent by id), shows
 * them as cards, and in demo mode answers with statuses. It stands in when no core is configured.
 */
export function createCoreInbox(given: Deps): Router {
  const { database, seal, demo, publicUrl } = given;
  const deps = { ...given, site: { ...given.site, internal: !demo } };
  const router = createCoreDoor(deps);
  router.use('/core', pageSecurity({ publicUrl: demo ? publicUrl : '', framed: demo }));
  router.use('/core', (_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  const sorted = onceDone(async () => {
    while ((await sortOldEvents(database, seal)) > 0);
  });
  router.get('/core', async (request, response) => {
    await sorted();
    await showInbox(deps, request, response);
  });
  router.get('/core/laporan/:id', async (request, response) => {
    const told = 'terkirim' in request.query ? sent : null;
    await showOne(deps, request.params.id, response, told);
  });
  router.get('/core/stream', createStreams(deps));
  router.get('/core/lampiran/:id', async (request, response) => {
    const { id } = request.params;
    const file = uuid.test(id) ? await deps.openFile(id) : null;
    if (file === null) notFound(deps, response, 'Lampiran ini tidak ada di sini.');
    else await serveFile(file, response);
  });
  if (demo) answerBack(router, deps);
  return router;
}

const sent: Told = {
  good: true,
  text: 'Status sudah dikirim ke Satu Pintu. Pelapor dapat melihatnya di halaman Lacak laporan.',
};

/** Takes signed events and shows nothing: for a listener that others than this machine can reach. */
export function createCoreDoor({ database, seal, secrets, readBody }: DoorDeps): Router {
  const router = Router();
  const verifiers = secrets.map((secret) => new Webhook(secret));
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
  return router;
}

async function showInbox(deps: Deps, request: Request, response: Response): Promise<void> {
  const { database, seal, site } = deps;
  const asked = readAsked(request.query);
  const given = Number(request.query['sebelum']);
  const before = Number.isSafeInteger(given) && given > 0 ? given : null;
  // Asked for first: what changes while the page is made comes again, and is not lost.
  const newest = await newestChange(database);
  const page = { before, limit: pageSize };
  const found = await findCoreComplaints(database, seal, filterOf(asked), page);
  response
    .type('html')
    .send(coreInboxPage(site, { ...found, asked, newest, isFirst: before === null }));
}

async function showOne(
  deps: Deps,
  id: string,
  response: Response,
  told: Told | null,
): Promise<void> {
  const { database, seal, site } = deps;
  const newest = await newestChange(database);
  const [complaint] = uuid.test(id)
    ? await loadCoreComplaints(database, seal, [id], mostEvents)
    : [];
  if (!complaint) {
    notFound(deps, response, 'Laporan ini tidak ada di sini.');
    return;
  }
  response.type('html').send(coreComplaintPage(site, complaint, newest, told));
}

async function newestChange(database: Database): Promise<number> {
  const [change] = await changesBehind(database, 0, 1);
  return change?.seq ?? 0;
}

function notFound({ site }: Deps, response: Response, text: string): void {
  response.status(404).type('html').send(coreNoticePage(site, text));
}

function answerBack(router: Router, deps: Deps): void {
  const send = createStatusSender(deps);
  router.post('/core/status', async (request, response) => {
    const outcome = await send(request);
    if (outcome.kind === 'sent') {
      response.redirect(303, `/core/laporan/${outcome.complaintId}?terkirim`);
      return;
    }
    response.status(outcome.status);
    const told = { good: false, text: outcome.text };
    if (outcome.complaintId !== null) await showOne(deps, outcome.complaintId, response, told);
    else response.type('html').send(coreNoticePage(deps.site, outcome.text));
  });
}
