import { type FileHandle, link, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type ArchiveWriter, createArchiveWriter, openNew, readArchive } from './backup/archive.ts';
import { sync } from './media/folder.ts';
import { bytesBelow, filesBelow, makeFolder, orMissing } from './backup/folders.ts';
import {
  labelName,
  type labelSchema,
  restoreArchive,
  sealSecret,
  stampOf,
} from './backup/restore.ts';
import { readTar } from './backup/tar.ts';
import type { Config } from './config.ts';
import { lockDataDir } from './embedded/data-dir-lock.ts';
import { startPostgres } from './embedded/postgres.ts';
import { baseBackup } from './embedded/postgres/base-backup.ts';
import { endLeftovers } from './embedded/postgres/leftovers.ts';
import { findRunning } from './embedded/postgres/running.ts';
import { openSecrets } from './embedded/secrets.ts';
import { ConfigInvalid, Conflict, Invalid, NotFound, Unavailable } from './errors.ts';
import { keysOf } from './foundation.ts';
import type { z } from 'zod';

type World = {
  readonly config: Config;
  readonly out: { write(text: string): void };
  readonly stop: AbortSignal;
};

/** So much stays free on the disk the archive is written to: the database may live on it. */
const spareBytes = 512 * 1024 * 1024;

const quiet = { info: () => undefined, warn: () => undefined };

/** `npm run backup [-- <file>]`. Out: the exit code. */
export async function backup(args: readonly string[], world: World): Promise<number> {
  const { config, out, stop } = world;
  const at = new Date();
  const [given, ...more] = args;
  if (more.length > 0 || given?.startsWith('-')) throw new Invalid('npm run backup [-- <file>]');
  const secrets = join(config.dataDir, 'secrets.json');
  if ((await orMissing(stat(secrets))) === null) {
    throw new NotFound(`nothing to back up: no gateway was ever started on ${config.dataDir}`);
  }
  const path = resolve(given ?? join(config.dataDir, 'backups', `satu-pintu-${stampOf(at)}.tar`));
  if (given === undefined) await makeFolder(dirname(path));
  if (await orMissing(stat(path))) throw new Conflict(`${path} is there already`);
  const source = config.databaseUrl === null ? await openSource(config) : null;
  try {
    await refuseWithoutRoom(config, path);
    const key = openSecrets(config.dataDir).base64(sealSecret);
    const bytes = await writeWhole(path, key, async (archive) => {
      await fill(archive, config, source && baseBackup(source.connection, stop), at);
      stop.throwIfAborted();
    });
    out.write(told(path, bytes, config));
    return 0;
  } finally {
    await source?.close();
  }
}

/** The embedded database: that of the gateway that runs, or started for us alone. */
async function openSource(config: Config) {
  const password = keysOf(config, openSecrets(config.dataDir)).postgresPassword;
  const lock = await lockDataDir(config.dataDir).catch((error: unknown) => {
    if (error instanceof ConfigInvalid) return null;
    throw error;
  });
  if (lock === null) {
    const connection = await findRunning(config.dataDir, password);
    if (connection === null) {
      throw new Unavailable(
        'the gateway that runs on DATA_DIR has no database just now; try again',
      );
    }
    return { connection, close: () => Promise.resolve() };
  }
  try {
    const server = await startPostgres({ dataDir: config.dataDir, password, log: quiet });
    const close = async () => {
      await server.stop();
      await lock.release();
    };
    return { connection: server.connection, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function refuseWithoutRoom(config: Config, path: string): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  const needed =
    (await bytesBelow(config.mediaDir)) +
    (config.databaseUrl === null ? await bytesBelow(join(config.dataDir, 'postgres')) : 0);
  const missing = needed + spareBytes - bavail * bsize;
  if (missing <= 0) return;
  throw new Unavailable(
    `too little room in ${dirname(path)}: ${sized(missing)} more are needed; name a file on another disk`,
  );
}

/** An archive appears whole, checked and on disk, or not at all, and never in the place of another. */
async function writeWhole(
  path: string,
  key: string,
  write: (archive: ArchiveWriter) => Promise<void>,
): Promise<number> {
  const part = `${path}.${process.pid}.part`;
  const handle = await openNew(part);
  try {
    await closing(handle, async () => {
      const archive = createArchiveWriter(handle, new Date(), key);
      await write(archive);
      await archive.end();
    });
    await readArchive(part, [key], () => Promise.resolve());
    const { size } = await stat(part);
    await link(part, path);
    return size;
  } finally {
    await rm(part, { force: true });
    await sync(dirname(path));
  }
}

async function closing(handle: FileHandle, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } finally {
    await handle.close();
  }
}

/**
 * In this order: what moves from the spool into the database meanwhile is then in both, which does no harm;
 * and every file that the database knows of is there when files are copied.
 */
async function fill(
  archive: ArchiveWriter,
  config: Config,
  database: AsyncIterable<Buffer> | null,
  at: Date,
): Promise<void> {
  const label: z.input<typeof labelSchema> = {
    ...{ version: 1, madeAt: at.toISOString() },
    ...{ database: database !== null, dataKey: config.dataKeys === null },
  };
  const text = Buffer.from(`${JSON.stringify(label, null, 2)}\n`);
  await archive.file(labelName, text.length, [text]);
  await copyFile(archive, 'secrets.json', join(config.dataDir, 'secrets.json'));
  await copyFolder(archive, 'spool', join(config.dataDir, 'spool'));
  if (database !== null) {
    for await (const { kind, name, size, bytes } of readTar(database)) {
      if (kind === 'folder') await archive.folder(`postgres/${name}`);
      else await archive.file(`postgres/${name}`, size, bytes);
    }
  }
  await copyFolder(archive, 'media', config.mediaDir);
}

/** Numbers leased to a gateway are not told twice: a restored one leases new ones. */
const left = new Set(['numbers.json', 'probe']);

async function copyFolder(archive: ArchiveWriter, name: string, folder: string): Promise<void> {
  for await (const path of filesBelow(folder)) {
    if (!left.has(path) && !path.endsWith('.part')) {
      await copyFile(archive, `${name}/${path}`, join(folder, path));
    }
  }
}

async function copyFile(archive: ArchiveWriter, name: string, path: string): Promise<void> {
  const handle = await orMissing(open(path, 'r'));
  if (handle === null) return; // moved into the database, or deleted, since it was listed
  await closing(handle, async () => {
    // Of a file that is being written to: so much as it had when we came.
    const { size } = await handle.stat();
    const none: Buffer[] = [];
    const bytes =
      size === 0 ? none : handle.createReadStream({ start: 0, end: size - 1, autoClose: false });
    await archive.file(name, size, bytes);
  });
}

const sized = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MB`;

function told(path: string, bytes: number, { dataDir, databaseUrl, dataKeys }: Config): string {
  return [
    `Written and checked: ${path} (${sized(bytes)})`,
    databaseUrl === null
      ? 'In it: the database, the files of citizens, the spool, and the secrets of DATA_DIR.'
      : 'In it: the files of citizens, the spool, and the secrets of DATA_DIR.',
    ...(databaseUrl === null
      ? []
      : [
          'NOT in it: the database. PostgreSQL at DATABASE_URL is backed up with its own tools (pg_dump, pgBackRest).',
        ]),
    dataKeys === null
      ? 'It holds the key that opens what citizens wrote: keep it as you keep a key, and not only on this machine.'
      : 'NOT in it: DATA_KEY, which stands in your configuration. Without that key nothing in it can be read: keep both, apart.',
    'NOT in it: .env and what else configures the gateway.',
    `Keep a copy of ${join(dataDir, 'secrets.json')} apart from it: on a new machine it proves that the archive is yours.`,
    '',
  ].join('\n');
}

const usage = 'npm run restore -- <file> [--yes] [--foreign]';

/** `npm run restore -- <file> [--yes] [--foreign]`. Out: the exit code. */
export async function restore(args: readonly string[], { config, out }: World): Promise<number> {
  const { path, yes, foreign } = parse(args);
  if ((await orMissing(stat(path))) === null) throw new NotFound(`${path} is not there`);
  const lock = await lockDataDir(config.dataDir);
  try {
    await endLeftovers(join(config.dataDir, 'postgres'), quiet);
    const done = await restoreArchive(path, config, { overData: yes, foreign, now: new Date() });
    const { madeAt, aside, database, dataKey } = done;
    out.write(
      [
        `Restored into ${config.dataDir}: what was there at ${madeAt}.`,
        ...(aside === null
          ? []
          : [`What was there before is in ${aside}; delete it when all is well.`]),
        ...(database
          ? [
              "PostgreSQL's own configuration was written anew; what you had changed there, change again.",
            ]
          : ['The archive held no database: restore that with the tools of PostgreSQL.']),
        ...(dataKey ? [] : ['DATA_KEY must be the one of that time.']),
        'Start the gateway: it goes on from there, and sends what was still waiting.',
        '',
      ].join('\n'),
    );
    return 0;
  } finally {
    await lock.release();
  }
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = { yes: flag, foreign: flag };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new Invalid(usage);
    return { path: resolve(path), ...values };
  } catch (cause) {
    throw new Invalid(usage, { cause });
  }
}
