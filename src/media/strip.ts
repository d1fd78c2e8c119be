import { Malformed } from '../errors.ts';
import { cleanFilm } from './strip/film.ts';
import { cleanJpeg } from './strip/jpeg.ts';
import { cleanPdf } from './strip/pdf.ts';
import { cleanPng } from './strip/png.ts';
import { cleanWebp } from './strip/webp.ts';

type Clean = (bytes: Buffer) => Buffer[] | null;

const cleaners: Readonly<Record<string, Clean>> = {
  'image/jpeg': cleanJpeg,
  'image/png': cleanPng,
  'image/webp': cleanWebp,
  'image/heic': cleanFilm,
  'image/heif': cleanFilm,
  'image/heic-sequence': cleanFilm,
  'image/heif-sequence': cleanFilm,
  'video/mp4': cleanFilm,
  'application/pdf': cleanPdf,
};

/** The kinds of files that are taken: those that can be freed of what they tell about who made them. */
export const cleanable: ReadonlySet<string> = new Set(Object.keys(cleaners));

/**
 * Frees a file of what tells where, when, by whom and with what it was made (Exif, XMP, IPTC, comments,
 * thumbnails, data tracks, what stands behind its end), without encoding a picture anew. Which way up it is
 * and its colours stay. The same bytes come out again for what comes out. What cannot be found out soundly
 * is said in DECISIONS 107.
 *
 * In: the whole file, which is given away (it may be changed), and its media type as its content tells it.
 * Out: the pieces of the clean file; null when no picture can be opened in it. Throws nothing.
 */
export function stripped(bytes: Buffer, mediaType: string): Buffer[] | null {
  try {
    return cleaners[mediaType]?.(bytes) ?? null;
  } catch (error) {
    // A table that goes beyond its end is read beyond its end.
    if (error instanceof RangeError || error instanceof Malformed) return null;
    throw error;
  }
}
