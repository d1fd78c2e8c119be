import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Environment } from '../src/domain/channel.ts';
import type { Check } from '../src/domain/check.ts';
import { Invalid } from '../src/errors.ts';
import { pseudonymKey } from '../src/store/operation.ts';
import { createSeal } from '../src/store/seal.ts';
import { type AnsweringServer, type Answers, startAnswers } from './support/answers.ts';
import { coreSecret } from './support/core.ts';
import { examine, runDoctor } from './support/doctor.ts';
import { createTestDatabase, type TestDatabase } from './support/postgres.ts';
import { startTestRedis } from './support/redis.ts';

const dataKey = Buffer.alloc(32, 1).toString('base64');
const otherKey = Buffer.alloc(32, 2).toString('base64');
const publicUrl = 'https://lapor.example.go.id';

describe('npm run doctor', () => {
  let db: TestDatabase;
  let far: AnsweringServer;
  let dataDir: string;

  before(async () => {
    db = await createTestDatabase();
    await pseudonymKey(db.database, createSeal([dataKey]));
    far = await startAnswers();
    dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-doctor-'));
  });
  after(async () => {
    await far.close();
    await db.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const well: Answers = {
    'GET /healthz': { status: 200, body: 'ok' },
    'OPTIONS /events': { status: 405, body: {} },
  };
  const environment = (): Environment => ({
    PUBLIC_URL: publicUrl,
    TRUST_PROXY: '1',
    DATA_DIR: dataDir,
    DATABASE_URL: db.url,
    DATA_KEY: dataKey,
    ROUTING_CORE_URL: `${far.url}/events`,
    ROUTING_CORE_SECRET: coreSecret,
  });
  const examined = (others: Environment = {}, answers: Answers = {}, now?: () => number) => {
    far.give({ ...well, ...answers });
    const given = { gatewayUrl: far.url, ...(now ? { now } : {}) };
    return examine({ ...environment(), ...others }, given);
  };

  it('finds nothing wrong where nothing is, and exits with 0', async () => {
    const { code, report } = await examined();

    expect(code).to.equal(0);
    expect(report.mode).to.equal('real');
    // The PostgreSQL of the tests is fast rather than safe.
    const others = report.checks.filter(
      ({ state, name }) => state !== 'ok' && name !== 'durability' && name !== 'disk',
    );
    expect(others).to.deep.equal([]);
    expect(report.checks.map(({ name }) => name)).to.deep.equal([
      ...['configuration', 'public address', 'proxy', 'data folder', 'disk', 'spool', 'database'],
      ...['durability', 'data key'],
      ...['redis', 'routing core', 'gateway', 'clock', 'facebook', 'sms', 'telegram', 'web', 'x'],
    ]);
    expect(report.summary.failures).to.equal(0);
  });

  it('prints one line for each check, below it what to do, and a sum', async () => {
    far.give({ ...well, 'OPTIONS /events': 'hang-up' });

    const { code, text } = await runDoctor(environment(), { gatewayUrl: far.url });

    expect(code).to.equal(1);
    const lines = text.split('\n');
    expect(lines[0]).to.equal(`Satu Pintu, real mode, ${publicUrl}`);
    expect(lines).to.include('ok    data key        opens what is kept');
    const failing = lines.findIndex((line) => line.startsWith('FAIL'));
    expect(lines[failing]).to.match(/^FAIL {2}routing core {4}127\.0\.0\.1:\d+ cannot be reached/);
    expect(lines[failing + 1]).to.match(/^ {6}→ Check ROUTING_CORE_URL/);
    expect(lines.at(-2)).to.match(/^18 checks: 1[45] ok, [23] to look at, 1 failed\.$/);
  });

  it('names all that is wrong with the configuration at once, and no value of it', async () => {
    const wrong = { PORT: 'https-please', TELEGRAM_BOT_TOKEN: 'half-a-token', X_USER_ID: '@lapor' };

    const { code, report } = await examined(wrong);

    expect(code).to.equal(1);
    const names = report.checks.map(({ name, state, says }) => [name, state, says.split(' ')[0]]);
    expect(names).to.have.deep.members(
      ['PORT', 'TELEGRAM_BOT_TOKEN', 'TELEGRAM_SECRET_TOKEN', 'X_USER_ID', 'X_CONSUMER_SECRET'].map(
        (variable) => ['configuration', 'failed', variable],
      ),
    );
    for (const value of Object.values(wrong)) expect(JSON.stringify(report)).not.to.include(value);
  });

  it('looks at a demo without making anything', async () => {
    const folder = join(dataDir, 'nothing-yet');

    const { code, report, check } = await examine({ DATA_DIR: folder, PORT: '1' });

    expect(code).to.equal(0);
    expect(report.mode).to.equal('demo');
    expect(check('sms').says).to.equal('demo: built-in simulator');
    expect(check('database')).to.deep.include({ state: 'warning' });
    expect(check('data folder').says).to.match(/is made at the first start$/);
    expect(await readdir(dataDir)).not.to.include('nothing-yet');
  });

  it('does not take what it does not know', async () => {
    const error = await runDoctor(environment(), { args: ['--fixx'] }).catch((e: unknown) => e);

    expect(error).to.be.instanceOf(Invalid);
  });

  const telegram = (apiUrl: string) => ({
    TELEGRAM_BOT_TOKEN: '777:a-token-for-the-doctor',
    TELEGRAM_SECRET_TOKEN: 'secret',
    TELEGRAM_BOT_USERNAME: 'LaporBot',
    TELEGRAM_API_URL: apiUrl,
  });

  it('repairs nothing towards an address that providers cannot reach', async () => {
    const hook = { ok: true, result: { url: 'https://right.example/hook', username: 'LaporBot' } };
    const api = '/bot777:a-token-for-the-doctor';
    far.give({
      ...well,
      [`${api}/getMe`]: { status: 200, body: hook },
      [`${api}/getWebhookInfo`]: { status: 200, body: hook },
    });
    const local = { ...environment(), PUBLIC_URL: '', ...telegram(far.url) };

    const { report, check } = await examine(local, { args: ['--fix'] });

    expect(report.repairs.map(({ isDone }) => isDone)).to.deep.equal([false]);
    expect(check('telegram webhook')).to.deep.include({ state: 'failed', fixable: true });
    expect(far.calls().filter(({ what }) => what.includes('set'))).to.deep.equal([]);
  });

  type Row = {
    readonly label: string;
    readonly check: string;
    readonly state: Check['state'];
    readonly says?: RegExp;
    readonly remedy?: RegExp;
    readonly environment?: () => Environment;
    readonly answers?: Answers;
    readonly now?: () => number;
  };

  const rows: readonly Row[] = [
    ...['http://lapor.example.go.id', 'https://localhost', 'https://10.1.2.3', ''].map(
      (address) => ({
        label: `fails when providers cannot reach PUBLIC_URL: "${address}"`,
        check: 'public address',
        state: 'failed' as const,
        remedy: /PUBLIC_URL/,
        environment: () => ({ PUBLIC_URL: address, ...telegram(far.url) }),
      }),
    ),
    {
      label: 'only warns of such an address when no provider needs it',
      check: 'public address',
      state: 'warning',
      environment: () => ({ PUBLIC_URL: 'https://192.168.1.7' }),
    },
    {
      label: 'warns of a proxy that is not counted',
      check: 'proxy',
      state: 'warning',
      says: /TRUST_PROXY is 0/,
      environment: () => ({ TRUST_PROXY: '0' }),
    },
    {
      label: 'fails when DATA_DIR is no folder',
      check: 'data folder',
      state: 'failed',
      says: /is no folder/,
      environment: () => ({ DATA_DIR: join(dataDir, 'a-file') }),
    },
    {
      label: 'fails when the password of the database is wrong',
      check: 'database',
      state: 'failed',
      says: /28P01/,
      remedy: /password/,
      environment: () => ({ DATABASE_URL: db.url.replace(/:[^:@/]+@/, ':not-the-password@') }),
    },
    {
      label: 'fails when there is no such database',
      check: 'database',
      state: 'failed',
      says: /3D000/,
      remedy: /createdb/,
      environment: () => ({ DATABASE_URL: db.url.replace(/test_\w+/, 'test_nowhere') }),
    },
    {
      label: 'fails when no PostgreSQL is there',
      check: 'database',
      state: 'failed',
      says: /ECONNREFUSED/,
      environment: () => ({ DATABASE_URL: 'postgres://user:a-password@127.0.0.1:1/lapor' }),
    },
    {
      label: 'fails when DATA_KEY does not open what is kept',
      check: 'data key',
      state: 'failed',
      remedy: /every key that ever sealed/,
      environment: () => ({ DATA_KEY: otherKey }),
    },
    {
      label: 'is content when an older key opens what is kept',
      check: 'data key',
      state: 'ok',
      environment: () => ({ DATA_KEY: `${otherKey} ${dataKey}` }),
    },
    {
      label: 'warns when the server does not keep what it commits',
      check: 'durability',
      state: 'warning',
      says: /fsync=off/,
    },
    {
      label: 'fails when Redis is not there',
      check: 'redis',
      state: 'failed',
      says: /ECONNREFUSED/,
      remedy: /REDIS_URL/,
      environment: () => ({ REDIS_URL: 'redis://:a-password@127.0.0.1:1' }),
    },
    {
      label: 'warns when the core is ill',
      check: 'routing core',
      state: 'warning',
      says: /503/,
      answers: { 'OPTIONS /events': { status: 503, body: {} } },
    },
    {
      label: 'warns when something else answers at PUBLIC_URL',
      check: 'gateway',
      state: 'warning',
      says: /404/,
      answers: { 'GET /healthz': { status: 404, body: {} } },
    },
    {
      label: 'warns when nobody answers at PUBLIC_URL, naming where the gateway listens',
      check: 'gateway',
      state: 'warning',
      remedy: /127\.0\.0\.1:1708/,
      answers: { 'GET /healthz': 'hang-up' },
    },
    {
      label: 'fails when our clock is ahead',
      check: 'clock',
      state: 'failed',
      says: /18\d s ahead/,
      now: () => Date.now() + 182_000,
    },
    {
      label: 'fails when our clock is behind',
      check: 'clock',
      state: 'failed',
      says: /behind/,
      now: () => Date.now() - 182_000,
    },
    {
      label: 'warns when nobody tells the time',
      check: 'clock',
      state: 'warning',
      answers: { 'OPTIONS /events': 'hang-up' },
    },
    {
      label: 'asks the providers that are configured',
      check: 'telegram bot',
      state: 'failed',
      remedy: /@BotFather/,
      environment: () => telegram(far.url),
      answers: { '/bot777:a-token-for-the-doctor/getMe': { status: 401, body: { ok: false } } },
    },
    { label: 'says which channels are closed', check: 'sms', state: 'ok', says: /^closed/ },
  ];

  describe('on what can be wrong', () => {
    before(() => writeFile(join(dataDir, 'a-file'), ''));

    for (const { label, check, state, says, remedy, now, ...row } of rows) {
      it(label, async () => {
        const others = row.environment?.() ?? {};

        const result = await examined(others, row.answers, now);

        const found = result.check(check);
        expect([found.state, found.says]).to.deep.include(state);
        if (says) expect(found.says).to.match(says);
        if (remedy) expect(found.remedy).to.match(remedy);
        if (state === 'failed') expect(result.code).to.equal(1);
        expect(JSON.stringify(result.report)).not.to.match(
          /a-password|not-the-password|a-token-for/,
        );
      });
    }
  });

  it('fails when the database is not migrated, and does not migrate it', async () => {
    const empty = await createTestDatabase('template0');
    try {
      const { check } = await examined({ DATABASE_URL: empty.url });

      expect(check('database')).to.deep.include({ state: 'failed' });
      expect(check('database').says).to.match(/not migrated: 0001_inbox, 0002/);
      expect(check('database').remedy).to.match(/npm run migrate/);
      expect(await empty.database.schema.hasTable('migrations')).to.equal(false);
    } finally {
      await empty.drop();
    }
  });

  it('fails when the database takes no writes', async () => {
    const closed = await createTestDatabase();
    try {
      const name = new URL(closed.url).pathname.slice(1);
      await closed.database.raw(`alter database ${name} set default_transaction_read_only = on`);

      const { check } = await examined({ DATABASE_URL: closed.url });

      expect(check('database').says).to.match(/does not take writes \(25006\)/);
      expect(check('data key').says).to.equal('nothing is kept yet');
    } finally {
      await closed.drop();
    }
  });

  it('warns when Redis may drop what it was given', async () => {
    const redis = await startTestRedis(['--maxmemory-policy', 'allkeys-lru']);
    try {
      const { check } = await examined({ REDIS_URL: redis.url });

      expect(check('redis')).to.deep.include({ state: 'warning' });
      expect(check('redis').says).to.match(/allkeys-lru/);
    } finally {
      await redis.stop();
    }
  });
});
