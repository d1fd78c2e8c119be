import { mkdir, open, statfs } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { v7 as newId } from 'uuid';
import type { SubmittedFile } from './domain/submission.ts';
import type { Log } from './log.ts';
import { type Refusal, writeDraft } from './media/draft.ts';
import {
  exists,
  type Folder,
  linkOrCopy,
  openFolder,
  removeAll,
  removeOld,
  statOf,
  sync,
} from './media/folder.ts';
import { plainBytesOf, plainFrames } from './media/frames.ts';

/** A draft, and the id under which it is kept. */
type Keeping = { readonly draft: string; readonly id: string };

type OpenFile = { readonly bytes: number; readonly stream: Readable };

export type Media = {
  /** Takes a file in, encrypted, as a draft. Out: what it is, or why it was refused. Always reads all. */
  readonly take: (source: Readable, name: string) => Promise<SubmittedFile | Refusal | 'full'>;
  readonly hasDraft: (id: string) => Promise<boolean>;
  /**
   * Keeps drafts for good, each under an id of its own; what is kept already stays. Out, when all of it is
   * on disk: nothing; or the drafts that are gone, and then none was kept. The drafts stay until they are
   * dropped or swept.
   */
  readonly keep: (files: readonly Keeping[]) => Promise<readonly string[]>;
  readonly drop: (drafts: readonly string[]) => Promise<void>;
  readonly remove: (ids: readonly string[]) => Promise<void>;
  /** A kept file's plain bytes, none given out unverified (the stream fails instead); null if it is gone. */
  readonly open: (id: string, key: string) => Promise<OpenFile | null>;
  /** Deletes drafts nobody came back for. */
  readonly sweep: () => Promise<void>;
  readonly close: () => void;
};

type Deps = {
  /** Shared by all gateways, where there are several. */
  readonly folder: string;
  readonly log: Pick<Log, 'warn'>;
  readonly now: () => number;
};

/** How long a draft is kept. */
export const draftMs = 24 * 3600 * 1000;
const sweepEveryMs = 3600 * 1000;
/** The database may live on the same disk: it goes before files. */
const leastFreeBytes = 1536 * 1024 * 1024; // as much as may be under way at once, and half as much again

/**
 * Files on disk. Each is encrypted under a key that stands nowhere but in the sealed row (or the sealed
 * reference in the citizen's page) that names it: who deletes the row has deleted the file.
 */
export function createMedia({ folder: path, log, now }: Deps): Media {
  const folder = openFolder(path);
  const sweep = () => removeOld(folder.drafts, now() - draftMs);
  const sweepOrSay = () => {
    sweep().catch((error: unknown) => {
      log.warn({ err: error }, 'old drafts of files could not be deleted');
    });
  };
  const timer = setInterval(sweepOrSay, sweepEveryMs).unref();
  sweepOrSay();
  return {
    take: (source, name) => take(folder, source, name),
    hasDraft: (id) => exists(folder.draftOf(id)),
    keep: (keepings) => keep(folder, keepings),
    drop: (drafts) => removeAll(drafts.map(folder.draftOf)),
    remove: (ids) => removeAll(ids.map(folder.fileOf)),
    open: async (id, key) => {
      const found = await statOf(folder.fileOf(id));
      if (!found) return null;
      const stream = Readable.from(plainBytes(folder.fileOf(id), key));
      return { bytes: plainBytesOf(found.size), stream };
    },
    sweep,
    close: () => {
      clearInterval(timer);
    },
  };
}

async function take(folder: Folder, source: Readable, name: string) {
  const { bavail, bsize } = await statfs(folder.drafts);
  if (bavail * bsize < leastFreeBytes) {
    source.resume();
    return 'full';
  }
  const id = newId();
  const written = await writeDraft(folder.draftOf(id), source);
  if (typeof written === 'string') return written;
  await sync(folder.drafts);
  return { id, name, ...written };
}

async function keep(folder: Folder, keepings: readonly Keeping[]): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const { draft, id } of keepings) {
    const isThere = (await exists(folder.fileOf(id))) || (await exists(folder.draftOf(draft)));
    if (!isThere) gone.push(draft);
  }
  if (gone.length > 0 || keepings.length === 0) return gone;
  for (const { draft, id } of keepings) {
    await mkdir(folder.shardOf(id), { recursive: true, mode: 0o700 });
    if (!(await exists(folder.fileOf(id))))
      await linkOrCopy(folder.draftOf(draft), folder.fileOf(id));
    await sync(folder.shardOf(id));
  }
  await sync(folder.files);
  return [];
}

/** Opened when it is read: a stream that never is would keep the file open. */
async function* plainBytes(path: string, key: string): AsyncGenerator<Buffer, void> {
  const handle = await open(path, 'r');
  try {
    yield* plainFrames(handle, Buffer.from(key, 'base64url'));
  } finally {
    await handle.close();
  }
}
