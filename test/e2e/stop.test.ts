import { expect } from 'chai';
import { Agent, get } from 'node:http';
import { select } from '../../src/store/database.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { eventually } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { realSettings, type Role, startRole } from '../support/role.ts';
import { sendSms } from '../support/send.ts';
import { type Home, makeHome, processesOf } from '../support/tree.ts';

describe('stopping on SIGTERM', () => {
  let home: Home;
  let core: TestCore;
  let processes: Role[] = [];

  beforeEach(async () => {
    home = await makeHome();
    core = await startCore();
  });

  afterEach(async () => {
    for (const { child } of processes) child.kill('SIGKILL');
    processes = [];
    await core.stop();
    await home.remove();
  });

  /** A role as its npm script runs it, without npm. */
  const start = async (role: string, others: Readonly<Record<string, string>> = {}) => {
    const started = await startRole(role, home, {
      ...realSettings(),
      ROUTING_CORE_URL: core.url,
      ...others,
    });
    processes.push(started);
    return started;
  };
  const report = async (text: string, sid = 'SM1') => {
    const sent = { MessageSid: sid, From: '+6281200000001', To: '1708', Body: text };
    expect((await sendSms(home.url, sent)).status).to.equal(200);
  };
  const nothingLeft = () =>
    eventually('no process left', () => Promise.resolve(processesOf(home.dataDir).length === 0));

  describe('of a gateway and a worker', () => {
    let db: TestDatabase;

    before(async () => {
      db = await createTestDatabase();
    });
    after(() => db.drop());

    it('refuses at /readyz first, answers on, ends what it answers with, and keeps what is in flight', async () => {
      const shared = { DATABASE_URL: db.url, DATA_KEY: Buffer.alloc(32, 1).toString('base64') };
      const gateway = await start('gateway', shared);
      const worker = await start('worker', { ...shared, INTERNAL_PORT: '0' });
      // It answers when it is asked to: whoever gave up on it earlier would not know.
      const answers: (() => void)[] = [];
      core.answerWith((_call, response) => {
        answers.push(() => response.writeHead(202).end());
      });
      await report('Sedang dikirim');
      await core.until((calls) => calls.length === 1);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      expect(await ask(`${home.url}/healthz`, agent)).to.deep.equal([200, 'keep-alive']);

      worker.child.kill('SIGTERM');
      gateway.child.kill('SIGTERM');

      const [status] = await eventually('told not to be ready', async () => {
        const told = await ask(`${home.internalUrl}/readyz`);
        return told[0] === 503 ? told : null;
      });
      expect(status).to.equal(503);
      expect(await ask(`${home.url}/healthz`, agent)).to.deep.equal([200, 'close']);
      await report('Masih diterima', 'SM2');
      expect(worker.child.exitCode, 'the worker waits for the core').to.equal(null);
      for (const answer of answers) answer();
      expect(await worker.exited()).to.equal(0);
      expect(await gateway.exited()).to.equal(0);
      agent.destroy();
      const rows = await select(db.database, 'select state, tries from outbox');
      expect(rows, 'recorded before it ended').to.deep.equal([{ state: 'done', tries: 1 }]);
      const kept = await select(db.database, 'select 1 from deliveries');
      expect(kept).to.have.length(2);
      await nothingLeft();
      expect(worker.output() + gateway.output()).not.to.contain('did not close well');
    });
  });

  describe('of npm start', () => {
    let redis: TestRedis;

    before(async () => {
      redis = await startTestRedis();
    });
    after(() => redis.stop());

    it('exits with 0 in time when PostgreSQL and Redis hang, and loses nothing', async () => {
      core.answerWith((_call, response) => response.writeHead(500).end());
      const gateway = await start('all', { REDIS_URL: redis.url });
      await report('Semua macet');
      await core.until((calls) => calls.length === 1);
      const held = postgresOf(home.dataDir);
      for (const pid of held) process.kill(pid, 'SIGSTOP');
      redis.pause();
      const askedAt = performance.now();

      gateway.child.kill('SIGTERM');

      expect(await gateway.exited()).to.equal(0);
      expect(performance.now() - askedAt).to.be.below(26_000);
      redis.resume();
      await nothingLeft();
      expect(gateway.output()).to.contain('did not close well').and.to.contain('"stopped"');

      core.answerWith((_call, response) => response.writeHead(202).end());
      await start('all', { REDIS_URL: redis.url });
      await core.until((calls) => calls.length > 1);
      expect(core.events().map(({ data }) => data['text'])).to.deep.equal(['Semua macet']);
    });

    it('exits at once at the second signal, takes everything along, and can start again', async () => {
      core.answerWith(() => undefined);
      const gateway = await start('all');
      await report('Tidak sabar');
      await core.until((calls) => calls.length === 1);
      gateway.child.kill('SIGTERM');
      await eventually('stopping', () => Promise.resolve(gateway.output().includes('"stopping"')));
      const askedAt = performance.now();

      gateway.child.kill('SIGTERM');

      expect(await gateway.exited(), '128 and the number of the signal').to.equal(143);
      expect(performance.now() - askedAt).to.be.below(1000);
      await nothingLeft();
      core.answerWith((_call, response) => response.writeHead(202).end());
      await start('all');
      await core.until((calls) => calls.length > 1);
      expect(core.events()).to.have.length(1);
    });
  });
});

/** Status, and whether the connection stays. */
function ask(url: string, agent?: Agent): Promise<[number | undefined, string | undefined]> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => {
        resolve([response.statusCode, response.headers.connection]);
      });
    }).once('error', reject);
  });
}

/** The server and all its processes: only they work in the cluster's folder. */
const postgresOf = (dataDir: string): number[] => processesOf(`${dataDir}/postgres`);
