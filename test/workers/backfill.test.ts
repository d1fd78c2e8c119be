import { expect } from 'chai';
import { channels } from '../../channels/index.ts';
import type { Environment } from '../../src/domain/channel.ts';
import type { Sending } from '../../src/embedded/providers/simulator.ts';
import { type Fakes, startFakes } from '../../src/embedded/fakes.ts';
import { select } from '../../src/store/database.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { eventually, publicUrl, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { type Refused, startRefusing } from '../support/refusing.ts';

const photo = { bytes: Buffer.from('\xff\xd8\xff\xe0 foto', 'latin1'), mediaType: 'image/jpeg' };
const names = ['facebook', 'sms', 'x'] as const;

/** What a citizen says while nobody listens, by channel. */
const missed: Readonly<Record<(typeof names)[number], readonly Sending[]>> = {
  sms: [
    { from: null, text: 'Selokan depan pasar Cikini mampet' },
    { from: null, text: 'Ini fotonya selokan tadi', files: [photo] },
    { from: '+6281311112222', text: 'Lampu jalan Kenanga padam sejak Senin' },
  ],
  facebook: [
    { from: null, text: 'Air PDAM keruh di Perumahan Asri' },
    { from: null, text: 'Ini foto airnya', files: [photo] },
    {
      from: '7890123456',
      text: 'Trotoar Jalan Melati rusak parah',
      files: [photo],
      where: 'public',
    },
  ],
  x: [
    { from: null, text: '@LAPOR1708 Jembatan Cisapi retak' },
    { from: null, text: '@LAPOR1708 Sampah menumpuk di Pasar Baru', files: [photo] },
    { from: '1502234567890123456', text: '@LAPOR1708 Halte Blok M bocor' },
  ],
};

describe('what webhooks missed', () => {
  let db: TestDatabase;
  let core: TestCore;
  let fakes: Fakes;
  let gateway: TestGateway | null = null;
  let environment: Environment;
  let recorded: readonly Refused[] = [];

  const start = async (): Promise<TestGateway> => {
    gateway = await startGateway({
      ...{ databaseUrl: db.url, coreUrl: core.url, environment },
      modules: channels.filter(({ name }) => name !== 'telegram'),
    });
    return gateway;
  };
  const stop = async (): Promise<void> => {
    await gateway?.stop();
    gateway = null;
  };
  const runs = async (channel: string): Promise<readonly object[]> =>
    select(
      db.database,
      `select state, listed, present, added, reason from backfill_runs where channel = ? order by id`,
      [channel],
    );
  const ended = (channel: string, count: number) =>
    eventually(`${channel} was looked at`, async () => {
      const rows = await runs(channel);
      return (
        rows.filter((row) => 'state' in row && row.state !== 'running').length >= count && rows
      );
    });
  const sendAll = async (channel: string, sendings: readonly Sending[]): Promise<void> => {
    for (const sending of sendings) await fakes.of(channel)?.send(sending);
  };
  /** What the core was told of a channel, text by text. */
  const told = (channel: string) =>
    core
      .events()
      .filter(({ source }) => source === `/satu-pintu/channels/${channel}`)
      // X puts the address of a picture behind the words.
      .map(({ data }) => String(data['originalText']).replace(/ https:\/\/t\.co\/\w+$/, ''));
  const first = (channel: string): Sending => ({
    from: null,
    text: `${channel === 'x' ? '@LAPOR1708 ' : ''}Pohon tumbang menutup jalan (${channel})`,
  });
  const said = (channel: (typeof names)[number]) => missed[channel].map(({ text }) => text);
  const isQuiet = async (): Promise<boolean> => {
    const [row] = await select(
      db.database,
      `select (select count(*) from deliveries where state = 'pending')
         + (select count(*) from messages where state = 'pending')
         + (select count(*) from outbox where state = 'pending') as count`,
    );
    return Number(row?.['count']) === 0;
  };

  before(async () => {
    const settings = (name: string): Environment =>
      channels
        .find((each) => each.name === name)
        ?.demo((secret) => Buffer.from(secret).toString('hex').padEnd(64, '0')) ?? {};
    fakes = await startFakes({ settings, publicUrl, random: () => 1, pace: 0.01 });
    db = await createTestDatabase();
    core = await startCore();
    environment = {
      ...Object.fromEntries(
        names.flatMap((name) => Object.entries({ ...settings(name), ...fakes.variables(name) })),
      ),
      // Polling brings X's mentions as well; here only a look at the list may.
      X_POLL_SECONDS: '86400',
      TELEGRAM_BOT_TOKEN: '',
      TELEGRAM_SECRET_TOKEN: '',
      TELEGRAM_BOT_USERNAME: '',
    };
  });

  after(async () => {
    await stop();
    await fakes.close();
    await core.stop();
    await db.drop();
  });

  it('begins with what is there: nothing on a first look, and then what comes by webhook', async () => {
    const { url } = await start();
    for (const name of names) await ended(name, 1);
    for (const name of names) {
      await fakes.of(name)?.connect(url);
      await sendAll(name, [first(name)]);
    }

    await core.until(() => core.events().length >= names.length);
    await stop();

    for (const name of names) {
      expect(await runs(name)).to.deep.equal([
        { state: 'done', listed: 0, present: 0, added: 0, reason: null },
      ]);
      expect(told(name)).to.deep.equal([first(name).text]);
    }
    // From here on nobody takes what providers bring.
    const refusing = await startRefusing(Number(new URL(url).port));
    for (const name of names) await sendAll(name, missed[name]);
    recorded = refusing.deliveries();
    await refusing.close();
    expect(recorded.length).to.be.at.least(9);
  });

  it('is brought by a look when the gateway is back, all of it, in order', async () => {
    await start();

    for (const name of names) await ended(name, 2);
    await core.until(() => core.events().length >= 4 * names.length);

    for (const name of names) {
      expect((await runs(name))[1], name).to.deep.equal({
        ...{ state: 'done', listed: 4, present: 1, added: 3, reason: null },
      });
      // The first reporter's three in their order; whoever else wrote has a lane of their own.
      const [one, two, other] = said(name);
      expect(
        told(name).filter((text) => text !== other),
        name,
      ).to.deep.equal([...[first(name).text, one, two]]);
      expect(told(name), name).to.include(other);
    }
    const added = await gateway?.metric(
      'satupintu_backfill_messages_total{channel="sms",outcome="added"}',
    );
    expect(added).to.equal(3);
  });

  it('keeps the time the provider gives, also for SMS, and the files', () => {
    const received = core.events().find(({ data }) => data['originalText'] === said('sms')[0]);
    const withFile = core.events().find(({ data }) => data['originalText'] === said('sms')[1]);

    expect(received?.data['sentAt']).to.match(/^20.*\.000Z$/);
    expect(withFile?.data['attachments']).to.have.length(1);
  });

  it('stays one when the provider comes again with what a look has brought', async () => {
    const before = core.events().length;

    for (const { method, path, headers, body } of recorded) {
      const sent = method === 'GET' ? {} : { body: new Uint8Array(body) };
      const answer = await fetch(`${gateway?.url ?? ''}${path}`, { method, headers, ...sent });
      expect(answer.status).to.equal(200);
    }
    await eventually('all is read and judged', isQuiet);

    expect(core.events().slice(before)).to.deep.equal([]);
    const complaints = await select(db.database, 'select 1 from complaints');
    const received = core.events().filter(({ type }) => type.includes('received'));
    expect(complaints).to.have.length(received.length);
  });

  it('is nothing the next time: a second look finds all of it and adds none', async () => {
    await stop();
    const before = core.events().length;
    await start();

    for (const name of names) {
      const rows = await ended(name, 3);
      expect(rows[2], name).to.deep.equal({
        ...{ state: 'done', listed: 4, present: 4, added: 0, reason: null },
      });
    }
    await eventually('all is read and judged', isQuiet);
    expect(core.events()).to.have.length(before);
  });

  it('is one message, whichever way is quicker', async () => {
    const url = gateway?.url ?? '';
    for (const name of names) await fakes.of(name)?.connect(url);
    await stop();
    const started = start();
    const racing = names.map((name) => sendAll(name, [{ from: null, text: racer(name) }]));

    const { url: again } = await started;
    for (const name of names) await fakes.of(name)?.connect(again);
    await Promise.all(racing);
    for (const name of names) await sendAll(name, [{ from: null, text: `${racer(name)} lagi` }]);
    for (const name of names) await ended(name, 4);
    await eventually('all is read and judged', isQuiet);

    for (const name of names) {
      const own = told(name).filter((text) => text.includes('Balapan'));
      expect(own.length, name).to.equal(new Set(own).size);
      expect(own, name).to.include(`${racer(name)} lagi`);
    }
  });

  it('says once that a channel cannot be asked, and goes on without it', async () => {
    await stop();
    environment = { ...environment, FACEBOOK_PAGE_TOKEN: '', X_BEARER_TOKEN: '' };
    const before = { x: (await runs('x')).length, facebook: (await runs('facebook')).length };

    for (let starts = 1; starts <= 2; starts += 1) {
      const { log } = await start();
      await eventually('said', () =>
        Promise.resolve(
          log().includes('FACEBOOK_PAGE_TOKEN is not set') &&
            log().includes('X_BEARER_TOKEN is not set'),
        ),
      );
      await stop();
    }

    for (const name of ['x', 'facebook'] as const) {
      const more = (await runs(name)).slice(before[name]);
      expect(more).to.have.length(1);
      expect(more[0]).to.deep.include({ state: 'impossible' });
    }
  });
});

const racer = (name: string): string =>
  `${name === 'x' ? '@LAPOR1708 ' : ''}Balapan liar di depan stasiun ${name}`;
