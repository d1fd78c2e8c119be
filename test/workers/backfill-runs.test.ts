import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { z } from 'zod';
import type { Backfill, Channel, Listed } from '../../src/domain/channel.ts';
import { inboundMessage } from '../../src/domain/message.ts';
import { Malformed, UpstreamThrottled, UpstreamUnavailable } from '../../src/errors.ts';
import { createIntake } from '../../src/intake.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { beginRun, dropOldRuns, endRun } from '../../src/store/backfill.ts';
import { select } from '../../src/store/database.ts';
import { createPseudonyms } from '../../src/store/seal.ts';
import { createBackfills } from '../../workers/backfill.ts';
import { createRead, eventKeyOf } from '../../workers/read.ts';
import { eventually } from '../support/gateway.ts';
import { seal } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const pseudonym = createPseudonyms(Buffer.alloc(32, 4));
const minute = 60_000;
const day = 24 * 60 * minute;

describe('a look at what a provider holds', () => {
  let db: TestDatabase;
  let list: Backfill['list'];
  let everyMs: number;
  let searches: number[];
  let stops: (() => Promise<void>)[];

  beforeEach(async () => {
    db = await createTestDatabase();
    searches = [];
    stops = [];
    everyMs = minute;
    list = pagesOf([]);
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await db.drop();
  });

  const channel = (): Channel => ({
    ...{ name: 'sms', secrets: [] },
    backfill: {
      ...{ account: '1708', everyMs },
      list: (search) => {
        searches.push(search.since.getTime());
        return list(search);
      },
    },
    read: ({ body }) => {
      const text = Buffer.from(body).toString();
      const [id = ''] = text.split(' ', 1);
      if (text.includes('rusak total')) throw new Malformed('nothing to read');
      if (text.includes('dari kami')) return { messages: [], ignored: ['own message'] };
      const sender = { identity: '+628111', name: null, contact: null };
      const message = inboundMessage({ eventId: id, messageId: id, account: '1708', sender, text });
      return { messages: [message], ignored: [] };
    },
  });

  /** What one process does: looks, and reads what was stored. */
  const start = () => {
    const { database } = db;
    const log = createLog('silent', [], { write: () => undefined });
    const metrics = createMetrics(null);
    const channels = new Map([['sms', channel()]]);
    const read = createRead({
      ...{ database, seal, channels, pseudonym, metrics, log, wake: () => undefined },
    });
    let reading: Promise<void> = Promise.resolve();
    const stored = () => {
      reading = reading.then(() => read());
    };
    const intake = createIntake({ database, seal, fallback: null, stored });
    const backfills = createBackfills({
      ...{ database, intake, pseudonym, metrics, log, publicUrl: 'https://lapor.example.go.id' },
      channels: [...channels.values()],
    });
    const stop = async () => {
      await backfills.close();
      await reading;
    };
    stops.push(stop);
    return { intake, read: () => reading, stop };
  };
  const rows = () =>
    select(
      db.database,
      'select state, listed, present, added, reason, since, started_at from backfill_runs order by id',
    );
  const looked = (count: number) =>
    eventually(`looked ${count} times`, async () => {
      const ended = (await rows()).filter(({ state }) => state !== 'running');
      return ended.length >= count && ended;
    });
  const eventKey = (id: string) => eventKeyOf(pseudonym, 'sms', '1708', id);
  const messages = async () =>
    (await select(db.database, 'select event_id from messages order by id')).map((row) =>
      String(row['event_id']),
    );

  it('keeps nothing in the clear that names what it brought, nor the digest of a name', async () => {
    list = pagesOf([[held('SM1', Date.now())]]);
    const { read } = start();
    await looked(1);
    await read();

    const [row] = await select(db.database, 'select digest, event_id from deliveries, messages');
    const guess = createHash('sha256').update('BACKFILL\nbackfill:sms\nSM1').digest();
    expect(row?.['event_id']).to.equal(eventKey('SM1'));
    expect(guess.equals(z.instanceof(Buffer).parse(row?.['digest']))).to.equal(false);
  });

  it('takes for present what an older release stored under its event id as it is', async () => {
    const { intake, read, stop } = start();
    await looked(1);
    await intake.accept('sms', webhook('SM1 dari webhook'), new Date());
    await read();
    await stop();
    // Its message has another name, so that only the event tells.
    await select(
      db.database,
      `update messages set event_id = 'SM1', event_keyed = false, message_id = 'lain'`,
    );
    list = pagesOf([[held('SM1', Date.now())]]);

    start();
    const [, again] = await looked(2);

    expect(again).to.deep.include({ listed: 1, present: 1, added: 0 });
  });

  it('goes back a day the first time, and then to a quarter of an hour before the last', async () => {
    const first = start();
    const [one] = await looked(1);
    await first.stop();
    start();
    const [, two] = await looked(2);

    expect(searches[0]).to.be.closeTo(timeOf(one, 'started_at') - day, 5);
    expect(searches[1]).to.be.closeTo(timeOf(one, 'started_at') - 15 * minute, 5);
    expect(two).to.deep.include({ state: 'done', listed: 0, reason: null });
  });

  it('begins again where it failed, and goes on from what it had stored', async () => {
    list = failing(new UpstreamUnavailable('no answer'));
    const first = start();
    const [one] = await looked(1);
    await first.stop();
    const at = Date.now() - 3 * 60 * minute;
    list = pagesOf([[held('SM1', at)]], new UpstreamUnavailable('page two: no answer'));
    const second = start();
    const [, two] = await looked(2);
    await second.stop();
    start();
    await looked(3);

    expect(one).to.deep.include({ state: 'failed', reason: 'no answer' });
    expect(two).to.deep.include({ ...{ state: 'failed', listed: 1, added: 1 } });
    expect(searches[1]).to.equal(searches[0]);
    expect(searches[2]).to.be.closeTo(at - 15 * minute, 5);
    expect(await messages()).to.deep.equal(['SM1'].map(eventKey));
  });

  it('is not repeated by any process before the limit it met is over', async () => {
    list = failing(new UpstreamThrottled('full', 60_000));
    start();
    await looked(1);
    await eventually('the limit is kept', async () => {
      const kept = await select(db.database, `select 1 from cursors where name like '%not-before'`);
      return kept.length > 0;
    });

    start();
    await new Promise((resolve) => setTimeout(resolve, 700));

    expect(searches).to.have.length(1);
  });

  it('is done by one process at a time, at the pace of one', async () => {
    everyMs = 500;
    let running = 0;
    let most = 0;
    list = async function* list() {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 100));
      running -= 1;
      yield [];
    };
    const startedAt = Date.now();
    for (let count = 0; count < 3; count += 1) start();
    await looked(4);

    expect(most).to.equal(1);
    // Each process looks once as it starts; beyond that there is one look for each half second.
    expect(searches.length).to.be.at.most(4 + (Date.now() - startedAt) / 400);
  });

  it('stores only what is missing, in the order of the provider, and none twice', async () => {
    const at = Date.now();
    const all = ['SM3', 'SM1', 'SM2', 'SM4'].map((id, index) => held(id, at + index));
    const mixed = [...all, held('SM5 dari kami', at + 5), held('SM6 rusak total', at + 6)];
    const came = Promise.withResolvers<undefined>();
    list = after(came.promise, pagesOf([mixed.slice(0, 2), mixed.slice(2)]));
    const { intake, read } = start();
    await intake.accept('sms', webhook('SM1 dari webhook'), new Date());
    await read();
    came.resolve(undefined);
    const [one] = await looked(1);
    await stops[0]?.();
    start();
    const [, two] = await looked(2);

    expect(one).to.deep.include({ listed: 5, present: 1, added: 4 });
    expect(two).to.deep.include({ listed: 5, present: 5, added: 0 });
    expect(await messages()).to.deep.equal(['SM1', 'SM3', 'SM2', 'SM4'].map(eventKey));
    const quarantined = await select(
      db.database,
      `select reason from deliveries where state = 'quarantined'`,
    );
    expect(quarantined).to.deep.equal([{ reason: 'nothing to read' }]);
  });

  for (const end of [
    `state = 'held', outcome = 'held', reason = 'test'`,
    `state = 'judged', outcome = 'held', reason = 'discarded: spam'`,
    `state = 'judged', outcome = 'complaint', sealed = null`,
    `state = 'judged', outcome = 'edit', kind = 'delete', event_id = 'SM1#delete'`,
  ]) {
    it(`brings back nothing that ended as ${end}`, async () => {
      const { intake, read, stop } = start();
      await looked(1);
      await intake.accept('sms', webhook('SM1 dari webhook'), new Date());
      await read();
      await stop();
      await select(db.database, `update messages set ${end}`);
      list = pagesOf([[held('SM1', Date.now())]]);

      start();
      const [, row] = await looked(2);

      expect(row).to.deep.include({ listed: 1, present: 1, added: 0 });
      expect(await messages()).to.have.length(1);
    });
  }

  it('knows by its name what came by webhook and cannot be read in the list', async () => {
    const came = Promise.withResolvers<undefined>();
    list = after(came.promise, pagesOf([[held('SM9 rusak total', Date.now())]]));
    const { intake, read } = start();
    await intake.accept('sms', webhook('SM9 dengan lokasi'), new Date());
    await read();
    came.resolve(undefined);

    expect((await looked(1))[0]).to.deep.include({ listed: 1, present: 1, added: 0 });
    expect(await select(db.database, 'select 1 from deliveries')).to.have.length(1);
  });

  it('ends by its row when its process ended', async () => {
    const startedAt = new Date();
    const given = { channel: 'sms', startedAt, firstMs: day, overlapMs: 15 * minute };
    await beginRun(db.database, given);

    start();
    await looked(2);

    expect((await rows()).map(({ state, reason }) => [state, reason])).to.deep.equal([
      ['failed', 'the process ended'],
      ['done', null],
    ]);
  });

  it('is forgotten after a while, but not how far a channel was reached', async () => {
    const long = Date.now() - 60 * day;
    for (const [index, reason] of [null, null, 'no answer'].entries()) {
      const startedAt = new Date(long + index * minute);
      const given = { channel: 'sms', startedAt, firstMs: day, overlapMs: 15 * minute };
      const { id } = await beginRun(db.database, given);
      const reached = reason === null ? startedAt : null;
      const counts = { listed: 0, present: 0, added: 0 };
      await endRun(db.database, { id, endedAt: startedAt, reached, reason, ...counts });
    }

    expect(await dropOldRuns(db.database, 7)).to.equal(1);

    start();
    await eventually('looked', () => Promise.resolve(searches.length > 0));
    expect(searches[0]).to.equal(long + minute - 15 * minute);
  });
});

const held = (text: string, at: number): Listed => ({
  ...{ name: text.split(' ', 1)[0] ?? '', at },
  body: Buffer.from(text),
});

const webhook = (text: string) => ({
  ...{ method: 'POST', url: 'https://lapor.example.go.id/webhooks/sms', headers: {} },
  body: Buffer.from(text),
});

function timeOf(row: Readonly<Record<string, unknown>> | undefined, name: string): number {
  const value = row?.[name];
  return value instanceof Date ? value.getTime() : Number.NaN;
}

const pagesOf = (pages: readonly (readonly Listed[])[], end?: Error): Backfill['list'] =>
  async function* list() {
    for (const page of pages) yield await Promise.resolve(page);
    if (end) throw end;
  };

const after = (came: Promise<undefined>, next: Backfill['list']): Backfill['list'] =>
  async function* list(search) {
    await came;
    yield* next(search);
  };

const failing = (error: Error): Backfill['list'] => pagesOf([], error);
