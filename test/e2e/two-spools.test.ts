import { expect } from 'chai';
import { select } from '../../src/store/database.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Plug, startPlug } from '../support/plug.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendSms } from '../support/send.ts';

/** A citizen's messages come by whichever gateway is next, and wait in the spools of both. */
describe('two gateways and one citizen', () => {
  let db: TestDatabase;
  let core: TestCore;
  let plugs: readonly [Plug, Plug];
  let gateways: readonly [TestGateway, TestGateway];
  let worker: TestGateway;
  let sent = 0;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    plugs = [await startPlug(db), await startPlug(db)];
    const start = ({ url }: Plug) =>
      startGateway({ databaseUrl: url, coreUrl: core.url, role: 'gateway' });
    gateways = [await start(plugs[0]), await start(plugs[1])];
    worker = await startGateway({ databaseUrl: db.url, coreUrl: core.url, role: 'worker' });
    await eventually('both known', async () => {
      const known = await select(
        db.database,
        `select 1 from gateways where clear_at > '2000-01-01'`,
      );
      return known.length === 2;
    });
  });
  after(async () => {
    for (const plug of plugs) plug.mend();
    for (const gateway of [...gateways, worker]) await gateway.stop();
    for (const plug of plugs) await plug.close();
    await core.stop();
    await db.drop();
  });

  const send = (by: 0 | 1): Promise<void> => {
    sent += 1;
    return sendAgain(by, sent);
  };
  const sendAgain = async (by: 0 | 1, number: number): Promise<void> => {
    const { status } = await sendSms(gateways[by].url, {
      MessageSid: `SM${String(number).padStart(32, '0')}`,
      From: '+628120000009',
      Body: `LAPOR BARU lampu jalan nomor ${number} di Kelurahan Mekar padam`,
    });
    expect(status).to.equal(200);
  };
  const allInOrder = async () => {
    const order = () =>
      core.events().map(({ data }) => Number(/nomor (\d+)/.exec(String(data['text']))?.[1]));
    await eventually('all at the core', () => Promise.resolve(order().length === sent), 20_000);
    expect(order()).to.deep.equal(Array.from({ length: sent }, (_, index) => index + 1));
  };

  for (const [late, early] of [
    [0, 1],
    [1, 0],
  ] as const) {
    it(`keep the order of both spools when gateway ${late + 1} gets PostgreSQL back last`, async () => {
      for (const plug of plugs) plug.cut();
      for (let turn = 0; turn < 10; turn += 1) await send(turn % 2 === 0 ? late : early);
      plugs[early].mend();
      await send(early); // not by the spool any more, or at its end
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await send(late);
      plugs[late].mend();
      await send(early);
      await allInOrder();
    });
  }

  it('keep it when only one of them has lost PostgreSQL', async () => {
    plugs[0].cut();
    for (let turn = 0; turn < 6; turn += 1) await send(turn % 2 === 0 ? 0 : 1);
    await new Promise((resolve) => setTimeout(resolve, 500));
    plugs[0].mend();
    await allInOrder();
  });

  it('keep it when the other one has got the first message again after the second', async () => {
    for (const plug of plugs) plug.cut();
    await send(0);
    const first = sent;
    await send(1);
    await sendAgain(1, first);
    plugs[1].mend();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    plugs[0].mend();
    await allInOrder();
  });

  it('are not waited for for ever', async () => {
    plugs[1].cut();
    await send(0);
    await eventually('missed', async () => {
      const missed = await select(
        db.database,
        `update gateways set missed_at = missed_at - interval '11 seconds'
         where missed_at is not null returning name`,
      );
      return missed.length > 0;
    });
    await allInOrder();
    expect(worker.log()).to.include('gateways silent');
    plugs[1].mend();
    await send(1);
    await allInOrder();
  });
});
