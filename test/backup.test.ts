import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
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
    await restore([archive], worldOf(other));
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

  for (const name of ['../outside', 'media/../../outside', '/outside', 'postgres/../x']) {
    it(`is refused when it would write to ${name}`, async () => {
      const handle = await openNew(archive);
      const writer = createArchiveWriter(handle, new Date());
      const label = { version: 1, madeAt: 'now', database: false, dataKey: true };
      const text = Buffer.from(JSON.stringify(label));
      await writer.file('backup.json', text.length, [text]);
      await writer.file(name, 1, [Buffer.from('x')]);
      await writer.end();
      await handle.close();

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

  it('takes no name and no size that a tar cannot hold', () => {
    const header = (name: string, size: number) => () =>
      headerOf({ name, kind: 'file', size }, new Date());
    expect(header('x'.repeat(101), 1)).to.throw(Malformed);
    expect(header('x', 8 ** 11)).to.throw(Malformed);
  });
});
