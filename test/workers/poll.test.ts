import { expect } from 'chai';
import { select } from '../../src/store/database.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { channelSettings, eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendUpdate } from '../support/send.ts';
import { startTelegramApi, type TelegramApi } from '../support/telegram-api.ts';

describe('polling Telegram', () => {
  let db: TestDatabase;
  let core: TestCore;
  let api: TelegramApi;
  let gateways: TestGateway[];
  let ids = 500;

  const start = async (): Promise<TestGateway> => {
    const gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: {
        TELEGRAM_MODE: 'polling',
        TELEGRAM_API_URL: api.url,
        TELEGRAM_SECRET_TOKEN: '',
      },
    });
    gateways.push(gateway);
    return gateway;
  };

  beforeEach(async () => {
    db = await createTestDatabase();
    core = await startCore();
    api = await startTelegramApi(channelSettings['TELEGRAM_BOT_TOKEN'] ?? '');
    gateways = [];
  });

  afterEach(async () => {
    for (const gateway of gateways) await gateway.stop();
    await api.close();
    await core.stop();
    await db.drop();
  });

  const update = (text: string) => {
    const id = (ids += 1);
    const chat = { id: 5_123_456_789, type: 'private' };
    const message = { message_id: id, date: 1_795_255_200, chat, from: chat, text };
    return { update_id: id, message };
  };
  const texts = () => core.events().map(({ data }) => data['text']);
  const asked = () => api.calls.map(({ payload }) => payload.offset);
  const arrived = (count: number, ms = 15_000) =>
    core.until(() => core.events().length >= count, ms);

  it('brings updates to the core, in their order, and has Telegram forget them', async () => {
    const updates = Array.from({ length: 150 }, (_, index) => update(`Banjir hari ${index}`));
    api.send(...updates);

    await start();

    await arrived(150);
    expect(texts()).to.deep.equal(updates.map(({ message }) => message.text));
    await eventually('forgotten', () => Promise.resolve(api.held().length === 0));
    expect(asked()[0]).to.equal(undefined);
    expect(asked().at(-1)).to.equal(ids + 1);
  });

  it('acknowledges nothing that could not be stored, and stores it when it can', async () => {
    await select(
      db.database,
      `create function fail() returns trigger language plpgsql as
         $$ begin raise exception 'disk full' using errcode = '53100'; end $$`,
    );
    await select(
      db.database,
      'create trigger fail before insert on deliveries execute function fail()',
    );
    const lost = update('Tak boleh hilang');
    api.send(lost);
    const gateway = await start();
    await eventually('asked again', () => Promise.resolve(api.calls.length >= 3));

    expect(asked().every((offset) => offset === undefined)).to.equal(true);
    expect(api.held()).to.deep.equal([lost]);
    expect(gateway.log()).to.contain('polling failed');

    await select(db.database, 'drop trigger fail on deliveries');
    await arrived(1);
    await eventually('forgotten', () => Promise.resolve(api.held().length === 0));
    expect(texts()).to.deep.equal(['Tak boleh hilang']);
  });

  it('takes what comes again as the same: its cursor was lost, or Telegram repeats itself', async () => {
    const again = update('Sekali saja');
    api.send(again);
    await start();
    await arrived(1);
    await eventually('forgotten', () => Promise.resolve(api.held().length === 0));

    await select(db.database, 'delete from cursors');
    api.send(again, update('Sesudahnya'));

    await arrived(2);
    expect(texts()).to.deep.equal(['Sekali saja', 'Sesudahnya']);
  });

  it('goes on from its cursor after a restart', async () => {
    api.send(update('Sebelum'));
    const gateway = await start();
    await arrived(1);
    await eventually('forgotten', () => Promise.resolve(api.held().length === 0));
    await gateway.stop();
    gateways.length = 0;
    const callsBefore = api.calls.length;
    const last = ids;
    api.send(update('Sesudah'));

    await start();

    await arrived(2);
    expect(asked()[callsBefore]).to.equal(last + 1);
    expect(texts()).to.deep.equal(['Sebelum', 'Sesudah']);
  });

  it('is done by one process at a time', async () => {
    await start();
    await eventually('asked', () => Promise.resolve(api.calls.length > 0));
    api.answerWith('silence');
    const settled = async (): Promise<number> => {
      const count = api.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 400));
      return api.calls.length === count ? count : settled();
    };
    const waiting = await settled();

    await start();
    await new Promise((resolve) => setTimeout(resolve, 600));

    expect(api.calls.length).to.equal(waiting);
  });

  it('is gone on with by another process when one stops', async () => {
    const first = await start();
    await eventually('asked', () => Promise.resolve(api.calls.length > 0));
    await start();
    await first.stop();
    gateways.shift();

    api.send(update('Diteruskan'));

    await arrived(1, 8000);
    expect(texts()).to.deep.equal(['Diteruskan']);
  });

  it('stops at once, also while Telegram keeps it waiting', async () => {
    const gateway = await start();
    await eventually('asked', () => Promise.resolve(api.calls.length > 0));
    api.answerWith('silence');
    await new Promise((resolve) => setTimeout(resolve, 300));

    const startedAt = Date.now();
    await gateway.stop();
    gateways.length = 0;

    expect(Date.now() - startedAt).to.be.below(3000);
  });

  it('leaves no webhook open', async () => {
    const gateway = await start();

    const response = await sendUpdate(gateway.url, update('Lewat pintu belakang'));

    expect(response.status).to.equal(404);
    expect(await select(db.database, 'select 1 from deliveries')).to.deep.equal([]);
  });
});
