import { expect } from 'chai';
import { Telegram, TelegramError } from 'telegraf';
import { failureOf, photo, publicUrl, startStage } from './receiver.ts';

type Stage = Awaited<ReturnType<typeof startStage>>;

const citizen = '5123456789';

function clientOf({ settings, fake }: Stage, token?: string): Telegram {
  return new Telegram(token ?? settings['TELEGRAM_BOT_TOKEN'] ?? '', {
    apiRoot: fake.url,
    webhookReply: false,
  });
}

describe('fake Telegram', () => {
  let stage: Stage;
  let client: Telegram;

  beforeEach(async () => {
    stage = await startStage('telegram');
    client = clientOf(stage);
  });

  afterEach(async () => {
    await stage.close();
  });

  const write = (text: string, more = {}) => stage.fake.send({ text, from: citizen, ...more });

  describe('connected', () => {
    beforeEach(() => stage.fake.connect(stage.url));

    it('delivers a text with the agreed secret', async () => {
      const sent = await write('/lapor PJU mati 🙏', { name: 'Dewi Anggraini' });

      expect(sent).to.deep.include({ status: 200, times: 1, error: null });
      expect(stage.messages()).to.have.length(1);
      expect(stage.messages()[0]).to.deep.include({
        eventId: sent.ids[0],
        text: 'PJU mati 🙏',
        opensNew: true,
        sender: {
          identity: citizen,
          name: 'Dewi Anggraini',
          contact: { kind: 'chat', value: citizen },
        },
      });
    });

    it('makes an album of several photos, one update each, the words with the first', async () => {
      await write('Tiga foto', { files: [photo, photo, photo] });

      const messages = stage.messages();
      expect(messages.map(({ text }) => text)).to.deep.equal(['Tiga foto', '', '']);
      expect(new Set(messages.map(({ group }) => group))).to.have.length(1);
      expect(messages[0]?.group).to.be.a('string');
      const ids = messages.map(({ eventId }) => Number(eventId));
      expect(ids).to.deep.equal([ids[0], (ids[0] ?? 0) + 1, (ids[0] ?? 0) + 2]);
    });

    it('serves the largest size of a photo to who has the token', async () => {
      await write('', { files: [photo] });

      const [file] = stage.messages()[0]?.attachments ?? [];
      expect(file).to.deep.include({
        kind: 'image',
        mediaType: 'image/jpeg',
        bytes: photo.bytes.length,
      });
      const link = await client.getFileLink(file?.ref ?? '');
      expect(Buffer.from(await (await fetch(link)).arrayBuffer())).to.deep.equal(photo.bytes);
      const stolen = link.href.replace(/bot\d+:\w+/, 'bot1:abc');
      expect((await fetch(stolen)).status).to.equal(401);
    });

    it('sends a place by itself, after the words', async () => {
      await write('Di sini', { location: { latitude: -6.9, longitude: 107.6 } });

      const [words, place] = stage.messages();
      expect([words?.text, words?.location]).to.deep.equal(['Di sini', null]);
      expect(place?.location).to.deep.equal({ text: null, latitude: -6.9, longitude: 107.6 });
    });

    it('delivers a chat in order, also when the first one has to come again', async () => {
      stage.failWith(500, 503);

      const sent = await Promise.all(['satu', 'dua', 'tiga'].map((text) => write(text)));

      expect(sent.map(({ times }) => times)).to.deep.equal([3, 1, 1]);
      const ids = stage.deliveries.map(({ body }) =>
        Number(/"update_id":(\d+)/.exec(Buffer.from(body).toString())?.[1]),
      );
      const [first = 0] = ids;
      expect(ids).to.deep.equal([first, first, first, first + 1, first + 2]);
    });

    it('keeps what was not taken, and delivers it before the next', async () => {
      stage.failWith(500, 500, 500, 500, 500, 500, 500);

      const failed = await write('satu');

      expect(failed).to.deep.include({ status: 500, times: 7, error: 'the gateway answered 500' });
      const info = await client.getWebhookInfo();
      expect(info.pending_update_count).to.equal(1);
      expect(info.last_error_message).to.equal(
        'Wrong response from the webhook: 500 Internal Server Error',
      );
      await write('dua');
      expect(stage.messages().map(({ text }) => text)).to.deep.equal(['satu', 'dua']);
      expect((await client.getWebhookInfo()).pending_update_count).to.equal(0);
    });

    it('shows in the conversation what the bot says', async () => {
      const message = await client.sendMessage(Number(citizen), 'Laporan diterima');

      expect(stage.fake.conversation(citizen)).to.have.length(1);
      expect(stage.fake.conversation(citizen)[0]).to.deep.include({
        id: String(message.message_id),
        text: 'Laporan diterima',
      });
    });

    it('refuses getUpdates while a webhook is set', async () => {
      const error = await failureOf(client.getUpdates(0, 10, 0, undefined));

      expect(error).to.be.instanceOf(TelegramError);
      expect(error).to.deep.include({ code: 409 });
    });
  });

  it('holds updates for getUpdates without a webhook, until an offset is above them', async () => {
    const waiting = client.getUpdates(10, 10, 0, undefined);
    const sent = await write('PJU mati');

    expect(sent).to.deep.include({ status: null, times: 0 });
    await waiting;
    const [update] = await client.getUpdates(1, 10, 0, undefined);
    expect(update?.update_id).to.equal(Number(sent.ids[0]));
    expect(await client.getUpdates(0, 10, (update?.update_id ?? 0) + 1, undefined)).to.deep.equal(
      [],
    );
  });

  it('answers a waiting getUpdates as soon as something is written', async () => {
    const waiting = client.getUpdates(20, 10, 0, undefined);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await write('PJU mati');

    expect(await waiting).to.have.length(1);
  });

  it('lets go of the older one of two pollers', async () => {
    const first = failureOf(client.getUpdates(20, 10, 0, undefined));
    await new Promise((resolve) => setTimeout(resolve, 30));
    void clientOf(stage).getUpdates(0, 10, 0, undefined);

    expect(await first).to.deep.include({ code: 409 });
  });

  it('delivers to the webhook that is set, and nowhere once it is deleted', async () => {
    const secret = stage.settings['TELEGRAM_SECRET_TOKEN'] ?? '';
    await stage.fake.connect(stage.url);
    await client.setWebhook(`${publicUrl}/webhooks/telegram`, {
      secret_token: secret,
      allowed_updates: ['message'],
    });
    await write('satu');
    await client.deleteWebhook();
    await write('dua');

    expect(stage.messages().map(({ text }) => text)).to.deep.equal(['satu']);
    expect((await client.getWebhookInfo()).url).to.equal('');
  });

  it('delivers nothing that the channel takes when another secret was agreed', async () => {
    await stage.fake.connect(stage.url);
    await client.setWebhook(`${publicUrl}/webhooks/telegram`, { secret_token: 'another' });

    expect(await write('satu')).to.deep.include({ status: 401 });
  });

  it('says who the bot is', async () => {
    expect(await client.getMe()).to.deep.include({ is_bot: true, username: 'LaporDemoBot' });
    expect(
      await client.setMyCommands([{ command: 'lapor', description: 'Buat laporan' }]),
    ).to.equal(true);
  });

  for (const { label, call, code } of [
    { label: 'a wrong token', call: () => clientOf(stage, '1:abc').getMe(), code: 401 },
    { label: 'a method there is not', call: () => client.callApi('logOut', {}), code: 404 },
    { label: 'an empty message', call: () => client.sendMessage(Number(citizen), ''), code: 400 },
    { label: 'a chat there is not', call: () => client.sendMessage('@nobody', 'a'), code: 400 },
    { label: 'a file there is not', call: () => client.getFile('AgAC'), code: 400 },
    {
      label: 'a webhook without https',
      call: () => client.setWebhook('http://example.com/a'),
      code: 400,
    },
  ]) {
    it(`refuses ${label} with ${code}`, async () => {
      expect(await failureOf(call())).to.deep.include({ code });
    });
  }
});
