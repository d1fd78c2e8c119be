import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { fileTypeFromBuffer } from 'file-type';
import { Unavailable } from '../errors.ts';
import { createFrameWriter, keyLength, plainFrames } from './frames.ts';
import { cleanable, stripped } from './strip.ts';

/** Why a file is not taken. `broken`: nothing can be opened in it. */
export type Refusal = 'type' | 'size' | 'empty' | 'broken';

export type Draft = {
  readonly key: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
};

export const mostFileBytes = 10 * 1024 * 1024;

/** Enough for every type we take: their marks stand at the very front. */
const headBytes = 4100;

type Found = Pick<Draft, 'mediaType' | 'bytes'>;

/**
 * Takes a file in: judged by its bytes, never by its name, and freed of what it tells about who made it
 * before it is stored. In: where to, and the bytes; they are always read to their end, because the rest of
 * the form stands behind them. Out: on disk for good (but for its folder), encrypted, or why not, and then
 * nothing is left of it.
 */
export async function writeDraft(
  path: string,
  source: AsyncIterable<Buffer>,
): Promise<Draft | Refusal> {
  // As it came, under a key that is in memory alone: slow senders must not hold megabytes there.
  const raw = `${path}.part`;
  const key = randomBytes(keyLength);
  try {
    const found = await inNew(raw, async (handle) => {
      const frames = createFrameWriter(key, (frame) => handle.writeFile(frame));
      const examined = await examine(source, frames.add);
      if (typeof examined !== 'string') await frames.end();
      return examined;
    });
    if (typeof found === 'string') return found;
    return await oneByOne(async () => {
      const pieces = stripped(await wholeOf(raw, key, found.bytes), found.mediaType);
      return pieces === null ? 'broken' : writeClean(path, pieces, found.mediaType);
    });
  } finally {
    await rm(raw, { force: true });
  }
}

let last: Promise<unknown> = Promise.resolve();

/** One whole file is in memory at a time, however many come at once. */
function oneByOne<Result>(act: () => Promise<Result>): Promise<Result> {
  const mine = last.then(act);
  last = mine.catch(() => undefined);
  return mine;
}

async function wholeOf(path: string, key: Buffer, bytes: number): Promise<Buffer> {
  const whole = Buffer.alloc(bytes);
  const handle = await open(path, 'r');
  try {
    let at = 0;
    for await (const frame of plainFrames(handle, key)) at += frame.copy(whole, at);
  } finally {
    await handle.close();
  }
  return whole;
}

async function writeClean(path: string, pieces: Buffer[], mediaType: string): Promise<Draft> {
  const key = randomBytes(keyLength);
  const hash = createHash('sha256');
  let bytes = 0;
  await inNew(path, async (handle) => {
    const frames = createFrameWriter(key, (frame) => handle.writeFile(frame));
    for (const piece of pieces.flatMap(inFrames)) {
      hash.update(piece);
      bytes += piece.length;
      await frames.add(piece);
    }
    await frames.end();
    await handle.datasync();
  });
  return { key: key.toString('base64url'), mediaType, bytes, sha256: hash.digest('hex') };
}

/** In small pieces: what waits for its frame is copied with each that is written. */
const inFrames = (piece: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(piece.length / 65_536) }, (_, index) =>
    piece.subarray(index * 65_536, (index + 1) * 65_536),
  );

/** Writes a file that is not there yet; nothing is left of one that could not be written. */
async function inNew<Result>(
  path: string,
  write: (handle: FileHandle) => Promise<Result>,
): Promise<Result> {
  const handle = await open(path, 'wx', 0o600);
  try {
    return await write(handle);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

async function examine(
  source: AsyncIterable<Buffer>,
  add: (chunk: Buffer) => Promise<void>,
): Promise<Found | Refusal> {
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
  let head = Buffer.alloc(0);
  let mediaType: string | null = null;
  let bytes = 0;
  return {
    take: async (chunk: Buffer): Promise<Refusal | null> => {
      bytes += chunk.length;
      if (bytes > mostFileBytes) return 'size';
      await add(chunk);
      if (mediaType !== null) return null;
      head = Buffer.concat([head, chunk]);
      if (head.length < headBytes) return null;
      mediaType = await typeOf(head);
      return mediaType === null ? 'type' : null;
    },
    end: async (): Promise<Found | Refusal> => {
      if (bytes === 0) return 'empty';
      mediaType ??= await typeOf(head);
      return mediaType === null ? 'type' : { mediaType, bytes };
    },
  };
}

async function typeOf(head: Buffer): Promise<string | null> {
  const found = await fileTypeFromBuffer(head.subarray(0, headBytes));
  return found !== undefined && cleanable.has(found.mime) ? found.mime : null;
}
