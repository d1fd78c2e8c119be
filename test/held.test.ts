import { expect } from 'chai';
import { channels as modules } from '../channels/index.ts';
import { readConfig } from '../src/config.ts';
import { held } from '../src/held.ts';
import { openToday } from '../src/held/today.ts';
import type { Today } from '../src/replay.ts';
import { select } from '../src/store/database.ts';
import { insertDeliveries, sealDelivery } from '../src/store/inbox.ts';
import { recordParked } from '../src/store/parked.ts';
import { createSeal } from '../src/store/seal.ts';
import { faultFrom } from '../src/fault.ts';
import { createJudge } from '../workers/judge.ts';
import { createRead } from '../workers/read.ts';
import { coreSecret } from './support/core.ts';
import { channelSettings, publicUrl } from './support/gateway.ts';
import { createTestDatabase, type TestDatabase } from './support/postgres.ts';

const dataKey = Buffer.alloc(32, 1).toString('base64');
const seal = createSeal([dataKey]);

describe('npm run held', () => {
  let db: TestDatabase;
  let today: Today;
  let world: Omit<Parameters<typeof held>[1], 'out'>;
  let people = 0;

  before(async () => {
    db = await createTestDatabase();
    const environment = {
      ...channelSettings,
      DATABASE_URL: db.url,
      DATA_KEY: dataKey,
      PUBLIC_URL: publicUrl,
      ROUTING_CORE_URL: 'http://127.0.0.1:9/events',
      ROUTING_CORE_SECRET: coreSecret,
    };
    const names = modules.flatMap((module) => module.variables);
    world = { config: readConfig(environment, names), environment, modules };
    today = await openToday(world, db.database, seal);
  });

  after(() => db.drop());

  afterEach(async () => {
    await db.database.raw(
      `update deliveries set state = 'read' where state = 'quarantined';
       update messages set state = 'judged' where state in ('held', 'quarantined');
       update outbox set state = 'done' where state in ('refused', 'parked');
       delete from incidents`,
    );
  });

  /** Runs the command. Out: what it prints, or says against it. */
  const command = async (...args: readonly string[]): Promise<string> => {
    let text = '';
    const out = { write: (part: string) => (text += part) };
    try {
      await held(
        [...args, ...(args[0] === 'list' || args[0] === 'show' ? [] : ['--who', 'sari'])],
        {
          ...world,
          out,
        },
      );
      return text;
    } catch (error) {
      return `refused: ${error instanceof Error ? error.message : ''}`;
    }
  };

  const work = async (): Promise<void> => {
    await createRead({ ...today })();
    await select(db.database, `update messages set due_at = 'epoch' where state = 'pending'`);
    const lanes = await select(
      db.database,
      `select distinct lane from messages where state = 'pending'`,
    );
    const judge = createJudge(today);
    for (const { lane } of lanes) await judge(Number(lane));
  };

  /** Stores an SMS as Twilio sends it. Out: the ids of its delivery and its message, if it gave one. */
  const tell = async (body: string, works = true, from: string | null = null) => {
    people += 1;
    const parameters = {
      MessageSid: `SM${people}`,
      From: from ?? `+62815${10_000_000 + people}`,
      To: '1708',
    };
    const request = {
      method: 'POST',
      url: `${publicUrl}/webhooks/sms`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams({ ...parameters, Body: body }).toString()),
    };
    await insertDeliveries(db.database, [sealDelivery(seal, 'sms', request, new Date())]);
    if (works) await work();
    const [row] = await select(
      db.database,
      `select d.id, m.id as message from deliveries d left join messages m on m.delivery_id = d.id
       order by d.id desc limit 1`,
    );
    return { delivery: String(row?.['id']), message: String(row?.['message']) };
  };
  /** As if reading had broken on it, before it was mended. */
  const breakReading = async (id: string): Promise<void> => {
    const reason = 'reading failed: a fault of ours';
    await select(
      db.database,
      `update deliveries set state = 'quarantined', reason = ?, done_at = now() where id = ?`,
      [reason, id],
    );
    const fault = faultFrom(new TypeError('Budi'));
    await recordParked(db.database, 'delivery', [{ subject: id, reason, fault }]);
  };
  const openIncidents = async (): Promise<number> =>
    (await select(db.database, 'select 1 from incidents where closed_at is null')).length;
  const messagesOf = async (delivery: string): Promise<number> =>
    (await select(db.database, 'select 1 from messages where delivery_id = ?', [delivery])).length;
  type Told = Awaited<ReturnType<typeof tell>>;
  const messageOf = async ({ delivery }: Told): Promise<string> => {
    const where = 'select id from messages where delivery_id = ?';
    return String((await select(db.database, where, [delivery]))[0]?.['id']);
  };
  /** Out: the first of so many. */
  const floodOf = async (count: number, send: (sent: number) => Promise<Told>): Promise<Told> => {
    const first = await send(0);
    for (let sent = 1; sent < count; sent += 1) await send(sent);
    return first;
  };
  const stuckEvent = async (from: string | null = null, street = 'Kenanga') => {
    const words = `LAPOR BARU: Jembatan goyang di Jl. ${street} Depok`;
    const { message } = await tell(words, true, from);
    const [row] = await select(
      db.database,
      `update outbox set state = 'refused', done_at = now(), tries = 1, answer = ?
       where complaint_id = (select complaint_id from messages where id = ?) returning id`,
      [
        seal.seal('answer', Buffer.from('{"status":422,"detail":"kategori tidak dikenal"}')),
        message,
      ],
    );
    return String(row?.['id']);
  };

  it('lists all kinds with ids that tell them apart, why, how old, and on which channel', async () => {
    const broken = await tell('Pohon tumbang', false);
    await breakReading(broken.delivery);
    const test = await tell('tes 123');
    const event = await stuckEvent();

    const list = await command('list');

    const lines = list.trim().split('\n');
    expect(lines).to.have.length(3);
    expect(lines[0]).to.match(
      new RegExp(`^d${broken.delivery} +0m  sms +reading failed: a fault of ours$`),
    );
    expect(lines[1]).to.match(new RegExp(`^m${test.message} +0m  sms +test +tes 123$`));
    expect(lines[2]).to.match(new RegExp(`^e${event} +0m  sms +refused: 422 +\\d{10} received$`));
    expect((await command('list', '--kind', 'event')).trim()).to.equal(lines[2]);
    expect(await command('list', '--limit', '1', '--after', `m${test.message}`)).to.contain(event);
    expect(await command('list', '--kind', 'orang')).to.contain('--kind must be one of');
  });

  it('folds what one sender sent for one reason, so that a flood hides nobody, and lists each of it', async () => {
    const first = await floodOf(60, (sent) => tell(`tes ${sent}`, false, '+628129990001'));
    const other = await tell('tes saja', false);
    const junk = await floodOf(60, () => tell('', false, ''));
    await work();
    const [ours, others] = [await messageOf(first), await messageOf(other)];

    const lines = (await command('list', '--limit', '10')).trim().split('\n');

    expect(lines).to.have.length(4);
    expect(lines[0]).to.match(
      new RegExp(`^d${junk.delivery} +0m  sms +From is missing  ×60, newest 0m$`),
    );
    expect(lines[1]).to.match(new RegExp(`^m${ours} +0m  sms +test +×60, newest 0m  tes 0$`));
    expect(lines[2]).to.match(new RegExp(`^m${others} +0m  sms +test +tes saja$`));
    expect(lines[3]).to.contain(`list --of d${junk.delivery}`);

    const all = await command('list', '--of', `m${ours}`, '--limit', '50');
    const page = all.trim().split('\n');
    const more = all.slice(all.indexOf('list --of')).trim().split(' ');
    const rest = (await command(...more)).trim().split('\n');
    expect(page[49]).to.match(/^m\d+ +0m  sms +test +tes 49$/);
    expect(rest).to.have.length(10);
    expect(rest[9]).to.match(/tes 59$/);
    expect((await command('list', '--of', `d${junk.delivery}`)).match(/^d\d+/gm)).to.have.length(
      50,
    );
  });

  it('folds a reason with what only differs in its numbers, and no other reason or channel with it', async () => {
    const told = [];
    for (let sent = 0; sent < 4; sent += 1) told.push((await tell('x', false)).delivery);
    await work();
    const reasons = [
      'entry[3].changes[12].value: missing; entry[4]: not an object',
      'entry[11].changes[0].value: missing',
      'entry[3].messaging[0]: missing',
      'entry[3].changes[12].value: missing',
    ];
    for (const [index, reason] of reasons.entries()) {
      await select(
        db.database,
        `update deliveries set state = 'quarantined', reason = ?, channel = ? where id = ?`,
        [reason, index === 3 ? 'x' : 'facebook', told[index]],
      );
    }

    const lines = (await command('list')).trim().split('\n');

    expect(lines.filter((line) => line.startsWith('d'))).to.have.length(3);
    expect(lines[0]).to.contain('×2');
  });

  it('folds the events of one reporter that the core refused for one reason', async () => {
    const phone = '+628129990002';
    const events = [];
    for (const street of ['Melur', 'Cempaka', 'Sedap Malam']) {
      events.push(await stuckEvent(phone, street));
    }
    for (const [index, event] of events.entries()) {
      const reason = index === 2 ? 'refused: 413' : 'refused: 422';
      await recordParked(db.database, 'event', [{ subject: event, reason, fault: null }]);
    }
    const other = await stuckEvent();

    const lines = (await command('list', '--kind', 'event')).trim().split('\n');

    expect(lines.map((line) => line.split(' ')[0])).to.deep.equal([
      `e${events[0] ?? ''}`,
      `e${events[2] ?? ''}`,
      `e${other}`,
      'Each',
    ]);
    expect(lines[0]).to.contain('×2');
    expect(
      (await command('list', '--of', `e${events[0] ?? ''}`)).trim().split('\n'),
    ).to.have.length(2);
  });

  it('shows a delivery as it arrived, and where our code broke on it', async () => {
    const { delivery } = await tell('Pohon tumbang\u001b[31m di Jl. Melati', false);
    await breakReading(delivery);

    const text = await command('show', `d${delivery}`);

    expect(text).to.match(/reason +reading failed: a fault of ours/);
    expect(text).to.contain(`POST ${publicUrl}/webhooks/sms`);
    expect(text).to.contain('content-type: application/x-www-form-urlencoded');
    expect(text).to.contain('Body=Pohon+tumbang');
    expect(text).to.match(/broke at +TypeError\n +at .*held\.test\.ts:\d+/);
    expect(text).not.to.contain('Budi').and.not.to.contain('\u001b');
  });

  it('first shows what the replay of a delivery would give, and changes nothing', async () => {
    const { delivery } = await tell('Pohon tumbang di Jl. Melati', false);
    await breakReading(delivery);

    const text = await command('replay', `d${delivery}`, '--dry-run');

    expect(text).to.contain('~ state: quarantined → read');
    expect(text).to.contain('a new message').and.to.contain('+ text: Pohon tumbang di Jl. Melati');
    expect(await messagesOf(delivery)).to.equal(0);
    expect(await openIncidents()).to.equal(1);
    expect(await command('show', `d${delivery}`)).not.to.contain('replay by');
  });

  it('replays a delivery: its messages come, once however often, its incident ends, and who did it is known', async () => {
    const { delivery } = await tell('Pohon tumbang di Jl. Melati', false);
    await breakReading(delivery);

    await select(
      db.database,
      `insert into attempts (stage, lane, item, begun) values ('read', 0, ?, 5)`,
      [delivery],
    );

    const said = await command('replay', `d${delivery}`, '--why', 'diperbaiki');
    await work();
    expect(await select(db.database, 'select item from attempts')).to.deep.equal([]);
    await command('replay', `d${delivery}`);
    await work();

    expect(said).to.match(/replay by sari: diperbaiki/);
    expect(await messagesOf(delivery)).to.equal(1);
    expect(await openIncidents()).to.equal(0);
    expect(await command('show', `d${delivery}`)).to.match(
      /state +read\n[^]*replay by sari: diper/,
    );
    const [count] = await select(
      db.database,
      `select count(*)::int as n from complaints c join messages m on m.complaint_id = c.id
       where m.delivery_id = ?`,
      [delivery],
    );
    expect(count).to.deep.equal({ n: 1 });
  });

  it('tells of messages that are there already that they stay as they are', async () => {
    const { delivery, message } = await tell('Lampu mati di Jl. Dahlia');

    const text = await command('replay', `d${delivery}`, '--dry-run');

    expect(text).to.contain(`message m${message} stays as it is`).and.to.contain('no difference');
  });

  it('does not replay a delivery whose bytes are gone', async () => {
    const { delivery } = await tell('Lampu mati di Jl. Anggrek');
    await select(db.database, 'update deliveries set sealed = null where id = ?', [delivery]);

    expect(await command('replay', `d${delivery}`)).to.contain('are deleted');
    expect(await command('replay', `d${delivery}`, '--dry-run')).to.contain('are deleted');
  });

  it('first shows what a message would become, then lets it be judged; a judged one never again', async () => {
    const { message } = await tell('Selokan mampet di Jl. Teratai Beji', false).then(
      async (told) => {
        await createRead({ ...today })();
        const [row] = await select(db.database, 'select id from messages where delivery_id = ?', [
          told.delivery,
        ]);
        return { message: String(row?.['id']) };
      },
    );
    const reason = 'judging failed: a fault of ours';
    await select(
      db.database,
      `update messages set state = 'quarantined', outcome = 'quarantined', reason = ?, judged_at = now()
       where id = ?`,
      [reason, message],
    );
    await recordParked(db.database, 'message', [{ subject: message, reason, fault: null }]);

    const shown = await command('replay', message, '--dry-run');
    expect(shown).to.contain('~ outcome: quarantined → complaint');
    expect(shown).to.contain('+ complaint.text: Selokan mampet di Jl. Teratai Beji');
    expect(await command('show', `m${message}`)).to.contain(reason);

    await command('replay', `m${message}`);
    await work();

    const [row] = await select(db.database, 'select outcome from messages where id = ?', [message]);
    expect(row).to.deep.equal({ outcome: 'complaint' });
    expect(await openIncidents()).to.equal(0);
    expect(await command('replay', `m${message}`)).to.contain('is not held (any more)');
    expect(await command('replay', `m${message}`, '--dry-run')).to.contain('refused: ');
  });

  it('judges a held message by today’s code without letting it through', async () => {
    const { message } = await tell('tes 456');

    expect(await command('replay', message, '--dry-run')).to.contain('no difference');
    await command('replay', message);
    await work();

    expect(await command('list')).to.contain('tes 456');
  });

  it('first shows what would be sent of an event, then sends it again', async () => {
    const event = await stuckEvent();

    const shown = await command('replay', `e${event}`, '--dry-run');
    expect(shown).to.contain('- answer.status: 422');
    expect(shown).to.contain('+ data.text: Jembatan goyang di Jl. Kenanga Depok');
    expect(await command('show', event)).to.contain('kategori tidak dikenal');

    await command('replay', `e${event}`);

    const [row] = await select(db.database, 'select state, tries from outbox where id = ?', [
      event,
    ]);
    expect(row).to.deep.equal({ state: 'pending', tries: 0 });
    expect(await command('discard', event, '--why', 'x')).to.contain(`event ${event} is pending`);
  });

  it('discards each kind, for a reason that is kept', async () => {
    const { delivery } = await tell('Pohon tumbang di Jl. Mawar', false);
    await breakReading(delivery);
    const event = await stuckEvent();
    const { message } = await tell('tes 789');

    expect(await command('discard', `d${delivery}`)).to.contain('discard needs a reason');
    for (const id of [`d${delivery}`, message, `e${event}`]) {
      expect(await command('discard', id, '--why', 'sampah')).to.match(/discard by sari: sampah/);
    }

    expect(await command('list')).to.equal('Nothing is held.\n');
    expect(await openIncidents()).to.equal(0);
    expect(await command('replay', `d${delivery}`)).to.contain('put back to work');
  });

  it('replays all of one reason at once, and no held message that was not asked for', async () => {
    const [one, two] = [await tell('Jalan retak', false), await tell('Jalan bolong', false)];
    for (const { delivery } of [one, two]) await breakReading(delivery);
    const other = await tell('Parit buntu', false);
    await breakReading(other.delivery);
    await select(db.database, `update deliveries set reason = 'lain' where id = ?`, [
      other.delivery,
    ]);
    const test = await tell('tes 111');

    const shown = await command('replay', '--all', '--reason', 'a fault of ours', '--dry-run');
    expect(shown.match(/a new message/g)).to.have.length(2);
    expect(await command('replay', '--all', '--reason', 'a fault of ours')).to.contain(
      '2 put back',
    );
    expect(await command('replay', '--all', '--channel', 'x')).to.contain('0 put back');
    await work();

    expect(await messagesOf(one.delivery)).to.equal(1);
    const list = await command('list');
    expect(list.trim().split('\n')).to.have.length(2);
    expect(list).to.contain(`d${other.delivery}`).and.to.contain(`m${test.message}`);
    expect(await command('replay', '--all')).to.contain('1 put back');
    await work();
    await command('discard', test.message, '--why', 'x');
  });

  it('says what it does not know', async () => {
    expect(await command('show', 'd999999')).to.contain('no delivery has the id 999999');
    expect(await command('replay', 'e00000000-0000-7000-8000-000000000000')).to.contain(
      'no event has',
    );
    expect(await command('release', 'd1')).to.contain('only a held message can be released');
    expect(await command('show', 'apa')).to.contain('an id is d and a number');
    expect(await command('terbang', '1')).to.contain('npm run held -- list');
  });
});
