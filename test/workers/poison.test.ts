import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { inboundMessage } from '../../src/domain/message.ts';
import { createLog } from '../../src/log.ts';
import { findKept, replay } from '../../src/quarantine.ts';
import { findAttempts } from '../../src/store/attempts.ts';
import { select } from '../../src/store/database.ts';
import { insertDeliveries, sealDelivery } from '../../src/store/inbox.ts';
import type { Stage } from '../../src/store/lanes.ts';
import { type Care, createCare } from '../../workers/care.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { publicUrl, startGateway } from '../support/gateway.ts';
import { noon, seal } from '../support/judging.ts';
import type { Deadly } from '../support/mortal.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const mortal = join(import.meta.dirname, '../support/mortal.ts');

describe('what kills the process whenever it is worked on', () => {
  let db: TestDatabase;
  let core: TestCore;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
  });

  after(async () => {
    await core.stop();
    await db.drop();
  });

  /** A real process. Out: what it died of; null when it lived. */
  const live = (): Promise<NodeJS.Signals | number | null> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [mortal, db.url, core.url], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      child.once('exit', (code, signal) => {
        resolve(signal ?? (code === 0 ? null : code));
      });
    });

  let count = 0;
  const store = async (from: string, text: string): Promise<void> => {
    count += 1;
    const message = inboundMessage({
      eventId: `SM${count}`,
      messageId: `SM${count}`,
      account: '1708',
      sender: { identity: from, name: null, contact: { kind: 'phone', value: from } },
      sentAt: new Date(noon + count * 1000).toISOString(),
      text,
    });
    const request = {
      method: 'POST',
      url: 'test:',
      headers: {},
      body: Buffer.from(JSON.stringify(message)),
    };
    await insertDeliveries(db.database, [sealDelivery(seal, 'sms', request, new Date())]);
  };
  const textsOf = (from: string) =>
    core
      .events()
      .filter(({ data }) => JSON.stringify(data['reporter']).includes(from))
      .map(({ data }) => data['text']);
  const kindOf = { read: 'delivery', judge: 'message', forward: 'event' };
  const parked = {
    read: `select id, reason from deliveries where state = 'quarantined'`,
    judge: `select id, reason from messages where state = 'quarantined'`,
    forward: `select id, 'poison' as reason from outbox where state = 'parked'`,
  };

  it('is parked at each stage; its neighbours and its own reporter’s others go on', async function () {
    this.timeout(120_000); // seven processes, on a machine that may be busy
    const all: readonly Deadly[] = ['read', 'judge', 'forward'];
    const [own, other] = ['+6281100001', '+6281100002'];
    for (const stage of all) {
      await store(own, `LAPOR BARU: Jalan rusak sebelum ${stage}`);
      await store(own, `LAPOR BARU: Jalan rusak racun ${stage}`);
      await store(other, `LAPOR BARU: Lampu mati di samping ${stage}`);
      await store(own, `LAPOR BARU: Jalan rusak sesudah ${stage}`);
    }

    const deaths: unknown[] = [];
    for (let end = await live(); end !== null; end = await live()) {
      deaths.push(end);
      expect(deaths.length, 'it goes on dying').to.be.below(12);
    }

    // Of each poison as often as it is borne with.
    expect(deaths).to.deep.equal(Array.from({ length: 6 }, () => 'SIGKILL'));
    for (const stage of all) {
      const [row, ...more] = await select(db.database, parked[stage]);
      expect(more).to.deep.equal([]);
      expect(String(row?.['reason'])).to.match(/^poison/);
      const incidents = await select(
        db.database,
        'select subject from incidents where kind = ? and closed_at is null',
        [kindOf[stage]],
      );
      expect(incidents).to.deep.equal([{ subject: String(row?.['id']) }]);
    }
    expect(textsOf(own)).to.deep.equal(
      all.flatMap((stage) => [`Jalan rusak sebelum ${stage}`, `Jalan rusak sesudah ${stage}`]),
    );
    expect(textsOf(other)).to.deep.equal(all.map((stage) => `Lampu mati di samping ${stage}`));
    const suspects = await select(db.database, `select item from attempts where item <> ''`);
    expect(suspects).to.deep.equal([]);
  });
});

describe('the care for what may kill', () => {
  let db: TestDatabase;

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.drop());

  const lines: string[] = [];
  const log = createLog('info', [], { write: (line) => lines.push(line) });
  /** A process: what it has proven is its own. */
  const process_ = () => createCare({ database: db.database, log, mostPauseMs: 1 });
  const never = new Promise<never>(() => undefined);
  const begunOf = async (stage: Stage, lane: number) => {
    const [row] = await select(
      db.database,
      `select begun from attempts where stage = ? and lane = ? and item = ''`,
      [stage, lane],
    );
    return row?.['begun'] ?? 0;
  };

  /** Begins a lane and dies with what `work` reached. */
  const dieIn = (stage: Stage, lane: number, work: (care: Care) => Promise<unknown>) =>
    new Promise<void>((resolve) => {
      void process_()(stage, lane, async (care) => {
        await work(care);
        resolve();
        await never;
      });
    });

  it('records a lane before its first batch, and not after it', async () => {
    const run = process_();
    const seen: unknown[] = [];

    await run('judge', 1, async (care) => {
      seen.push(await begunOf('judge', 1), care.size(100));
      await care.passed();
      seen.push(await begunOf('judge', 1));
    });
    await run('judge', 1, async () => {
      seen.push(await begunOf('judge', 1));
    });

    expect(seen).to.deep.equal([1, 100, 0, 0]);
  });

  it('takes items one by one when a lane was begun three times and never finished', async () => {
    const sizes: number[] = [];
    for (let life = 0; life < 4; life += 1) {
      await dieIn('judge', 2, (care) => Promise.resolve(sizes.push(care.size(100))));
    }

    expect(sizes).to.deep.equal([100, 100, 100, 1]);
  });

  it('parks an item that was begun five times and never finished, and no sooner', async () => {
    for (let life = 0; life < 3; life += 1) await dieIn('read', 3, () => Promise.resolve());
    const told: unknown[] = [];
    for (let life = 0; life < 5; life += 1) {
      await dieIn('read', 3, async (care) => {
        care.size(250);
        told.push(await care.begin(['17']));
      });
    }

    await process_()('read', 3, async (care) => {
      care.size(250);
      told.push(await care.begin(['17']));
      await care.passed();
    });

    expect(told.slice(0, 5)).to.deep.equal([null, null, null, null, null]);
    expect(told[5]).to.match(/^poison: begun 5 times/);
    expect(await begunOf('read', 3)).to.equal(0);
  });

  it('does not add up what lies hours apart', async () => {
    for (let life = 0; life < 6; life += 1) {
      await dieIn('judge', 10, () => Promise.resolve());
      await select(db.database, `update attempts set at = at - interval '2 hours' where lane = 10`);
    }

    expect(await begunOf('judge', 10)).to.equal(1);
  });

  it('forgets the deaths of an item that finished once, and goes back to batches behind it', async () => {
    for (let life = 0; life < 3; life += 1) await dieIn('read', 4, () => Promise.resolve());
    for (let life = 0; life < 4; life += 1) {
      await dieIn('read', 4, async (care) => {
        care.size(2);
        await care.begin(['18']);
      });
    }

    const sizes: number[] = [];
    await process_()('read', 4, async (care) => {
      for (const item of ['18', '19', '20']) {
        sizes.push(care.size(2));
        await care.begin([item]);
        await care.passed();
        expect(await findAttempts(db.database, { stage: 'read', lane: 4 })).to.deep.equal(
          new Map(),
        );
      }
    });

    expect(sizes).to.deep.equal([1, 1, 2]);
    expect(await begunOf('read', 4)).to.equal(0);
  });

  it('never parks who is innocent: kill -9 after kill -9, at any moment of the work', async () => {
    const items = Array.from({ length: 20 }, (_, index) => String(100 + index));
    const done = new Set<string>();
    const parkedBy: string[] = [];
    // A step is what happens between two moments at which a kill may come.
    const livesOf = async (steps: number) => {
      let left = steps;
      const died = Promise.withResolvers<string>();
      const step = async (): Promise<void> => {
        left -= 1;
        if (left > 0) return;
        died.resolve('died');
        await never;
      };
      const work = process_()('judge', 5, async (care) => {
        for (const item of items.filter((each) => !done.has(each))) {
          care.size(100);
          await step();
          const poison = await care.begin([item]);
          if (poison !== null) parkedBy.push(item);
          await step();
          done.add(item);
          await step();
          await care.passed();
        }
      }).then(() => 'lived');
      return Promise.race([work, died.promise]);
    };

    let kills = 0;
    for (let steps = 1; done.size < items.length && kills < 100; steps = (steps % 5) + 1) {
      if ((await livesOf(steps)) === 'died') kills += 1;
    }

    expect(kills).to.be.above(20);
    expect(parkedBy).to.deep.equal([]);
    expect([...done]).to.deep.equal(items);
  });

  it('holds nothing against an event that waits for a slow core while we are killed', async () => {
    await select(db.database, `insert into attempts (stage, lane, begun) values ('forward', 6, 3)`);
    const told: unknown[] = [];
    for (let life = 0; life < 8; life += 1) {
      await dieIn('forward', 6, async (care) => {
        care.size(64);
        told.push(await care.begin(['e']));
        // The core does not answer, and we hear the clock.
        while ((await findAttempts(db.database, { stage: 'forward', lane: 6 })).size > 0) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      });
    }

    expect(told).to.deep.equal(Array.from({ length: 8 }, () => null));
  });

  it('does not count what fails while we live: a database that is away is nobody’s poison', async () => {
    const run = process_();
    for (let tries = 0; tries < 10; tries += 1) {
      await run('judge', 7, () => Promise.reject(new Error('away'))).catch(() => undefined);
    }

    expect(await begunOf('judge', 7)).to.equal(0);
  });

  it('lets one suspected item of the whole process go at a time: who is under way is to blame', async () => {
    for (let life = 0; life < 3; life += 1) {
      await dieIn('judge', 8, () => Promise.resolve());
      await dieIn('judge', 9, () => Promise.resolve());
    }
    const run = process_();
    let underWay = 0;
    let most = 0;
    const work = async (care: Care, item: string) => {
      care.size(1);
      await care.begin([item]);
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay -= 1;
      await care.passed();
    };

    await Promise.all([
      run('judge', 8, (care) => work(care, 'a')),
      run('judge', 9, (care) => work(care, 'b')),
    ]);

    expect(most).to.equal(1);
  });

  it('is taken in the whole product: an item that killed five times is parked, and its replay begins anew', async () => {
    const core = await startCore();
    const ownSeal = seal;
    const request = {
      method: 'POST',
      url: `${publicUrl}/webhooks/sms`,
      headers: {},
      body: Buffer.from('x'),
    };
    await insertDeliveries(db.database, [sealDelivery(ownSeal, 'sms', request, new Date())]);
    const [row] = await select(db.database, 'select id from deliveries order by id desc limit 1');
    const id = String(row?.['id']);
    await select(
      db.database,
      `insert into attempts (stage, lane, item, begun) values ('read', 0, '', 3), ('read', 0, ?, 5)`,
      [id],
    );

    const gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: { DATA_KEY: Buffer.alloc(32, 3).toString('base64') },
    });
    const name = { kind: 'delivery', id } as const;
    const kept = async () => (await findKept(db.database, ownSeal, name)).kept;
    const until = async (reason: RegExp) => {
      for (let tries = 0; tries < 400; tries += 1) {
        const found = await kept();
        if (found.kind === 'delivery' && reason.test(found.reason)) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`still not ${reason.source}`);
    };
    try {
      await until(/^poison/);
      await replay(db.database, name, { who: 'budi', why: 'diperbaiki' });
      await until(/^(?!poison)./);
    } finally {
      await gateway.stop();
      await core.stop();
    }

    const left = await select(db.database, 'select * from attempts where item = ?', [id]);
    expect(left).to.deep.equal([]);
  });
});
