import { expect } from 'chai';
import { z } from 'zod';
import { x } from '../../channels/x/index.ts';
import type { Channel, ChannelModule, Poll } from '../../src/domain/channel.ts';
import {
  AppError,
  UpstreamRejected,
  UpstreamThrottled,
  UpstreamUnavailable,
} from '../../src/errors.ts';
import { simulators } from '../../src/embedded/providers.ts';
import { select } from '../../src/store/database.ts';
import { opened, receiptOf, stillTools } from '../support/channel-cases.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { eventually, publicUrl, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Mention, problem, startXApi, type XApi } from '../support/x-api.ts';

const US = '1111111111111111111';
const BEARER = 'AAAAAAAAAAAA_pembawa_yang_dikarang';
const WARGA = { id: '1502234567890123456', name: 'Ratna W.', username: 'ratna_cibeureum' };
const USERS = { users: [{ ...WARGA, public_metrics: { followers_count: 3 } }] };
const NOW_SECONDS = stillTools().now() / 1000;
const SETTINGS = {
  X_CONSUMER_SECRET: 'rahasia-konsumen-0123456789',
  X_USER_ID: US,
  X_BEARER_TOKEN: BEARER,
  X_POLL_SECONDS: '1',
};

/** As it is, but with twenty rounds a second, and nobody else who asks. */
const hastyX: ChannelModule = {
  ...x,
  open: async (environment, tools) => {
    const channel = await x.open(environment, tools);
    const alone = { backfill: { impossible: 'only polling is looked at' } };
    return channel?.poll
      ? { ...channel, ...alone, poll: { ...channel.poll, everyMs: 50 } }
      : channel;
  },
};

describe('x polling', () => {
  let api: XApi;
  let channel: Channel;
  let fetchNext: Poll['fetch'];

  const open = async (apiUrl: string, now = stillTools().now) => {
    const settings = { ...SETTINGS, X_API_URL: apiUrl };
    channel = (await x.open(settings, { ...stillTools(), now })) ?? (await opened(x, settings));
    if (channel.poll) fetchNext = channel.poll.fetch;
  };
  const tokens = () => api.calls.map(({ query }) => query['pagination_token']);
  const answerPages = (pages: readonly object[]) => {
    api.beforeAnswer(() => {
      const page = pages[api.calls.length - 1] ?? { meta: {} };
      api.answerWith({ status: 200, body: JSON.stringify(page) });
    });
  };
  const textsOf = (deliveries: readonly Uint8Array[]) =>
    deliveries.flatMap((body) =>
      receiptOf(channel, request(body)).messages.map(({ text }) => text),
    );

  beforeEach(async () => {
    api = await startXApi(US, BEARER);
    await open(api.url);
  });
  afterEach(() => api.close());

  describe('fetch', () => {
    it('asks for everything a report needs, with the bearer token', async () => {
      await fetchNext('1992100000000000000', never());

      const [call] = api.calls;
      expect(call?.headers.authorization).to.equal(`Bearer ${BEARER}`);
      expect(call?.headers).not.to.have.property('accept-encoding');
      expect(call?.query).to.deep.equal({
        since_id: '1992100000000000000',
        max_results: '100',
        'tweet.fields':
          'id,text,created_at,author_id,conversation_id,in_reply_to_user_id,entities,attachments,geo,display_text_range,note_tweet,referenced_tweets,edit_history_tweet_ids',
        expansions: 'author_id,attachments.media_keys,geo.place_id,referenced_tweets.id',
        'user.fields': 'id,name,username',
        'media.fields': 'media_key,type,url,preview_image_url,variants',
        'place.fields': 'id,name,full_name,geo',
      });
    });

    for (const end of ['', '/']) {
      it(`finds X below a path, "${end}" at its end`, async () => {
        await open(`${api.url}${end}`);

        await fetchNext(null, never());

        expect(api.calls.map(({ path }) => path)).to.deep.equal([`/x/2/users/${US}/mentions`]);
      });
    }

    it('takes what there is on its first run, and asks for what is newer next', async () => {
      api.send(USERS, mention(1), mention(2));

      const first = await fetchNext(null, never());
      api.send({}, mention(3));
      const second = await fetchNext(first.cursor, never());

      expect(textsOf(first.deliveries)).to.deep.equal(['banjir 1', 'banjir 2']);
      expect(first.cursor).to.equal(idOf(2));
      expect(textsOf(second.deliveries)).to.deep.equal(['banjir 3']);
      expect(api.calls.map(({ query }) => query['since_id'])).to.deep.equal([undefined, idOf(2)]);
    });

    it('keeps its cursor when there is nothing new', async () => {
      expect(await fetchNext(null, never())).to.deep.equal({ deliveries: [], cursor: null });
      expect(await fetchNext('7', never())).to.deep.equal({ deliveries: [], cursor: '7' });
    });

    it('pages to the end, oldest first, and goes on from the newest of the first page', async () => {
      api.send(USERS, ...Array.from({ length: 250 }, (_, index) => mention(index)));
      // What comes between two pages is not on the first page, so the next round brings it.
      api.beforeAnswer(() => {
        if (api.calls.length === 2) api.send({}, mention(900));
      });

      const { deliveries, cursor } = await fetchNext('5', never());

      expect(textsOf(deliveries)).to.deep.equal(
        Array.from({ length: 250 }, (_, index) => `banjir ${index}`),
      );
      expect(cursor).to.equal(idOf(249));
      expect(api.calls.map(({ query }) => query['pagination_token'])).to.deep.equal([
        undefined,
        idOf(150),
        idOf(50),
      ]);
      expect(api.calls.map(({ query }) => query['since_id'])).to.deep.equal(['5', '5', '5']);
    });

    it('takes no more than the 800 that X keeps', async () => {
      api.send(USERS, ...Array.from({ length: 1_000 }, (_, index) => mention(index)));

      const { deliveries } = await fetchNext(null, never());

      expect(deliveries).to.have.length(800);
      expect(api.calls).to.have.length(8);
    });

    it('takes all of them on short pages', async () => {
      api.send(USERS, ...mentions(60));
      api.shorten(5);

      const { deliveries, cursor } = await fetchNext('5', never());

      expect(textsOf(deliveries)).to.deep.equal(mentions(60).map((_, index) => `banjir ${index}`));
      expect(cursor).to.equal(idOf(59));
      expect(api.calls).to.have.length(12);
    });

    it('moves on from behind an empty first page', async () => {
      const pages = [
        { meta: { result_count: 0, next_token: 'dua' } },
        { data: [mention(2)], meta: { newest_id: idOf(2), next_token: 'tiga' } },
        { data: [mention(1)], meta: { newest_id: idOf(1) } },
      ];
      answerPages(pages);

      const { deliveries, cursor } = await fetchNext('5', never());

      expect(textsOf(deliveries)).to.deep.equal(['banjir 1', 'banjir 2']);
      expect(cursor).to.equal(idOf(2));
      expect(tokens()).to.deep.equal([undefined, 'dua', 'tiga']);
    });

    it('brings what X keeps beyond 800 in the next round, and moves only then', async () => {
      api.send(USERS, ...mentions(1_000));

      const first = await fetchNext('5', never());
      const second = await fetchNext('5', never());

      expect([first.deliveries.length, first.cursor]).to.deep.equal([800, '5']);
      expect([second.deliveries.length, second.cursor]).to.deep.equal([1_000, idOf(999)]);
      expect(api.calls).to.have.length(10);
    });

    it('stops where pages go in a circle, and moves nothing', async () => {
      answerPages([
        { data: [mention(2)], meta: { newest_id: idOf(2), next_token: 'dua' } },
        { data: [mention(1)], meta: { newest_id: idOf(1), next_token: 'dua' } },
      ]);

      const { deliveries, cursor } = await fetchNext('5', never());

      expect(textsOf(deliveries)).to.deep.equal(['banjir 1', 'banjir 2']);
      expect(cursor).to.equal('5');
    });

    it('takes ids that are numbers digit by digit, in the page and in its meta', async () => {
      const page = JSON.stringify({
        data: [{ ...mention(1), id: 'ID', author_id: 'AUTHOR', edit_history_tweet_ids: ['ID'] }],
        includes: { users: [{ ...WARGA, id: 'AUTHOR' }] },
        meta: { newest_id: 'ID', next_token: 'NEXT' },
      });
      const body = page
        .replaceAll('"ID"', idOf(1))
        .replaceAll('"AUTHOR"', '1502234567890123457')
        .replace('"NEXT"', '71402345678901234567');
      api.answerWith({ status: 200, body });
      api.beforeAnswer(() => {
        if (api.calls.length === 2) api.answerWith({ status: 200, body: '{"meta":{}}' });
      });

      const { deliveries, cursor } = await fetchNext(null, never());

      const messages = deliveries.flatMap((each) => receiptOf(channel, request(each)).messages);
      expect(messages.map(({ eventId }) => eventId)).to.deep.equal([idOf(1)]);
      expect(messages[0]?.sender).to.deep.include({
        identity: '1502234567890123457',
        name: 'Ratna W.',
      });
      expect(cursor).to.equal(idOf(1));
      expect(tokens()).to.deep.equal([undefined, '71402345678901234567']);
    });

    it('gives the same bytes for the same post, whatever changes around it', async () => {
      api.send(USERS, mention(1, { public_metrics: { like_count: 1 }, lang: 'in' }));
      const first = await fetchNext(null, never());
      await api.close();
      api = await startXApi(US, BEARER);
      await open(api.url);
      const entities = { annotations: [{ probability: 0.7 }], hashtags: [] };
      const other = {
        users: [
          { ...WARGA, verified: true },
          { id: '9', name: 'Lain' },
        ],
      };
      api.send(other, mention(1, { public_metrics: { like_count: 90 }, entities }), mention(2));

      const [again] = (await fetchNext(null, never())).deliveries;

      expect(Buffer.from(again ?? []).toString()).to.equal(
        Buffer.from(first.deliveries[0] ?? []).toString(),
      );
    });

    it('brings along author, files, place and the author of what is quoted, each to its post', async () => {
      api.send(
        {
          users: [WARGA, { id: '77', name: 'Orang Lain', username: 'lain' }],
          media: [
            { media_key: '3_1', type: 'photo', url: 'https://pbs.twimg.com/media/satu.jpg' },
            { media_key: '3_2', type: 'photo', url: 'https://pbs.twimg.com/media/dua.jpg' },
          ],
          places: [{ id: 'p1', full_name: 'Cimahi, Indonesia', geo: { bbox: [1, 2, 3, 4] } }],
          tweets: [{ id: '50', author_id: US, text: 'Pengumuman' }],
        },
        mention(1, {
          text: 'kok belum ya',
          attachments: { media_keys: ['3_2'] },
          geo: { place_id: 'p1' },
          referenced_tweets: [{ type: 'quoted', id: '50' }],
        }),
        mention(2, { author_id: '77' }),
      );

      const { deliveries } = await fetchNext(null, never());

      const [first, second] = deliveries.flatMap(
        (body) => receiptOf(channel, request(body)).messages,
      );
      expect(first).to.deep.include({ addressed: 'us', text: 'kok belum ya' });
      expect(first?.sender.name).to.equal('Ratna W.');
      expect(first?.attachments.map(({ ref }) => ref)).to.deep.equal([
        'https://pbs.twimg.com/media/dua.jpg',
      ]);
      expect(first?.location?.text).to.equal('Cimahi, Indonesia');
      expect(second?.sender.name).to.equal('Orang Lain');
      expect(Buffer.from(deliveries[1] ?? []).toString()).not.to.contain('Ratna');
    });

    it('keeps characters whole that are split over chunks', async () => {
      api.send(USERS, mention(1, { text: '@LAPOR1708 banjir 🙏 dkt “pasar” 👨‍👩‍👧' }));
      api.chop(3);

      const { deliveries } = await fetchNext(null, never());

      expect(textsOf(deliveries)).to.deep.equal(['banjir 🙏 dkt “pasar” 👨‍👩‍👧']);
    });

    it('lets nothing in one post stop those behind it', async () => {
      const page = {
        data: ['words', null, { id: [[[]]], text: { a: 1 } }, mention(3)],
        includes: { users: [null, 'x', WARGA], media: 7 },
        meta: { newest_id: idOf(3) },
      };
      api.answerWith({ status: 200, body: JSON.stringify(page) });

      const { deliveries, cursor } = await fetchNext(null, never());

      expect(deliveries).to.have.length(4);
      expect(textsOf(deliveries.slice(0, 1))).to.deep.equal(['banjir 3']);
      for (const body of deliveries.slice(1)) {
        expect(() => channel.read(request(body))).to.throw('payload');
      }
      expect(cursor).to.equal(idOf(3));
    });

    for (const answer of ['silence', 'stall'] as const) {
      it(`waits no longer than its signal: ${answer}`, async () => {
        api.answerWith(answer);

        const error = await failureOf(fetchNext(null, AbortSignal.timeout(50)));

        expect(error).to.be.instanceOf(UpstreamUnavailable);
      });
    }
  });

  describe('failures', () => {
    const reset = { 'x-rate-limit-limit': '450', 'x-rate-limit-remaining': '0' };
    const at = (seconds: number) => ({ 'x-rate-limit-reset': String(NOW_SECONDS + seconds) });
    const rows = [
      {
        label: 'is throttled until the limit is reset',
        answer: problem(429, 'Too Many Requests', { ...reset, ...at(420) }),
        expected: UpstreamThrottled,
        says: /429 Too Many Requests/,
        retryAfterMs: 420_000,
      },
      {
        label: "is throttled until the day's limit is reset when that is used up",
        answer: problem(429, 'Too Many Requests', {
          'x-rate-limit-limit': '450',
          'x-rate-limit-remaining': '40',
          ...at(60),
          'x-app-limit-24hour-limit': '10000',
          'x-app-limit-24hour-remaining': '0',
          'x-app-limit-24hour-reset': String(NOW_SECONDS + 7_200),
        }),
        expected: UpstreamThrottled,
        says: /429/,
        retryAfterMs: 7_200_000,
      },
      {
        label: 'is throttled for a minute when X names no time',
        answer: problem(429, 'Usage cap exceeded'),
        expected: UpstreamThrottled,
        says: /Usage cap exceeded/,
        retryAfterMs: 60_000,
      },
      {
        label: 'is rejected for a token that X does not know',
        answer: problem(401, 'Unauthorized'),
        expected: UpstreamRejected,
        says: /401 Unauthorized/,
      },
      {
        label: 'is rejected for what the app may not read',
        answer: problem(403, 'Forbidden'),
        expected: UpstreamRejected,
        says: /403 Forbidden/,
      },
      {
        label: 'tries again after a failure of X',
        answer: problem(503, 'Service Unavailable'),
        expected: UpstreamUnavailable,
        says: /503/,
      },
      {
        label: 'tries again after an error at which the SDK stumbles',
        answer: { status: 500, body: '{"errors":[null]}' },
        expected: UpstreamUnavailable,
        says: /500/,
      },
      {
        label: 'tries again after an answer that is not JSON',
        answer: { status: 200, body: '<html>' },
        expected: UpstreamUnavailable,
        says: /not an answer/,
      },
      {
        label: 'tries again after an answer that says it is compressed and is not',
        answer: { status: 200, body: 'x', headers: { 'content-encoding': 'gzip' } },
        expected: UpstreamUnavailable,
        says: /not an answer/,
      },
      {
        label: 'tries again after errors in place of posts',
        answer: { status: 200, body: '{"errors":[{"title":"Not Found Error"}]}' },
        expected: UpstreamUnavailable,
        says: /not an answer/,
      },
      {
        label: 'tries again after a lost connection',
        answer: 'hang-up' as const,
        expected: UpstreamUnavailable,
        says: /no answer/,
      },
      {
        label: 'tries again after half an answer',
        answer: 'half' as const,
        expected: UpstreamUnavailable,
        says: /not an answer/,
      },
      {
        label: 'does not repeat a token that X repeats',
        answer: problem(400, `Bad token ${BEARER}`),
        expected: UpstreamRejected,
        says: /400 Bad token …/,
      },
    ];
    for (const { label, answer, expected, says, retryAfterMs } of rows) {
      it(label, async () => {
        api.answerWith(answer);

        const error = await failureOf(fetchNext('5', never()));

        expect(error).to.be.instanceOf(expected);
        expect(error.message).to.match(says);
        expect('retryAfterMs' in error ? error.retryAfterMs : undefined).to.equal(retryAfterMs);
        expect(tracesOf(error)).not.to.contain(BEARER);
      });
    }

    it('does not ask while nothing is left of the limit', async () => {
      api.send(USERS, mention(1));
      api.limit({ ...reset, ...at(300) });
      const { cursor } = await fetchNext(null, never());

      const error = await failureOf(fetchNext(cursor, never()));

      expect(cursor).to.equal(idOf(1));
      expect(error).to.be.instanceOf(UpstreamThrottled);
      expect(error).to.have.property('retryAfterMs', 300_000);
      expect(api.calls).to.have.length(1);
    });

    it('brings a backlog in over two windows of the rate limit', async () => {
      let now = stillTools().now();
      await open(api.url, () => now);
      api.send(USERS, ...mentions(400));
      api.beforeAnswer(() => {
        const isLast = api.calls.length === 2;
        api.limit({ ...reset, 'x-rate-limit-remaining': isLast ? '0' : '9', ...at(300) });
      });

      const error = await failureOf(fetchNext('5', never()));
      api.send({}, mention(900));
      now += 300_001;
      const { deliveries, cursor } = await fetchNext('5', never());

      expect(error).to.have.property('retryAfterMs', 300_000);
      expect(deliveries).to.have.length(400);
      expect(cursor).to.equal(idOf(399));
      expect(tokens()).to.deep.equal([undefined, idOf(300), idOf(200), idOf(100)]);
    });

    it('goes on in the next round after 45 seconds', async () => {
      let now = stillTools().now();
      await open(api.url, () => now);
      api.send(USERS, ...mentions(400));
      api.beforeAnswer(() => {
        now += 15_000;
      });

      const error = await failureOf(fetchNext('5', never()));
      const { deliveries, cursor } = await fetchNext('5', never());

      expect(error).to.be.instanceOf(UpstreamThrottled);
      expect(error).to.have.property('retryAfterMs', 1_000);
      expect([deliveries.length, cursor]).to.deep.equal([400, idOf(399)]);
      expect(tokens()).to.deep.equal([undefined, idOf(300), idOf(200), idOf(100)]);
    });

    it('begins anew when X does not know its token any more, or from another cursor', async () => {
      api.send(USERS, ...mentions(150));
      const failOnSecond = (answer: ReturnType<typeof problem>) => {
        const before = api.calls.length;
        api.beforeAnswer(() => {
          if (api.calls.length === before + 2) api.answerWith(answer);
        });
      };
      failOnSecond(problem(503, 'Service Unavailable'));
      await failureOf(fetchNext('5', never()));
      api.answerWith(problem(400, 'Invalid Request'));
      const expired = await failureOf(fetchNext('5', never()));
      api.answerWith(null);
      failOnSecond(problem(503, 'Service Unavailable'));
      await failureOf(fetchNext('5', never()));
      api.answerWith(null);

      const { deliveries } = await fetchNext('6', never());

      expect(expired).to.be.instanceOf(UpstreamRejected);
      expect(deliveries).to.have.length(150);
      const second = idOf(50);
      expect(tokens()).to.deep.equal([
        ...[undefined, second],
        second,
        ...[undefined, second],
        ...[undefined, second],
      ]);
    });

    it('gives nothing and moves nothing when a later page fails', async () => {
      api.send(USERS, ...Array.from({ length: 150 }, (_, index) => mention(index)));
      api.beforeAnswer(() => {
        if (api.calls.length === 2) api.answerWith(problem(503, 'Service Unavailable'));
      });
      const error = await failureOf(fetchNext('5', never()));
      api.answerWith(null);

      const { deliveries } = await fetchNext('5', never());

      expect(error).to.be.instanceOf(UpstreamUnavailable);
      expect(deliveries).to.have.length(150);
    });
  });

  describe('through the gateway', () => {
    let db: TestDatabase;
    let core: TestCore;
    let gateways: TestGateway[];

    const environment = () => ({ ...SETTINGS, X_API_URL: api.url });
    const start = async (): Promise<TestGateway> => {
      const gateway = await startGateway({
        databaseUrl: db.url,
        coreUrl: core.url,
        environment: environment(),
        modules: [hastyX],
      });
      gateways.push(gateway);
      return gateway;
    };
    const arrived = (count: number) => core.until(() => core.events().length >= count, 15_000);
    const texts = () => core.events().map(({ data }) => data['text']);
    const asked = () => api.calls.map(({ query }) => query['since_id']);
    const asksFor = (id: string) =>
      eventually(`asks for what is newer than ${id}`, () => Promise.resolve(asked().includes(id)));

    beforeEach(async () => {
      db = await createTestDatabase();
      core = await startCore();
      gateways = [];
    });
    afterEach(async () => {
      for (const gateway of gateways) await gateway.stop();
      await core.stop();
      await db.drop();
    });

    it('brings mentions to the core and remembers over a restart where it was', async () => {
      api.send(USERS, mention(1, { text: '@LAPOR1708 Jembatan Cisapi roboh' }));
      const first = await start();
      await arrived(1);
      await asksFor(idOf(1));
      await first.stop();
      gateways.pop();
      const before = api.calls.length;

      api.send({}, mention(2, { author_id: '8', text: '@LAPOR1708 PJU Jalan Kenanga padam' }));
      await start();
      await arrived(2);

      expect(texts()).to.deep.equal(['Jembatan Cisapi roboh', 'PJU Jalan Kenanga padam']);
      expect(asked()[0]).to.equal(undefined);
      expect(asked()[before]).to.equal(idOf(1));
    });

    it('takes the same post by webhook and by poll as one message', async () => {
      const gateway = await start();
      const { path, ...sent } = simulated('Kran umum bocor di RT 04');
      const answer = await fetch(gateway.url + path, sent);
      await arrived(1);
      const { data } = bodySchema.parse(JSON.parse(sent.body));

      api.send({ users: data.includes.users }, data.payload);
      await asksFor(data.payload.id);

      const deliveries = await eventually('both are read', async () => {
        const rows = await select(db.database, 'select state from deliveries');
        return rows.length === 2 && rows.every(({ state }) => state === 'read') ? rows : null;
      });
      expect([answer.status, await answer.text()]).to.deep.equal([200, '']);
      expect(deliveries).to.have.length(2);
      expect(await select(db.database, 'select id from messages')).to.have.length(1);
      expect(texts()).to.deep.equal(['Kran umum bocor di RT 04']);
    });

    it('moves nothing as long as nothing can be stored, and then brings it', async () => {
      await select(
        db.database,
        `create function fail() returns trigger language plpgsql as
           $$ begin raise exception 'disk full' using errcode = '53100'; end $$`,
      );
      await select(
        db.database,
        'create trigger fail before insert on deliveries execute function fail()',
      );
      api.send(USERS, mention(1, { text: '@LAPOR1708 Tak boleh hilang satu pun' }));
      await start();
      await eventually('asked twice', () => Promise.resolve(api.calls.length >= 2));
      const whileFull = asked();

      await select(db.database, 'drop trigger fail on deliveries');
      await arrived(1);

      expect(new Set(whileFull)).to.deep.equal(new Set([undefined]));
      expect(texts()).to.deep.equal(['Tak boleh hilang satu pun']);
      await asksFor(idOf(1));
    });

    it('waits for the reset of the limit, and shows neither token nor text in its log', async () => {
      let seconds = 0;
      api.send(USERS, mention(1, { text: '@LAPOR1708 Sumur warga kering semua' }));
      // Counted from the question: how long starting takes is another matter.
      api.beforeAnswer(() => {
        seconds ||= Math.floor(Date.now() / 1000) + 1;
        const limit = { 'x-rate-limit-limit': '450', 'x-rate-limit-remaining': '0' };
        const headers = { ...limit, 'x-rate-limit-reset': String(seconds) };
        api.answerWith(api.calls.length === 1 ? problem(429, 'Too Many Requests', headers) : null);
      });
      const gateway = await start();
      await arrived(1);

      expect(api.calls[1]?.at).to.be.at.least(seconds * 1000);
      expect(gateway.log()).to.contain('polling failed');
      expect(gateway.log()).not.to.contain(BEARER);
      expect(gateway.log()).not.to.contain('Sumur warga');
    });
  });

  describe('open', () => {
    it('polls beside its webhook, as often as told', () => {
      expect(channel.webhook).not.to.equal(undefined);
      expect(channel.poll?.everyMs).to.equal(1_000);
    });
  });
});

const bodySchema = z.object({
  data: z.object({
    payload: z.looseObject({ id: z.string() }),
    includes: z.object({ users: z.array(z.unknown()) }),
  }),
});

function never(): AbortSignal {
  return new AbortController().signal;
}

function idOf(number: number): string {
  return String(1_992_100_000_000_000_000n + BigInt(number));
}

function mentions(count: number): readonly Mention[] {
  return Array.from({ length: count }, (_, index) => mention(index));
}

function mention(number: number, fields: Readonly<Record<string, unknown>> = {}): Mention {
  return {
    id: idOf(number),
    author_id: WARGA.id,
    created_at: '2026-11-21T09:23:23.000Z',
    text: `@LAPOR1708 banjir ${number}`,
    conversation_id: idOf(number),
    edit_history_tweet_ids: [idOf(number)],
    ...fields,
  };
}

function request(body: Uint8Array) {
  return { method: 'POLL', url: 'poll:x', headers: {}, body };
}

function simulated(text: string) {
  const simulator = simulators['x'];
  if (!simulator) throw new Error('no simulator for x');
  return simulator.request(SETTINGS, publicUrl, { text, from: null });
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

/** Everything a log could show of an error. */
function tracesOf(error: Error): string {
  const cause = error.cause instanceof Error ? tracesOf(error.cause) : '';
  return `${error.message} ${error.stack ?? ''} ${JSON.stringify(error)} ${cause}`;
}
