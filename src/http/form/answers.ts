import { gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';
import type { Problems, SubmittedFile } from '../../domain/submission.ts';
import type { Seal } from '../../store/seal.ts';
import { formPage } from '../pages/form.ts';
import { type RefusedCase, refusedPage } from '../pages/form-refused.ts';
import type { Site } from '../pages/layout.ts';
import { type SentView, sentPage } from '../pages/sent.ts';
import type { Sent } from './fields.ts';
import { referenceTo } from './files.ts';

/** The form once more: everything that was filled in, and what stands in the way. */
export type Again = {
  readonly status: 200 | 403 | 422 | 429 | 503;
  readonly notice?: string;
  readonly problems?: Problems;
  readonly fileProblems?: readonly string[];
  readonly waitSeconds?: number;
};

type Deps = {
  readonly site: Site;
  readonly seal: Seal;
  readonly retentionDays: number;
  readonly today: () => string;
};

type Shown = Pick<Sent, 'fields' | 'token'> & {
  readonly files: readonly SubmittedFile[];
  readonly csrf: string;
};

const refusedStatus: Readonly<Record<RefusedCase, number>> = {
  large: 413,
  broken: 400,
  slow: 408,
  busy: 503,
  flood: 429,
};

/** How long the rest of a body that we do not want is let through, so that the answer is seen. */
const lingerMs = 5000;

/** Sends pages of the form. */
export function createAnswers({ site, seal, retentionDays, today }: Deps) {
  const form = (response: Response, shown: Shown, again: Again): void => {
    if (again.waitSeconds !== undefined) response.set('retry-after', String(again.waitSeconds));
    const { fields, token, csrf } = shown;
    const page = formPage(site, {
      ...{ fields, token, csrf, retentionDays, today: today() },
      problems: again.problems ?? new Map(),
      fileProblems: again.fileProblems ?? [],
      notice: again.notice ?? null,
      files: shown.files.map((file) => ({ ...file, reference: referenceTo(seal, file) })),
    });
    sendPage(response.status(again.status), page);
  };
  return {
    form,
    sent: (response: Response, view: SentView): void => {
      sendPage(response, sentPage(site, view));
    },
    /** Answers before all of the body is there, and lets go of a connection that goes on sending. */
    refused: (response: Response, why: RefusedCase, waitSeconds?: number): void => {
      const { req: request } = response;
      if (waitSeconds !== undefined) response.set('retry-after', String(waitSeconds));
      if (!request.complete) {
        // Closing at once would throw the answer away before it is read, and so does `connection: close`.
        request.resume();
        const linger = setTimeout(() => request.destroy(), lingerMs).unref();
        request.once('close', () => {
          clearTimeout(linger);
        });
      }
      sendPage(response.status(refusedStatus[why]), refusedPage(site, why));
    },
  };
}

/** Only what nobody else had a word in is compressed: the length of the rest would tell of its secrets. */
function sendPage(response: Response, page: string): void {
  const request: Request = response.req;
  response.type('html');
  if (request.method !== 'GET' || request.acceptsEncodings('gzip') !== 'gzip') {
    response.send(page);
    return;
  }
  response.vary('accept-encoding').set('content-encoding', 'gzip').send(gzipSync(page));
}
