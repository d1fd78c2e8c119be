import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { z } from 'zod';
import { channels } from '../../channels/index.ts';
import { isSameSecret } from '../../channels/_shared/hmac.ts';
import { defineChannel } from '../../src/domain/channel.ts';
import { inboundMessage } from '../../src/domain/message.ts';
import { Malformed, Unauthenticated } from '../../src/errors.ts';
import { readConfig } from '../../src/config.ts';
import { select } from '../../src/store/database.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway.ts';
import { send, type Sent } from '../support/http.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

// All there is to a new channel: what would stand in channels/surat.ts.

const letter = z.object({
  nomor: z.string(),
  pengirim: z.object({ email: z.email(), nama: z.string() }),
  isi: z.string(),
});

const surat = defineChannel({
  name: 'surat',
  settings: z.object({ SURAT_SECRET: z.string().min(8), SURAT_BOX: z.string().default('umum') }),
  demo: (secret) => ({ SURAT_SECRET: secret('surat') }),
  open: (settings) => ({
    name: 'surat',
    secrets: [settings.SURAT_SECRET],
    webhook: {
      methods: ['POST'],
      success: { type: 'application/json', body: '{"ok":true}' },
      authenticate: ({ headers, body }) => {
        const expected = createHmac('sha256', settings.SURAT_SECRET).update(body).digest('hex');
        if (!isSameSecret(headers['x-surat-signature'] ?? '', expected)) {
          throw new Unauthenticated('X-Surat-Signature is missing or wrong');
        }
      },
    },
    read: ({ body }) => {
      const parsed = letter.safeParse(jsonFrom(body));
      if (!parsed.success) throw new Malformed('not a letter');
      const { nomor, pengirim, isi } = parsed.data;
      const message = inboundMessage({
        eventId: nomor,
        messageId: nomor,
        account: settings.SURAT_BOX,
        sender: {
          identity: pengirim.email,
          name: pengirim.nama,
          contact: { kind: 'email', value: pengirim.email },
        },
        text: isi,
      });
      return { messages: [message], ignored: [] };
    },
  }),
});

function jsonFrom(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return null;
  }
}

const modules = [...channels, surat];
const secret = 'rahasia-surat-000000000000';

describe('a new channel in one file', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      modules,
      environment: { SURAT_SECRET: secret },
    });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  const lastDelivery = async () =>
    (await select(db.database, 'select state, reason from deliveries order by id desc limit 1'))[0];

  it('is served at /webhooks/<its name>, and its complaint reaches the core', async () => {
    const isi = 'Pohon di depan Puskesmas hampir tumbang';

    const answer = await send(gateway.url, post({ nomor: 'S-1', pengirim: sender, isi }));

    expect(answer.status).to.equal(200);
    expect(answer.body).to.equal('{"ok":true}');
    expect(answer.headers['content-type']).to.match(/^application\/json/);
    await core.until((calls) => calls.length === 1);
    const [event] = core.events();
    expect(event?.source).to.equal('/satu-pintu/channels/surat');
    expect(event?.data).to.deep.include({
      channel: 'surat',
      channelAccount: 'umum',
      messageIds: ['S-1'],
      text: isi,
    });
    expect(event?.data['reporter']).to.deep.include({
      name: 'Endang Sutisna',
      contact: { kind: 'email', value: 'endang@example.go.id' },
    });
  });

  it('is authenticated before anything is stored', async () => {
    const { headers, ...sent } = post({ nomor: 'S-2', pengirim: sender, isi: 'Palsu' });
    const before = await lastDelivery();

    const unsigned = await send(gateway.url, { ...sent, headers: {} });
    const forged = await send(gateway.url, { ...sent, headers, body: Buffer.from('{}') });

    expect([unsigned.status, forged.status]).to.deep.equal([401, 401]);
    expect(await lastDelivery()).to.deep.equal(before);
  });

  it('has its redeliveries absorbed', async () => {
    const sent = post({ nomor: 'S-3', pengirim: sender, isi: 'Dikirim dua kali' });
    const before = core.events().length;

    const answers = [await send(gateway.url, sent), await send(gateway.url, sent)];

    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
    await core.until(() => core.events().length > before);
    const repeated = await gateway.metric(
      'satupintu_deliveries_total{channel="surat",outcome="repeated"}',
    );
    expect(repeated).to.equal(1);
  });

  it('has what it cannot read quarantined behind its own success', async () => {
    const answer = await send(gateway.url, post({ nomor: 4 }));

    expect(answer.status).to.equal(200);
    const delivery = await eventually('the end of the delivery', async () => {
      const row = await lastDelivery();
      return row?.['state'] !== 'pending' && row;
    });
    expect(delivery).to.deep.equal({ state: 'quarantined', reason: 'not a letter' });
  });

  it('has other methods refused', async () => {
    const answer = await send(gateway.url, { ...post({}), method: 'PUT' });

    expect([answer.status, answer.headers.allow]).to.deep.equal([405, 'POST']);
  });

  it('has its secret kept out of the log, and its reporter too', () => {
    expect(gateway.log()).to.contain('"channel":"surat"');
    expect(gateway.log()).not.to.contain(secret);
    expect(gateway.log()).not.to.contain('endang@example.go.id');
    expect(gateway.log()).not.to.contain('Endang');
  });

  it('ends demo mode with its variables, like every channel', () => {
    const variables = modules.flatMap((module) => module.variables);

    expect(readConfig({ SURAT_BOX: 'umum' }, variables).demo).to.equal(false);
    expect(readConfig({ SURAT_BOX: '' }, variables).demo).to.equal(true);
  });

  it('leaves the channels beside it as they were', async () => {
    const answer = await send(gateway.url, { ...post({}), path: '/webhooks/sms' });

    expect(answer.status).to.equal(401);
  });
});

const sender = { email: 'endang@example.go.id', nama: 'Endang Sutisna' };

function post(content: object): Sent {
  const body = Buffer.from(JSON.stringify(content));
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    method: 'POST',
    path: '/webhooks/surat',
    headers: { 'content-type': 'application/json', 'x-surat-signature': signature },
    body,
  };
}
