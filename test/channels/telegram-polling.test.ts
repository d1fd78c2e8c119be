import { expect } from 'chai';
import { telegram } from '../../channels/telegram/index.ts';
import type { Channel, Poll } from '../../src/domain/channel.ts';
import {
  AppError,
  UpstreamRejected,
  UpstreamThrottled,
  UpstreamUnavailable,
} from '../../src/errors.ts';
import { fixture, opened } from '../support/channel-cases.ts';
import { failure, startTelegramApi } from '../support/telegram-api.ts';
import type { TelegramApi } from '../support/telegram-api.ts';

const SECRET_PART = 'AAE-token_yang_dikarang';
const TOKEN = `7700000001:${SECRET_PART}`;

describe('telegram polling', () => {
  let api: TelegramApi;
  let channel: Channel;
  let fetchNext: Poll['fetch'];

  beforeEach(async () => {
    api = await startTelegramApi(TOKEN);
    channel = await opened(telegram, {
      TELEGRAM_BOT_TOKEN: TOKEN,
      TELEGRAM_BOT_USERNAME: 'LaporKotaBot',
      TELEGRAM_API_URL: api.url,
      TELEGRAM_MODE: 'polling',
    });
    if (channel.poll) fetchNext = channel.poll.fetch;
  });
  afterEach(() => api.close());

  describe('fetch', () => {
    it('asks for the kinds of update we read, as a long poll', async () => {
      await fetchNext(null, never());

      expect(api.calls).to.deep.equal([
        {
          path: `/telegram/bot${TOKEN}/getUpdates`,
          payload: {
            limit: 100,
            timeout: 50,
            allowed_updates: [
              'message',
              'edited_message',
              'channel_post',
              'callback_query',
              'my_chat_member',
            ],
          },
        },
      ]);
    });

    it('acknowledges an update only when it is asked for what comes after it', async () => {
      api.send(update(11), update(12));

      const first = await fetchNext(null, never());
      expect(api.held()).to.have.length(2);

      // Not stored: the old cursor is handed back, and everything comes again.
      const again = await fetchNext(null, never());
      expect(again).to.deep.equal(first);
      expect(api.held()).to.have.length(2);

      // Stored: only now does Telegram forget.
      api.send(update(13));
      const next = await fetchNext(again.cursor, never());
      expect(again.cursor).to.equal('13');
      expect(api.held()).to.deep.equal([update(13)]);
      expect(next.deliveries).to.have.length(1);
      expect(next.cursor).to.equal('14');
    });

    it('keeps its cursor when there is nothing new', async () => {
      expect(await fetchNext(null, never())).to.deep.equal({ deliveries: [], cursor: null });
      expect(await fetchNext('13', never())).to.deep.equal({ deliveries: [], cursor: '13' });
    });

    it('takes a backlog a hundred at a time, each update once', async () => {
      api.send(...Array.from({ length: 250 }, (_, index) => update(1_000 + index)));

      const ids: string[] = [];
      let cursor: string | null = null;
      for (let round = 0; round < 4; round += 1) {
        const batch = await fetchNext(cursor, never());
        ids.push(...batch.deliveries.map((body) => idOf(channel, body)));
        cursor = batch.cursor;
      }

      expect(ids).to.deep.equal(Array.from({ length: 250 }, (_, index) => String(1_000 + index)));
      expect(api.held()).to.deep.equal([]);
    });

    it('delivers each update as bytes that read as the webhook would have', async () => {
      const body = fixture('telegram', 'group-mention.json');
      api.answerWith({ status: 200, body: `{"ok":true,"result":[${body.toString()}]}` });

      const { deliveries } = await fetchNext(null, never());

      expect(deliveries.map((bytes) => channel.read(request(bytes)))).to.deep.equal([
        channel.read(request(body)),
      ]);
    });

    it('lets nothing in an update stop those behind it', async () => {
      const deep = '['.repeat(20_000) + ']'.repeat(20_000);
      const odd = `"words",null,{"update_id":21,"message":${deep}}`;
      api.answerWith({
        status: 200,
        body: `{"ok":true,"result":[${odd},${JSON.stringify(update(22))}]}`,
      });

      const { deliveries, cursor } = await fetchNext(null, never());

      expect(deliveries).to.have.length(4);
      expect(deliveries[2]?.byteLength).to.be.lessThan(100);
      expect(idOf(channel, deliveries[3] ?? Buffer.alloc(0))).to.equal('22');
      expect(cursor).to.equal('23');
    });

    it('waits no longer than its signal', async () => {
      api.answerWith('silence');

      const error = await failureOf(fetchNext(null, AbortSignal.timeout(50)));

      expect(error).to.be.instanceOf(UpstreamUnavailable);
    });
  });

  describe('failures', () => {
    const rows = [
      {
        label: 'is throttled for as long as Telegram asks',
        answer: failure(429, 'Too Many Requests: retry after 7', { retry_after: 7 }),
        expected: UpstreamThrottled,
        says: /429/,
      },
      {
        label: 'is rejected for a token that was revoked',
        answer: failure(401, 'Unauthorized'),
        expected: UpstreamRejected,
        says: /401 Unauthorized/,
      },
      {
        label: 'is rejected for a token that never was',
        answer: failure(404, 'Not Found'),
        expected: UpstreamRejected,
        says: /404 Not Found/,
      },
      {
        label: 'tries again while another poller or a webhook is active, and says so',
        answer: failure(409, "Conflict: can't use getUpdates method while webhook is active"),
        expected: UpstreamUnavailable,
        says: /another poller or a webhook is active/,
      },
      {
        label: 'tries again after a failure of Telegram',
        answer: failure(502, 'Bad Gateway'),
        expected: UpstreamUnavailable,
        says: /502/,
      },
      {
        label: 'tries again after an answer that is not JSON',
        answer: { status: 200, body: '<html>' },
        expected: UpstreamUnavailable,
        says: /no answer/,
      },
      {
        label: 'tries again after JSON that is no answer',
        answer: { status: 200, body: '{}' },
        expected: UpstreamUnavailable,
        says: /not an answer/,
      },
      {
        label: 'tries again after a result that is no list',
        answer: { status: 200, body: '{"ok":true,"result":{}}' },
        expected: UpstreamUnavailable,
        says: /not a list/,
      },
      {
        label: 'tries again after a lost connection',
        answer: 'hang-up' as const,
        expected: UpstreamUnavailable,
        says: /no answer/,
      },
      {
        label: 'does not repeat a token that Telegram repeats',
        answer: failure(400, `Bad Request: bot${TOKEN}`),
        expected: UpstreamRejected,
        says: /400 Bad Request: bot…/,
      },
    ];
    for (const { label, answer, expected, says } of rows) {
      it(label, async () => {
        api.answerWith(answer);

        const error = await failureOf(fetchNext('5', never()));

        expect(error).to.be.instanceOf(expected);
        expect(error.message).to.match(says);
        expect(tracesOf(error)).not.to.contain(SECRET_PART);
      });
    }

    it('passes on the seconds of retry_after', async () => {
      api.answerWith(failure(429, 'Too Many Requests', { retry_after: 7 }));

      const error = await failureOf(fetchNext(null, never()));

      expect(error).to.have.property('retryAfterMs', 7_000);
    });
  });

  describe('open', () => {
    it('has no webhook, and no secret but the bot token', () => {
      expect(channel.webhook).to.equal(undefined);
      expect(channel.poll?.everyMs).to.be.within(0, 1_000);
      expect(channel.secrets).to.deep.equal([TOKEN]);
    });
  });
});

function never(): AbortSignal {
  return new AbortController().signal;
}

function update(id: number) {
  const chat = { id: 5123456789, type: 'private' };
  return { update_id: id, message: { message_id: id, date: 1795255200, chat, text: `no ${id}` } };
}

function request(body: Uint8Array) {
  return { method: 'POST', url: '', headers: {}, body };
}

function idOf(channel: Channel, body: Uint8Array): string {
  return channel.read(request(body)).messages[0]?.eventId ?? 'none';
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
