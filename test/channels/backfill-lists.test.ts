import { createServer } from 'node:http';
import { expect } from 'chai';
import { channels } from '../../channels/index.ts';
import {
  type Backfill,
  backfillMethod,
  type Channel,
  type Environment,
  type Listed,
} from '../../src/domain/channel.ts';
import type { InboundMessage } from '../../src/domain/message.ts';
import type { Fake } from '../../src/embedded/fakes/fake.ts';
import { type Fakes, startFakes } from '../../src/embedded/fakes.ts';
import { UpstreamRejected, UpstreamThrottled, UpstreamUnavailable } from '../../src/errors.ts';
import { failureOf } from '../embedded/fakes/receiver.ts';

const photo = { bytes: Buffer.from('\xff\xd8\xff\xe0 foto', 'latin1'), mediaType: 'image/jpeg' };
const hour = 3_600_000;

const demoOf = (name: string): Environment =>
  channels
    .find((each) => each.name === name)
    ?.demo((secret) => Buffer.from(secret).toString('hex').padEnd(64, '0')) ?? {};

/** What a channel's look brings of a provider, which nobody connected to a gateway. */
async function openAt(name: string, settings: Environment, now: () => number) {
  const module = channels.find((each) => each.name === name);
  const channel = await module?.open(settings, { fetch, now, newId: () => '1' });
  const backfill = channel?.backfill;
  if (!channel || !backfill || 'impossible' in backfill) throw new Error(`${name} has no backfill`);
  return { channel, backfill };
}

async function listed(backfill: Backfill, since: number): Promise<readonly Listed[]> {
  const memory = { read: () => Promise.resolve(null), write: () => Promise.resolve() };
  const { signal } = new AbortController();
  const search = { since: new Date(since), webhookUrl: '', signal, memory };
  const found: Listed[] = [];
  for await (const page of backfill.list(search)) found.push(...page);
  return found;
}

const messagesOf = (channel: Channel, found: readonly Listed[]): readonly InboundMessage[] =>
  found.flatMap(
    ({ body }) => channel.read({ method: backfillMethod, url: '', headers: {}, body }).messages,
  );

describe('what providers still hold', () => {
  let fakes: Fakes;
  let now: number;

  beforeEach(async () => {
    now = Date.now() - 30 * hour;
    fakes = await startFakes({
      settings: demoOf,
      publicUrl: 'https://lapor.example.go.id',
      now: () => now,
    });
  });
  afterEach(() => fakes.close());

  const fakeOf = (name: string): Fake => {
    const fake = fakes.of(name);
    if (!fake) throw new Error(`no fake of ${name}`);
    return fake;
  };
  const open = (name: string, more: Environment = {}) =>
    openAt(name, { ...demoOf(name), ...fakes.variables(name), ...more }, () => now);
  /** Sends them a second apart. Out: what the provider calls them. */
  const send = async (name: string, count: number, from: string | null = null) => {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      now += 1000;
      const said = { from, text: `@LAPOR1708 Lubang nomor ${index} di Jalan Mawar` };
      ids.push(...(await fakeOf(name).send(said)).ids);
    }
    return ids;
  };

  for (const [name, count] of [
    ['sms', 620],
    ['x', 250],
    ['facebook', 130],
  ] as const) {
    it(`${name}: all of it over several pages, oldest first, by the webhook's ids`, async () => {
      const from = now;
      const ids = await send(name, count);
      now += 1000;

      const { channel, backfill } = await open(name);
      const messages = messagesOf(channel, await listed(backfill, from));

      expect(messages.map(({ messageId }) => messageId)).to.deep.equal(ids);
      expect(messages.map(({ eventId }) => eventId)).to.deep.equal(ids);
      expect(messages.every(({ account }) => account === backfill.account)).to.equal(true);
      const times = messages.map(({ sentAt }) => Date.parse(sentAt ?? ''));
      expect(times).to.deep.equal(times.toSorted((one, other) => one - other));
      expect(Math.abs((times[0] ?? 0) - from)).to.be.below(3000);
    });

    it(`${name}: nothing that was said before`, async () => {
      await send(name, 3);
      now += hour;
      const since = now;
      now += 5000;
      const late = await send(name, 2);

      const { channel, backfill } = await open(name);
      const messages = messagesOf(channel, await listed(backfill, since));

      expect(messages.map(({ messageId }) => messageId)).to.deep.equal(late);
    });
  }

  it('facebook: pages of many conversations, a photo as the webhook names it, not our own words', async () => {
    const from = now;
    const ids: string[] = [];
    for (let index = 0; index < 30; index += 1) {
      ids.push(...(await send('facebook', 1, String(7_000_000_000 + index))));
    }
    now += 1000;
    const post = await fakeOf('facebook').send({
      ...{ from: '7000000001', text: 'Jalan berlubang', files: [photo], where: 'public' as const },
    });
    await fetch(`${fakeOf('facebook').url}/me/messages`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${fakes.variables('facebook')['FACEBOOK_PAGE_TOKEN'] ?? ''}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ recipient: { id: '7000000001' }, message: { text: 'Terima kasih' } }),
    });

    const { channel, backfill } = await open('facebook');
    const messages = messagesOf(channel, await listed(backfill, from));

    expect(messages.map(({ messageId }) => messageId)).to.deep.equal([...ids, ...post.ids]);
    expect(messages.at(-1)?.attachments).to.have.length(1);
  });

  it('sms: files by the addresses of a webhook, with either token while they are rotated', async () => {
    const from = now;
    await fakeOf('sms').send({ from: null, text: 'Dua foto', files: [photo, photo] });
    const token = demoOf('sms')['TWILIO_AUTH_TOKEN'] ?? '';

    const { channel, backfill } = await open('sms', { TWILIO_AUTH_TOKEN: `token-lama ${token}` });
    const [message] = messagesOf(channel, await listed(backfill, from));

    expect(message?.attachments).to.have.length(2);
    for (const { ref, mediaType } of message?.attachments ?? []) {
      expect(ref).to.match(/\/2010-04-01\/Accounts\/AC\w+\/Messages\/MM\w+\/Media\/ME\w+$/);
      expect(mediaType).to.equal('image/jpeg');
    }
  });

  it('sms: is rejected when Twilio takes no token of ours', async () => {
    const { backfill } = await open('sms', { TWILIO_AUTH_TOKEN: 'token-salah' });

    const failure = await failureOf(listed(backfill, now));

    expect(failure).to.be.instanceOf(UpstreamRejected);
    expect(String(failure)).not.to.include('token-salah');
  });
});

type Answer = { readonly status: number; readonly body: unknown; readonly headers?: object };

/** A platform of whom only the answers matter. */
async function startPlatform(answer: (url: URL) => Answer) {
  const asked: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://platform');
    asked.push(url);
    const { status, body, headers = {} } = answer(url);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

describe('looking for what providers hold', () => {
  const now = Date.parse('2026-11-22T08:00:00Z');
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  afterEach(() => platform.close());

  const settingsAt = (name: string): Environment => {
    const variables: Readonly<Record<string, Environment>> = {
      sms: { TWILIO_API_URL: platform.url },
      x: { X_API_URL: platform.url, X_BEARER_TOKEN: 'pembawa-rahasia' },
      facebook: { FACEBOOK_GRAPH_URL: platform.url, FACEBOOK_PAGE_TOKEN: 'token-halaman' },
    };
    return { ...demoOf(name), ...variables[name] };
  };
  const open = (name: string) => openAt(name, settingsAt(name), () => now);
  const failure = async (name: string) => {
    const { backfill } = await open(name);
    return failureOf(listed(backfill, now - hour));
  };

  const limits: readonly (readonly [string, Answer, number])[] = [
    ['sms', { status: 429, body: { code: 20_429 }, headers: { 'retry-after': '7' } }, 7000],
    ['x', { status: 429, body: { title: 'Too Many Requests' } }, 60_000],
    ['facebook', { status: 403, body: { error: { code: 4, message: 'limit' } } }, 300_000],
    ['facebook', { status: 400, body: { error: { code: 32, message: 'limit' } } }, 300_000],
  ];
  for (const [name, answer, waitMs] of limits) {
    it(`${name}: says how long to wait at its limit (${answer.status})`, async () => {
      platform = await startPlatform(() => answer);

      const thrown = await failure(name);

      expect(thrown).to.be.instanceOf(UpstreamThrottled);
      expect(thrown).to.have.property('retryAfterMs', waitMs);
    });
  }

  it('x: a limit whose reset is over already is waited for briefly', async () => {
    const reset = String(now / 1000 - 30);
    const headers = { 'x-rate-limit-limit': '450', 'x-rate-limit-remaining': '0' };
    platform = await startPlatform(() => ({
      ...{ status: 429, body: { title: 'Too Many Requests' } },
      headers: { ...headers, 'x-rate-limit-reset': reset },
    }));

    expect(await failure('x')).to.have.property('retryAfterMs', 2000);
  });

  for (const name of ['sms', 'x', 'facebook']) {
    it(`${name}: may try again when the platform fails, or answers with something else`, async () => {
      platform = await startPlatform(() => ({ status: 500, body: {} }));
      expect(await failure(name)).to.be.instanceOf(UpstreamUnavailable);
      await platform.close();
      platform = await startPlatform(() => ({ status: 200, body: ['halo'] }));
      expect(await failure(name)).to.be.instanceOf(UpstreamUnavailable);
    });
  }

  it('sms: goes nowhere else with the token, and not in a circle', async () => {
    for (const next of ['https://jahat.example/2010-04-01/x', '//jahat.example/x', null]) {
      let path = '';
      platform = await startPlatform(({ pathname, search }) => {
        path = pathname + search;
        return { status: 200, body: { messages: [], next_page_uri: next ?? path } };
      });
      expect(await failure('sms')).to.be.instanceOf(UpstreamUnavailable);
      expect(platform.asked.length).to.be.below(3);
      if (next !== null) await platform.close();
    }
  });

  it('x: asks from the first id of that moment on', async () => {
    platform = await startPlatform(() => ({ status: 200, body: { meta: { result_count: 0 } } }));
    const { backfill } = await open('x');

    await listed(backfill, Date.parse('2026-11-22T07:00:00Z'));

    const since = BigInt(platform.asked[0]?.searchParams.get('since_id') ?? '0');
    expect(Number(since >> 22n) + 1_288_834_974_657).to.equal(Date.parse('2026-11-22T07:00:00Z'));
  });

  it('facebook: comments, also further ones and of old posts; ids as the webhook has them', async () => {
    const page = demoOf('facebook')['FACEBOOK_PAGE_ID'] ?? '';
    const at = (minutes: number) =>
      new Date(now - minutes * 60_000).toISOString().replace(/\.\d+Z$/, '+0000');
    const said = (id: number, minutes: number, more: object = {}) => ({
      ...{ id: `111_${id}`, message: `Komentar ${id}`, created_time: at(minutes) },
      ...{ from: { id: '7777', name: 'Warga' }, ...more },
    });
    const after = { paging: { cursors: { after: 'c1' }, next: 'https://graph.facebook.com/next' } };
    platform = await startPlatform(({ pathname, searchParams }) => {
      if (pathname.endsWith('/conversations')) return { status: 200, body: { data: [] } };
      if (pathname.endsWith('/comments')) {
        expect(searchParams.get('after')).to.equal('c1');
        return { status: 200, body: { data: [said(1, 30), said(0, 90)] } };
      }
      const own = { id: page, name: 'LAPOR!' };
      const comments = {
        data: [said(4, 5, { from: own }), said(3, 10, { parent: { id: '111_2' } }), said(2, 20)],
        ...after,
      };
      const post = { id: `${page}_111`, from: own, message: 'Info', created_time: at(100_000) };
      return { status: 200, body: { data: [{ ...post, comments }] } };
    });
    const { channel, backfill } = await open('facebook');

    const found = messagesOf(channel, await listed(backfill, now - hour));

    expect(found.map(({ messageId, under }) => [messageId, under])).to.deep.equal([
      ['111_1', [`${page}_111`]],
      ['111_2', [`${page}_111`]],
      ['111_3', ['111_2', `${page}_111`]],
    ]);
    const value = {
      ...{ item: 'comment', verb: 'add', post_id: `${page}_111`, comment_id: '111_2' },
      ...{ parent_id: `${page}_111`, from: { id: '7777', name: 'Warga' }, message: 'Komentar 2' },
      created_time: (now - 20 * 60_000) / 1000,
    };
    const entry = [{ id: page, time: now / 1000, changes: [{ field: 'feed', value }] }];
    const body = Buffer.from(JSON.stringify({ object: 'page', entry }));
    const [byWebhook] = channel.read({ method: 'POST', url: '', headers: {}, body }).messages;
    expect(found[1]).to.deep.equal(byWebhook);
    expect(platform.asked.some(({ search }) => search.includes('token-halaman'))).to.equal(false);
  });

  it('facebook: an album is one change for each picture, by its id, with the words once', async () => {
    const page = demoOf('facebook')['FACEBOOK_PAGE_ID'] ?? '';
    const picture = (id: number) => ({
      ...{ media_type: 'photo', target: { id: String(id) } },
      media: { image: { src: `https://scontent.fbcdn.net/v/${id}_n.jpg?oe=1` } },
    });
    const album = { media_type: 'album', subattachments: { data: [picture(1), picture(2)] } };
    const created = new Date(now - 60_000).toISOString().replace(/\.\d+Z$/, '+0000');
    const post = { id: `${page}_9`, message: 'Dua foto', created_time: created };
    platform = await startPlatform(({ pathname }) => ({
      status: 200,
      body: {
        data: pathname.endsWith('/feed') ? [{ ...post, attachments: { data: [album] } }] : [],
      },
    }));
    const { channel, backfill } = await open('facebook');

    const found = messagesOf(channel, await listed(backfill, now - hour));

    const value = {
      ...{ item: 'photo', verb: 'add', post_id: `${page}_9`, message: 'Dua foto', photo_id: 2 },
      ...{ link: 'https://scontent.xx.fbcdn.net/v/t1/2_n.jpg?oe=2', created_time: 1 },
    };
    const entry = [{ id: page, time: now / 1000, changes: [{ field: 'feed', value }] }];
    const body = Buffer.from(JSON.stringify({ object: 'page', entry }));
    const [second] = channel.read({ method: 'POST', url: '', headers: {}, body }).messages;
    expect(found.map(({ text, attachments }) => [text, attachments.length])).to.deep.equal([
      ['Dua foto', 1],
      ['', 1],
    ]);
    expect(found[1]?.eventId).to.equal(second?.eventId);
  });
});
