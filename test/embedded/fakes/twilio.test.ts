import { expect } from 'chai';
import twilio from 'twilio';
import { failureOf, photo, publicUrl, startStage } from './receiver.ts';

type Stage = Awaited<ReturnType<typeof startStage>>;

const citizen = '+6281200000001';
const number = '+62215550170';

function clientOf({ settings, fake }: Stage, token?: string) {
  const client = twilio(settings['TWILIO_ACCOUNT_SID'], token ?? settings['TWILIO_AUTH_TOKEN']);
  client.api.baseUrl = fake.url;
  return client;
}

describe('fake Twilio', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await startStage('sms', { settings: { TWILIO_NUMBER: number } });
  });

  afterEach(async () => {
    await stage.close();
  });

  const write = (text: string, more = {}) => stage.fake.send({ text, from: citizen, ...more });
  const said = (name: string) =>
    new URLSearchParams(Buffer.from(stage.deliveries[0]?.body ?? '').toString()).get(name);

  it('delivers nothing before its number has an address', async () => {
    const sent = await write('PJU mati');

    expect(sent).to.deep.include({
      status: null,
      times: 0,
      error: `no SmsUrl is set for ${number}`,
    });
    expect(stage.deliveries).to.deep.equal([]);
  });

  describe('connected', () => {
    beforeEach(() => stage.fake.connect(stage.url));

    it('delivers an SMS the channel finds authentic', async () => {
      const sent = await write('Jalan rusak 🙏 + banjir & macet');

      expect(sent).to.deep.include({ status: 200, times: 1, error: null });
      expect(stage.messages()).to.have.length(1);
      expect(stage.messages()[0]).to.deep.include({
        eventId: sent.ids[0],
        account: number,
        text: 'Jalan rusak 🙏 + banjir & macet',
        sender: { identity: citizen, name: null, contact: { kind: 'phone', value: citizen } },
      });
    });

    for (const { label, text, segments } of [
      { label: 'a full GSM-7 message', text: 'a'.repeat(160), segments: '1' },
      { label: 'one letter more', text: 'a'.repeat(161), segments: '2' },
      { label: 'an emoji among 70', text: `${'a'.repeat(69)}🙏`, segments: '2' },
    ]) {
      it(`counts the segments of ${label}: ${segments}`, async () => {
        await write(text);

        expect(said('NumSegments')).to.equal(segments);
      });
    }

    it('sends photos as an MMS and serves them to the owner of the account only', async () => {
      await write('', { files: [photo, { ...photo, mediaType: 'image/png' }] });

      const [first, second] = stage.messages()[0]?.attachments ?? [];
      expect([first?.mediaType, second?.mediaType]).to.deep.equal(['image/jpeg', 'image/png']);
      const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = stage.settings;
      const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
      const url = first?.ref ?? '';
      expect((await fetch(url)).status).to.equal(401);
      const redirect = await fetch(url, { headers: { authorization }, redirect: 'manual' });
      expect(redirect.status).to.equal(307);
      const file = await fetch(new URL(redirect.headers.get('location') ?? '', url));
      expect(Buffer.from(await file.arrayBuffer())).to.deep.equal(photo.bytes);
    });

    it('shares a place as a link to a map', async () => {
      await write('Lubang di sini', { location: { latitude: -6.9, longitude: 107.6 } });

      expect(said('Body')).to.equal('Lubang di sini\nhttps://maps.google.com/?q=-6.9,107.6');
    });

    it('comes again with the same bytes until it is taken', async () => {
      stage.failWith(503, 500);

      const sent = await write('PJU mati');

      expect(sent).to.deep.include({ status: 200, times: 3, error: null });
      expect(
        new Set(stage.deliveries.map(({ body }) => Buffer.from(body).toString())),
      ).to.have.length(1);
      expect(
        new Set(stage.deliveries.map(({ headers }) => headers['i-twilio-idempotency-token'])),
      ).to.have.length(1);
    });

    it('gives up after the repetitions the address asks for, and says so among its alerts', async () => {
      stage.failWith(503, 503, 503, 503, 503);

      const sent = await write('PJU mati');

      expect(sent).to.deep.include({ status: 503, times: 4, error: 'the gateway answered 503' });
      const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token } = stage.settings;
      const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`;
      const alerts = await fetch(`${stage.fake.url}/v1/Alerts`, { headers: { authorization } });
      expect(await alerts.text()).to.contain('"error_code":"11200"');
    });

    it('says when nobody is there', async () => {
      await stage.fake.connect('http://127.0.0.1:9');

      const sent = await write('PJU mati');

      expect(sent.status).to.equal(null);
      expect(sent.error).to.contain('the gateway could not be reached');
    });

    it('takes an answer, and tells its way in signed calls', async () => {
      const message = await clientOf(stage).messages.create({
        to: citizen,
        from: number,
        body: 'Laporan diterima',
        statusCallback: `${publicUrl}/webhooks/sms/status`,
      });

      expect(message.status).to.equal('queued');
      expect(stage.fake.conversation(citizen).map(({ text }) => text)).to.deep.equal([
        'Laporan diterima',
      ]);
      while (stage.deliveries.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(stage.messages()).to.deep.equal([]); // authentic, and no messages of a citizen
      const states = stage.deliveries.map(({ body }) =>
        new URLSearchParams(Buffer.from(body).toString()).get('MessageStatus'),
      );
      expect(states).to.deep.equal(['sent', 'delivered']);
    });

    it('lists what came in, page by page', async () => {
      for (const text of ['satu', 'dua', 'tiga']) await write(text);

      const all = await clientOf(stage).messages.list({
        to: number,
        dateSentAfter: new Date(Date.now() - 60_000),
        pageSize: 2,
      });

      expect(all.map(({ body, direction }) => [body, direction])).to.deep.equal([
        ['tiga', 'inbound'],
        ['dua', 'inbound'],
        ['satu', 'inbound'],
      ]);
      expect(
        await clientOf(stage).messages.list({ dateSentAfter: new Date(Date.now() + 60_000) }),
      ).to.deep.equal([]);
    });

    it('sends nothing more to who wrote STOP, until START', async () => {
      const create = () =>
        clientOf(stage).messages.create({ to: citizen, from: number, body: 'a' });
      await write('STOP');

      expect(await failureOf(create())).to.deep.include({ status: 400, code: 21610 });
      await write('START');
      expect((await create()).sid).to.match(/^SM/);
    });
  });

  it('shows the account and the number, and takes another address', async () => {
    const client = clientOf(stage);

    expect(
      (await client.api.v2010.accounts(stage.settings['TWILIO_ACCOUNT_SID'] ?? '').fetch()).status,
    ).to.equal('active');
    const [phone] = await client.incomingPhoneNumbers.list({ phoneNumber: number });
    expect([phone?.phoneNumber, phone?.smsUrl]).to.deep.equal([number, '']);
    await client
      .incomingPhoneNumbers(phone?.sid ?? '')
      .update({ smsUrl: `${stage.url}/webhooks/sms`, smsMethod: 'GET' });
    await write('lewat GET');
    expect(stage.deliveries[0]?.method).to.equal('GET');
  });

  for (const { label, call, status, code } of [
    {
      label: 'a wrong token',
      call: () => clientOf(stage, 'wrong').balance.fetch(),
      status: 401,
      code: 20003,
    },
    {
      label: 'no recipient',
      call: () => clientOf(stage).messages.create({ to: '', from: number, body: 'a' }),
      status: 400,
      code: 21604,
    },
    {
      label: 'a recipient that is no number',
      call: () => clientOf(stage).messages.create({ to: 'Siti', from: number, body: 'a' }),
      status: 400,
      code: 21211,
    },
    {
      label: 'a number of somebody else',
      call: () => clientOf(stage).messages.create({ to: citizen, from: '+1', body: 'a' }),
      status: 400,
      code: 21606,
    },
    {
      label: 'too long a text',
      call: () =>
        clientOf(stage).messages.create({ to: citizen, from: number, body: 'a'.repeat(1601) }),
      status: 400,
      code: 21617,
    },
    {
      label: 'what there is not',
      call: () => clientOf(stage).messages('SM0').fetch(),
      status: 404,
      code: 20404,
    },
  ]) {
    it(`refuses ${label} with ${code}`, async () => {
      expect(await failureOf(call())).to.deep.include({ status, code });
    });
  }
});
