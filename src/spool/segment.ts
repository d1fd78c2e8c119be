import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sync } from '../media/folder.ts';

/**
 * A file of the spool: how much of it is on disk, when its first record was taken in, and whether another
 * process wrote it, whose last record may have broken off.
 */
export type Segment = {
  readonly path: string;
  readonly isFound: boolean;
  readonly firstAt: Date | null;
  bytes: number;
};

const nameOf = (number: number): string => `${String(number).padStart(12, '0')}.spool`;
const namePattern = /^(\d{12})\.spool$/;

/** Numbers of the segments in a folder, oldest first. */
export async function segmentNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => namePattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

export const segmentPath = (folder: string, number: number): string => join(folder, nameOf(number));

/** Deletes a segment for good. */
export async function removeSegment(folder: string, { path }: Segment): Promise<void> {
  await rm(path, { force: true });
  await sync(folder);
}

type Writing = { readonly segment: Segment; readonly handle: FileHandle };

/** Begins a segment; its name is on disk when this is done. */
async function beginSegment(folder: string, number: number, firstAt: Date): Promise<Writing> {
  const path = segmentPath(folder, number);
  const handle = await open(path, 'wx', 0o600);
  try {
    await sync(folder);
  } catch (error) {
    await handle.close();
    await rm(path, { force: true });
    throw error;
  }
  return { segment: { path, isFound: false, bytes: 0, firstAt }, handle };
}

/** Appends, and waits until it is on disk. When it throws, bytes behind `segment.bytes` mean nothing. */
async function appendTo({ segment, handle }: Writing, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const step = await handle.write(
      bytes,
      written,
      bytes.length - written,
      segment.bytes + written,
    );
    written += step.bytesWritten;
  }
  await handle.datasync();
  segment.bytes += bytes.length;
}

/** The bytes of a segment from `from` on, as far as they are on disk. */
export async function readFrom({ path, bytes }: Segment, from: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes - from);
    let read = 0;
    while (read < buffer.length) {
      const step = await handle.read(buffer, read, buffer.length - read, from + read);
      if (step.bytesRead === 0) break;
      read += step.bytesRead;
    }
    return buffer.subarray(0, read);
  } finally {
    await handle.close();
  }
}

type Shelf = {
  readonly folder: string;
  readonly segments: Segment[];
  readonly segmentBytes: number;
};

/** Writes at the end of the last segment, and begins new ones. One call at a time. */
export function createWriter({ folder, segments, segmentBytes }: Shelf, lastNumber: number) {
  let number = lastNumber;
  let writing: Writing | null = null;

  /** What is written from now on stands in a new segment. */
  const finish = async (): Promise<void> => {
    const finished = writing;
    writing = null;
    await finished?.handle.close();
  };

  const begin = async (firstAt: Date): Promise<Writing> => {
    await finish();
    number += 1;
    const begun = await beginSegment(folder, number, firstAt);
    segments.push(begun.segment);
    return begun;
  };

  /** Nobody was told of anything in it. */
  const discard = async (segment: Segment): Promise<void> => {
    await rm(segment.path, { force: true });
    if (segments.at(-1) === segment) segments.pop();
  };

  return {
    finish,
    write: async (bytes: Buffer, at: Date): Promise<void> => {
      if (!writing || writing.segment.bytes >= segmentBytes) writing = await begin(at);
      try {
        await appendTo(writing, bytes);
      } catch (error) {
        // What a failed write or sync left behind is in doubt for ever: nothing is put after it.
        const { segment } = writing;
        await finish().catch(() => undefined);
        if (segment.bytes === 0) await discard(segment).catch(() => undefined);
        throw error;
      }
    },
  };
}
