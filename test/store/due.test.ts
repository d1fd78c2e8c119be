import { expect } from 'chai';
import { select } from '../../src/store/database.ts';
import { mendDueTimes } from '../../src/store/due.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('times that work waits for', () => {
  let db: TestDatabase;

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.drop());

  it('are mended when the clock was ahead and is turned back, and left alone when they were meant', async () => {
    await select(
      db.database,
      `with d as (insert into deliveries (channel, digest, sealed, received_at)
         values ('sms', 'a', 'x', now()) returning id)
       insert into messages (delivery_id, channel, account, event_id, message_id, kind, reporter, lane,
         received_at, sealed, due_at)
       select id, 'sms', '1708', ahead, ahead, 'text', 'r', 1, now(), 'x', now() + ahead::interval
       from d, unnest(array['1 second', '1 day']) as t (ahead)`,
    );
    await select(
      db.database,
      `with c as (insert into complaints (id, tracking_number, channel, reporter, sealed, received_at)
         values (gen_random_uuid(), '1', 'sms', 'r', 'x', now()) returning id)
       insert into outbox (id, complaint_id, reporter, lane, type, received_at, due_at)
       select gen_random_uuid(), id, 'r', 1, ahead, now(), now() + ahead::interval
       from c, unnest(array['1 hour', '1 day']) as t (ahead)`,
    );

    expect(await mendDueTimes(db.database)).to.equal(2);

    const waiting = await select(
      db.database,
      `select event_id as what from messages where due_at > now()
       union all select type from outbox where due_at > now()`,
    );
    expect(waiting).to.deep.equal([{ what: '1 second' }, { what: '1 hour' }]);
    expect(await mendDueTimes(db.database)).to.equal(0);
  });
});
