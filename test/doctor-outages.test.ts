import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../src/domain/channel.ts';
import type { Check } from '../src/domain/check.ts';
import { freePort } from '../src/bench/free-port.ts';
import { openSpool } from '../src/spool.ts';
import { openIncident } from '../src/store/operation.ts';
import { createLog } from '../src/log.ts';
import { type AnsweringServer, startAnswers } from './support/answers.ts';
import { coreSecret } from './support/core.ts';
import { examine } from './support/doctor.ts';
import { createTestDatabase, type TestDatabase } from './support/postgres.ts';
import { startTestRedis, type TestRedis } from './support/redis.ts';

const fewSeconds = 8000;

describe('npm run doctor in an outage', () => {
  let db: TestDatabase;
  let redis: TestRedis;
  let forgetful: TestRedis;
  let far: AnsweringServer;
  let hole: Server;
  let dataDir: string;
  let fullDir: string;
  let spoolDir: string;
  let closedPort: number;
  /** What was examined already: hanging takes time. */
  const examined = new Map<string, ReturnType<typeof examine>>();
  const sockets = new Set<Socket>();

  before(async () => {
    db = await createTestDatabase();
    redis = await startTestRedis();
    forgetful = await startTestRedis(['--appendonly', 'no', '--maxmemory-policy', 'volatile-lru']);
    closedPort = await freePort();
    far = await startAnswers();
    far.give({
      'GET /healthz': { status: 200, body: 'ok' },
      'OPTIONS /events': { status: 405, body: {} },
    });
    // Takes connections and never says a word: a stopped process, a network that swallows everything.
    hole = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
    dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-outage-'));
    fullDir = await mkdtemp(join(tmpdir(), 'satu-pintu-full-'));
    await writeFile(join(fullDir, 'disk.json'), fillingUp());
    spoolDir = await mkdtemp(join(tmpdir(), 'satu-pintu-spooled-'));
    await spoolOne(spoolDir);
    const incident = { kind: 'core', subject: 'routing core', detail: 'the core answered 503' };
    await openIncident(db.database, incident);
  });

  after(async () => {
    for (const socket of sockets) socket.destroy();
    hole.close();
    await far.close();
    await forgetful.stop();
    await redis.stop();
    await db.drop();
    for (const folder of [dataDir, fullDir, spoolDir]) await rm(folder, { recursive: true });
  });

  const holePort = (): number => {
    const address = hole.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };

  const allHang = () => ({
    DATABASE_URL: `postgres://user:pw@127.0.0.1:${holePort()}/lapor`,
    REDIS_URL: `redis://127.0.0.1:${holePort()}`,
    ROUTING_CORE_URL: `http://127.0.0.1:${holePort()}/events`,
  });

  const lookAt = (outage: Environment) =>
    examine(
      {
        PUBLIC_URL: 'https://lapor.example.go.id',
        DATA_DIR: dataDir,
        DATABASE_URL: db.url,
        DATA_KEY: Buffer.alloc(32, 1).toString('base64'),
        REDIS_URL: redis.url,
        ROUTING_CORE_URL: `${far.url}/events`,
        ROUTING_CORE_SECRET: coreSecret,
        ...outage,
      },
      { gatewayUrl: far.url },
    );

  type Row = {
    readonly label: string;
    readonly check: string;
    readonly state: Check['state'];
    readonly says: RegExp;
    readonly remedy: RegExp;
    readonly environment: () => Environment;
  };

  const rows: readonly Row[] = [
    {
      label: 'PostgreSQL is away',
      check: 'database',
      state: 'failed',
      says: /ECONNREFUSED/,
      remedy: /runs.*Meanwhile .* spool/,
      environment: () => ({ DATABASE_URL: 'postgres://user:pw@127.0.0.1:1/lapor' }),
    },
    {
      label: 'PostgreSQL hangs',
      check: 'database',
      state: 'failed',
      says: /no answer in 4 s/,
      remedy: /hangs.*Meanwhile .* spool/,
      environment: allHang,
    },
    {
      label: 'Redis is away',
      check: 'redis',
      state: 'failed',
      says: /ECONNREFUSED/,
      remedy: /work goes on, slower/,
      environment: () => ({ REDIS_URL: 'redis://127.0.0.1:1' }),
    },
    {
      label: 'Redis hangs',
      check: 'redis',
      state: 'failed',
      says: /no answer in 3 s/,
      remedy: /work goes on, slower/,
      environment: allHang,
    },
    {
      label: 'Redis evicts',
      check: 'redis',
      state: 'warning',
      says: /evicts keys.*volatile-lru/,
      remedy: /redis\.conf/,
      environment: () => ({ REDIS_URL: forgetful.url }),
    },
    {
      label: 'the core is away',
      check: 'routing core',
      state: 'failed',
      says: /cannot be reached \(ECONNREFUSED\)/,
      remedy: /Events wait meanwhile/,
      environment: () => ({ ROUTING_CORE_URL: `http://127.0.0.1:${closedPort}/events` }),
    },
    {
      label: 'the core hangs',
      check: 'routing core',
      state: 'failed',
      says: /no answer in 4 s/,
      remedy: /Events wait meanwhile/,
      environment: allHang,
    },
    {
      label: 'the gateway has noticed an outage',
      check: 'incident',
      state: 'warning',
      says: /^open since 20\d\d-.* UTC: core routing core, the core answered 503$/,
      remedy: /Ask whoever runs the core/,
      environment: () => ({}),
    },
    {
      label: 'the disk is filling up',
      check: 'disk',
      state: 'warning',
      says: /full in \d+ days/,
      remedy: /Make room/,
      environment: () => ({ DATA_DIR: fullDir }),
    },
    {
      label: 'the spool is not empty',
      check: 'spool',
      state: 'warning',
      says: /^1 deliveries \(\d+ bytes\) wait in .*, the oldest for 10 minutes$/,
      remedy: /Do not delete/,
      environment: () => ({ DATA_DIR: spoolDir }),
    },
  ];

  for (const { label, check, state, says, remedy, environment } of rows) {
    it(`says in a few seconds that ${label}, and what to do`, async () => {
      const from = performance.now();

      const outage = environment();
      const key = JSON.stringify(outage);
      const examining = examined.get(key) ?? lookAt(outage);
      examined.set(key, examining);
      const result = await examining;

      expect(performance.now() - from).to.be.below(fewSeconds);
      const found = result.check(check);
      expect(found.state).to.equal(state);
      expect(found.says).to.match(says);
      expect(found.remedy).to.match(remedy);
      if (state === 'failed') expect(result.code).to.equal(1);
    });
  }
});

/** A day ago there was more: it will be full in days. */
function fillingUp(): string {
  const free = 1024 ** 4;
  const sample = (ago: number) => ({ at: Date.now() - ago * 3_600_000, free: free * (1 + ago) });
  return JSON.stringify({ data: [24, 18, 12, 6].map(sample) });
}

async function spoolOne(dataDir: string): Promise<void> {
  const log = createLog('silent', [], { write: () => undefined });
  const spool = await openSpool({ folder: join(dataDir, 'spool'), log });
  const delivery = {
    ...{ channel: 'sms', digest: Buffer.alloc(32, 1), sealed: Buffer.from('sealed') },
    receivedAt: new Date(Date.now() - 600_000),
  };
  await spool.append({ kind: 'delivery', delivery });
  await spool.close();
}
