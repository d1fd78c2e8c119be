import { lchown, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, normalize, resolve } from 'node:path';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { Conflict, ConfigInvalid, Malformed } from '../errors.ts';
import { findSecrets } from '../embedded/secrets.ts';
import { linkOrCopy, sync } from '../media/folder.ts';
import { labelOf, type Origin, readArchive } from './archive.ts';
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
const secretsName = 'secrets.json';

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
const expected = {
  file: /^(?:backup\.json|secrets\.json|(?:postgres|media|spool)(?:\/[\w.-]+)+)$/,
  folder: /^postgres(?:\/[\w.-]+)*$/,
};

/**
 * What of PostgreSQL's folder comes back: data. Configuration, signal files and maps of tablespaces can name
 * programs to run and places elsewhere; they are written anew, or not at all.
 */
const isData = (name: string): boolean =>
  /^postgres(?:$|\/(?:base|global|pg_(?!hba|ident)\w+|PG_VERSION|backup_label)(?:$|\/))/.test(name);

/** As initdb makes it for us; what else we want is said when the server starts. */
const configuration: Readonly<Record<string, string>> = {
  'postgresql.conf': "default_text_search_config = 'pg_catalog.english'\n",
  'postgresql.auto.conf': '',
  'pg_hba.conf': 'local all all scram-sha-256\nlocal replication all scram-sha-256\n',
  'pg_ident.conf': '',
};

/** The name of the secret that archives are sealed with. */
export const sealSecret = 'backups';

export type Restored = z.output<typeof labelSchema> & { readonly aside: string | null };

type Wishes = {
  /** What is there may go aside. */
  readonly overData: boolean;
  /** The archive may be made under other secrets than those of this DATA_DIR. */
  readonly foreign: boolean;
  readonly now: Date;
};

/**
 * Puts what an archive holds into DATA_DIR, whose lock the caller holds. All of it is unpacked and checked
 * first; then what is there goes aside, and is never deleted. Throws Conflict where something is there and
 * `overData` was not said, or the archive may be somebody else's and `foreign` was not; Malformed when the
 * archive is no use: nothing has changed then.
 */
export async function restoreArchive(
  path: string,
  { dataDir, mediaDir, databaseUrl }: Pick<Config, 'dataDir' | 'mediaDir' | 'databaseUrl'>,
  { overData, foreign, now }: Wishes,
): Promise<Restored> {
  const there = (await readdir(dataDir)).filter((name) => !staying(name));
  if (there.some((name) => name !== secretsName) && !overData) {
    throw new Conflict(
      `DATA_DIR (${dataDir}) holds data already (${there.join(', ')}). With --yes it is put aside, in a folder of ${dataDir}; nothing is deleted`,
    );
  }
  const draft = join(dataDir, draftName);
  await rm(draft, { recursive: true, force: true });
  try {
    const keys = keysIn(dataDir);
    const { label, origin } = await unpack(path, draft, keys);
    if (origin !== 'own' && !foreign) throw new Conflict(foreignSays(origin, dataDir, keys));
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

/** Of DATA_DIR, or of what was on its way there: that was proved, or somebody answered for it. */
const keysIn = (dataDir: string): readonly string[] =>
  [dataDir, join(dataDir, unfinishedName)].flatMap((folder) => {
    const secrets = findSecrets(folder);
    return secrets ? [secrets.base64(sealSecret)] : [];
  });

function foreignSays(origin: Origin, dataDir: string, keys: readonly string[]): string {
  const why =
    origin === 'unsealed'
      ? 'it was made before archives were sealed, or its seal was taken off'
      : keys.length === 0
        ? `${dataDir} has no secrets yet to prove it by (a new machine?)`
        : `it was made under other secrets than those of ${dataDir}`;
  return [
    `Nothing proves that this archive is of this installation: ${why}.`,
    'A database that somebody else has made can run programs as this user, and its keys are known to them.',
    'If you know where it comes from, add --foreign. Better: put the secrets.json that you kept apart into',
    `${dataDir} first; it proves an archive of the same installation.`,
  ].join('\n');
}

async function unpack(path: string, draft: string, keys: readonly string[]) {
  await makeFolder(draft);
  const labels: z.output<typeof labelSchema>[] = [];
  const origin = await readArchive(path, keys, async (entry) => {
    const name = normalize(entry.name); // PostgreSQL writes "./pg_wal"
    if (!expected[entry.kind].test(name) || entry.name.split('/').includes('..')) {
      throw new Malformed(`the archive holds what is not ours: ${entry.name}`);
    }
    if (name === labelName) labels.push(labelFrom(await labelOf(entry)));
    else if (labels.length === 0) throw new Malformed('this is no archive of npm run backup');
    else if (!name.startsWith('postgres') || isData(name)) await place(entry, join(draft, name));
  });
  const [label] = labels;
  if (!label) throw new Malformed('this is no archive of npm run backup');
  if (label.database) await configure(join(draft, 'postgres'));
  return { label, origin };
}

async function configure(folder: string): Promise<void> {
  if (!(await orMissing(stat(folder)))) throw new Malformed('the archive lacks its database');
  for (const [name, text] of Object.entries(configuration)) {
    await placeBytes(join(folder, name), [Buffer.from(text)]);
  }
}

function labelFrom(text: string): z.output<typeof labelSchema> {
  const label = labelSchema.safeParse(JSON.parse(text));
  if (label.success) return label.data;
  throw new Malformed('this archive was made by a version that this one does not know');
}

async function place({ kind, bytes }: TarEntry, path: string): Promise<void> {
  await makeFolder(kind === 'folder' ? path : dirname(path));
  if (kind === 'file') await placeBytes(path, bytes);
}

async function placeBytes(path: string, bytes: AsyncIterable<Buffer> | Buffer[]): Promise<void> {
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
