import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createIntake } from '../../src/intake.ts';
import { createLog } from '../../src/log.ts';
import { openDatabase, select } from '../../src/store/database.ts';
import { countPending } from '../../src/store/lanes.ts';
import { createMetrics } from '../../src/metrics.ts';
import { createPseudonyms, createSeal } from '../../src/store/seal.ts';
import { createRead } from '../../workers/read.ts';
import { createSweeper } from '../../workers/sweep.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { eventually, publicUrl, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTestRedis } from '../support/redis.ts';
import { sendSms, sendUpdate } from '../support/send.ts';

const seal = createSeal([Buffer.alloc(32, 1).toString('base64')]);
const within = 5000;

describe('the sweeper', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;
  let sids = 0;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    gateway = await startGateway({ databaseUrl: db.url, coreUrl: core.url });
  });

  beforeEach(() => {
    core.answerWith((_call, response) => {
      response.writeHead(202).end();
    });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  /** From somebody new each time: nobody waits behind what somebody wrote before. */
  const parameters = (text: string) => {
    sids += 1;
    const From = `+62812${10_000_000 + sids}`;
    return { MessageSid: `SM${sids}`, From, To: '1708', Body: text };
  };
  /** Stores a delivery as the route does, but tells nobody. */
  const storeQuietly = async (text: string): Promise<void> => {
    const intake = createIntake({
      database: db.database,
      seal,
      fallback: null,
      stored: () => undefined,
    });
    const outcome = await intake.accept(
      'sms',
      {
        method: 'POST',
        url: `${publicUrl}/webhooks/sms`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(new URLSearchParams(parameters(text)).toString()),
      },
      new Date(),
    );
    expect(outcome).to.equal('accepted');
  };
  const write = async (text: string): Promise<void> => {
    const response = await sendSms(gateway.url, parameters(text));
    expect(response.status).to.equal(200);
  };
  const callsWith = (text: string) => core.calls.filter(({ event }) => event.data['text'] === text);
  const arrived = (text: string, ms: number, times = 1) =>
    core.until(() => callsWith(text).length >= times, ms);

  it('says once that it cannot look, while PostgreSQL is away', async () => {
    const nowhere = { connectionString: 'postgres://nobody:nothing@127.0.0.1:1/none' };
    const database = openDatabase(nowhere, { poolSize: 2, statementTimeoutMs: 1000 });
    const lines: string[] = [];
    const log = createLog('info', [], { write: (line) => lines.push(line) });
    const run = () => Promise.resolve();
    const sweeper = createSweeper({
      database,
      run,
      log,
      everyMs: 20,
      rawRetentionDays: 30,
      pseudonym: () => '',
    });

    await new Promise((resolve) => setTimeout(resolve, 1200));
    await sweeper.close();
    await database.destroy();

    expect(lines.filter((line) => line.includes('sweep failed'))).to.have.length(1);
  });

  it('says once that another gateway holds reading back, however often it looks', async () => {
    const own = await createTestDatabase();
    await select(
      own.database,
      `insert into gateways (name, clear_at, seen_at) values ('one', now() - interval '1 hour', now()), ('other', now(), now())`,
    );
    await select(
      own.database,
      `insert into deliveries (channel, digest, sealed, received_at, stored_at)
       values ('sms', '', '', now(), now() - interval '10 minutes')`,
    );
    const lines: string[] = [];
    const log = createLog('info', [], { write: (line) => lines.push(line) });
    const wake = () => undefined;
    const metrics = createMetrics(null);
    const pseudonym = createPseudonyms(Buffer.alloc(32, 4));
    const read = createRead({
      ...{ database: own.database, seal, log, metrics, wake, pseudonym },
      channels: new Map(),
    });

    for (let looks = 0; looks < 5; looks += 1) await read();
    await own.drop();

    expect(lines.filter((line) => line.includes('hold reading back'))).to.have.length(1);
  });

  it('finds a delivery that nobody was told of, and takes it all the way', async () => {
    await storeQuietly('Pohon tumbang');

    await arrived('Pohon tumbang', within);
  });

  it('finds a message that waits to be judged', async () => {
    await write('Jembatan goyang');
    await arrived('Jembatan goyang', within);

    await select(
      db.database,
      `with latest as (select max(id) as id from messages),
         unsaid as (delete from words using latest where message_id = latest.id)
       update messages set state = 'pending', received_at = now() - interval '2 seconds'
       from latest where messages.id = latest.id`,
    );

    await arrived('Jembatan goyang', within, 2);
    const [first, second] = callsWith('Jembatan goyang');
    expect(first?.event.data['messageIds']).to.deep.equal(second?.event.data['messageIds']);
  });

  it('finds a message that is to be judged later, when its time has come and not before', async () => {
    await write('Tiang miring');
    await arrived('Tiang miring', within);

    const [row] = await select(
      db.database,
      `with latest as (select max(id) as id from messages),
         unsaid as (delete from words using latest where message_id = latest.id)
       update messages set state = 'pending', received_at = now() - interval '2 seconds',
         due_at = now() + interval '1500 milliseconds'
       from latest where messages.id = latest.id returning due_at`,
    );

    await arrived('Tiang miring', 1500 + within, 2);
    const due = row?.['due_at'];
    expect(callsWith('Tiang miring')[1]?.at).to.be.above(due instanceof Date ? due.getTime() : 0);
  });

  it('finds an event that is to be sent later, when its time has come and not before', async () => {
    await write('Halte roboh');
    await arrived('Halte roboh', within);
    await eventually('done', async () => {
      const rows = await select(db.database, `select 1 from outbox where state = 'pending'`);
      return rows.length === 0;
    });

    const [row] = await select(
      db.database,
      `update outbox set state = 'pending', due_at = now() + interval '1500 milliseconds'
       where seq = (select max(seq) from outbox) returning due_at`,
    );

    await arrived('Halte roboh', 1500 + within, 2);
    const due = row?.['due_at'];
    expect(callsWith('Halte roboh')[1]?.at).to.be.above(due instanceof Date ? due.getTime() : 0);
  });

  it('finds an event that waits to be sent, and sends the same again', async () => {
    await write('Lampu mati');
    await arrived('Lampu mati', within);
    await eventually('done', async () => {
      const rows = await select(db.database, `select 1 from outbox where state = 'pending'`);
      return rows.length === 0;
    });

    await select(
      db.database,
      `update outbox set state = 'pending', due_at = now() where seq = (select max(seq) from outbox)`,
    );

    await arrived('Lampu mati', within, 2);
    const [first, second] = callsWith('Lampu mati');
    expect(first?.event.id).to.equal(second?.event.id);
  });

  it('finds a delivery while the core keeps all who send to it waiting', async () => {
    const kept: ServerResponse[] = [];
    core.answerWith((_call, response) => kept.push(response));
    await write('Tak dijawab');
    await arrived('Tak dijawab', within);
    await select(
      db.database,
      `update outbox set state = 'pending', due_at = now() - interval '1 hour'`,
    );
    const judged = async () => {
      const rows = await select(
        db.database,
        `select 1 from messages where state = 'judged' and received_at > now() - interval '6 seconds'
           and complaint_id in (select complaint_id from outbox where tries = 0)`,
      );
      return rows.length;
    };
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const before = await judged();

    await storeQuietly('Sementara itu');

    await eventually('judged', async () => (await judged()) > before, within);
    core.answerWith((_call, response) => {
      response.writeHead(202).end();
    });
    for (const response of kept) response.writeHead(202).end();
  });

  const spaces = { read: 1397051720, judge: 1397051721, forward: 1397051722 };

  /** A worker that holds all lanes of a stage, on another machine. */
  const holdAll = async (stage: keyof typeof spaces) => {
    const transaction = await db.database.transaction();
    const [row] = await select(
      transaction,
      `select pg_backend_pid() as pid, count(pg_advisory_xact_lock(?::int, lane)) as lanes
       from generate_series(0, 63) as l (lane)`,
      [spaces[stage]],
    );
    expect(Number(row?.['lanes'])).to.equal(64);
    return async () => {
      await select(db.database, 'select pg_terminate_backend(?)', [Number(row?.['pid'])]);
      await transaction.rollback().catch(() => undefined); // gone already; gives back its place
    };
  };

  for (const stage of ['read', 'judge', 'forward'] as const) {
    it(`goes on when a worker dies that held a lane: ${stage}`, async () => {
      const die = await holdAll(stage);
      const text = `Ditinggal ${stage}`;
      await write(text);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(callsWith(text)).to.deep.equal([]);

      await die();

      await arrived(text, within);
    });
  }

  it('comes back to a lane that was held for so long that everybody gave up on it', async () => {
    const die = await holdAll('judge');
    await write('Ditunggu lama');
    await eventually('given up', () =>
      Promise.resolve(/"stage":"judge".*lane stopped/.test(gateway.log())),
    );

    await die();

    await arrived('Ditunggu lama', within);
    expect(callsWith('Ditunggu lama')).to.have.length(1);
  });
});

describe('the sweeper, when Redis forgets all jobs again and again under load', () => {
  it('brings everything to the core within ten seconds, also what was to be done later, once', async () => {
    const db = await createTestDatabase();
    const core = await startCore();
    const redis = await startTestRedis();
    const gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: { REDIS_URL: redis.url },
    });
    // Every seventh is to be sent again later.
    const failed = new Set<string>();
    core.answerWith(({ event }, response) => {
      const fails = event.id.charCodeAt(event.id.length - 1) % 7 === 0 && !failed.has(event.id);
      failed.add(event.id);
      response.writeHead(fails ? 500 : 202).end();
    });
    const client = new Redis(redis.url);
    const enough = new AbortController();
    const flush = (async () => {
      while (!enough.signal.aborted) {
        await client.flushall();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();

    // Parts of albums wait for each other, others do not.
    const texts = Array.from({ length: 40 }, (_, index) => `Banjir di Jl. Melati ${index}`);
    const albums = Array.from(
      { length: 6 },
      (_, index) => `Album ${index} jalan rusak di Jl. Mawar`,
    );
    await Promise.all([
      ...texts.map((text, index) =>
        sendSms(gateway.url, {
          MessageSid: `SMF${index}`,
          From: `+62817${1_000_000 + index}`,
          Body: text,
        }),
      ),
      ...albums.map((caption, index) => sendUpdate(gateway.url, albumPart(index, caption))),
    ]);
    enough.abort();
    await flush;
    client.disconnect();

    const all = [...texts, ...albums];
    const there = () => new Set(core.events().map(({ data }) => data['text']));
    await core.until(() => all.every((text) => there().has(text)), 10_000);
    await eventually('drained', async () => {
      const { read, judge, forward } = await countPending(db.database);
      return read + judge + forward === 0;
    });
    expect(
      core
        .events()
        .map(({ data }) => data['text'])
        .sort(),
    ).to.deep.equal([...all].sort());
    await gateway.stop();
    await redis.stop();
    await core.stop();
    await db.drop();
  });
});

/** A photo of an album, whose other parts may still come. */
const albumPart = (index: number, caption: string) => {
  const chat = { id: 6_000_000 + index, type: 'private', first_name: 'Budi' };
  const from = { id: chat.id, is_bot: false, first_name: 'Budi' };
  const photo = [
    { file_id: `f${index}`, file_unique_id: `u${index}`, width: 9, height: 9, file_size: 99 },
  ];
  const message = { message_id: 1, date: 1_795_255_200, chat, from, photo, caption };
  return { update_id: 9000 + index, message: { ...message, media_group_id: `g${index}` } };
};
