import { expect } from 'chai';
import { channels } from '../../channels/index.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { channelSettings, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendForm, sendText } from '../support/send.ts';

const settings = {
  ...channelSettings,
  X_CONSUMER_SECRET: 'x-consumer-secret-for-tests',
  X_USER_ID: '1234567890123456789',
  FACEBOOK_APP_SECRET: 'facebook-app-secret-for-tests',
  FACEBOOK_VERIFY_TOKEN: 'facebook-verify-token-for-tests',
  FACEBOOK_PAGE_ID: '102030405060708',
};

describe('the way of a message', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: settings,
    });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  for (const { name } of channels) {
    it(`brings a message of ${name} to the core within two seconds`, async () => {
      const text = `PJU mati di depan SDN 3 (${name})`;
      const startedAt = Date.now();

      const response =
        name === 'web'
          ? await sendForm(gateway.url, { isi: text })
          : await sendText(gateway.url, name, text, null, settings);

      expect(response.status).to.equal(200);
      const arrived = () => core.calls.find(({ event }) => event.data['text'] === text);
      await core.until(() => arrived() !== undefined, 2000);
      expect(Date.now() - startedAt).to.be.below(2000);
      expect(arrived()?.event.data['channel']).to.equal(name);
    });
  }
});
