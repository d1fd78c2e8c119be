import { expect } from 'chai';
import { startCore, type TestCore } from '../support/core.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { sendText } from '../support/send.ts';
import { randomFrom } from '../support/channel-cases.ts';

const reporters = 20;
const messages = 30;

for (const queue of ['PostgreSQL', 'Redis'] as const) {
  describe(`the order of one reporter, over two gateways on one database, queue on ${queue}`, () => {
    let db: TestDatabase;
    let core: TestCore;
    let redis: TestRedis | null = null;
    const gateways: TestGateway[] = [];

    before(async () => {
      db = await createTestDatabase();
      core = await startCore();
      redis = queue === 'Redis' ? await startTestRedis() : null;
      const environment = redis === null ? {} : { REDIS_URL: redis.url };
      for (let count = 0; count < 2; count += 1) {
        gateways.push(await startGateway({ databaseUrl: db.url, coreUrl: core.url, environment }));
      }
    });

    after(async () => {
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await redis?.stop();
      await core.stop();
      await db.drop();
    });

    it('holds at a core that is slow by chance and sometimes fails', async () => {
      const random = randomFrom(1708);
      const taken: { readonly phone: string; readonly text: string; readonly id: string }[] = [];
      core.answerWith(({ event }, response) => {
        const fails = random(100) < 3;
        setTimeout(() => {
          if (fails) {
            response.writeHead(500).end();
            return;
          }
          const phone = /\+\d+/.exec(JSON.stringify(event.data['reporter']))?.[0] ?? '';
          taken.push({ phone, text: String(event.data['text']), id: event.id });
          response.writeHead(202).end();
        }, random(15));
      });
      const phones = Array.from({ length: reporters }, (_, index) => `+62814${10_000_000 + index}`);

      await Promise.all(
        phones.map(async (phone) => {
          for (let count = 0; count < messages; count += 1) {
            const url = gateways[random(2)]?.url ?? '';
            const response = await sendText(url, 'sms', `LAPOR BARU: Laporan ke-${count}`, phone);
            expect(response.status).to.equal(200);
          }
        }),
      );
      await core.until(
        () => new Set(taken.map(({ id }) => id)).size === reporters * messages,
        25_000,
      );

      const wanted = Array.from({ length: messages }, (_, count) => `Laporan ke-${count}`);
      for (const phone of phones) {
        const first = new Map(
          taken.filter((event) => event.phone === phone).map(({ id, text }) => [id, text]),
        );
        expect([...first.values()], phone).to.deep.equal(wanted);
      }
      const failed = core.calls.length - taken.length;
      expect(failed).to.be.above(0);
    });

    it('was kept by both gateways: each judged and each sent some of it', async () => {
      const judged = await Promise.all(
        gateways.map((gateway) =>
          gateway.metric('satupintu_messages_total{channel="sms",outcome="complaint"}'),
        ),
      );

      expect(judged.reduce((sum, count) => sum + count, 0)).to.equal(reporters * messages);
      expect(Math.min(...judged)).to.be.above(0);
    });
  });
}
