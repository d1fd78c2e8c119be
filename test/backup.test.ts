import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArchiveWriter, openNew } from '../src/backup/archive.ts';
import { headerOf } from '../src/backup/tar.ts';
import { backup, restore } from '../src/backup.ts';
import { readConfig } from '../src/config.ts';
import { AppError, Conflict, ConfigInvalid, Malformed, NotFound } from '../src/errors.ts';
import { lockDataDir } from '../src/embedded/data-dir-lock.ts';
import { refuseHalfRestored } from '../src/backup/restore.ts';
import { openSecrets } from '../src/embedded/secrets.ts';

/** With DATABASE_URL the database is not our business, so that nothing has to be started. */
const databaseUrl = 'postgres://somewhere/else';
const fileName = '0199a0b0-0000-7000-8000-0000000000ab';

describe('the archive of npm run backup', () => {
  let folder: string;
  let data: string;
  let archive: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'satu-pintu-backup-'));
    data = join(folder, 'data');
    archive = join(folder, 'archive.tar');
    openSecrets(data);
    await mkdir(join(data, 'spool'));
    await mkdir(join(data, 'media/files/ab'), { recursive: true });
    await writeFile(join(data, 'spool/00000001.log'), 'waiting');
    await writeFile(join(data, 'spool/numbers.json'), '["9000000000"]');
    await writeFile(join(data, `media/files/ab/${fileName}`), Buffer.alloc(100_000, 7));
    await writeFile(join(data, 'media/files/ab/empty'), '');
    await writeFile(join(data, 'postgres.log'), 'not data');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const worldOf = (dataDir: string, others: Readonly<Record<string, string>> = {}) => {
    let said = '';
    const given = { DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...others };
    return {
      config: readConfig(given, []),
      out: { write: (text: string) => (said += text) },
      stop: new AbortController().signal,
      said: () => said,
    };
  };
  const save = () => backup([archive], worldOf(data));
  const failure = async (attempt: Promise<unknown>): Promise<AppError> => {
    const error: unknown = await attempt.catch((thrown: unknown) => thrown);
    if (error instanceof AppError) return error;
    throw new Error(`no AppError but ${String(error)}`);
  };
  const bytesOf = (path: string) => readFile(path);

  it('holds secrets, files and spool, and says aloud what it does not hold', async () => {
    const world = worldOf(data, { DATA_KEY: Buffer.alloc(32, 1).toString('base64') });

    expect(await backup([archive], world)).to.equal(0);

    expect(world.said()).to.match(/NOT in it: the database.*pg_dump/);
    expect(world.said()).to.match(/NOT in it: DATA_KEY.*Without that key nothing/);
    const other = join(folder, 'other');
    await restore([archive, '--foreign'], worldOf(other));
    expect(await readdir(other)).to.have.members(
      ['secrets.json', 'backup.json', 'media', 'spool', 'gateway.lock'].filter(
        (name) => name !== 'backup.json',
      ),
    );
    for (const name of ['secrets.json', 'spool/00000001.log', `media/files/ab/${fileName}`]) {
      expect(await bytesOf(join(other, name)), name).to.deep.equal(await bytesOf(join(data, name)));
    }
    expect(await bytesOf(join(other, 'media/files/ab/empty'))).to.have.length(0);
    expect(await readdir(join(other, 'spool')), 'numbers are told once').to.deep.equal([
      '00000001.log',
    ]);
  });

  it('can be unpacked and checked by hand', async () => {
    await save();
    const by = join(folder, 'by-hand');
    await mkdir(by);

    execFileSync('tar', ['xf', archive, '-C', by]);

    const checked = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: by, encoding: 'utf8' });
    expect(checked).to.contain(`media/files/ab/${fileName}: OK`);
  });

  it('goes to a folder of DATA_DIR unless a file is named', async () => {
    await backup([], worldOf(data));

    const [name = ''] = await readdir(join(data, 'backups'));
    expect(name).to.match(/^satu-pintu-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.tar$/);
  });

  it('never takes the place of a file that is there', async () => {
    await writeFile(archive, 'yesterday');

    expect(await failure(save())).to.be.instanceOf(Conflict);

    expect(String(await bytesOf(archive))).to.equal('yesterday');
    expect((await readdir(folder)).filter((name) => name.includes('part'))).to.deep.equal([]);
  });

  it('is not made where nothing was ever started', async () => {
    const nothing = backup([archive], worldOf(join(folder, 'nowhere')));

    expect(await failure(nothing)).to.be.instanceOf(NotFound);
  });

  const damages: readonly (readonly [string, () => Promise<void>])[] = [
    ['cut off', () => truncate(archive, 90_000)],
    ['cut off between two files', () => truncate(archive, 1024)],
    ['changed in a file', () => change(60_000)],
    ['changed in a name', () => change(512 + 512 + 3)],
    ['no archive', () => writeFile(archive, 'a text, and no archive at all')],
    ['an archive of somebody else', () => writeFile(archive, Buffer.alloc(10_240))],
  ];

  const change = async (at: number) => {
    const bytes = await bytesOf(archive);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(archive, bytes);
  };

  for (const [what, damage] of damages) {
    it(`is refused when it is ${what}, and nothing has changed`, async () => {
      await save();
      await damage();
      const before = await readdir(data);

      const error = await failure(restore([archive, '--yes'], worldOf(data)));

      expect(error).to.be.instanceOf(Malformed);
      expect((await readdir(data)).filter((name) => name !== 'gateway.lock')).to.deep.equal(before);
    });
  }

  /** An archive with these files, under any key; by default one that nobody else has. */
  const made = async (
    files: Readonly<Record<string, string>>,
    { key = randomBytes(32).toString('base64'), database = false } = {},
  ) => {
    const handle = await openNew(archive);
    const writer = createArchiveWriter(handle, new Date(), key);
    const label = JSON.stringify({ version: 1, madeAt: 'then', database, dataKey: true });
    for (const [name, text] of Object.entries({ 'backup.json': label, ...files })) {
      await writer.file(name, Buffer.byteLength(text), [Buffer.from(text)]);
    }
    await writer.end();
    await handle.close();
  };

  for (const name of [
    ...['../outside', 'media/../../outside', '/outside', 'postgres/../x', 'media/../secrets.json'],
    ...['gateway.lock', 'backups/x.tar', '.env', 'spool/a b', 'media', 'postgres'],
  ]) {
    it(`is refused when it would write to ${name}`, async () => {
      await made({ [name]: 'x' });

      const error = await failure(restore([archive, '--yes'], worldOf(data)));

      expect(error.message).to.contain('not ours');
      expect(await readdir(folder)).not.to.include('outside');
    });
  }

  it('is not restored over data unless that is said, and then keeps it aside', async () => {
    await save();
    await writeFile(join(data, 'spool/00000001.log'), 'newer');

    expect(await failure(restore([archive], worldOf(data)))).to.be.instanceOf(Conflict);
    expect(String(await bytesOf(join(data, 'spool/00000001.log')))).to.equal('newer');

    const world = worldOf(data);
    await restore([archive, '--yes'], world);
    expect(String(await bytesOf(join(data, 'spool/00000001.log')))).to.equal('waiting');
    const [, aside = ''] = /before is in (\S+);/.exec(world.said()) ?? [];
    expect(String(await bytesOf(join(aside, 'spool/00000001.log')))).to.equal('newer');
  });

  it('is not restored beside a running gateway', async () => {
    await save();
    const lock = await lockDataDir(data);

    const error = await failure(restore([archive, '--yes'], worldOf(data)));

    expect(error.message).to.contain('already runs');
    await lock.release();
  });

  it('adds to a MEDIA_DIR elsewhere and takes nothing from it', async () => {
    await save();
    const shared = join(folder, 'shared');
    await mkdir(join(shared, 'files/ab'), { recursive: true });
    await writeFile(join(shared, 'files/ab/newer'), 'kept');

    await restore([archive, '--yes'], worldOf(data, { MEDIA_DIR: shared }));

    expect(await readdir(join(shared, 'files/ab'))).to.have.members([fileName, 'empty', 'newer']);
  });

  it('of which only a part has come to its place lets no gateway start, but can be restored again', async () => {
    await save();
    await mkdir(join(data, 'restore.unfinished/postgres'), { recursive: true });

    expect(await failure(refuseHalfRestored(data))).to.be.instanceOf(ConfigInvalid);

    await restore([archive, '--yes'], worldOf(data));
    await refuseHalfRestored(data);
  });

  describe('that nothing proves to be of this installation', () => {
    const foreign: readonly (readonly [
      what: string,
      make: () => Promise<unknown>,
      says: RegExp,
    ])[] = [
      ['made under other secrets', () => made({}), /under other secrets than those of/],
      [
        'made before archives were sealed',
        () => save().then(unsealed),
        /made before archives were sealed/,
      ],
      [
        'changed by somebody who made its sums anew',
        () => save().then(resummed),
        /under other secrets/,
      ],
      [
        'that a new machine knows nothing of',
        () => save().then(() => rm(join(data, 'secrets.json'))),
        /has no secrets yet to prove it by \(a new machine\?\)/,
      ],
    ];
    for (const [what, make, says] of foreign) {
      it(`is refused when it is one ${what}, unless --foreign is said`, async () => {
        await make();
        const before = await readdir(data);

        const error = await failure(restore([archive, '--yes'], worldOf(data)));

        expect(error).to.be.instanceOf(Conflict);
        expect(error.message).to.match(says).and.to.contain('add --foreign');
        expect(error.message).to.contain('can run programs as this user');
        expect(await readdir(data)).to.have.members([...new Set([...before, 'gateway.lock'])]);
        expect(await restore([archive, '--yes', '--foreign'], worldOf(data))).to.equal(0);
      });
    }

    it('is proved on a new machine by the secrets that were kept apart', async () => {
      await save();
      const other = join(folder, 'other');
      await mkdir(other);
      await copyFile(join(data, 'secrets.json'), join(other, 'secrets.json'));

      expect(await restore([archive], worldOf(other))).to.equal(0);

      expect(String(await bytesOf(join(other, 'spool/00000001.log')))).to.equal('waiting');
    });

    it('is not proved by secrets that are damaged, and does not fail for them', async () => {
      await save();
      await writeFile(join(data, 'secrets.json'), '{"seed"');

      const error = await failure(restore([archive, '--yes'], worldOf(data)));

      expect(error.message).to.contain('add --foreign');
    });

    const unsealed = async () => {
      const bytes = await bytesOf(archive);
      const at = bytes.lastIndexOf('SHA256SUMS.hmac');
      await writeFile(archive, Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1024)]));
    };
    /** As somebody would who changed a file and wrote the sums anew, but has no key. */
    const resummed = async () => {
      const bytes = await bytesOf(archive);
      const at = bytes.indexOf('waiting');
      bytes.write('altered', at);
      const [old, sum] = ['waiting', 'altered'].map((text) =>
        createHash('sha256').update(text).digest('hex'),
      );
      bytes.write(sum ?? '', bytes.indexOf(old ?? ''));
      await writeFile(archive, bytes);
    };
  });

  it("brings PostgreSQL's data back, and no configuration, signal or link with it", async () => {
    const evil = "archive_command = 'touch /tmp/owned'\ninclude_dir = '/tmp'\n";
    await made(
      {
        'postgres/PG_VERSION': '18\n',
        'postgres/base/1/1259': 'rows',
        'postgres/./pg_wal/summary': 'as PostgreSQL writes it',
        'postgres/./postgresql.conf': evil,
        'postgres/backup_label': 'START WAL LOCATION',
        'postgres/postgresql.auto.conf': evil,
        'postgres/postgresql.conf': evil,
        'postgres/pg_hba.conf': 'local all all trust\n',
        'postgres/pg_ident.conf': 'map all all\n',
        'postgres/recovery.signal': '',
        'postgres/standby.signal': '',
        'postgres/tablespace_map': '16384 /etc\n',
        'postgres/postmaster.opts': '/bin/sh',
        'postgres/conf.d/evil.conf': evil,
      },
      { database: true },
    );

    await restore([archive, '--yes', '--foreign'], worldOf(data, { DATABASE_URL: '' }));

    const cluster = join(data, 'postgres');
    expect(await readdir(cluster)).to.have.members([
      ...['PG_VERSION', 'base', 'backup_label', 'postgresql.auto.conf', 'postgresql.conf'],
      ...['pg_hba.conf', 'pg_ident.conf', 'pg_wal'],
    ]);
    for (const name of [
      'postgresql.auto.conf',
      'postgresql.conf',
      'pg_hba.conf',
      'pg_ident.conf',
    ]) {
      expect(String(await bytesOf(join(cluster, name)))).not.to.match(/owned|include|trust|map/);
    }
    expect(String(await bytesOf(join(cluster, 'base/1/1259')))).to.equal('rows');
  });

  const kinds = { 'a hard link': '1', 'a link': '2', 'a device': '3', 'a pipe': '6', sparse: 'S' };
  for (const [what, type] of Object.entries(kinds)) {
    it(`is refused when an entry of it is ${what}`, async () => {
      await made({ 'media/files/ab/x': 'x' });
      const bytes = await bytesOf(archive);
      const at = bytes.indexOf('media/files/ab/x');
      bytes.write(type, at + 156);
      resum(bytes.subarray(at, at + 512));
      await writeFile(archive, bytes);

      const error = await failure(restore([archive, '--yes', '--foreign'], worldOf(data)));

      expect(error.message).to.contain('a kind we do not know');
    });
  }

  for (const size of ['-0000000001\0', '9\0', '\u0080\0\0\0\0\0\0\0\0\0\0\u0001', '']) {
    it(`is refused when an entry of it says that it has ${JSON.stringify(size)} bytes`, async () => {
      await made({ 'media/files/ab/x': 'x' });
      const bytes = await bytesOf(archive);
      const at = bytes.indexOf('media/files/ab/x');
      bytes.fill(0, at + 124, at + 136).write(size, at + 124, 'latin1');
      resum(bytes.subarray(at, at + 512));
      await writeFile(archive, bytes);

      const error = await failure(restore([archive, '--yes', '--foreign'], worldOf(data)));

      expect(error.message).to.contain('an entry of no size');
    });
  }

  it('gives no file more rights than its owner has, whatever an entry asks for', async () => {
    await made({ 'media/files/ab/x': 'x' });
    const bytes = await bytesOf(archive);
    const at = bytes.indexOf('media/files/ab/x');
    bytes.write('0006777\0', at + 100);
    resum(bytes.subarray(at, at + 512));
    await writeFile(archive, bytes);

    await restore([archive, '--yes', '--foreign'], worldOf(data));

    expect((await stat(join(data, 'media/files/ab/x'))).mode & 0o7777).to.equal(0o600);
  });

  it('is refused when it holds a name twice', async () => {
    await made({ 'media/files/ab/x': 'x', 'media/files/ab/y': 'y' });
    const bytes = await bytesOf(archive);
    const at = bytes.indexOf('media/files/ab/y');
    bytes.write('x', at + 15);
    resum(bytes.subarray(at, at + 512));
    await writeFile(archive, bytes);

    const error = await failure(restore([archive, '--yes', '--foreign'], worldOf(data)));

    expect(error.message).to.contain('media/files/ab/x twice');
  });

  /** Makes the sum of a header anew. */
  const resum = (header: Buffer): void => {
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  };

  it('takes no name and no size that a tar cannot hold', () => {
    const header = (name: string, size: number) => () =>
      headerOf({ name, kind: 'file', size }, new Date());
    expect(header('x'.repeat(101), 1)).to.throw(Malformed);
    expect(header('x', 8 ** 11)).to.throw(Malformed);
  });
});
