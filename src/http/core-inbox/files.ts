import type { Response } from 'express';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { savedName } from '../file-name.ts';

type StoredFile = {
  readonly mediaType: string;
  readonly name: string;
  readonly bytes: number;
  readonly stream: Readable;
};

/** Opens the bytes of an attachment; null when there are none. */
export type OpenFile = (attachmentId: string) => Promise<StoredFile | null>;

/** What browsers show without running anything; SVG is none of it. */
const shown = new Set([
  ...['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
  ...['video/mp4', 'video/webm'],
]);

/** Sends a citizen's file. Whatever is in it, nothing of it runs as ours. */
export async function serveFile(file: StoredFile, response: Response): Promise<void> {
  const isShown = shown.has(file.mediaType);
  response.attachment(savedName(file));
  const saved = response.get('content-disposition') ?? 'attachment';
  response
    .status(200)
    .set('content-type', isShown ? file.mediaType : 'application/octet-stream')
    .set('content-length', String(file.bytes))
    .set('content-disposition', isShown ? saved.replace(/^attachment/, 'inline') : saved)
    .set('x-content-type-options', 'nosniff')
    .set('content-security-policy', "default-src 'none'; media-src 'self'; sandbox");
  try {
    await pipeline(file.stream, response);
  } catch (error) {
    // Whoever closed the page meanwhile needs no answer; a file that breaks off must not look whole.
    if (!response.destroyed) response.destroy();
    if (!isClosedEarly(error)) throw error;
  }
}

function isClosedEarly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
