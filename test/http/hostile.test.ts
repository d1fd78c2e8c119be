import { get, type IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { hostileKeys } from '../support/hostile.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** Neither a channel nor a core is configured: demo mode, where everything is to be seen. */
const nothing = [
  ...['ROUTING_CORE_URL', 'ROUTING_CORE_SECRET', 'PUBLIC_URL', 'TWILIO_ACCOUNT_SID'],
  ...['TWILIO_AUTH_TOKEN', 'TWILIO_API_URL', 'TELEGRAM_API_URL', 'TELEGRAM_BOT_TOKEN'],
  ...['TELEGRAM_SECRET_TOKEN', 'TELEGRAM_BOT_USERNAME'],
];

const uuid = '019a9d0c-7a3e-7c11-9d2b-5f60718293a4';

/** Every place of an address in which somebody else's word stands; `*` is the word. */
const asked = [
  ...['cari', 'kanal', 'klasifikasi', 'duplikat', 'tanda', 'sifat', 'keadaan', 'lampiran'].map(
    (name) => `/core?${name}=*`,
  ),
  ...['/core?*=*', '/core?sebelum=*', '/core/*', '/core/laporan/*', '/core/lampiran/*'],
  ...[`/core/laporan/${uuid}?*`, '/core?kanal[*]=1', '/core?kanal=a&kanal=*'],
  ...['/simulator?kanal=*', '/simulator?kanal=sms&warga=*', '/simulator?salinan=*'],
  ...['/simulator/kabar?kanal=*&versi=*', '/simulator/foto/*', '/simulator/*', '/simulator?*=*'],
  ...['/lacak?nomor=*', '/lacak/*', '/wilayah?q=*', '/?*=*', '/*', '/assets/*', '/schemas/*'],
  ...['/webhooks/*', '/webhooks/sms/*', '/webhooks/x?crc_token=*', '/webhooks/sms?*=*'],
  ...['/webhooks/facebook?hub.mode=*&hub.verify_token=*&hub.challenge=1'],
  ...['/api/v1/attachments/*', '/api/v1/*', '/healthz?*=*'],
];

/** Every form, and its fields. */
const forms: Readonly<Record<string, readonly string[]>> = {
  '/simulator': [
    ...['kanal', 'warga', 'teks', 'tempat', 'lintang', 'bujur', 'contoh', 'cara', 'berkas'],
  ],
  '/simulator/contoh': ['kanal', 'warga', 'contoh'],
  '/core/status': ['laporan', 'status', 'instansi', 'balasan'],
  '/': [
    ...['klasifikasi', 'judul', 'isi', 'tanggal', 'lokasi', 'lintang', 'bujur', 'instansi', 'nama'],
    ...['kontak', 'anonim', 'rahasia', 'situs', 'formulir', 'csrf', 'berkas', 'hapus', 'lampiran'],
  ],
};

describe('what every object of JavaScript answers to', () => {
  let database: TestDatabase;
  let gateway: TestGateway;

  before(async () => {
    database = await createTestDatabase();
    const environment = Object.fromEntries(nothing.map((name) => [name, '']));
    gateway = await startGateway({ databaseUrl: database.url, coreUrl: '', environment });
  });

  after(async () => {
    await gateway.stop();
    await database.drop();
  });

  for (const key of hostileKeys) {
    for (const address of asked) {
      it(`is nothing to ${address.replaceAll('*', key)}`, async () => {
        const path = address.replaceAll('*', key);

        const answer = await fetch(gateway.url + path, { redirect: 'manual' });
        await answer.arrayBuffer();

        expect(answer.status).to.be.within(200, 499);
      });
    }

    for (const [path, fields] of Object.entries(forms)) {
      it(`is nothing in a field of the form at ${path}: ${key}`, async () => {
        for (const field of [...fields, key]) {
          const usual = path.startsWith('/simulator') ? { kanal: 'sms', warga: 'siti' } : {};
          const values = { ...usual, ...Object.fromEntries([[field, key]]) };
          const status = await posted(gateway.url + path, path === '/core/status', values);

          expect(status, field).to.be.within(200, 499);
        }
      });
    }
  }

  it('is nothing to the live list', async () => {
    for (const key of hostileKeys) {
      const leave = new AbortController();
      const { signal } = leave;
      const address = `${gateway.url}/core/stream?kanal=${key}&sesudah=${key}&utuh=${key}`;
      const { status } = await fetch(address, { signal, headers: { 'last-event-id': key } });
      leave.abort();

      expect(status).to.equal(200);
    }
  });
});

async function posted(
  address: string,
  isUrlencoded: boolean,
  values: Readonly<Record<string, string>>,
): Promise<number> {
  const body = isUrlencoded ? new URLSearchParams() : new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  const answer = await fetch(address, { method: 'POST', body, redirect: 'manual' });
  await answer.arrayBuffer();
  return answer.status;
}

describe('live lists', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  const opened: IncomingMessage[] = [];

  before(async () => {
    database = await createTestDatabase();
    const environment = Object.fromEntries(nothing.map((name) => [name, '']));
    gateway = await startGateway({ databaseUrl: database.url, coreUrl: '', environment });
  });

  after(async () => {
    for (const answer of opened) answer.destroy();
    await gateway.stop();
    await database.drop();
  });

  const listen = (localAddress: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const request = get(`${gateway.url}/core/stream`, { localAddress, agent: false });
      request.once('error', reject).once('response', (answer) => {
        opened.push(answer);
        answer.on('error', () => undefined).resume(); // it is left: that is the point
        resolve(answer);
      });
    });
  const statuses = async (count: number, address: string): Promise<(number | undefined)[]> => {
    const answers = await Promise.all(Array.from({ length: count }, () => listen(address)));
    return answers.map(({ statusCode }) => statusCode);
  };

  it('are open to thirty pages of one network, to a hundred in all, and again when one is left', async () => {
    expect(await statuses(30, '127.0.0.1')).to.deep.equal(Array.from({ length: 30 }, () => 200));
    const oneMore = await listen('127.0.0.1');
    expect(oneMore.statusCode).to.equal(503);
    expect(oneMore.headers).to.include({ 'retry-after': '30' });
    expect(oneMore.headers['content-type']).to.match(/^text\/plain/);

    for (const address of ['127.0.0.3', '127.0.0.4'])
      expect(new Set(await statuses(30, address))).to.deep.equal(new Set([200]));
    expect(new Set(await statuses(10, '127.0.0.5'))).to.deep.equal(new Set([200]));
    expect(await statuses(1, '127.0.0.6')).to.deep.equal([503]);

    opened[0]?.destroy();
    let again: (number | undefined)[] = [];
    for (let tries = 0; tries < 100 && again[0] !== 200; tries += 1) {
      again = await statuses(1, '127.0.0.6');
    }
    expect(again).to.deep.equal([200]);
  });
});
