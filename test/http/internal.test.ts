import { networkInterfaces } from 'node:os';
import { expect } from 'chai';
import { channelSettings, eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { send } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendForm } from '../support/send.ts';

const isi = 'Tanggul Kali Werdi retak dekat Balai Desa Sumberagung';

describe('the internal listener, where the embedded core keeps real complaints', () => {
  let db: TestDatabase;
  let gateway: TestGateway;

  const startOn = (INTERNAL_HOST: string) => async () => {
    db = await createTestDatabase();
    const environment = { ...channelSettings, INTERNAL_HOST };
    gateway = await startGateway({ databaseUrl: db.url, coreUrl: '', environment });
    await sendForm(gateway.url, { isi });
    const line =
      'satupintu_events_forwarded_total{type="id.go.lapor.complaint.received.v1",outcome="done"}';
    await eventually('the complaint at the core', async () => (await gateway.metric(line)) === 1);
  };
  const stop = async () => {
    await gateway.stop();
    await db.drop();
  };
  const ask = (path: string, host: string, base = gateway.internalUrl) =>
    send(base, { method: 'GET', path, headers: { host }, body: null });

  describe('on 127.0.0.1', () => {
    before(startOn('127.0.0.1'));
    after(stop);

    for (const host of ['127.0.0.1', 'localhost:1709', 'LOCALHOST', '127.8.9.1:1', '[::1]:1709']) {
      it(`shows them to who calls it ${host}`, async () => {
        expect((await ask('/core', host)).body).to.contain(isi);
      });
    }

    for (const host of [
      ...['lapor.example', 'lapor.example:1709', '127.0.0.1.lapor.example', 'localhost.example'],
      ...['127.0.0.1@lapor.example', '192.168.1.4', '[::1].lapor.example', 'localhost:1:2'],
    ]) {
      it(`shows nothing to who calls it "${host}", as another site in a browser would`, async () => {
        for (const path of ['/core', '/core/stream', '/core/lampiran/x', '/core/laporan/x']) {
          const { status, body } = await ask(path, host);

          expect([path, status]).to.deep.equal([path, 421]);
          expect(body).not.to.contain(isi);
        }
      });
    }

    it('says how it is to who asks by any name', async () => {
      for (const path of ['/healthz', '/readyz', '/metrics']) {
        expect((await ask(path, 'satu-pintu:1709')).status).to.equal(200);
      }
    });
  });

  describe('on an address that others reach', () => {
    before(startOn('0.0.0.0'));
    after(stop);

    it('shows no complaint to anybody, by whatever name, and takes events all the same', async () => {
      const { port } = new URL(gateway.internalUrl);
      const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
      const addresses = own.flatMap(({ family, address }) => (family === 'IPv4' ? [address] : []));

      for (const address of addresses) {
        const base = `http://${address}:${port}`;
        for (const path of ['/core', '/core/stream', '/aset/base.css']) {
          expect((await ask(path, 'localhost', base)).status).to.equal(404);
        }
        expect((await ask('/metrics', address, base)).status).to.equal(200);
        expect((await ask('/readyz', address, base)).status).to.equal(200);
      }
    });
  });
});
