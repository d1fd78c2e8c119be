import { expect } from 'chai';
import { select } from '../../src/store/database.ts';
import { keyOldEvents } from '../../src/store/event-keys.ts';
import { createJudging, type Saying } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const pothole = 'Jalan berlubang parah di Jl. Kenanga Sukmajaya Depok, tolong diperbaiki';
const post = (at: number, text: string, more: Partial<Saying> = {}): Saying => ({
  ...{ who: '+6281200000001', at, text, channel: 'x', setting: 'public', thread: 't1' },
  ...more,
});
const keyOf = (channel: string, account: string, id: string) =>
  channel === 'web' ? id : `key of ${channel} ${account} ${id}`;

describe('event ids that an older release stored as they are', () => {
  let db: TestDatabase;

  beforeEach(async () => {
    db = await createTestDatabase();
  });
  afterEach(() => db.drop());

  /** As an older release would have stored it. */
  const clear = (eventId: string) =>
    select(db.database, 'update messages set event_id = ?, event_keyed = false', [eventId]);
  const eventsOf = async () =>
    (await select(db.database, 'select event_id from messages order by id')).map((row) =>
      String(row['event_id']),
    );

  it('absorb a redelivery all the same', async () => {
    const judging = createJudging(db);
    await judging.tell([post(0, pothole, { eventId: '701', messageId: '701' })]);
    await clear('701');

    const again = await judging.tell([
      post(0, pothole, { eventId: '701', messageId: '701', arrives: 90 }),
    ]);

    expect(again).to.deep.equal(['absorbed']);
    expect(await eventsOf()).to.deep.equal(['701']);
  });

  it('lead a deletion of the newest version to its post, keyed or not', async () => {
    for (const isOld of [true, false]) {
      const own = isOld ? '81' : '91';
      const judging = createJudging(db);
      const ids = await judging.tell([post(0, pothole, { eventId: own, messageId: own })]);
      const edited = `${own}9`;
      ids.push(
        ...(await judging.tell([
          post(60, `${pothole} segera`, { kind: 'edit', eventId: edited, messageId: own }),
        ])),
      );
      if (isOld) {
        await select(
          db.database,
          `update messages set event_id = ?, event_keyed = false where id = ?`,
          [edited, ids[1] ?? ''],
        );
      }

      ids.push(
        ...(await judging.tell([
          post(90, '', { kind: 'delete', eventId: `${edited}#delete`, messageId: edited }),
        ])),
      );

      expect((await judging.events(ids)).map(({ change }) => change)).to.deep.equal([
        undefined,
        'edited',
        'withdrawn',
      ]);
      await db.database.raw(
        'truncate deliveries, messages, words, signs, links, complaints, outbox, attachments, aliases, statuses, acts, reporters',
      );
    }
  });

  it('are keyed a thousand at a time, each once, whoever else keys or stores meanwhile', async () => {
    await db.database.raw(`
      insert into deliveries (channel, digest, sealed, received_at) values ('x', 'd', 's', now());
      insert into messages (delivery_id, channel, account, event_id, message_id, kind, reporter, lane,
        received_at, sealed, due_at)
      select 1, case when n % 100 = 0 then 'web' else 'x' end, '1', n::text, n::text, 'message', 'r', 0,
        now(), 's', now() from generate_series(1, 2500) n`);
    // Stored by a new process, and once more by an older one beside it.
    await db.database.raw(`
      update messages set event_keyed = true, event_id = 'key of x 1 2' where event_id = '1'`);

    const counts = await Promise.all([1, 2].map(() => keyOldEvents(db.database, keyOf)));
    let last = 1;
    while (last > 0) counts.push((last = await keyOldEvents(db.database, keyOf)));

    expect(Math.max(...counts)).to.equal(1000);
    expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(2499);
    const events = await eventsOf();
    expect(new Set(events).size).to.equal(2500);
    expect(events.slice(0, 3)).to.deep.equal(['key of x 1 2', 'key of x 1 2#2', 'key of x 1 3']);
    expect(events[99]).to.equal('100');
  });
});
