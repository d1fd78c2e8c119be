import { expect } from 'chai';
import { telegram } from '../../channels/telegram/index.ts';
import {
  type Backfill,
  backfillMethod,
  type Channel,
  type Listed,
  type Search,
} from '../../src/domain/channel.ts';
import { type Fake } from '../../src/embedded/fakes/fake.ts';
import { type Fakes, startFakes } from '../../src/embedded/fakes.ts';
import { UpstreamUnavailable } from '../../src/errors.ts';
import { at, failureOf } from '../embedded/fakes/receiver.ts';
import { startRefusing } from '../support/refusing.ts';

const publicUrl = 'https://lapor.example.go.id';
const webhookUrl = `${publicUrl}/webhooks/telegram`;
const settings = {
  TELEGRAM_BOT_TOKEN: '777000:telegram-token-for-tests',
  TELEGRAM_SECRET_TOKEN: 'telegram-secret-for-tests',
  TELEGRAM_BOT_USERNAME: 'LaporBot',
};
const minute = 60_000;

describe('telegram failover', () => {
  let fakes: Fakes;
  let fake: Fake;
  let gateway: Awaited<ReturnType<typeof startRefusing>>;
  let channel: Channel;
  let backfill: Backfill;
  let memory: string | null;
  let now: number;

  const search = (signal = new AbortController().signal): Search => ({
    ...{ since: new Date(now), webhookUrl, signal },
    memory: {
      read: () => Promise.resolve(memory),
      write: (value) => {
        memory = value;
        return Promise.resolve();
      },
    },
  });
  const look = async (): Promise<readonly Listed[]> => {
    const found: Listed[] = [];
    for await (const page of backfill.list(search())) found.push(...page);
    return found;
  };
  const textsOf = (found: readonly Listed[]) =>
    found.flatMap(({ body }) =>
      channel
        .read({ method: backfillMethod, url: 'backfill:telegram', headers: {}, body })
        .messages.map(({ text }) => text),
    );
  const call = async (method: string, payload: object = {}): Promise<unknown> => {
    const response = await fetch(`${fake.url}/bot${settings.TELEGRAM_BOT_TOKEN}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    return response.json();
  };
  const hook = () => call('getWebhookInfo');
  const says = (text: string, from = '5012345678') => fake.send({ from, text });

  beforeEach(async () => {
    now = Date.now();
    memory = null;
    fakes = await startFakes({
      ...{ settings: () => settings, publicUrl, random: () => 1, pace: 0.001, now: () => now },
    });
    const started = fakes.of('telegram');
    if (!started) throw new Error('no fake of telegram');
    fake = started;
    gateway = await startRefusing();
    await fake.connect(gateway.url);
    const opened = await telegram.open(
      { ...settings, ...fake.variables },
      { fetch, now: () => now, newId: () => '1' },
    );
    if (!opened?.backfill || 'impossible' in opened.backfill) throw new Error('no backfill');
    channel = opened;
    backfill = opened.backfill;
  });

  afterEach(async () => {
    await fakes.close();
    await gateway.close();
  });

  /** The webhook fails at two looks that lie `apart`. Out: what the second one brought. */
  const failing = async (apart: number): Promise<readonly Listed[]> => {
    await says('Banjir di Jalan Mawar');
    expect(await look()).to.deep.equal([]);
    now += apart;
    await says('Airnya sudah masuk rumah');
    await says('Tanggul jebol', '5012345679');
    return look();
  };

  it('fetches what waits once the webhook has failed for a while, in order, and puts it back', async () => {
    const before = await hook();

    const found = await failing(6 * minute);

    expect(textsOf(found)).to.deep.equal([
      ...['Banjir di Jalan Mawar', 'Airnya sudah masuk rumah', 'Tanggul jebol'],
    ]);
    const after = await hook();
    expect(after).to.have.nested.property('result.pending_update_count', 0);
    expect(after).to.deep.equal(before);
  });

  it('sets the secret again: what comes next is authentic', async () => {
    await failing(6 * minute);
    gateway.refused.length = 0;

    await says('Sesudahnya');

    const [request] = gateway.refused;
    expect(request?.headers['x-telegram-bot-api-secret-token']).to.equal(
      settings.TELEGRAM_SECRET_TOKEN,
    );
  });

  it('waits while the webhook has not failed for long', async () => {
    expect(await failing(4 * minute)).to.deep.equal([]);
  });

  it('leaves a webhook alone that works again', async () => {
    await says('Banjir di Jalan Mawar');
    await look();
    now += 20 * minute;

    expect(await look()).to.deep.equal([]);
    expect(await hook()).to.have.nested.property('result.url', webhookUrl);
  });

  it('leaves a webhook alone that leads elsewhere', async () => {
    await call('setWebhook', { url: 'https://lain.example.go.id/hook' });
    expect(await failing(6 * minute)).to.deep.equal([]);
    expect(await hook()).to.have.nested.property('result.url', 'https://lain.example.go.id/hook');
  });

  it('does not take over again at once, however broken the webhook stays', async () => {
    await failing(6 * minute);

    await says('Masih banjir');
    expect(await look()).to.deep.equal([]);
    now += 6 * minute;
    await says('Masih banjir juga');
    expect(await look()).to.deep.equal([]);
    now += 5 * minute;
    await says('Banjir terus');
    expect(textsOf(await look())).to.deep.equal([
      'Masih banjir',
      'Masih banjir juga',
      'Banjir terus',
    ]);
  });

  it('forgets nothing that was not stored, and puts the webhook back', async () => {
    await says('Banjir di Jalan Mawar');
    await look();
    now += 6 * minute;
    await says('Airnya naik');

    const failed = await failureOf(
      (async () => {
        for await (const page of backfill.list(search())) {
          throw new UpstreamUnavailable(`not stored: ${page.length}`);
        }
      })(),
    );

    expect(failed).to.be.instanceOf(UpstreamUnavailable);
    expect(await hook()).to.have.nested.property('result.url', webhookUrl);
    expect(await hook()).to.have.nested.property('result.pending_update_count', 2);
  });

  it('puts the webhook back although we are told to stop', async () => {
    await says('Banjir di Jalan Mawar');
    await look();
    now += 6 * minute;
    await says('Airnya naik');
    const stop = new AbortController();

    const pages = backfill.list(search(stop.signal))[Symbol.asyncIterator]();
    await pages.next();

    stop.abort();
    await pages.return?.();

    expect(await hook()).to.have.nested.property('result.url', webhookUrl);
  });

  it('puts back what a process took away that ended before it could', async () => {
    await says('Banjir di Jalan Mawar');
    await look();
    now += 6 * minute;
    await says('Airnya naik');
    const pages = backfill.list(search())[Symbol.asyncIterator]();
    await pages.next();
    const whileTaken = memory;
    await pages.return?.();
    const known = await hook();
    await call('deleteWebhook');
    memory = whileTaken;

    expect(await look()).to.deep.equal([]);

    const back = await hook();
    for (const name of ['url', 'allowed_updates', 'max_connections']) {
      expect(back, name)
        .to.have.nested.property(`result.${name}`)
        .that.deep.equals(at(known, 'result', name));
    }
    expect(memory).to.include('"removed":null');
  });

  it('fails when Telegram does not answer', async () => {
    await fakes.close();

    expect(await failureOf(look())).to.be.instanceOf(UpstreamUnavailable);
  });

  it('is not needed where Telegram is polled', async () => {
    const polled = await telegram.open(
      { ...settings, ...fake.variables, TELEGRAM_MODE: 'polling' },
      { fetch, now: () => now, newId: () => '1' },
    );

    expect(polled).to.have.property('poll');
    expect(polled).not.to.have.property('backfill');
  });
});
