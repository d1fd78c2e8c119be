import { type Request, type Response, Router } from 'express';
import type { Config } from '../config.ts';
import { type Content, contentFrom } from '../domain/submission.ts';
import { Malformed, TooLarge, TooSlow, Unavailable } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Seal } from '../store/seal.ts';
import { type Again, createAnswers } from './form/answers.ts';
import { declaredBytes, type RawFields, readForm } from './form/body.ts';
import { createCsrf } from './form/csrf.ts';
import { csrfIn, emptyFields, newToken, type Sent, sentFrom } from './form/fields.ts';
import { createDrafts, type Drafts } from './form/drafts.ts';
import { createFileTaker, type FileTaker, type FormFiles } from './form/files.ts';
import { createLimits } from './form/limits.ts';
import { notices } from './form/notices.ts';
import { submit, type SubmitDeps, type Submitted, tidyUp } from './form/submit.ts';
import type { Site } from './pages/layout.ts';

export type FormDeps = SubmitDeps & {
  readonly site: Site;
  readonly config: Pick<Config, 'rawRetentionDays'>;
  /** Seals the references to files that travel in the page. */
  readonly seal: Seal;
  /** Newest first; the same at every gateway. */
  readonly csrfSecrets: readonly string[];
  readonly metrics: Pick<Metrics, 'deliveries' | 'ack'>;
  readonly log: Log;
  /** E.164 of a number as people write it, null if it is none. */
  readonly phone: (written: string) => string | null;
  readonly now: () => number;
  /** How often an address may send in ten minutes; unset: what `form/limits.ts` says. */
  readonly mostSent?: number;
};

type Parts = {
  readonly deps: FormDeps;
  readonly answers: ReturnType<typeof createAnswers>;
  readonly csrf: ReturnType<typeof createCsrf>;
  readonly limits: ReturnType<typeof createLimits>;
  readonly drafts: Drafts;
  readonly today: () => string;
};

/** Seconds after which a full or failing gateway may be tried again. */
const trySoonSeconds = 10;

/** The web form: `GET /` and `POST /` (contract section 4). */
export function createForm(deps: FormDeps): Router {
  // The day begins in the east: what is today there is no day of the future.
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Jayapura', dateStyle: 'short' });
  const today = () => day.format(deps.now());
  const parts: Parts = {
    deps,
    today,
    answers: createAnswers({ ...deps, today, retentionDays: deps.config.rawRetentionDays }),
    csrf: createCsrf(deps.csrfSecrets, deps.publicUrl.startsWith('https:')),
    limits: createLimits(deps.mostSent),
    drafts: createDrafts(deps),
  };
  const router = Router();
  router.get('/', parts.csrf.cookies, (request, response) => {
    response.set('cache-control', 'private, no-cache');
    const csrf = parts.csrf.issue(request, response);
    const shown = { fields: emptyFields, token: newToken(), files: [], csrf };
    parts.answers.form(response, shown, { status: 200 });
  });
  router.post('/', parts.csrf.cookies, async (request, response) => {
    response.set('cache-control', 'no-store');
    await take(parts, request, response);
  });
  return router;
}

async function take(parts: Parts, request: Request, response: Response): Promise<void> {
  const { deps, limits, answers, csrf } = parts;
  const address = request.ip ?? '';
  const waitUnheard = await limits.waitUnheard(address);
  if (waitUnheard !== null) {
    answers.refused(response, 'flood', waitUnheard);
    return;
  }
  const isProven = (before: RawFields) => csrf.isValid(request, csrfIn(before));
  const files = createFileTaker({ ...deps, isProven });
  try {
    const place = limits.enter(address, declaredBytes(request));
    const raw = await readForm(request, place, files.take).finally(place.leave);
    await judge(parts, { request, response, raw, files });
  } catch (error) {
    await deps.media.drop(files.fresh().map(({ id }) => id));
    refuse(parts, response, error);
  }
}

/** Says why a form could not be read. Throws what is no fault of it. */
function refuse({ deps, answers }: Parts, response: Response, error: unknown): void {
  if (error instanceof TooLarge) {
    deps.metrics.deliveries.inc({ channel: 'web', outcome: 'too_large' });
    answers.refused(response, 'large');
  } else if (error instanceof Unavailable) {
    deps.metrics.deliveries.inc({ channel: 'web', outcome: 'unavailable' });
    answers.refused(response, 'busy', trySoonSeconds);
  } else if (error instanceof TooSlow) answers.refused(response, 'slow');
  else if (error instanceof Malformed) answers.refused(response, 'broken');
  else throw error;
}

type Read = {
  readonly request: Request;
  readonly response: Response;
  readonly raw: RawFields;
  readonly files: FileTaker;
};

/** What becomes of a form that was read: stored, or shown again with all that was filled in. */
async function judge(parts: Parts, read: Read): Promise<void> {
  const { deps, csrf, limits } = parts;
  const { request, raw } = read;
  const sent = sentFrom(raw);
  const found = await read.files.result(raw);
  const again = (more: Again) => showAgain(parts, read, { sent, found }, more);
  if (!csrf.isValid(request, sent.csrf)) {
    deps.metrics.deliveries.inc({ channel: 'web', outcome: 'unauthenticated' });
    await again({ status: 403, notice: notices.stale });
    return;
  }
  const waitSeconds = await limits.wait(request.ip ?? '');
  if (waitSeconds !== null) {
    await again({ status: 429, notice: notices.often(waitSeconds), waitSeconds });
    return;
  }
  const said = contentFrom(sent.fields, { today: parts.today(), phone: parts.deps.phone });
  if ('problems' in said || found.problems.length > 0) {
    await again({ status: 422, ...('problems' in said && { problems: said.problems }) });
    return;
  }
  await store(parts, read, { sent, found, content: said.content });
}

type Ready = Kept & { readonly content: Content };

async function store(parts: Parts, read: Read, { sent, found, content }: Ready): Promise<void> {
  const { deps } = parts;
  const again = (more: Again) => showAgain(parts, read, { sent, found }, more);
  const receivedAt = new Date(deps.now());
  const { token, isTrapped, csrf } = sent;
  const filled = { token, isTrapped, receivedAt, content, files: found.files, cookie: csrf };
  const stored = await submit(deps, filled).catch((error: unknown) => {
    deps.log.error({ channel: 'web', err: error }, 'submission not stored');
    return null;
  });
  if (stored === null) {
    deps.metrics.deliveries.inc({ channel: 'web', outcome: 'unavailable' });
    await again({ status: 503, notice: notices.away, waitSeconds: trySoonSeconds });
  } else if ('problems' in stored) await again({ status: 422, fileProblems: stored.problems });
  else await finish(parts, read, { stored, receivedAt, anonymous: content.anonymous });
}

type Kept = { readonly sent: Sent; readonly found: FormFiles };

async function showAgain(parts: Parts, read: Read, kept: Kept, again: Again): Promise<void> {
  const { request, response, files } = read;
  const { sent, found } = kept;
  await parts.drafts.lay(request.ip ?? '', files.fresh()).catch((error: unknown) => {
    parts.deps.log.warn({ err: error }, 'drafts beyond their limit could not be deleted');
  });
  const csrf = parts.csrf.issue(request, response);
  const { fields, token } = sent;
  parts.answers.form(
    response,
    { fields, token, csrf, files: found.files },
    { fileProblems: found.problems, ...again },
  );
}

type Finished = {
  readonly stored: Submitted;
  readonly receivedAt: Date;
  readonly anonymous: boolean;
};

async function finish(parts: Parts, read: Read, finished: Finished): Promise<void> {
  const { deps, answers } = parts;
  const { stored, receivedAt, anonymous } = finished;
  const { outcome, trackingNumber } = stored;
  deps.metrics.deliveries.inc({ channel: 'web', outcome });
  deps.log.info({ channel: 'web', outcome, files: read.files.fresh().length }, 'submission stored');
  answers.sent(read.response, {
    ...{ trackingNumber, receivedAt, anonymous },
    isRepeated: outcome === 'repeated',
  });
  deps.metrics.ack.labels('web').observe((deps.now() - receivedAt.getTime()) / 1000);
  await tidyUp(deps.media, stored, read.files.fresh()).catch((error: unknown) => {
    deps.log.warn({ err: error }, 'left-over files could not be deleted');
  });
}
