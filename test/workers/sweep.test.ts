import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { createIntake } from '../../src/intake.ts';
import { select } from '../../src/store/database.ts';
import { createSeal } from '../../src/store/seal.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { eventually, publicUrl, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendSms } from '../support/send.ts';

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
