import { expect } from 'chai';
import { Agent } from 'node:http';
import { TwitterApi } from 'twitter-api-v2';
import { UpstreamRejected, UpstreamUnavailable } from '../../../src/errors.ts';
import { at, failureOf, photo, publicUrl, startStage } from './receiver.ts';

type Stage = Awaited<ReturnType<typeof startStage>>;

const citizen = '1502234567890123456';

function clientOf({ settings, fake }: Stage, access: 'user' | 'app' | 'wrong'): TwitterApi {
  const of = (name: string) => settings[name] ?? '';
  const keys = {
    appKey: of('X_CONSUMER_KEY'),
    appSecret: of('X_CONSUMER_SECRET'),
    accessToken: of('X_ACCESS_TOKEN'),
    accessSecret: access === 'wrong' ? 'wrong' : of('X_ACCESS_SECRET'),
  };
  const options = {
    httpAgent: new Agent(),
    plugins: [
      {
        onBeforeRequestConfig: ({ params }: { params: { url: string } }) => {
          params.url = params.url.replace('https://api.x.com', fake.url);
        },
      },
    ],
  };
  return access === 'app'
    ? new TwitterApi(of('X_BEARER_TOKEN'), options)
    : new TwitterApi(keys, options);
}

describe('fake X', () => {
  let stage: Stage;
  let hour = 0;

  beforeEach(async () => {
    hour = 0;
    stage = await startStage('x', { now: () => Date.now() + hour * 3_600_000 });
  });

  afterEach(async () => {
    await stage.close();
  });

  const write = (text: string, more = {}) => stage.fake.send({ text, from: citizen, ...more });
  const asApp = (method: string, path: string, body?: object) =>
    fetch(stage.fake.url + path, {
      method,
      headers: {
        authorization: `Bearer ${stage.settings['X_BEARER_TOKEN']}`,
        'content-type': 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  const json = async (method: string, path: string, body?: object): Promise<unknown> =>
    (await asApp(method, path, body)).json();

  it('delivers nothing to whom it does not know', async () => {
    expect(await write('PJU mati')).to.deep.include({
      status: null,
      times: 0,
      error: 'no valid webhook is subscribed to this event',
    });
  });

  it('registers nobody who answers its challenge wrongly', async () => {
    stage.answerChallenges('{"response_token":"sha256=wrong"}');

    expect(await failureOf(stage.fake.connect(stage.url))).to.be.instanceOf(UpstreamRejected);
    expect(await write('PJU mati')).to.deep.include({ status: null, times: 0 });
    expect(stage.deliveries).to.deep.equal([]);
  });

  it('registers nobody whom it does not reach', async () => {
    expect(await failureOf(stage.fake.connect('http://127.0.0.1:9'))).to.be.instanceOf(
      UpstreamUnavailable,
    );
  });

  it('stops when the challenge is answered wrongly later, until it is answered right again', async () => {
    await stage.fake.connect(stage.url);
    stage.answerChallenges('{"response_token":"sha256=wrong"}');
    hour = 1;
    expect(await write('satu')).to.deep.include({ status: null });
    stage.answerChallenges(null);

    const hook = at(await json('GET', '/2/webhooks'), 'data', 0);
    expect(at(hook, 'valid')).to.equal(false);
    expect(await json('PUT', `/2/webhooks/${String(at(hook, 'id'))}`)).to.deep.equal({
      data: { attempted: true },
    });
    expect(await write('dua')).to.deep.include({ status: 200 });
  });

  it('is registered through its API', async () => {
    await stage.fake.connect(stage.url);
    const id = String(at(await json('GET', '/2/webhooks'), 'data', 0, 'id'));
    await asApp('DELETE', `/2/webhooks/${id}`);
    expect(await json('GET', '/2/webhooks')).to.deep.equal({ meta: { result_count: 0 } });

    const url = `${publicUrl}/webhooks/x`;
    const hook = at(await json('POST', '/2/webhooks', { url }), 'data');
    const subscription = {
      event_type: 'post.mention.create',
      filter: { user_id: stage.settings['X_USER_ID'] },
      tag: 'a',
      webhook_id: at(hook, 'id'),
    };
    expect((await asApp('POST', '/2/activity/subscriptions', subscription)).status).to.equal(200);

    expect(hook).to.deep.include({ url, valid: true });
    expect(await write('PJU mati')).to.deep.include({ status: 200, times: 1 });
    expect((await asApp('POST', '/2/activity/subscriptions', subscription)).status).to.equal(409);
    expect((await asApp('POST', '/2/webhooks', { url: 'http://example.com/a' })).status).to.equal(
      400,
    );
  });

  describe('connected', () => {
    beforeEach(() => stage.fake.connect(stage.url));

    it('delivers a mention the channel finds authentic', async () => {
      const sent = await write('lampu & trotoar <rusak> 🙏', {
        name: 'Ratna W.',
        handle: '@ratna',
      });

      expect(sent).to.deep.include({ status: 200, times: 1, error: null });
      expect(stage.messages()).to.have.length(1);
      expect(stage.messages()[0]).to.deep.include({
        messageId: sent.ids[0],
        text: 'lampu & trotoar <rusak> 🙏',
        addressed: 'us',
        setting: 'public',
      });
      expect(stage.messages()[0]?.sender).to.deep.include({ identity: citizen, name: 'Ratna W.' });
    });

    it('shows photos, which everybody may fetch, and the place', async () => {
      await write('bocor', {
        files: [photo, photo],
        location: { latitude: -6.9, longitude: 107.6 },
      });

      const [message] = stage.messages();
      expect(message?.text).to.equal('bocor');
      expect(message?.location).to.deep.include({ latitude: -6.9, longitude: 107.6 });
      expect(message?.attachments.map(({ kind }) => kind)).to.deep.equal(['image', 'image']);
      const file = await fetch(message?.attachments[0]?.ref ?? '');
      expect(Buffer.from(await file.arrayBuffer())).to.deep.equal(photo.bytes);
    });

    it('cuts a long post and sends the whole of it beside', async () => {
      const text = 'jalan rusak parah '.repeat(30).trim();
      await write(text);

      expect(stage.messages()[0]?.text).to.equal(text);
    });

    it('delivers a direct message, its photo for the two only', async () => {
      await write('rahasia', { where: 'private', files: [photo] });

      const [message] = stage.messages();
      expect(message).to.deep.include({ text: 'rahasia', setting: 'private' });
      expect((await fetch(message?.attachments[0]?.ref ?? '')).status).to.equal(401);
    });

    it('shows replies and direct messages in the conversation', async () => {
      const { ids } = await write('PJU mati');
      const client = clientOf(stage, 'user');

      const reply = await client.v2.reply('Diterima, LAPOR-1', ids[0] ?? '');
      await client.v2.sendDmToParticipant(citizen, { text: 'Diterima juga' });

      expect(reply.data.text).to.equal('Diterima, LAPOR-1');
      expect(
        stage.fake.conversation(citizen).map(({ text, where }) => [text, where]),
      ).to.deep.equal([
        ['Diterima, LAPOR-1', 'public'],
        ['Diterima juga', 'private'],
      ]);
    });

    it('posts nothing twice', async () => {
      const client = clientOf(stage, 'user');
      await client.v2.tweet('sama');

      expect(await failureOf(client.v2.tweet('sama'))).to.deep.include({ code: 403 });
    });
  });

  it('lists mentions newest first, page by page, after an id', async () => {
    const ids = [];
    for (let count = 0; count < 7; count += 1) {
      ids.push((await write(`laporan ${count}`)).ids[0]);
    }

    const timeline = await clientOf(stage, 'app').v2.userMentionTimeline(
      stage.settings['X_USER_ID'] ?? '',
      {
        max_results: 5,
        since_id: ids[0] ?? '',
        expansions: ['author_id'],
      },
    );
    await timeline.fetchNext();

    expect(timeline.tweets.map(({ id }) => id)).to.deep.equal(ids.slice(1).reverse());
    expect(timeline.includes.users[0]?.id).to.equal(citizen);
  });

  it('says who the account is', async () => {
    const me = await clientOf(stage, 'user').v2.me();

    expect(me.data).to.deep.equal({
      id: stage.settings['X_USER_ID'],
      name: 'LAPOR!',
      username: 'LAPOR1708',
    });
  });

  for (const { label, call, code } of [
    { label: 'a wrong signature', call: () => clientOf(stage, 'wrong').v2.me(), code: 401 },
    {
      label: 'the token of the app where the account is meant',
      call: () => clientOf(stage, 'app').v2.me(),
      code: 403,
    },
    { label: 'an empty post', call: () => clientOf(stage, 'user').v2.tweet(''), code: 400 },
    {
      label: 'too long a post',
      call: () => clientOf(stage, 'user').v2.tweet('🙏'.repeat(141)),
      code: 403,
    },
    {
      label: 'another user',
      call: () => clientOf(stage, 'app').v2.userMentionTimeline('1'),
      code: 404,
    },
  ]) {
    it(`refuses ${label} with ${code}`, async () => {
      expect(await failureOf(call())).to.deep.include({ code });
    });
  }
});
