import { mkdirSync } from 'node:fs';
import { copyFile, link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as newId } from 'uuid';
import { z } from 'zod';
import { NotFound } from '../errors.ts';

export type Folder = {
  readonly drafts: string;
  readonly files: string;
  readonly draftOf: (id: string) => string;
  readonly shardOf: (id: string) => string;
  readonly fileOf: (id: string) => string;
};

/** Where files stand: `drafts/<id>`, and for good `files/<last two digits>/<id>`. Throws NotFound for no id. */
export function openFolder(folder: string): Folder {
  const drafts = join(folder, 'drafts');
  const files = join(folder, 'files');
  for (const path of [drafts, files]) mkdirSync(path, { recursive: true, mode: 0o700 });
  // Of an id's digits the first are its time, and the same for all of a year.
  const shardOf = (id: string) => join(files, isId(id).slice(-2));
  return {
    ...{ drafts, files, shardOf },
    draftOf: (id) => join(drafts, isId(id)),
    fileOf: (id) => join(shardOf(id), id),
  };
}

/** Ids become paths. */
function isId(id: string): string {
  if (!z.uuid().safeParse(id).success) throw new NotFound('not the id of a file');
  return id;
}

/**
 * The same bytes under a second name. A link costs nothing, and leaves the draft to a citizen who goes
 * back; not every disk has links.
 */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return;
    if (code === 'ENOENT') throw error;
    const part = `${to}.${newId()}`;
    await copyFile(from, part);
    await sync(part);
    await rename(part, to);
  }
}

/** Waits until a file, or what a folder lists, is on disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Size and time of a file; null if there is none. */
export async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

export const exists = async (path: string): Promise<boolean> => (await statOf(path)) !== null;

export async function removeAll(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(path, { force: true })));
}

/** Deletes what was written before `before` (epoch milliseconds). */
export async function removeOld(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await statOf(path);
    if (found && found.mtimeMs < before) await rm(path, { force: true });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
