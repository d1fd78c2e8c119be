import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Malformed } from '../errors.ts';
import { headerOf, paddingOf, readTar, tarEnd, type TarEntry } from './tar.ts';

/** The last entry: what sha256sum writes, so that `sha256sum -c` can check what tar has unpacked. */
export const sumsName = 'SHA256SUMS';

type Bytes = AsyncIterable<Buffer> | Iterable<Buffer>;

export type ArchiveWriter = {
  readonly folder: (name: string) => Promise<void>;
  /** In: as many bytes as `size` says; throws Malformed otherwise. */
  readonly file: (name: string, size: number, bytes: Bytes) => Promise<void>;
  /** Writes what closes the archive, and waits until all of it is on disk. */
  readonly end: () => Promise<void>;
};

export function createArchiveWriter(handle: FileHandle, at: Date): ArchiveWriter {
  const sums: string[] = [];
  const file: ArchiveWriter['file'] = async (name, size, bytes) => {
    await handle.writeFile(headerOf({ name, kind: 'file', size }, at));
    const hash = createHash('sha256');
    let written = 0;
    for await (const piece of bytes) {
      hash.update(piece);
      await handle.writeFile(piece);
      written += piece.length;
    }
    if (written !== size) throw new Malformed(`${name} has changed while it was read`);
    await handle.writeFile(paddingOf(size));
    sums.push(`${hash.digest('hex')}  ${name}\n`);
  };
  return {
    folder: (name) => handle.writeFile(headerOf({ name, kind: 'folder', size: 0 }, at)),
    file,
    end: async () => {
      const list = Buffer.from(sums.join(''));
      await file(sumsName, list.length, [list]);
      await handle.writeFile(tarEnd);
      await handle.sync();
    },
  };
}

/**
 * Reads an archive to its end and hands each entry to `take`, which may leave it unread. Throws Malformed
 * when it is damaged, cut off or not ours: what was taken until then must not be used.
 */
export async function readArchive(
  path: string,
  take: (entry: TarEntry) => Promise<void>,
): Promise<void> {
  const found = new Map<string, string>();
  let listed: Map<string, string> | null = null;
  for await (const entry of readTar(createReadStream(path, { highWaterMark: 1024 * 1024 }))) {
    if (listed !== null) throw new Malformed('the archive goes on behind its end');
    if (entry.name === sumsName) {
      listed = sumsFrom(await textOf(entry.bytes));
      continue;
    }
    const hash = createHash('sha256');
    await take({ ...entry, bytes: hashed(entry.bytes, hash) });
    for await (const piece of entry.bytes) hash.update(piece); // what was left unread
    if (entry.kind === 'file') found.set(entry.name, hash.digest('hex'));
  }
  if (listed === null) throw new Malformed('the archive is cut off');
  const wrong = [...listed].find(([name, sum]) => found.get(name) !== sum);
  if (wrong) throw new Malformed(`the archive is damaged: ${wrong[0]}`);
  if (found.size !== listed.size) throw new Malformed('the archive holds what it does not list');
}

async function* hashed(bytes: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>) {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

async function textOf(bytes: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function sumsFrom(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

/** Opens a file of its owner's alone that is not there yet. */
export const openNew = (path: string): Promise<FileHandle> => open(path, 'wx', 0o600);
