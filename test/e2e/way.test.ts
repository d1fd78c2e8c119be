import { expect } from 'chai';
import { startCore, type TestCore } from '../support/core.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendText } from '../support/send.ts';

describe('the way of a message', () => {
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

  for (const channel of ['sms', 'telegram'] as const) {
    it(`brings an ${channel} message to the core within two seconds`, async () => {
      const text = `PJU mati di depan SDN 3 (${channel})`;
      const startedAt = Date.now();

      const response = await sendText(gateway.url, channel, text);

      expect(response.status).to.equal(200);
      await core.until((calls) => calls.some(({ event }) => event.data['text'] === text), 2000);
      expect(Date.now() - startedAt).to.be.below(2000);
    });
  }
});
