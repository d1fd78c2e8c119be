import { createHash, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import { Unavailable } from '../errors.ts';
import { createFrameWriter, keyLength } from './frames.ts';

/** Why a file is not taken. */
export type Refusal = 'type' | 'size' | 'empty';

export type Draft = {
  readonly key: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
};

export const mostFileBytes = 10 * 1024 * 1024;

/** Enough for every type we take: their marks stand at the very front. */
const headBytes = 4100;

const accepted: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/heic',
  'image/heif',
  'image/heic-sequence',
  'image/heif-sequence',
  'application/pdf',
  'video/mp4',
]);

/**
 * Writes a file as it comes, encrypted, and judges it by its bytes, never by its name. In: where to, and
 * the bytes; they are always read to their end, because the rest of the form stands behind them. Out: on
 * disk for good (but for its folder), or why not, and then nothing is left of it.
 */
export async function writeDraft(
  path: string,
  source: AsyncIterable<Buffer>,
): Promise<Draft | Refusal> {
  const key = randomBytes(keyLength);
  const handle = await open(path, 'wx', 0o600);
  let done: Draft | Refusal | null = null;
  try {
    const frames = createFrameWriter(key, (frame) => handle.writeFile(frame));
    const found = await examine(source, frames.add);
    if (typeof found !== 'string') {
      await frames.end();
      await handle.datasync();
    }
    done = typeof found === 'string' ? found : { key: key.toString('base64url'), ...found };
    return done;
  } finally {
    await handle.close();
    if (done === null || typeof done === 'string') await rm(path, { force: true });
  }
}

async function examine(
  source: AsyncIterable<Buffer>,
  add: (chunk: Buffer) => Promise<void>,
): Promise<Omit<Draft, 'key'> | Refusal> {
  const examiner = createExaminer(add);
  let stop: Refusal | Unavailable | null = null;
  for await (const chunk of source) {
    stop ??= await examiner
      .take(chunk)
      .catch((cause: unknown) => new Unavailable('the disk does not take a file', { cause }));
  }
  if (stop instanceof Unavailable) throw stop;
  return stop ?? examiner.end();
}

function createExaminer(add: (chunk: Buffer) => Promise<void>) {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  let mediaType: string | null = null;
  let bytes = 0;
  return {
    take: async (chunk: Buffer): Promise<Refusal | null> => {
      bytes += chunk.length;
      if (bytes > mostFileBytes) return 'size';
      hash.update(chunk);
      await add(chunk);
      if (mediaType !== null) return null;
      head = Buffer.concat([head, chunk]);
      if (head.length < headBytes) return null;
      mediaType = await typeOf(head);
      return mediaType === null ? 'type' : null;
    },
    end: async (): Promise<Omit<Draft, 'key'> | Refusal> => {
      if (bytes === 0) return 'empty';
      mediaType ??= await typeOf(head);
      return mediaType === null ? 'type' : { mediaType, bytes, sha256: hash.digest('hex') };
    },
  };
}

async function typeOf(head: Buffer): Promise<string | null> {
  const found = await fileTypeFromBuffer(head.subarray(0, headBytes));
  return found !== undefined && accepted.has(found.mime) ? found.mime : null;
}
