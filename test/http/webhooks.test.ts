import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { expect } from 'chai';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { openDatabase, select } from '../../src/store/database.ts';
import { startCore, type TestCore } from '../support/core.ts';
import {
  channelSettings,
  eventually,
  publicUrl,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts';
import { get, send, type Sent } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const token = channelSettings['TWILIO_AUTH_TOKEN'] ?? '';

describe('the webhook routes', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    gateway = await startGateway({ databaseUrl: db.url, coreUrl: core.url });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  const countDeliveries = async (): Promise<number> => {
    const [row] = await select(db.database, 'select count(*) from deliveries');
    return Number(row?.['count']);
  };

  const outcome = (channel: string, of: string) =>
    gateway.metric(`satupintu_deliveries_total{channel="${channel}",outcome="${of}"}`);

  const reachesTheCore = (text: string) =>
    core.until((calls) => calls.some(({ event }) => event.data['text'] === text));

  const isDrained = () =>
    eventually('drained', async () => {
      const stages = ['read', 'judge', 'forward'];
      const pending = await Promise.all(
        stages.map((stage) => gateway.metric(`satupintu_pending{stage="${stage}"}`)),
      );
      return pending.every((count) => count === 0);
    });

  const isReady = () =>
    eventually('ready, nothing spooled', async () => {
      return (await get(gateway.internalUrl, '/readyz')).body === 'ready\n';
    });

  /** Sends it and says at any time whether the answer has come. */
  const sending = (sent: Sent) => {
    const state = { answered: false };
    const answer = send(gateway.url, sent).finally(() => {
      state.answered = true;
    });
    return { state, answer };
  };

  const someoneWaitsFor = (what: string) =>
    eventually('a statement that waits', async () => {
      const waiting = await select(
        db.database,
        `select 1 from pg_locks where not granted and ${what}
           and database = (select oid from pg_database where datname = current_database())`,
      );
      return waiting.length > 0;
    });

  describe('store', () => {
    it('answers only when the row could be written', async () => {
      const lock = await db.database.transaction();
      await lock.raw('lock table deliveries in access exclusive mode');

      const { state, answer } = sending(sms('Menunggu kunci tabel'));
      await someoneWaitsFor(`relation = 'deliveries'::regclass`);
      await pause(200);
      expect(state.answered).to.equal(false);
      await lock.rollback();

      expect((await answer).status).to.equal(200);
      await reachesTheCore('Menunggu kunci tabel');
    });

    it('answers only after COMMIT, which may take longer than the INSERT', async () => {
      await atCommit(db, 'perform pg_advisory_xact_lock(170817)');
      const lock = await db.database.transaction();
      await lock.raw('select pg_advisory_xact_lock(170817)');

      const { state, answer } = sending(sms('Menunggu COMMIT'));
      await someoneWaitsFor(`locktype = 'advisory' and objid = 170817`);
      await pause(200);
      expect(state.answered).to.equal(false);
      await lock.rollback();

      expect((await answer).status).to.equal(200);
      await commitFreely(db);
      await reachesTheCore('Menunggu COMMIT');
    });

    it('takes what PostgreSQL cannot COMMIT, and moves it when it can', async () => {
      await isDrained();
      await atCommit(db, `raise exception 'the disk is full' using errcode = 'disk_full'`);
      const before = await countDeliveries();

      const taken = await send(gateway.url, sms('COMMIT gagal'));

      expect(taken.status).to.equal(200);
      expect(await countDeliveries()).to.equal(before);
      await commitFreely(db);
      await reachesTheCore('COMMIT gagal');
      await isReady();
    });

    it('answers 200 while PostgreSQL is away, and goes on when it is back', async () => {
      const before = await countDeliveries();
      await isDrained();
      const back = await takeAway(db);

      const taken = await Promise.all([
        send(gateway.url, sms('Basis data hilang')),
        send(gateway.url, sms('Dua')),
      ]);
      const ready = await get(gateway.internalUrl, '/readyz');
      await back();

      expect(taken.map(({ status }) => status)).to.deep.equal([200, 200]);
      expect(ready.status).to.equal(200);
      expect(ready.body).to.match(/PostgreSQL is away, deliveries are spooled \(2 waiting/);
      await isReady();
      expect(await countDeliveries()).to.equal(before + 2);
      await reachesTheCore('Basis data hilang');
    });

    it('stores nothing of a sender who breaks off', async () => {
      const before = await countDeliveries();

      await breakOff(gateway.url, sms('Terputus di tengah jalan'));

      expect((await send(gateway.url, sms('Sesudah terputus'))).status).to.equal(200);
      expect(await countDeliveries()).to.equal(before + 1);
    });

    it('takes a GET as long as the longest message there can be', async () => {
      const text = 'ꦗ'.repeat(1600);
      const params = new URLSearchParams(fields(text));
      for (let index = 0; index < 10; index += 1) {
        const url = `https://api.twilio.com/${'m'.repeat(150)}${String(index)}`;
        params.set(`MediaUrl${String(index)}`, url);
        params.set(`MediaContentType${String(index)}`, 'image/jpeg');
      }
      const path = `/webhooks/sms?${params.toString()}`;
      const signature = webhooks.getExpectedTwilioSignature(token, publicUrl + path, {});

      const answer = await send(gateway.url, {
        method: 'GET',
        path,
        headers: { 'x-twilio-signature': signature },
        body: null,
      });

      expect(answer.status).to.equal(200);
      await reachesTheCore(text);
    });

    it('says 413 to whoever sends far too much, ten at once', async () => {
      const body = Buffer.alloc(16 * 1024 * 1024, 'a');
      const before = await outcome('telegram', 'too_large');

      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          send(gateway.url, { ...update(''), body }, index % 2 ? 'chunked' : 'content-length'),
        ),
      );

      expect(answers.map(({ status }) => status)).to.deep.equal(Array(10).fill(413));
      expect(await outcome('telegram', 'too_large')).to.equal(before + 10);
    });
  });

  describe('authenticate', () => {
    const proxied = {
      host: '10.0.0.5:8080',
      'x-forwarded-host': 'jahat.example',
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'host=jahat.example;proto=http',
    };

    it('goes by PUBLIC_URL, whatever a proxy makes of Host and X-Forwarded-*', async () => {
      const sent = sms('Lewat proksi');

      const answer = await send(gateway.url, {
        ...sent,
        headers: { ...sent.headers, ...proxied },
      });

      expect(answer.status).to.equal(200);
    });

    for (const base of ['http://10.0.0.5:8080', 'http://jahat.example', 'https://jahat.example']) {
      it(`does not take the address in the request's headers for its own: ${base}`, async () => {
        const sent = sms('Lewat alamat palsu', { base });

        const answer = await send(gateway.url, {
          ...sent,
          headers: { ...sent.headers, ...proxied },
        });

        expect(answer.status).to.equal(401);
      });
    }

    it('takes an address with a query, exactly as it was sent', async () => {
      const path = '/webhooks/sms?ch=1708&x=%20a+b&x=&y';

      const right = await send(gateway.url, sms('Dengan kueri', { path }));
      const other = await send(gateway.url, {
        ...sms('Kueri lain', { path }),
        path: `${path}&z=1`,
      });

      expect(right.status).to.equal(200);
      expect(other.status).to.equal(401);
    });

    for (const base of ['https://example.go.id/lapor', 'https://example.go.id/lapor/']) {
      it(`knows its address behind a proxy that serves it at ${base}`, async () => {
        const behind = await startGateway({
          databaseUrl: db.url,
          coreUrl: core.url,
          role: 'gateway',
          environment: { PUBLIC_URL: base },
        });

        try {
          const right = await send(
            behind.url,
            sms('Jalur', { base: 'https://example.go.id/lapor' }),
          );
          const wrong = await send(behind.url, sms('Jalur', { base: 'https://example.go.id' }));

          expect(right.status).to.equal(200);
          expect(wrong.status).to.equal(401);
        } finally {
          await behind.stop();
        }
      });
    }

    it('counts every forgery and logs hardly any', async () => {
      const linesBefore = linesOf(gateway, 'delivery not authentic');
      const before = await outcome('sms', 'unauthenticated');
      const forged = { ...sms('Palsu'), headers: { 'x-twilio-signature': 'AAAA' } };

      const answers = await Promise.all(
        Array.from({ length: 100 }, () => send(gateway.url, forged)),
      );

      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([401]));
      expect(await outcome('sms', 'unauthenticated')).to.equal(before + 100);
      expect(linesOf(gateway, 'delivery not authentic') - linesBefore).to.be.at.most(2);
      expect(linesOf(gateway, 'delivery not authentic')).to.be.at.least(1);
    });
  });

  describe('find', () => {
    for (const path of [
      '/webhooks',
      '/webhooks/',
      '/webhooks/faks',
      '/webhooks/__proto__',
      '/webhooks/sms/status/lain',
      '/webhooks//sms',
      '/webhooks/SMS',
      '/tidak-ada',
    ]) {
      it(`knows nothing at ${path}`, async () => {
        const sent = sms('Salah alamat');

        const answer = await send(gateway.url, { ...sent, path });

        expect(answer.status).to.equal(404);
      });
    }

    it('tells nobody what it is built with', async () => {
      const { headers } = await get(gateway.url, '/webhooks/sms');

      expect(headers).not.to.have.any.keys('x-powered-by', 'server');
    });
  });

  describe('a proxy that TRUST_PROXY does not count', () => {
    const warnings = (of: TestGateway) => of.log().split('but TRUST_PROXY is 0').length - 1;
    const through = (of: TestGateway) =>
      send(of.url, {
        ...{ method: 'GET', path: '/healthz', body: null },
        headers: { 'x-forwarded-for': '203.0.113.9' },
      });
    const start = (TRUST_PROXY: string) =>
      startGateway({
        ...{ databaseUrl: db.url, coreUrl: core.url, role: 'gateway' },
        environment: { TRUST_PROXY },
      });

    it('is told of once, when all requests come through it', async () => {
      const untold = await start('0');
      for (let count = 0; count < 19; count += 1) await through(untold);
      const before = warnings(untold);

      for (let count = 0; count < 40; count += 1) await through(untold);

      await untold.stop();
      expect([before, warnings(untold)]).to.deep.equal([0, 1]);
    });

    it('is not told of where it is counted', async () => {
      const told = await start('1');

      for (let count = 0; count < 40; count += 1) await through(told);

      await told.stop();
      expect(warnings(told)).to.equal(0);
    });
  });

  describe('/healthz', () => {
    it('is 200 on both listeners while the process lives', async () => {
      expect((await get(gateway.url, '/healthz')).status).to.equal(200);
      expect((await get(gateway.internalUrl, '/healthz')).status).to.equal(200);
    });

    it('is the only one of its kind on the public listener', async () => {
      expect((await get(gateway.url, '/readyz')).status).to.equal(404);
      expect((await get(gateway.url, '/metrics')).status).to.equal(404);
    });
  });

  describe('/readyz', () => {
    it('says that PostgreSQL does not take writes, and is 200 because the spool does', async () => {
      const before = await get(gateway.internalUrl, '/readyz');
      const lock = await db.database.transaction();
      await lock.raw('lock table heartbeats in access exclusive mode');

      const during = await get(gateway.internalUrl, '/readyz');
      await lock.rollback();

      const after = await get(gateway.internalUrl, '/readyz');
      expect([before.status, during.status, after.status]).to.deep.equal([200, 200, 200]);
      expect(before.body).to.equal('ready\n');
      expect(during.body).to.contain('PostgreSQL is away').and.contain('(0 waiting');
    });

    it('says it of a database that only reads', async () => {
      const [row] = await select(db.database, 'select current_database() as name');
      const name = String(row?.['name']);
      await db.database.raw(`alter database ${name} set default_transaction_read_only = on`);
      await endSessions(db);

      const during = await get(gateway.internalUrl, '/readyz');
      await asAdmin(db, (admin) =>
        admin.raw(`alter database ${name} reset default_transaction_read_only`),
      );
      await endSessions(db);

      expect(during.body).to.contain('PostgreSQL is away');
      expect((await get(gateway.internalUrl, '/readyz')).body).to.equal('ready\n');
    });
  });

  describe('/metrics', () => {
    let text = '';

    before(async () => {
      await send(gateway.url, update('bukan JSON'));
      await send(gateway.url, sms('Untuk metrik'));
      await reachesTheCore('Untuk metrik');
      await isDrained();
      text = (await get(gateway.internalUrl, '/metrics')).body;
    });

    for (const [name, type] of [
      ['satupintu_deliveries_total', 'counter'],
      ['satupintu_messages_total', 'counter'],
      ['satupintu_events_forwarded_total', 'counter'],
      ['satupintu_ack_seconds', 'histogram'],
      ['satupintu_forward_seconds', 'histogram'],
      ['satupintu_pending', 'gauge'],
    ]) {
      it(`has the ${type ?? ''} ${name ?? ''}`, () => {
        expect(text).to.match(new RegExp(`^# TYPE ${name ?? ''} ${type ?? ''}$`, 'm'));
      });
    }

    const samples = {
      'deliveries accepted':
        /^satupintu_deliveries_total\{channel="sms",outcome="accepted"\} \d+$/m,
      'deliveries refused':
        /^satupintu_deliveries_total\{channel="sms",outcome="unauthenticated"\} \d+$/m,
      'deliveries too large':
        /^satupintu_deliveries_total\{channel="telegram",outcome="too_large"\} \d+$/m,
      'messages that became complaints':
        /^satupintu_messages_total\{channel="sms",outcome="complaint"\} \d+$/m,
      'messages quarantined':
        /^satupintu_messages_total\{channel="telegram",outcome="quarantined"\} \d+$/m,
      'events the core took':
        /^satupintu_events_forwarded_total\{type="id\.go\.lapor\.complaint\.received\.v1",outcome="\w+"\} \d+$/m,
      'how long a 2xx took': /^satupintu_ack_seconds_bucket\{le="0\.05",channel="sms"\} \d+$/m,
      'how long a complaint took': /^satupintu_forward_seconds_count\{channel="sms"\} \d+$/m,
    };
    for (const [label, sample] of Object.entries(samples)) {
      it(`counts ${label}`, () => {
        expect(text).to.match(sample);
      });
    }

    it('says that nothing is pending at any stage once drained', () => {
      const pending = [...text.matchAll(/^satupintu_pending\{stage="(\w+)"\} (\d+)$/gm)];

      expect(pending.map(([, stage, count]) => [stage, count])).to.deep.equal([
        ['read', '0'],
        ['judge', '0'],
        ['forward', '0'],
        ['blocked', '0'],
        ['spool', '0'],
      ]);
    });

    it('says what is pending while the core is away', async () => {
      core.answerWith((_call, response) => {
        response.writeHead(503).end();
      });

      await send(gateway.url, sms('Inti sedang pergi'));
      await eventually('one event pending', async () => {
        return (await gateway.metric('satupintu_pending{stage="forward"}')) === 1;
      });
      core.answerWith((_call, response) => {
        response.writeHead(202).end();
      });

      await isDrained();
      expect(
        core.events().filter(({ data }) => data['text'] === 'Inti sedang pergi'),
      ).to.have.length(1);
    });
  });
});

let number = 0;

const fields = (text: string) => ({
  AccountSid: channelSettings['TWILIO_ACCOUNT_SID'] ?? '',
  MessageSid: `SM${String((number += 1)).padStart(32, '0')}`,
  From: `+62812${String(10_000_000 + number)}`,
  To: '1708',
  Body: text,
});

/** An SMS signed for the address `base` + `path`, sent to `path`. */
function sms(text: string, { base = publicUrl, path = '/webhooks/sms' } = {}): Sent {
  const all = fields(text);
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(token, base + path, all),
    },
    body: Buffer.from(new URLSearchParams(all).toString()),
  };
}

/** A Telegram delivery of these bytes and a few that make it a new one; not JSON. */
function update(content: string): Sent {
  return {
    method: 'POST',
    path: '/webhooks/telegram',
    headers: {
      'x-telegram-bot-api-secret-token': channelSettings['TELEGRAM_SECRET_TOKEN'] ?? '',
    },
    body: Buffer.from(`${content}${String(randomInt(2 ** 40))}x`),
  };
}

const linesOf = (gateway: TestGateway, message: string) =>
  gateway.log().split(`"msg":"${message}"`).length - 1;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Makes every COMMIT of a delivery do this first. */
async function atCommit({ database }: TestDatabase, statement: string): Promise<void> {
  await database.raw(`
    create function at_commit() returns trigger language plpgsql as
      $$ begin ${statement}; return null; end $$;
    create constraint trigger at_commit after insert on deliveries
      deferrable initially deferred for each row execute function at_commit()`);
}

async function commitFreely({ database }: TestDatabase): Promise<void> {
  await database.raw('drop trigger at_commit on deliveries; drop function at_commit');
}

/** Ends every session of the database and lets no new one in. Out: how to give it back. */
async function takeAway(db: TestDatabase): Promise<() => Promise<void>> {
  const { name } = namedOf(db);
  const admin = (sql: string) => asAdmin(db, (database) => database.raw(sql));
  await admin(`alter database ${name} with allow_connections false`);
  await endSessions(db);
  return async () => {
    await admin(`alter database ${name} with allow_connections true`);
  };
}

async function endSessions(db: TestDatabase): Promise<void> {
  await asAdmin(db, (admin) =>
    admin.raw('select pg_terminate_backend(pid) from pg_stat_activity where datname = ?', [
      namedOf(db).name,
    ]),
  );
}

async function asAdmin(
  db: TestDatabase,
  act: (database: TestDatabase['database']) => PromiseLike<unknown>,
): Promise<void> {
  const { connection } = namedOf(db);
  const admin = openDatabase(
    { ...connection, database: 'postgres' },
    { poolSize: 1, statementTimeoutMs: 10_000 },
  );
  try {
    await act(admin);
  } finally {
    await admin.destroy();
  }
}

function namedOf({ connection }: TestDatabase) {
  if (!('database' in connection)) throw new Error('the database has no name');
  return { name: connection.database, connection };
}

/** Announces the whole body, sends half of it and goes. */
async function breakOff(base: string, { method, path, headers, body }: Sent): Promise<void> {
  const { hostname, port } = new URL(base);
  const length = body?.length ?? 0;
  const lines = Object.entries({ host: hostname, ...headers, 'content-length': String(length) });
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.write(
      `${method} ${path} HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n`,
    );
    socket.write(Buffer.from(body ?? []).subarray(0, length / 2), () => {
      setTimeout(resolve, 50);
    });
  });
  socket.destroy();
}
