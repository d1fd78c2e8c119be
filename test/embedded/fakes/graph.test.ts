import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { UpstreamRejected } from '../../../src/errors.ts';
import { at, failureOf, photo, publicUrl, startStage } from './receiver.ts';

type Stage = Awaited<ReturnType<typeof startStage>>;

const citizen = '6543210987654321';
const another = '7654321098765432';

describe('fake Facebook', () => {
  let stage: Stage;
  let days = 0;

  beforeEach(async () => {
    days = 0;
    stage = await startStage('facebook', { now: () => Date.now() + days * 86_400_000 });
  });

  afterEach(async () => {
    await stage.close();
  });

  const write = (text: string, more = {}) => stage.fake.send({ text, from: citizen, ...more });
  const pageToken = () => stage.settings['FACEBOOK_PAGE_TOKEN'] ?? '';
  const appId = () => stage.settings['FACEBOOK_APP_ID'] ?? '';
  const appToken = () => `${appId()}|${stage.settings['FACEBOOK_APP_SECRET']}`;
  const call = async (method: string, path: string, token: string, body?: object) => {
    const response = await fetch(stage.fake.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer: unknown = await response.json();
    return { status: response.status, body: answer };
  };
  const say = (text: string, recipient: object = { id: citizen }) =>
    call('POST', '/v25.0/me/messages', pageToken(), {
      recipient,
      messaging_type: 'RESPONSE',
      message: { text },
    });

  it('delivers nothing before the app is subscribed to the page', async () => {
    expect(await write('PJU mati')).to.deep.include({
      status: null,
      times: 0,
      error: 'the app is not subscribed to the page',
    });
  });

  it('is not subscribed when its challenge does not come back', async () => {
    stage.answerChallenges('something else');

    expect(await failureOf(stage.fake.connect(stage.url))).to.be.instanceOf(UpstreamRejected);
    expect(await write('PJU mati')).to.deep.include({ status: null });
  });

  it('is subscribed through its API', async () => {
    await stage.fake.connect(stage.url);
    await call('DELETE', `/${appId()}/subscriptions`, appToken());
    await call('DELETE', '/me/subscribed_apps', pageToken());
    expect((await write('satu')).status).to.equal(null);
    const wanted = {
      object: 'page',
      callback_url: `${publicUrl}/webhooks/facebook`,
      fields: 'messages,feed',
    };

    const refused = await call('POST', `/${appId()}/subscriptions`, appToken(), {
      ...wanted,
      verify_token: 'wrong',
    });
    const taken = await call('POST', `/${appId()}/subscriptions`, appToken(), {
      ...wanted,
      verify_token: stage.settings['FACEBOOK_VERIFY_TOKEN'],
    });
    await call('POST', `/${stage.settings['FACEBOOK_PAGE_ID']}/subscribed_apps`, pageToken(), {
      subscribed_fields: ['messages'],
    });

    expect([refused.status, at(refused.body, 'error', 'code')]).to.deep.equal([400, 2200]);
    expect(taken.body).to.deep.equal({ success: true });
    expect((await write('dua')).status).to.equal(200);
    expect((await write('tiga', { where: 'public' })).status).to.equal(null); // the page does not send its feed
    expect(
      at((await call('GET', '/me/subscribed_apps', pageToken())).body, 'data', 0),
    ).to.deep.include({
      id: appId(),
      subscribed_fields: ['messages'],
    });
  });

  describe('connected', () => {
    beforeEach(() => stage.fake.connect(stage.url));

    it('delivers a message the channel finds authentic, escaped as Meta escapes', async () => {
      const sent = await write('Lampu mati é 🙏 a@b /');

      expect(sent).to.deep.include({ status: 200, times: 1, error: null });
      const body = Buffer.from(stage.deliveries[0]?.body ?? '').toString();
      expect(body).to.contain('\\u00e9 \\ud83d\\ude4f a\\u0040b \\/');
      expect(stage.messages()[0]).to.deep.include({
        eventId: sent.ids[0],
        text: 'Lampu mati é 🙏 a@b /',
      });
    });

    it('puts what is written within a few milliseconds into one delivery', async () => {
      const sent = await Promise.all([
        write('satu'),
        stage.fake.send({ text: 'dua', from: another }),
        write('tiga'),
        write('di dinding', { where: 'public', name: 'Warga A' }),
      ]);

      expect(stage.deliveries).to.have.length(1);
      const body: unknown = JSON.parse(Buffer.from(stage.deliveries[0]?.body ?? '').toString());
      const counts = [0, 1, 2].map((entry) => at(body, 'entry', entry, 'messaging', 'length'));
      expect(counts).to.deep.equal([2, 1, undefined]);
      expect(at(body, 'entry', 2, 'changes', 'length')).to.equal(1);
      expect(
        stage
          .messages()
          .map(({ text }) => text)
          .sort(),
      ).to.deep.equal(['di dinding', 'dua', 'satu', 'tiga']);
      expect(new Set(sent.flatMap(({ ids }) => ids))).to.have.length(4);
    });

    it('comes again with the same bytes until it is taken', async () => {
      stage.failWith(500, 503);

      expect(await write('PJU mati')).to.deep.include({ status: 200, times: 3 });
      expect(
        new Set(stage.deliveries.map(({ body }) => Buffer.from(body).toString())),
      ).to.have.length(1);
    });

    it('sends photos with the words, and a place by itself', async () => {
      await write('bocor', {
        files: [photo, photo],
        location: { latitude: -6.9, longitude: 107.6 },
      });

      const [words, place] = stage.messages();
      expect([words?.text, words?.attachments.length, words?.location]).to.deep.equal([
        'bocor',
        2,
        null,
      ]);
      expect(place?.location).to.deep.include({ latitude: -6.9, longitude: 107.6 });
      const url = words?.attachments[0]?.ref ?? '';
      expect(Buffer.from(await (await fetch(url)).arrayBuffer())).to.deep.equal(photo.bytes);
      days = 4;
      expect((await fetch(url)).status).to.equal(403);
    });

    it('shows in the conversation what the page answers', async () => {
      const { ids } = await write('pohon tumbang', { where: 'public', name: 'Warga A' });

      const message = await say('Diterima');
      const comment = await call('POST', `/${ids[0]}/comments`, pageToken(), {
        message: 'Kami catat',
      });

      expect(at(message.body, 'recipient_id')).to.equal(citizen);
      expect(comment.status).to.equal(200);
      expect(
        stage.fake.conversation(citizen).map(({ text, where }) => [text, where]),
      ).to.deep.equal([
        ['Diterima', 'private'],
        ['Kami catat', 'public'],
      ]);
    });

    it('lets the page answer for a day only', async () => {
      await write('PJU mati');
      days = 2;

      const { status, body } = await say('Terlambat');

      expect([status, at(body, 'error', 'code'), at(body, 'error', 'error_subcode')]).to.deep.equal(
        [400, 10, 2018278],
      );
    });

    it('shows what was said for a backfill', async () => {
      const { ids } = await write('PJU mati', { name: 'Siti' });
      const wall = await write('pohon tumbang', { where: 'public' });

      const inbox = await call('GET', '/me/conversations?platform=messenger', pageToken());
      const feed = await call('GET', '/me/feed', pageToken());

      expect(at(inbox.body, 'data', 0, 'messages', 'data', 0)).to.deep.include({
        id: ids[0],
        message: 'PJU mati',
      });
      expect(at(feed.body, 'data', 0)).to.deep.include({
        id: wall.ids[0],
        message: 'pohon tumbang',
      });
    });
  });

  it('says what a token is worth', async () => {
    const ask = (token: string) => call('GET', `/debug_token?input_token=${token}`, appToken());

    expect(at((await ask(pageToken())).body, 'data')).to.deep.include({
      is_valid: true,
      app_id: appId(),
      type: 'PAGE',
    });
    expect(at((await ask('wrong')).body, 'data')).to.deep.include({ is_valid: false });
  });

  it('takes a call with the right proof of the secret', async () => {
    const proof = createHmac('sha256', stage.settings['FACEBOOK_APP_SECRET'] ?? '')
      .update(pageToken())
      .digest('hex');

    expect(
      (await call('GET', `/me?fields=id,name&appsecret_proof=${proof}`, pageToken())).body,
    ).to.deep.include({ id: stage.settings['FACEBOOK_PAGE_ID'] });
  });

  for (const { label, ask, code } of [
    { label: 'no token', ask: () => call('GET', '/me', ''), code: 104 },
    { label: 'a wrong token', ask: () => call('GET', '/me', 'wrong'), code: 190 },
    {
      label: 'a wrong proof',
      ask: () => call('GET', '/me?appsecret_proof=00', pageToken()),
      code: 100,
    },
    {
      label: 'the page where the app is meant',
      ask: () => call('GET', `/${appId()}/subscriptions`, pageToken()),
      code: 15,
    },
    {
      label: 'the app where the page is meant',
      ask: () => call('GET', '/me/subscribed_apps', appToken()),
      code: 190,
    },
    { label: 'a person there is not', ask: () => say('a', { id: 'x' }), code: 100 },
    { label: 'too long a text', ask: () => say('a'.repeat(2001)), code: 100 },
    {
      label: 'what there is not',
      ask: () => call('GET', '/v25.0/nothing/here', pageToken()),
      code: 100,
    },
  ]) {
    it(`refuses ${label} with ${code}`, async () => {
      const { status, body } = await ask();

      expect([status, at(body, 'error', 'code')]).to.deep.equal([400, code]);
    });
  }
});
