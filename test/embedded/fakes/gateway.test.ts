import { expect } from 'chai';
import { channels } from '../../../channels/index.ts';
import type { Environment } from '../../../src/domain/channel.ts';
import { type Fakes, startFakes } from '../../../src/embedded/fakes.ts';
import { startCore, type TestCore } from '../../support/core.ts';
import { eventually, publicUrl, startGateway, type TestGateway } from '../../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const names = ['facebook', 'sms', 'telegram', 'x'];

describe('fake providers before a gateway', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;
  let fakes: Fakes;

  before(async () => {
    const settings = (name: string): Environment =>
      channels
        .find((each) => each.name === name)
        ?.demo((secret) => Buffer.from(secret).toString('hex').padEnd(64, '0')) ?? {};
    // Every delivery comes twice.
    fakes = await startFakes({ settings, publicUrl, random: () => 0, pace: 0.01 });
    db = await createTestDatabase();
    core = await startCore();
    const environment: Environment = Object.fromEntries(
      names.flatMap((name) => Object.entries({ ...settings(name), ...fakes.variables(name) })),
    );
    gateway = await startGateway({ databaseUrl: db.url, coreUrl: core.url, environment });
    for (const name of names) await fakes.of(name)?.connect(gateway.url);
  });

  after(async () => {
    await fakes.close();
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  for (const [index, name] of names.entries()) {
    it(`makes one complaint of what ${name} delivers twice`, async () => {
      const text = `Tiang listrik nomor ${index + 4} miring di depan kantor ${name}`;

      const sent = await fakes.of(name)?.send({ text, from: null });

      expect(sent).to.deep.include({ status: 200, times: 2, error: null });
      const arrived = () => core.events().filter(({ data }) => data['text'] === text);
      await core.until(() => arrived().length > 0, 5000);
      expect(arrived()).to.have.length(1);
      const repeated = `satupintu_deliveries_total{channel="${name}",outcome="repeated"}`;
      await eventually('a repeated delivery', async () => (await gateway.metric(repeated)) === 1);
    });
  }
});
