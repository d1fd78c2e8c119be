import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Malformed } from '../errors.ts';
import { headerOf, paddingOf, readTar, tarEnd, type TarEntry } from './tar.ts';

/** The last entry but one: what sha256sum writes, so that `sha256sum -c` can check what tar has unpacked. */
export const sumsName = 'SHA256SUMS';

/** The last entry: the sums and the folders, authenticated under a key of the DATA_DIR they come from. */
export const sealName = `${sumsName}.hmac`;

/** Of what is kept in memory while it is read. */
const most = { label: 65_536, sums: 256 * 1024 * 1024 };

type Bytes = AsyncIterable<Buffer> | Iterable<Buffer>;

export type ArchiveWriter = {
  readonly folder: (name: string) => Promise<void>;
  /** In: as many bytes as `size` says; throws Malformed otherwise. */
  readonly file: (name: string, size: number, bytes: Bytes) => Promise<void>;
  /** Writes what closes the archive, and waits until all of it is on disk. */
  readonly end: () => Promise<void>;
};

export function createArchiveWriter(handle: FileHandle, at: Date, key: string): ArchiveWriter {
  const sums: string[] = [];
  const folders: string[] = [];
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
    folder: async (name) => {
      folders.push(name);
      await handle.writeFile(headerOf({ name, kind: 'folder', size: 0 }, at));
    },
    file,
    end: async () => {
      const list = Buffer.from(sums.join(''));
      await file(sumsName, list.length, [list]);
      const seal = Buffer.from(sealOf(key, { list, folders }));
      await file(sealName, seal.length, [seal]);
      await handle.writeFile(tarEnd);
      await handle.sync();
    },
  };
}

/** By whom an archive was made: under one of these keys, under another, or before archives had a seal. */
export type Origin = 'own' | 'foreign' | 'unsealed';

/**
 * Reads an archive to its end and hands each entry to `take`, which may leave it unread. In: the keys that
 * are ours. Throws Malformed when it is damaged, cut off or none: what was taken until then must not be used.
 */
export async function readArchive(
  path: string,
  keys: readonly string[],
  take: (entry: TarEntry) => Promise<void>,
): Promise<Origin> {
  const found = new Map<string, string>();
  const folders: string[] = [];
  let list: Buffer | null = null;
  let seal: string | null = null;
  for await (const entry of readTar(createReadStream(path, { highWaterMark: 1024 * 1024 }))) {
    if (list === null && entry.name === sumsName) list = await wholeOf(entry, most.sums);
    else if (list === null) {
      if (found.has(entry.name)) throw new Malformed(`the archive holds ${entry.name} twice`);
      const sum = await taken(entry, take);
      if (entry.kind === 'file') found.set(entry.name, sum);
      else folders.push(entry.name);
    } else if (seal === null && entry.name === sealName) {
      seal = String(await wholeOf(entry, most.label));
    } else throw new Malformed('the archive goes on behind its end');
  }
  if (list === null) throw new Malformed('the archive is cut off');
  compare(found, sumsFrom(String(list)));
  return originOf(seal, keys, { list, folders });
}

/** Out: the sum of an entry, also of what was left unread. */
async function taken(entry: TarEntry, take: (entry: TarEntry) => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  await take({ ...entry, bytes: hashed(entry.bytes, hash) });
  for await (const piece of entry.bytes) hash.update(piece);
  return hash.digest('hex');
}

function compare(found: ReadonlyMap<string, string>, listed: ReadonlyMap<string, string>): void {
  const wrong = [...listed].find(([name, sum]) => found.get(name) !== sum);
  if (wrong) throw new Malformed(`the archive is damaged: ${wrong[0]}`);
  if (found.size !== listed.size) throw new Malformed('the archive holds what it does not list');
}

type Listed = { readonly list: Buffer; readonly folders: readonly string[] };

function originOf(seal: string | null, keys: readonly string[], listed: Listed): Origin {
  if (seal === null) return 'unsealed';
  return keys.some((key) => isSame(sealOf(key, listed), seal)) ? 'own' : 'foreign';
}

const sealOf = (key: string, { list, folders }: Listed): string =>
  createHmac('sha256', Buffer.from(key, 'base64'))
    .update(list)
    .update(JSON.stringify(folders))
    .digest('hex');

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

async function* hashed(bytes: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>) {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

/** All of an entry, which must be short. */
async function wholeOf({ name, size, bytes }: TarEntry, mostBytes: number): Promise<Buffer> {
  if (size > mostBytes) throw new Malformed(`${name} is too long`);
  const pieces: Buffer[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The text of an entry that says what an archive is. */
export const labelOf = async (entry: TarEntry): Promise<string> =>
  String(await wholeOf(entry, most.label));

function sumsFrom(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

/** Opens a file of its owner's alone that is not there yet. */
export const openNew = (path: string): Promise<FileHandle> => open(path, 'wx', 0o600);
