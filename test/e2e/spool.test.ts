import { expect } from 'chai';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectSpool } from '../../src/spool.ts';
import { select } from '../../src/store/database.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { type Plug, startPlug } from '../support/plug.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendSms } from '../support/send.ts';

describe('a gateway while PostgreSQL is away', () => {
  let db: TestDatabase;
  let core: TestCore;
  let plug: Plug;
  let dataDir: string;
  let gateway: TestGateway;

  const start = () =>
    startGateway({
      databaseUrl: plug.url,
      coreUrl: core.url,
      environment: { DATA_DIR: dataDir },
      role: 'gateway',
    });
  let worker: TestGateway;

  beforeEach(async () => {
    db = await createTestDatabase();
    core = await startCore();
    plug = await startPlug(db);
    dataDir = await mkdtemp(join(tmpdir(), 'satu-pintu-spooled-'));
    gateway = await start();
    worker = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      role: 'worker',
    });
  });
  afterEach(async () => {
    plug.mend();
    await gateway.stop();
    await worker.stop();
    await plug.close();
    await core.stop();
    await db.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const spool = () => join(dataDir, 'spool');
  const sid = (index: number) => `SM${String(index).padStart(32, '0')}`;
  const send = (index: number, from = '+628120000001') =>
    sendSms(gateway.url, {
      MessageSid: sid(index),
      From: from,
      Body: `LAPOR BARU lampu jalan nomor ${index} di Kelurahan Mekar padam`,
    });
  const readyz = async () => {
    const response = await fetch(`${gateway.internalUrl}/readyz`);
    return { status: response.status, text: await response.text() };
  };
  const order = () =>
    core.events().flatMap(({ data }) => {
      const found = /nomor (\d+)/.exec(String(data['text']));
      return found ? [Number(found[1])] : [];
    });
  const arrived = (count: number) =>
    eventually(
      `${count} at the core`,
      () => Promise.resolve(new Set(order()).size === count),
      20_000,
    );
  const stored = async () => {
    const rows = await select(db.database, 'select channel, state from deliveries order by id');
    return rows.map(({ channel, state }) => `${String(channel)} ${String(state)}`);
  };

  it('takes in, says so, and moves all of it in its order when PostgreSQL is back', async () => {
    expect((await send(0)).status).to.equal(200);
    plug.cut();
    const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
    for (const number of numbers) expect((await send(number)).status).to.equal(200);
    expect((await send(7)).status, 'a redelivery').to.equal(200);

    const ready = await readyz();
    expect(ready.status).to.equal(200);
    expect(ready.text).to.match(
      /^ready; PostgreSQL is away, deliveries are spooled \(30 waiting, /,
    );
    expect(await gateway.metric('satupintu_spool_deliveries')).to.equal(30);
    expect((await inspectSpool(spool())).records).to.equal(30);
    plug.mend();

    await arrived(31);
    expect(order()).to.deep.equal([0, ...numbers]);
    await eventually('spool empty', async () => (await readyz()).text === 'ready\n');
    expect(await readdir(spool())).not.to.satisfy((names: string[]) =>
      names.some((name) => name.endsWith('.spool')),
    );
    expect(await gateway.metric('satupintu_spool_deliveries')).to.equal(0);
    const accepted = 'satupintu_deliveries_total{channel="sms",outcome="accepted"}';
    const repeated = 'satupintu_deliveries_total{channel="sms",outcome="repeated"}';
    expect(await gateway.metric(accepted)).to.equal(31);
    expect(await gateway.metric(repeated)).to.equal(1);
  });

  it('lets nothing overtake what is spooled', async () => {
    plug.cut();
    for (let number = 1; number <= 600; number += 1) {
      expect((await send(number)).status).to.equal(200);
      if (number === 300) plug.mend();
    }
    await arrived(600);
    expect(order()).to.deep.equal(Array.from({ length: 600 }, (_, index) => index + 1));
  });

  it('answers while PostgreSQL hangs: the first after 2.5 s, the others at once', async () => {
    expect((await send(0)).status).to.equal(200);
    plug.hush();
    const startedAt = Date.now();
    expect((await send(1)).status).to.equal(200);
    expect(Date.now() - startedAt).to.be.within(2000, 4500);
    const laterAt = Date.now();
    for (const number of [2, 3, 4]) expect((await send(number)).status).to.equal(200);
    expect(Date.now() - laterAt).to.be.lessThan(1500);
    plug.mend();
    await arrived(5);
    expect(order()).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('starts without PostgreSQL, keeps what an earlier process has spooled, and loses nothing', async () => {
    plug.cut();
    for (const number of [1, 2]) expect((await send(number)).status).to.equal(200);
    await gateway.stop();
    gateway = await start();
    expect((await readyz()).text).to.include('2 waiting');
    expect((await send(3)).status).to.equal(200);
    plug.mend();
    await arrived(3);
    expect(order()).to.deep.equal([1, 2, 3]);
  });

  it('answers 503 and claims nothing when the spool cannot be written either', async function () {
    if (process.getuid?.() === 0) await rm(spool(), { recursive: true });
    else await chmod(spool(), 0o500);
    plug.cut();
    const refused = await send(1);
    expect(refused.status).to.equal(503);
    expect(Number(refused.headers.get('retry-after'))).to.be.greaterThan(0);
    const refusals = 'satupintu_deliveries_total{channel="sms",outcome="unavailable"}';
    expect(await gateway.metric(refusals)).to.equal(1);
    const ready = await readyz();
    expect(ready.status).to.equal(503);
    expect(ready.text).to.include('the spool cannot be written');
    plug.mend();
    await eventually('ready', async () => (await readyz()).text === 'ready\n');
    expect((await send(1)).status).to.equal(200);
    await arrived(1);
  });

  it('quarantines a record that went bad on the disk, and moves the others', async () => {
    plug.cut();
    for (const number of [1, 2, 3]) expect((await send(number)).status).to.equal(200);
    await gateway.stop();
    const [name = ''] = (await readdir(spool())).filter((each) => each.endsWith('.spool'));
    const bytes = await readFile(join(spool(), name));
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(join(spool(), name), bytes);
    gateway = await start();
    plug.mend();
    await arrived(2);
    expect(order()).to.deep.equal([1, 3]);
    await eventually('quarantined', async () => (await stored()).includes('spool quarantined'));
    const drained = 'satupintu_spool_drained_total{channel="spool",outcome="quarantined"}';
    expect(await gateway.metric(drained)).to.equal(1);
  });

  it('counts a delivery that PostgreSQL has already as repeated when it is moved', async () => {
    plug.pull('insert into deliveries', 'lose');
    expect((await send(1)).status).to.equal(200);
    plug.mend();
    await arrived(1);
    await eventually('moved', async () => (await readyz()).text === 'ready\n');
    const repeated = 'satupintu_spool_drained_total{channel="sms",outcome="repeated"}';
    expect(await gateway.metric(repeated)).to.equal(1);
    expect(await stored()).to.deep.equal(['sms read']);
  });
});
