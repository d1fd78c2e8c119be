import { expect } from 'chai';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { appendFile, chmod, chown, cp, lstat, mkdir, mkdtemp } from 'node:fs/promises';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { lockDataDir } from '../../src/embedded/data-dir-lock.ts';
import { startPostgres, type EmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { locatePrograms } from '../../src/embedded/postgres/programs.ts';
import { ConfigInvalid } from '../../src/errors.ts';

const root = process.getuid?.() === 0;
const NOBODY = 65_534;
const READ_SEARCH = 0x4n;
const password = 'rahasia-uji';
const settings = { fsync: 'off', shared_buffers: '16MB' };

describe('the built-in postgresql', function () {
  this.timeout(60_000);

  let base = '';
  let template = '';
  let programs = '';
  let count = 0;
  let said: string[] = [];
  const servers: EmbeddedPostgres[] = [];
  const children: ChildProcess[] = [];
  const dirs: string[] = [];
  const log = {
    info: (_: object, message: string) => said.push(message),
    warn: (_: object, message: string) => said.push(message),
  };

  const start = async (dataDir: string, more: object = {}): Promise<EmbeddedPostgres> => {
    const server = await startPostgres({ dataDir, password, settings, log, ...more });
    servers.push(server);
    return server;
  };
  const emptyDir = (name = 'data'): string => {
    const dir = join(base, `${(count += 1)}`, name);
    dirs.push(dir);
    return dir;
  };
  const madeDir = (): string => {
    const dir = emptyDir();
    execFileSync('mkdir', ['-p', '-m', '711', dirname(dir)]);
    execFileSync('cp', ['-a', template, dir]);
    return dir;
  };
  /** Another node process that imports our sources, runs `body` and then stays. */
  const child = async (
    body: string,
    inputs: object = {},
    prefix: readonly string[] = [],
  ): Promise<{ pid: number; line: string }> => {
    const source = (name: string): string =>
      JSON.stringify(new URL(`../../src/embedded/${name}`, import.meta.url).href);
    const code = `
      import { startPostgres } from ${source('postgres.ts')};
      import { lockDataDir } from ${source('data-dir-lock.ts')};
      const input = ${JSON.stringify({ password, settings, ...inputs })};
      const log = { info() {}, warn() {} };
      setInterval(() => {}, 1000);
      try { ${body} } catch (error) { console.log(error.name + ': ' + error.message); }`;
    const [command, ...args] = [...prefix, process.execPath, '--input-type=module', '-e', code];
    const made = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(made);
    const line = await new Promise<string>((done) => {
      made.stdout.once('data', (chunk: Buffer) => {
        done(chunk.toString().trim());
      });
      made.once('exit', () => {
        done('(exited)');
      });
    });
    return { pid: made.pid ?? 0, line };
  };
  const startInChild = 'console.log((await startPostgres({ ...input, log })).pid);';

  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'satu-pintu-test-'));
    if (root) await chmod(base, 0o711);
    template = join(base, 'template');
    programs = join(base, 'programs', 'native');
    await cp(locatePrograms(), programs, { recursive: true, verbatimSymlinks: true });
    const server = await startPostgres({ dataDir: template, password, settings, log });
    await query(server, 'create table notes (body text)', "insert into notes values ('kept')");
    await server.stop();
  });

  beforeEach(() => {
    said = [];
  });

  afterEach(async () => {
    for (const made of children.splice(0)) made.kill('SIGKILL');
    for (const server of servers.splice(0)) await server.stop();
    for (const dir of dirs.splice(0)) workingBelow(dir).forEach(kill);
  });

  after(async () => {
    await rm(base, { recursive: true, force: true });
  });

  it('makes a database at the first start and answers', async () => {
    const dir = emptyDir();
    const server = await start(dir);
    expect(await query(server, 'select current_database() as body')).to.deep.equal(['satu_pintu']);
    expect(
      await query(server, "select setting as body from pg_settings where name = 'fsync'"),
    ).to.deep.equal(['off']);
    expect(existsSync(join(dir, 'postgres.new')), 'initdb folder').to.equal(false);
  });

  it('keeps PostgreSQL’s own durability settings when the caller names none', async () => {
    const server = await start(madeDir(), { settings: {} });
    const rows = await query(
      server,
      "select name || '=' || setting as body from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses') order by name",
    );
    expect(rows).to.deep.equal([
      'fsync=on',
      'full_page_writes=on',
      'listen_addresses=',
      'synchronous_commit=on',
    ]);
  });

  it('stops without leaving a process or a socket, and stop may be called again', async () => {
    const dir = madeDir();
    const server = await start(dir);
    expect(workingBelow(dir)).to.include(server.pid);
    await Promise.all([server.stop(), server.stop()]);
    await server.exited;
    expect(workingBelow(dir)).to.deep.equal([]);
    expect(await readdir(join(dir, 'run'))).to.deep.equal([]);
    expect(existsSync(join(dir, 'postgres', 'postmaster.pid'))).to.equal(false);
  });

  it('is ended at once by its signal, while it starts and later, and leaves no process', async () => {
    for (const isReady of [false, true]) {
      const dir = madeDir();
      const ending = new AbortController();
      const starting = start(dir, { signal: ending.signal }).then(
        () => 'ready',
        () => 'ended',
      );
      if (isReady) await starting;
      else while (workingBelow(dir).length === 0) await sleep(1);
      ending.abort();

      expect(await starting).to.equal(isReady ? 'ready' : 'ended');
      for (let tries = 0; tries < 100 && workingBelow(dir).length > 0; tries += 1) await sleep(50);
      expect(workingBelow(dir)).to.deep.equal([]);
    }
  });

  it('leaves no process when a gateway ends at once, or in order, while it starts the server again', async () => {
    const source = (name: string) => new URL(`../../src/${name}`, import.meta.url).href;
    const open = `
      const { openStorage } = await import(input.foundation);
      const { createReleaseList } = await import(input.release);
      const { readConfig } = await import(input.config);
      const release = createReleaseList();
      const silent = { ...log, error() {} };
      process.on('SIGINT', () => { release.abandon(); process.exit(); });
      process.on('SIGTERM', () => release.run(silent).then(() => process.exit()));
      const keys = { postgresPassword: input.password };
      await openStorage(readConfig({ DATA_DIR: input.dataDir }, []), keys, release, silent);
      console.log('open');`;
    const sources = {
      foundation: source('foundation.ts'),
      release: source('release.ts'),
      config: source('config.ts'),
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const dir = madeDir();
      const gateway = await child(open, { dataDir: dir, ...sources });
      expect(gateway.line).to.equal('open');
      const before = workingBelow(dir);
      before.forEach(kill);
      while (workingBelow(dir).every((pid) => before.includes(pid))) await sleep(1);

      process.kill(gateway.pid, signal);

      for (let tries = 0; tries < 100 && workingBelow(dir).length > 0; tries += 1) await sleep(50);
      expect(workingBelow(dir), signal).to.deep.equal([]);
    }
  });

  it('stops although a client holds a transaction open', async () => {
    const server = await start(madeDir());
    const client = new Client(server.connection);
    client.on('error', () => undefined);
    await client.connect();
    await client.query("begin; insert into notes values ('never committed')");
    const began = Date.now();
    await server.stop();
    expect(Date.now() - began).to.be.below(5_000);
  });

  it('keeps the data over a stop and a start', async () => {
    const dir = madeDir();
    await (await start(dir)).stop();
    expect(await notes(await start(dir))).to.deep.equal(['kept']);
  });

  it('starts again after every process was killed with -9, with what was committed', async () => {
    const dir = madeDir();
    const first = await start(dir, { settings: {} });
    await query(first, "insert into notes values ('just in time')");
    for (const pid of workingBelow(dir)) kill(pid);
    await first.exited;
    expect(await notes(await start(dir))).to.deep.equal(['kept', 'just in time']);
  });

  it('starts again after only the postmaster was killed with -9', async () => {
    const dir = madeDir();
    const first = await start(dir);
    const held = new Client(first.connection);
    held.on('error', () => undefined);
    await held.connect();
    kill(first.pid);
    await first.exited;
    expect(await notes(await start(dir))).to.deep.equal(['kept']);
  });

  it('takes over from a server whose gateway was killed with -9', async () => {
    const dir = madeDir();
    const gateway = await child(startInChild, { dataDir: dir });
    kill(gateway.pid);
    const orphan = Number(gateway.line);
    expect(workingBelow(dir)).to.include(orphan);
    const server = await start(dir);
    expect(server.pid).not.to.equal(orphan);
    expect(workingBelow(dir)).not.to.include(orphan);
    expect(said).to.include('stopping postgresql processes that were left behind');
    expect(await notes(server)).to.deep.equal(['kept']);
  });

  it('takes over from a stopped (SIGSTOP) backend of a dead postmaster', async () => {
    const dir = madeDir();
    const first = await start(dir);
    const [frozen] = workingBelow(dir).filter((pid) => pid !== first.pid);
    if (frozen === undefined) throw new Error('a postmaster has processes'); // 0 would be ourselves
    process.kill(frozen, 'SIGSTOP');
    kill(first.pid);
    await first.exited;
    expect(await notes(await start(dir))).to.deep.equal(['kept']);
    expect(workingBelow(dir)).not.to.include(frozen);
  });

  it('is not misled by stale files that name a living process of somebody else', async () => {
    const other = await start(madeDir());
    const dir = madeDir();
    const stale = `${other.pid}\n${join(dir, 'postgres')}\n1700000000\n5432\n${join(dir, 'run')}\n`;
    await writeFile(join(dir, 'postgres', 'postmaster.pid'), stale);
    await writeFile(join(dir, 'run', '.s.PGSQL.5432.lock'), stale);
    expect(await notes(await start(dir))).to.deep.equal(['kept']);
    expect(await notes(other), 'the other one still answers').to.deep.equal(['kept']);
  });

  it('leaves a person’s shell alone that stands in the data folder', async () => {
    const dir = madeDir();
    const person = spawn('sleep', ['60'], { cwd: join(dir, 'postgres'), stdio: 'ignore' });
    children.push(person);
    const server = await start(dir);
    await server.stop();
    expect(person.exitCode ?? person.signalCode).to.equal(null);
  });

  it('refuses while a server that it cannot see still answers on the socket', async () => {
    const other = await start(madeDir());
    const dir = madeDir();
    await rm(join(dir, 'run'), { recursive: true });
    await cp(other.connection.host, join(dir, 'run'), { recursive: true, filter: noSockets });
    execFileSync('ln', [join(other.connection.host, '.s.PGSQL.5432'), join(dir, 'run')]);
    expect((await failure(start(dir))).message).to.include('still answers at');
  });

  it('runs two data folders side by side', async () => {
    const [one, two] = await Promise.all([start(madeDir()), start(madeDir())]);
    await query(one, "insert into notes values ('only here')");
    expect(await notes(one)).to.deep.equal(['kept', 'only here']);
    expect(await notes(two)).to.deep.equal(['kept']);
  });

  it('runs below a very long path, commas, quotes and spaces included', async () => {
    const long = join(emptyDir('a, "b" \'c\' d'), 'x'.repeat(120), 'y'.repeat(120));
    const server = await start(long);
    expect(server.connection.host).to.match(/^\/.*satu-pintu-[0-9a-f]{24}$/);
    expect((await lstat(server.connection.host)).mode & 0o777).to.equal(0o700);
    expect(await query(server, 'select 1 as body')).to.deep.equal([1]);
    await server.stop();
    expect(existsSync(server.connection.host)).to.equal(false);
  });

  it('runs in a folder with commas, quotes and spaces in its name', async () => {
    const server = await start(emptyDir('a, "b" \'c\''));
    expect(server.connection.host).to.include('a, "b"');
    expect(await query(server, 'select 1 as body')).to.deep.equal([1]);
  });

  it('begins anew after a kill -9 in the middle of initdb', async () => {
    const dir = emptyDir();
    const starting = child(startInChild, { dataDir: dir });
    const begun = join(dir, 'postgres.new', 'data', 'global');
    for (let tries = 0; !existsSync(begun) && tries < 2_000; tries += 1) await sleep(5);
    children.at(-1)?.kill('SIGKILL');
    await starting;
    expect(existsSync(join(dir, 'postgres')), 'half a cluster').to.equal(false);
    expect(await query(await start(dir), 'select 1 as body')).to.deep.equal([1]);
    expect(existsSync(join(dir, 'postgres.new'))).to.equal(false);
  });

  it('restores symlinks and executable bits that the installation left out', async () => {
    const links = (await readdir(join(programs, 'lib'))).filter((name) =>
      /^lib(pq|icu\w+|ecpg\w*|pgtypes)\.so(\.\d+)?$/.test(name),
    );
    expect(links).to.have.lengthOf(14);
    for (const name of links) await rm(join(programs, 'lib', name));
    await chmod(join(programs, 'bin', 'initdb'), 0o644);
    const server = await start(emptyDir(), { nativeDir: programs });
    expect(await query(server, 'select 1 as body')).to.deep.equal([1]);
    expect(await readdir(join(programs, 'lib'))).to.include.members(links);
  });

  it('refuses a client with the wrong password', async () => {
    const { connection } = await start(madeDir());
    const client = new Client({ ...connection, password: 'salah' });
    const error = await failure(client.connect());
    expect(error).to.include({ code: '28P01' });
  });

  it('says so when the folder was made with another password', async () => {
    const dir = madeDir();
    const error = await failure(start(dir, { password: 'lain' }));
    expect(error).to.be.instanceOf(ConfigInvalid);
    expect(error.message).to.include('made with another password');
    expect(workingBelow(dir)).to.deep.equal([]);
  });

  it('runs in a session of its own, so that Ctrl-C reaches the gateway first', async () => {
    const { pid } = await start(madeDir());
    const [, , group, session] = afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    expect([group, session]).to.deep.equal([`${pid}`, `${pid}`]);
  });

  it('hands none of our environment to the server', async () => {
    process.env['SATU_PINTU_PROBE'] = 'a token';
    const { pid } = await start(madeDir());
    delete process.env['SATU_PINTU_PROBE'];
    const environment = seenBy(statSync(`/proc/${pid}`), 'cat', `/proc/${pid}/environ`);
    expect(environment).to.include('LC_ALL=C').and.not.include('a token');
  });

  it('tells when the server dies by itself', async () => {
    const server = await start(madeDir());
    kill(server.pid);
    await server.exited;
    await server.stop();
  });

  it('shows what the server said when it does not start', async () => {
    const error = await failure(start(madeDir(), { settings: { shared_buffers: 'many' } }));
    expect(error.message).to.include('shared_buffers');
  });

  it('names both versions when the folder is of another PostgreSQL', async () => {
    const dir = madeDir();
    await writeFile(join(dir, 'postgres', 'PG_VERSION'), '15\n');
    const error = await failure(start(dir));
    expect(error).to.be.instanceOf(ConfigInvalid);
    expect(error.message).to.match(/made by PostgreSQL 15, the built-in one is PostgreSQL 18/);
  });

  it('does not touch a folder that holds something else', async () => {
    const dir = emptyDir();
    await mkdir(join(dir, 'postgres'), { recursive: true });
    await appendFile(join(dir, 'postgres', 'diary.txt'), 'mine');
    if (root) await chmod(dirname(dir), 0o711);
    expect((await failure(start(dir))).message).to.include('holds files but no PostgreSQL cluster');
    expect(readFileSync(join(dir, 'postgres', 'diary.txt'), 'utf8')).to.equal('mine');
  });

  it('says what is wrong when DATA_DIR cannot be made', async () => {
    const file = join(base, 'a-file');
    await writeFile(file, '');
    for (const attempt of [start(join(file, 'data')), lockDataDir(join(file, 'data'))]) {
      const error = await failure(attempt);
      expect(error).to.be.instanceOf(ConfigInvalid);
      expect(error.message).to.include('DATA_DIR').and.include('a part of the path is a file');
    }
  });

  it('puts a log above 20 MB aside', async () => {
    const dir = madeDir();
    await appendFile(join(dir, 'postgres.log'), Buffer.alloc(21 * 1024 * 1024, 'x\n'));
    await start(dir);
    expect((await lstat(join(dir, 'postgres.log'))).size).to.be.below(1024 * 1024);
    expect(existsSync(join(dir, 'postgres.log.1'))).to.equal(true);
  });

  describe('the lock on DATA_DIR', () => {
    it('refuses a second holder, whatever path leads to the folder, until the first releases', async () => {
      const dir = emptyDir();
      const lock = await lockDataDir(dir);
      execFileSync('ln', ['-s', dir, `${dir}-link`]);
      const paths = [dir, `${dir}-link`, `${dir}/../data`];
      for (const error of await Promise.all(paths.map((path) => failure(lockDataDir(path))))) {
        expect(error).to.be.instanceOf(ConfigInvalid);
        expect(error.message).to.include(dir).and.include('another gateway already runs');
      }
      await lock.release();
      await lock.release();
      await (await lockDataDir(dir)).release();
    });

    it('refuses a second process', async () => {
      const dir = emptyDir();
      const lock = await lockDataDir(dir);
      const { line } = await child('await lockDataDir(input.dataDir); console.log("held");', {
        dataDir: dir,
      });
      expect(line).to.include('ConfigInvalid').and.include('another gateway already runs');
      await lock.release();
    });

    it('is free again after its holder was killed with -9', async () => {
      const dir = emptyDir();
      const holder = await child('await lockDataDir(input.dataDir); console.log("held");', {
        dataDir: dir,
      });
      expect(holder.line).to.equal('held');
      expect((await failure(lockDataDir(dir))).message).to.include('another gateway');
      kill(holder.pid);
      await (await lockDataDir(dir)).release();
    });

    it('does not keep a process alive', () => {
      const url = new URL('../../src/embedded/data-dir-lock.ts', import.meta.url).href;
      const code = `import { lockDataDir } from '${url}'; await lockDataDir('${emptyDir()}');`;
      execFileSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 10_000 });
    });
  });

  if (root) {
    // What a container usually takes from root.
    const contained = ['setpriv', '--bounding-set=-dac_read_search,-sys_ptrace'];
    const [setpriv = '', ...drop] = contained;
    const canContain = spawnSync(setpriv, [...drop, 'true']).status === 0;
    const canReach = canContain && (capabilities(process.pid) & READ_SEARCH) !== 0n;

    it('never runs the server as root', async () => {
      const { pid } = await start(madeDir());
      expect((await lstat(`/proc/${pid}`)).uid).to.be.above(0);
    });

    if (canReach) {
      it('works below a home folder that only root may enter', async () => {
        const { home, native, dataDir } = await closedHome();
        const server = await start(dataDir, { nativeDir: native });
        expect(await query(server, 'select 1 as body')).to.deep.equal([1]);
        expect((await lstat(home)).mode & 0o777, 'the home folder').to.equal(0o700);
        expect(capabilities(server.pid), 'no more than CAP_DAC_READ_SEARCH').to.equal(READ_SEARCH);
      });
    }

    if (canContain) {
      it('says what to do below such a home folder in a container', async () => {
        const { home, native, dataDir } = await closedHome();
        const { line } = await child(startInChild, { dataDir, nativeDir: native }, contained);
        expect(line)
          .to.include('ConfigInvalid')
          .and.include(`The folder ${home} lets no other user pass`)
          .and.include('setpriv')
          .and.include('DATABASE_URL');
      });

      it('copies the programs when only they are out of reach in a container', async () => {
        const { native } = await closedHome();
        const dataDir = emptyDir();
        const { line } = await child(startInChild, { dataDir, nativeDir: native }, contained);
        expect(line).to.match(/^\d+$/);
        const [program] = readFileSync(`/proc/${line}/cmdline`, 'utf8').split('\0');
        expect(program).to.include(join(dataDir, 'postgres-programs-'));
      });

      it('takes over in a container, where root may not look at the server', async () => {
        const dataDir = madeDir();
        const first = await child(startInChild, { dataDir }, contained);
        kill(first.pid);
        const second = await child(startInChild, { dataDir }, contained);
        expect(second.line).to.match(/^\d+$/).and.not.equal(first.line);
        expect(workingBelow(dataDir))
          .to.include(Number(second.line))
          .and.not.include(Number(first.line));
      });
    }

    it('accepts a folder that root restored from a copy', async () => {
      const dir = madeDir();
      execFileSync('chown', ['-R', '0:0', dir]);
      await chmod(join(dir, 'postgres'), 0o755);
      expect(await notes(await start(dir))).to.deep.equal(['kept']);
    });

    it('works as an ordinary user, and for root afterwards', async () => {
      const dataDir = emptyDir();
      await mkdir(dirname(dataDir));
      await chown(dirname(dataDir), NOBODY, NOBODY);
      const body = `process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});
        const lock = await lockDataDir(input.dataDir);
        const server = await startPostgres({ ...input, log });
        await server.stop(); await lock.release(); console.log('stopped');`;
      const { line } = await child(body, { dataDir, nativeDir: programs });
      expect(line).to.equal('stopped');
      const server = await start(dataDir);
      expect((await lstat(`/proc/${server.pid}`)).uid).to.equal(NOBODY);
      await server.stop();
      const again = await child(body, { dataDir, nativeDir: programs });
      expect(again.line, 'root locked nobody out').to.equal('stopped');
    });

    it('refuses a socket folder in /tmp that is somebody else’s', async () => {
      const long = join(emptyDir(), 'x'.repeat(120));
      const server = await start(long);
      const { host } = server.connection;
      await server.stop();
      await mkdir(host);
      await chown(host, 12_345, 12_345);
      expect((await failure(start(long))).message).to.include(
        'belongs to somebody else (uid 12345)',
      );
      await rm(host, { recursive: true });
    });
  }

  async function closedHome(): Promise<{ home: string; native: string; dataDir: string }> {
    const home = emptyDir('home');
    const native = join(home, 'clone', 'native');
    await cp(programs, native, { recursive: true, verbatimSymlinks: true });
    await chmod(dirname(home), 0o711);
    await chmod(home, 0o700);
    return { home, native, dataDir: join(home, 'clone', '.data') };
  }
});

async function query(server: EmbeddedPostgres, ...statements: string[]): Promise<unknown[]> {
  const client = new Client(server.connection);
  client.on('error', () => undefined);
  await client.connect();
  let rows: { body: unknown }[] = [];
  for (const statement of statements) {
    rows = (await client.query<{ body: unknown }>(statement)).rows;
  }
  await client.end();
  return rows.map((row) => row.body);
}

const notes = (server: EmbeddedPostgres): Promise<unknown[]> =>
  query(server, 'select body from notes');

async function failure(attempt: Promise<unknown>): Promise<Error> {
  const outcome = await attempt.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  return outcome instanceof Error ? outcome : new Error(String(outcome));
}

/** The processes whose working directory is in this folder, as the kernel says. */
function workingBelow(dir: string): number[] {
  const cluster = statSync(join(dir, 'postgres'), { throwIfNoEntry: false });
  if (cluster === undefined) return [];
  const list = seenBy(cluster, 'sh', '-c', 'ls -l /proc/[0-9]*/cwd');
  const pids = list.split('\n').flatMap((line) => {
    const [, pid, cwd = ''] = / \/proc\/(\d+)\/cwd -> (.*)$/.exec(line) ?? [];
    return cwd.startsWith(`${dir}/`) ? [Number(pid)] : [];
  });
  return [...new Set(pids)];
}

/**
 * What a command prints when we run it and, as root, when the server's user does too: in a container
 * only that user may look at the server, and below a closed folder, where it has a capability, only root.
 */
function seenBy({ uid, gid }: { uid: number; gid: number }, name: string, ...args: string[]) {
  const users = root ? [{}, { uid, gid }] : [{}];
  return users.map((user) => spawnSync(name, args, { ...user, encoding: 'utf8' }).stdout).join('');
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went by itself.
  }
}

const noSockets = async (path: string): Promise<boolean> => !(await lstat(path)).isSocket();

/** The fields of /proc/<pid>/stat that follow the name, which may hold spaces. */
const afterName = (line: string): string[] => line.slice(line.lastIndexOf(')') + 2).split(' ');

function capabilities(pid: number): bigint {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return BigInt(`0x${/CapPrm:\s*(\w+)/.exec(status)?.[1] ?? '0'}`);
}
