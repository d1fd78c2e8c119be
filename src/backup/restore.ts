import { lchown, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { Conflict, ConfigInvalid, Malformed } from '../errors.ts';
import { linkOrCopy, sync } from '../media/folder.ts';
import { readArchive } from './archive.ts';
import { filesBelow, makeFolder, orMissing } from './folders.ts';
import type { TarEntry } from './tar.ts';

/** What an archive says of itself, in its first entry. */
export const labelSchema = z.object({
  version: z.literal(1),
  madeAt: z.string(),
  database: z.boolean(),
  dataKey: z.boolean(),
});

export const labelName = 'backup.json';

/** Being unpacked: nobody minds it. */
const draftName = 'restore.draft';
/** Unpacked and checked, its parts on their way to their places. */
const unfinishedName = 'restore.unfinished';
const asideName = 'before-restore-';

/** Not data: they stay where they are. */
const staying = (name: string): boolean =>
  ['gateway.lock', 'gateway.lock-journal', 'backups', 'run', draftName].includes(name) ||
  /^(before-restore-|postgres-programs-|postgres\.log)/.test(name);

/** What an archive may hold; nothing of it can point out of the folder. */
const expected = /^(?:backup\.json|secrets\.json|(?:postgres|media|spool)(?:\/[\w.-]+)*)$/;

export type Restored = z.output<typeof labelSchema> & { readonly aside: string | null };

/**
 * Puts what an archive holds into DATA_DIR, whose lock the caller holds. All of it is unpacked and checked
 * first; then what is there goes aside, and is never deleted. Throws Conflict where something is there and
 * `overData` was not said, Malformed when the archive is no use: nothing has changed then.
 */
export async function restoreArchive(
  path: string,
  { dataDir, mediaDir, databaseUrl }: Pick<Config, 'dataDir' | 'mediaDir' | 'databaseUrl'>,
  { overData, now }: { readonly overData: boolean; readonly now: Date },
): Promise<Restored> {
  const there = (await readdir(dataDir)).filter((name) => !staying(name));
  if (there.length > 0 && !overData) {
    throw new Conflict(
      `DATA_DIR (${dataDir}) holds data already (${there.join(', ')}). With --yes it is put aside, in a folder of ${dataDir}; nothing is deleted`,
    );
  }
  const draft = join(dataDir, draftName);
  await rm(draft, { recursive: true, force: true });
  try {
    const label = await unpack(path, draft);
    if (label.database && databaseUrl !== null) {
      throw new ConfigInvalid([
        'DATABASE_URL is set, and this archive holds a database of its own; unset it first',
      ]);
    }
    await belongToOwner(dataDir, draft);
    await placeMedia(draft, resolve(dataDir), resolve(mediaDir));
    const aside = there.length > 0 ? join(dataDir, asideName + stampOf(now)) : null;
    await swap(dataDir, draft, { there, aside });
    return { ...label, aside };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** A time as it may stand in a file's name. */
export const stampOf = (at: Date): string =>
  at
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');

/** Throws ConfigInvalid where a restore was broken off half-way: a start would begin with nothing. */
export async function refuseHalfRestored(dataDir: string): Promise<void> {
  if ((await orMissing(stat(join(dataDir, unfinishedName)))) === null) return;
  throw new ConfigInvalid([
    `DATA_DIR (${dataDir}): a restore was broken off (${unfinishedName}); run it again: npm run restore -- <file> --yes`,
  ]);
}

async function unpack(path: string, draft: string) {
  await makeFolder(draft);
  const labels: z.output<typeof labelSchema>[] = [];
  await readArchive(path, async (entry) => {
    if (!expected.test(entry.name) || entry.name.split('/').includes('..')) {
      throw new Malformed(`the archive holds what is not ours: ${entry.name}`);
    }
    if (entry.name === labelName) labels.push(labelFrom(await textOf(entry)));
    else if (labels.length === 0) throw new Malformed('this is no archive of npm run backup');
    else await place(entry, join(draft, entry.name));
  });
  const [label] = labels;
  if (!label) throw new Malformed('this is no archive of npm run backup');
  return label;
}

function labelFrom(text: string): z.output<typeof labelSchema> {
  const label = labelSchema.safeParse(JSON.parse(text));
  if (label.success) return label.data;
  throw new Malformed('this archive was made by a version that this one does not know');
}

async function textOf({ bytes }: TarEntry): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function place({ kind, bytes }: TarEntry, path: string): Promise<void> {
  await makeFolder(kind === 'folder' ? path : dirname(path));
  if (kind === 'folder') return;
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** A restore by root must not lock the folder's owner out. PostgreSQL's part is handed over at its start. */
async function belongToOwner(dataDir: string, draft: string): Promise<void> {
  const { uid, gid } = await stat(dataDir);
  if (process.getuid?.() !== 0 || uid === 0) return;
  await lchown(draft, uid, gid);
  for (const name of await readdir(draft, { recursive: true })) {
    await lchown(join(draft, name), uid, gid);
  }
}

/** Where files are shared with others, they join what is there: each has a name of its own for ever. */
async function placeMedia(draft: string, dataDir: string, mediaDir: string): Promise<void> {
  const from = join(draft, 'media');
  if (mediaDir === join(dataDir, 'media')) return;
  for await (const path of filesBelow(from)) {
    await makeFolder(dirname(join(mediaDir, path)));
    // Whole under its name or not at all: one that is there is not written again.
    await linkOrCopy(join(from, path), join(mediaDir, path));
    await sync(dirname(join(mediaDir, path)));
  }
  await rm(from, { recursive: true, force: true });
}

type Moving = { readonly there: readonly string[]; readonly aside: string | null };

/** From the first rename to the last, a start refuses: half of one and half of the other is nobody's data. */
async function swap(dataDir: string, draft: string, { there, aside }: Moving): Promise<void> {
  const unfinished = join(dataDir, unfinishedName);
  if (aside !== null) {
    await makeFolder(aside);
    // What an earlier restore left half-way goes aside too.
    await orMissing(rename(unfinished, join(aside, unfinishedName)));
  }
  await rename(draft, unfinished);
  await sync(dataDir);
  if (aside !== null) {
    for (const name of there) {
      if (name !== unfinishedName) await rename(join(dataDir, name), join(aside, name));
    }
  }
  for (const name of await readdir(unfinished)) {
    await rename(join(unfinished, name), join(dataDir, name));
  }
  await sync(dataDir);
  await rmdir(unfinished);
  await sync(dataDir);
}
