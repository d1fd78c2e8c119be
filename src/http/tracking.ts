import { type Response, Router } from 'express';
import { storable } from '../domain/text.ts';
import { isTrackingNumber } from '../domain/tracking-number.ts';
import type { Log } from '../log.ts';
import type { Database } from '../store/database.ts';
import type { Seal } from '../store/seal.ts';
import { findTracked } from '../store/tracking.ts';
import type { Limiter } from './limiter.ts';
import type { Site } from './pages/layout.ts';
import { type Tracking, trackingPage } from './pages/tracking.ts';

type Deps = {
  /** For questions that must be answered soon or not at all. */
  readonly database: Database;
  readonly seal: Seal;
  readonly site: Site;
  /** Of networks, and of numbers: a report asked for from everywhere at once is not answered every time. */
  readonly limiter: Limiter;
  readonly numberLimiter: Limiter;
  readonly log: Log;
};

/** A number nobody has costs so much more than one that somebody has: who guesses is stopped soon. */
const guessPoints = 4;

/**
 * `/lacak`: how far a report has come, by its number. Limited per network, because numbers can be guessed,
 * and per number, so that no botnet keeps the database busy with one report.
 */
export function createTracking(deps: Deps): Router {
  const { site } = deps;
  const router = Router();
  router.use('/lacak', (_request, response, next) => {
    response.set('cache-control', 'no-store').set('x-robots-tag', 'noindex');
    next();
  });
  router.get('/lacak', (request, response) => {
    const { nomor } = request.query;
    const asked = typeof nomor === 'string' ? digitsOf(nomor) : '';
    if (asked === '') response.type('html').send(trackingPage(site, { kind: 'asking' }));
    else response.redirect(303, `/lacak/${encodeURIComponent(asked)}`);
  });
  router.get('/lacak/:nomor', async (request, response) => {
    answer(response, site, await look(deps, request.ip, digitsOf(request.params.nomor)));
  });
  return router;
}

/** As people copy numbers: with spaces, dots, dashes, a "#" or "No." before them. */
const digitsOf = (text: string): string =>
  storable(text.slice(0, 64))
    .trim()
    .replace(/^(?:no(?:mor)?\.?|#)\s*/i, '')
    .replace(/(?<=\d)[\s.-]+(?=\d)/g, '');

async function look(deps: Deps, address: string | undefined, asked: string): Promise<Tracking> {
  // Paid before it is known, and given back: who asks many at once must not get them all for one.
  const seconds = await deps.limiter(address, 1 + guessPoints);
  if (seconds !== null) return { kind: 'limited', what: 'network', asked, seconds };
  const numberSeconds = await deps.numberLimiter(asked);
  if (numberSeconds !== null) {
    await deps.limiter(address, -guessPoints);
    return { kind: 'limited', what: 'number', asked, seconds: numberSeconds };
  }
  const giveBack = () => deps.limiter(address, -guessPoints);
  try {
    const tracked = await findTracked(deps.database, deps.seal, asked);
    if (!tracked) return { kind: isTrackingNumber(asked) ? 'unknown' : 'mistyped', asked };
    await giveBack();
    return { kind: 'found', asked, tracked };
  } catch (error) {
    await giveBack();
    deps.log.warn({ err: error }, 'tracking is not possible');
    return { kind: 'away', asked };
  }
}

const statusOf: Readonly<Record<Tracking['kind'], number>> = {
  asking: 200,
  found: 200,
  unknown: 404,
  mistyped: 404,
  limited: 429,
  away: 503,
};

function answer(response: Response, site: Site, tracking: Tracking): void {
  if (tracking.kind === 'limited') response.set('retry-after', String(tracking.seconds));
  if (tracking.kind === 'away') response.set('retry-after', '10');
  response.status(statusOf[tracking.kind]).type('html').send(trackingPage(site, tracking));
}
