import { Busboy } from '@fastify/busboy';
import { fileTypeFromBuffer } from 'file-type';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Invalid, Malformed, TooLarge } from '../../errors.ts';
import type { PhoneFile } from './carrier.ts';

export type Upload = {
  /** The value of a field, empty when it is not there. */
  readonly field: (name: string) => string;
  readonly all: (name: string) => readonly string[];
  readonly files: readonly PhoneFile[];
  /** What is wrong with the files, in words for the citizen; null when nothing. */
  readonly problem: string | null;
};

export const mostFiles = 5;
export const mostFileBytes = 10 * 1024 * 1024;
export const phoneTypes = ['image/jpeg', 'image/png', 'image/webp', 'video/mp4'];

type Raw = { readonly name: string; readonly chunks: Buffer[]; isTooLarge: boolean };

/** Reads a form with its files. Throws TooLarge or Malformed when it is no form of ours. */
export async function readUpload(request: IncomingMessage): Promise<Upload> {
  const { 'content-type': type = '', 'content-length': length } = request.headers;
  if (Number(length ?? 0) > (mostFiles + 1) * mostFileBytes) throw new TooLarge('too many bytes');
  const fields: (readonly [string, string])[] = [];
  const raws: Raw[] = [];
  const overMany: string[] = [];
  try {
    const busboy = new Busboy({
      headers: { ...request.headers, 'content-type': type },
      limits: { fields: 40, fieldSize: 65_536, files: mostFiles, fileSize: mostFileBytes },
    });
    busboy.on('field', (name, value) => fields.push([name, value]));
    busboy.on('filesLimit', () => {
      overMany.push(`Paling banyak ${mostFiles} lampiran sekali kirim.`);
    });
    busboy.on('file', (_field, stream, name) => {
      const raw: Raw = { name, chunks: [], isTooLarge: false };
      stream.on('data', (chunk: Buffer) => raw.chunks.push(chunk));
      stream.on('limit', () => (raw.isTooLarge = true));
      // An error here is one of the whole form too, and told there.
      stream.on('error', () => (raw.isTooLarge = true));
      raws.push(raw);
    });
    await pipeline(request, busboy);
  } catch (cause) {
    throw new Malformed('the form could not be read', { cause });
  }
  const chosen = raws.filter(({ name, chunks }) => name !== '' || chunks.length > 0);
  const all = (name: string) => fields.filter(([key]) => key === name).map(([, value]) => value);
  const { files, problem } = await checked(chosen);
  return { all, field: (name) => all(name).at(-1) ?? '', files, problem: overMany[0] ?? problem };
}

async function checked(raws: readonly Raw[]) {
  const files: PhoneFile[] = [];
  try {
    for (const raw of raws) files.push(await fileFrom(raw));
    return { files, problem: null };
  } catch (error) {
    if (error instanceof Invalid) return { files: [], problem: error.message };
    throw error;
  }
}

/** What a file is, its content says; names are only names. */
async function fileFrom({ name, chunks, isTooLarge }: Raw): Promise<PhoneFile> {
  if (isTooLarge) throw new Invalid(`“${name}” lebih besar dari 10 MB.`);
  const bytes = Buffer.concat(chunks);
  const mediaType = (await fileTypeFromBuffer(bytes))?.mime ?? '';
  if (!phoneTypes.includes(mediaType)) {
    throw new Invalid(
      `“${name}” tidak bisa dikirim dari telepon ini. Pilih foto JPG, PNG, atau WebP, atau video MP4.`,
    );
  }
  return { bytes, mediaType, name };
}
