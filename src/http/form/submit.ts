import { createHash } from 'node:crypto';
import type { WebhookRequest } from '../../domain/channel.ts';
import type { Content, Submission, SubmittedFile } from '../../domain/submission.ts';
import type { Media } from '../../media.ts';
import { goneProblem, keptId } from './files.ts';

export type SubmitDeps = {
  readonly publicUrl: string;
  readonly media: Media;
  readonly intake: {
    readonly accept: (
      channel: string,
      request: WebhookRequest,
      receivedAt: Date,
      sameAs?: string,
    ) => Promise<'accepted' | 'repeated'>;
  };
  /** The tracking number of a submission: the same key always gives the same one. */
  readonly claim: (key: string) => Promise<string>;
  /** Keyed: neither the cookie nor the page's token can be told from it. */
  readonly pseudonym: (kind: string, name: string) => string;
};

export type Filled = {
  readonly token: string;
  readonly content: Content;
  readonly files: readonly SubmittedFile[];
  readonly isTrapped: boolean;
  readonly receivedAt: Date;
  /** What the browser's cookie says. */
  readonly cookie: string;
};

export type Submitted = {
  readonly trackingNumber: string;
  readonly outcome: 'accepted' | 'repeated';
  readonly key: string;
};

/**
 * Stores a submission durably: first its number, then its files, then the delivery that names both, so
 * that whatever breaks off leaves nothing behind that is promised. The same form with the same content has
 * the same number, whichever gateway takes it, however often. Out: the number, or which files are gone.
 * Throws what the number or the delivery cannot be stored for; then nothing is promised.
 */
export async function submit(
  deps: SubmitDeps,
  filled: Filled,
): Promise<Submitted | { readonly problems: readonly string[] }> {
  const key = keyOf(filled);
  const trackingNumber = await deps.claim(key);
  const keepings = filled.files.map(({ id }) => ({ draft: id, id: keptId(key, id) }));
  const gone = new Set(await deps.media.keep(keepings));
  if (gone.size > 0) {
    return { problems: filled.files.filter(({ id }) => gone.has(id)).map(goneProblem) };
  }
  const attachments = filled.files.map((file) => ({ ...file, id: keptId(key, file.id) }));
  const submission: Submission = {
    ...{ key, trackingNumber, suspicious: filled.isTrapped },
    ...filled.content,
    traces: tracesOf(deps, filled),
    attachments,
  };
  const request = requestWith(deps.publicUrl, submission);
  const outcome = await deps.intake.accept('web', request, filled.receivedAt, key);
  return { trackingNumber, outcome, key };
}

/** By these a later form is known to come from the same hands; who stays anonymous leaves none. */
function tracesOf({ pseudonym }: SubmitDeps, { content, cookie, token }: Filled): string[] {
  return content.anonymous ? [] : [pseudonym('cookie', cookie), pseudonym('page', token)];
}

/** Deletes what a stored submission has left over. In: the drafts that came with its own request. */
export async function tidyUp(
  media: Media,
  { key, outcome }: Submitted,
  fresh: readonly SubmittedFile[],
): Promise<void> {
  const drafts = fresh.map(({ id }) => id);
  await media.drop(drafts);
  // The first submission has files of its own: these, new with this request, belong to nothing.
  if (outcome === 'repeated') await media.remove(drafts.map((id) => keptId(key, id)));
}

const requestWith = (publicUrl: string, submission: Submission): WebhookRequest => ({
  method: 'POST',
  url: `${publicUrl}/`,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(submission)),
});

/** Files count by their bytes: whoever sends the form again has them written anew. */
function keyOf({ token, content, files }: Filled): string {
  const named = [token, content, files.map(({ sha256 }) => sha256)];
  return createHash('sha256').update(JSON.stringify(named)).digest('hex');
}
