import type { Request, RequestHandler, Response } from 'express';
import type { Database } from '../../store/database.ts';
import { changesBehind, loadCoreComplaints, whichFit } from '../../store/embedded-core-cards.ts';
import type { CoreFilter } from '../../store/embedded-core-filter.ts';
import type { Seal } from '../../store/seal.ts';
import { networkOf } from '../address.ts';
import { cardOf, mostEvents } from '../pages/core-card.ts';
import { filterOf, readAsked } from '../pages/core-filters.ts';
import { textOf } from '../pages/html.ts';

type Deps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly demo: boolean;
  readonly closing: AbortSignal;
};

const lookEveryMs = 400;
const beatEveryMs = 15_000;
/** So many cards are sent at once; of a greater rush the page is told to be loaded again. */
const mostCards = 40;
/** Transactions end in another order than their numbers: what is this near behind is looked at again. */
const margin = 200;

/** Each asks the database again and again. A room full of people at a demonstration is one network. */
const mostStreams = { all: 100, each: 30 };
const trySoonSeconds = 30;

/** `GET /core/stream`: what changes, live, for as many pages as there are places. */
export function createStreams(deps: Deps): RequestHandler {
  const open = new Map<Response, string>();
  return (request, response) => {
    const network = networkOf(request.ip);
    const own = [...open.values()].filter((other) => other === network);
    if (open.size >= mostStreams.all || own.length >= mostStreams.each) {
      response.status(503).set('retry-after', String(trySoonSeconds)).type('text/plain');
      response.send('Terlalu banyak halaman ini sedang terbuka. Muat ulang untuk kabar terbaru.\n');
      return;
    }
    open.set(response, network);
    response.on('close', () => open.delete(response));
    streamCards(deps, request, response);
  };
}

/** Sends each card that changed behind a place, as server-sent events, until either side ends. */
function streamCards(deps: Deps, request: Request, response: Response): void {
  const { closing } = deps;
  const given = request.get('last-event-id') ?? request.query['sesudah'];
  const filter = filterOf(readAsked(request.query));
  const whole = request.query['utuh'] === '1';
  const look = createLook(deps, { filter, whole }, Number(given) || 0);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write('retry: 2000\n: open\n\n');
  let looking = false;
  const lookAgain = async (): Promise<void> => {
    if (looking || response.writableNeedDrain) return;
    looking = true;
    try {
      for (const message of await look()) response.write(message);
    } catch {
      response.write(': the database is away\n\n'); // looked again in a moment
    } finally {
      looking = false;
    }
  };
  const looks = setInterval(() => void lookAgain(), lookEveryMs);
  const beats = setInterval(() => response.write(': \n\n'), beatEveryMs);
  const end = () => {
    response.end();
  };
  closing.addEventListener('abort', end);
  if (closing.aborted) end();
  response.on('close', () => {
    clearInterval(looks);
    clearInterval(beats);
    closing.removeEventListener('abort', end);
  });
}

type Change = { readonly id: string; readonly seq: number };
type Wanted = { readonly filter: CoreFilter; readonly whole: boolean };

/** Each call gives what changed since the one before. */
function createLook(deps: Deps, wanted: Wanted, from: number): () => Promise<string[]> {
  let after = from;
  let seen: ReadonlyMap<string, number> | null = null;
  return async () => {
    const changes = await changesBehind(deps.database, after - margin, margin + mostCards + 1);
    const known = seen;
    // What stood there when the page was made is on it.
    const news = changes.filter(({ id, seq }) =>
      known === null ? seq > from : known.get(id) !== seq,
    );
    const messages = await messagesOf(deps, wanted, news.slice(0, mostCards).reverse());
    // Only now: what could not be told must come again.
    seen = new Map(changes.map(({ id, seq }) => [id, seq]));
    after = Math.max(after, changes[0]?.seq ?? 0);
    return news.length > mostCards ? [...messages, 'event: rush\ndata: {}\n\n'] : messages;
  };
}

async function messagesOf(
  { database, seal, demo }: Deps,
  { filter, whole }: Wanted,
  changes: readonly Change[],
): Promise<string[]> {
  if (changes.length === 0) return [];
  const ids = changes.map(({ id }) => id);
  const [cards, fitting] = await Promise.all([
    loadCoreComplaints(database, seal, ids, whole ? mostEvents : undefined),
    whichFit(database, seal, filter, ids),
  ]);
  const byId = new Map(cards.map((card) => [card.id, card]));
  return changes.flatMap(({ id, seq }) => {
    const card = byId.get(id);
    if (!card) return [];
    const markup = textOf(cardOf(card, { canAnswer: demo, whole }));
    const message = { id, number: card.trackingNumber, fits: fitting.has(id), html: markup };
    return [`id: ${seq}\ndata: ${JSON.stringify(message)}\n\n`];
  });
}
