import { expect } from 'chai';
import { Redis } from 'ioredis';
import { redisPrefix } from '../../src/queue/connection.ts';
import { redisWarnings } from '../../src/queue/redis-check.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { freePort } from '../../src/bench/free-port.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { sendText } from '../support/send.ts';

describe('on Redis', () => {
  let db: TestDatabase;
  let core: TestCore;
  let redis: TestRedis;
  let gateway: TestGateway;
  let people = 0;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    redis = await startTestRedis();
    gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: { REDIS_URL: redis.url },
    });
  });

  after(async () => {
    await gateway.stop();
    await redis.stop();
    await core.stop();
    await db.drop();
  });

  const person = () => `+62813${String(10_000_000 + (people += 1))}`;
  /** Sends an SMS of somebody new. Out: how long it took to be answered with 200. */
  const write = async (text: string): Promise<number> => {
    const startedAt = performance.now();
    const response = await sendText(gateway.url, 'sms', text, person());
    expect(response.status).to.equal(200);
    return performance.now() - startedAt;
  };
  const timesOf = (text: string) =>
    core.events().filter(({ data }) => data['text'] === text).length;
  const arrived = (texts: readonly string[], ms: number) =>
    core.until(() => texts.every((text) => timesOf(text) > 0), ms);
  const textsOf = (label: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${label} ${index}`);
  const drained = () =>
    eventually('drained', async () => {
      const stages = ['read', 'judge', 'forward'];
      const left = await Promise.all(
        stages.map((stage) => gateway.metric(`satupintu_pending{stage="${stage}"}`)),
      );
      return left.every((count) => count === 0);
    });

  for (const channel of ['sms', 'telegram'] as const) {
    it(`brings an ${channel} message to the core within two seconds`, async () => {
      const text = `PJU mati (${channel})`;

      const response = await sendText(gateway.url, channel, text);

      expect(response.status).to.equal(200);
      await arrived([text], 2000);
    });
  }

  it('keeps its jobs in Redis, below one prefix, and leaves none behind', async () => {
    await write('Got mampet');
    await arrived(['Got mampet'], 2000);
    await drained();

    const client = new Redis(redis.url);
    const keys = await client.keys('*');
    const waiting = await Promise.all(
      ['wait', 'active', 'failed', 'completed', 'prioritized'].flatMap((state) =>
        ['read', 'judge', 'forward'].map(async (stage) => {
          const key = `${redisPrefix}:satu-pintu-${stage}:${state}`;
          return keys.includes(key) ? client.type(key) : 'none';
        }),
      ),
    );
    client.disconnect();

    expect(keys).not.to.deep.equal([]);
    expect(keys.filter((key) => !key.startsWith(`${redisPrefix}:`))).to.deep.equal([]);
    expect(waiting.filter((type) => type !== 'none')).to.deep.equal([]);
  });

  it('loses nothing and doubles nothing when Redis forgets everything mid-way', async () => {
    const texts = textsOf('Lupa', 60);
    const client = new Redis(redis.url);

    const sent = texts.map((text) => write(text));
    for (let flush = 0; flush < 10; flush += 1) {
      await client.flushall();
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await Promise.all(sent);
    await client.flushall();
    client.disconnect();

    await arrived(texts, 8000);
    await drained();
    expect(texts.map(timesOf)).to.deep.equal(texts.map(() => 1));
  });

  describe('that was killed', () => {
    let texts: readonly string[] = [];

    before(async () => {
      texts = textsOf('Tanpa Redis', 100);
      const early = textsOf('Sedang berjalan', 30);
      const sent = early.map((text) => write(text));
      await redis.kill();
      await Promise.all(sent);
      await arrived(early, 8000);
    });

    it('takes in as quickly as before, and brings all to the core within seconds', async () => {
      const startedAt = Date.now();
      const took = await Promise.all(texts.map((text) => write(text)));
      const slowest = took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.99) - 1];

      expect(slowest).to.be.below(2500);
      await arrived(texts, 10_000);
      expect(Date.now() - startedAt).to.be.below(13_000);
      await drained();
      expect(texts.map(timesOf)).to.deep.equal(texts.map(() => 1));
    });

    it('says so in the log, at a limited rate', () => {
      const lines = gateway
        .log()
        .split('\n')
        .filter((line) => line.includes('queue away'));

      expect(lines.length).to.be.within(1, 20);
    });

    it('is used again when it is back, empty', async () => {
      redis = await startTestRedis([], redis.port);

      // Quicker than the sweeper ever is: by wake-ups.
      await eventually('a quick message', async () => {
        const text = `Kembali ${(people += 1)}`;
        await write(text);
        const startedAt = Date.now();
        await arrived([text], 8000);
        return Date.now() - startedAt < 500;
      });
      const quick = textsOf('Kembali cepat', 5);
      for (const text of quick) {
        await write(text);
        await arrived([text], 1000);
      }
    });
  });

  it('starts without Redis, says so, works, and stops', async () => {
    const other = await createTestDatabase();
    const lonely = await startGateway({
      databaseUrl: other.url,
      coreUrl: core.url,
      environment: { REDIS_URL: `redis://127.0.0.1:${await freePort()}` },
    });

    expect(lonely.log()).to.contain('Redis cannot be checked');
    const response = await sendText(lonely.url, 'sms', 'Sendirian', person());
    expect(response.status).to.equal(200);
    await arrived(['Sendirian'], 6000);

    const startedAt = Date.now();
    await lonely.stop();
    expect(Date.now() - startedAt).to.be.below(5000);
    expect(lonely.log()).not.to.contain('did not close well');
    await other.drop();
  });
});

describe('stopping while Redis is away', () => {
  it('takes no longer than otherwise', async () => {
    const db = await createTestDatabase();
    const core = await startCore();
    const redis = await startTestRedis();
    const gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: { REDIS_URL: redis.url },
    });
    await sendText(gateway.url, 'sms', 'Sampai jumpa');
    await core.until((calls) => calls.length > 0);
    await redis.kill();

    const startedAt = Date.now();
    await gateway.stop();

    expect(Date.now() - startedAt).to.be.below(5000);
    expect(gateway.log()).not.to.contain('did not close well');
    await core.stop();
    await db.drop();
  });
});

describe('what is said of a Redis at start', () => {
  const rows: readonly (readonly [
    label: string,
    settings: readonly string[],
    says: readonly RegExp[],
  ])[] = [
    ['nothing of one that keeps what it is given', [], []],
    ['nothing of one that takes snapshots', ['--appendonly', 'no', '--save', '60 1'], []],
    [
      'that it evicts',
      ['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru'],
      [/evicts keys when it is full \(maxmemory-policy allkeys-lru\)/],
    ],
    ['that it does not persist', ['--appendonly', 'no'], [/does not persist/]],
    [
      'both',
      ['--appendonly', 'no', '--maxmemory-policy', 'volatile-ttl'],
      [/evicts keys/, /does not persist/],
    ],
  ];
  for (const [label, settings, says] of rows) {
    it(label, async () => {
      const redis = await startTestRedis(settings);

      const warnings = await redisWarnings([redis.url]);

      await redis.stop();
      expect(warnings).to.have.length(says.length);
      for (const [index, words] of says.entries()) expect(warnings[index]).to.match(words);
    });
  }

  it('is in the log of the gateway', async () => {
    const db = await createTestDatabase();
    const redis = await startTestRedis(['--appendonly', 'no']);

    const gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: 'http://127.0.0.1:9/events',
      environment: { REDIS_URL: redis.url },
    });

    await gateway.stop();
    await redis.stop();
    await db.drop();
    expect(gateway.log()).to.contain('Redis does not persist');
    expect(gateway.log()).not.to.contain('Redis evicts');
  });
});
