import { expect } from 'chai';
import { select } from '../../src/store/database.ts';
import {
  dropOldBodies,
  dropOldMessages,
  dropOldWords,
  dropOutlived,
} from '../../src/store/retention.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('retention', () => {
  let db: TestDatabase;

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.drop());

  const sql = (text: string) => select(db.database, text);
  const count = async (text: string) =>
    Number((await sql(`select count(*) as n ${text}`))[0]?.['n']);

  it('empties in batches what was read and judged long ago, and keeps that it came', async () => {
    await sql(`insert into deliveries (channel, digest, sealed, received_at, state, done_at)
      select 'sms', sha256(i::text::bytea), 'body', now() - interval '60 days', 'read',
             now() - interval '60 days' + make_interval(days => (i % 2) * 50)
      from generate_series(1, 12000) as s (i)`);
    await sql(`insert into messages (delivery_id, channel, account, event_id, message_id, kind, reporter,
        lane, received_at, sealed, state, outcome, due_at, judged_at)
      select id, 'sms', '1708', 'E' || id, 'M' || id, 'text', 'r_1', 1, received_at, 'words', 'judged',
             'complaint', now(), done_at from deliveries`);

    expect(await dropOldBodies(db.database, 30)).to.equal(6000);
    expect(await dropOldMessages(db.database, 30)).to.equal(6000);

    expect(await count('from deliveries')).to.equal(12_000);
    expect(await count('from deliveries where sealed is not null')).to.equal(6000);
    expect(await count('from messages where sealed is not null')).to.equal(6000);
    expect(await dropOldBodies(db.database, 30), 'nothing twice').to.equal(0);
  });

  it('never empties what nobody has decided upon, however old it is', async () => {
    const old = `now() - interval '900 days'`;
    await sql(`insert into deliveries (channel, digest, sealed, received_at, state, reason, done_at)
      values ('x', 'a', 'body', ${old}, 'pending', null, ${old}),
             ('x', 'b', 'body', ${old}, 'quarantined', 'unreadable', ${old}),
             ('x', 'c', 'body', ${old}, 'read', null, ${old})`);
    await sql(`insert into messages (delivery_id, channel, account, event_id, message_id, kind, reporter,
        lane, received_at, sealed, state, due_at, judged_at)
      select d.id, 'x', 'a', s.state, s.state, 'text', 'r_2', 2, ${old}, 'words', s.state, ${old}, ${old}
      from (select min(id) as id from deliveries where channel = 'x') as d,
           unnest(array['pending', 'held', 'quarantined']) as s (state)`);
    // What was read gave a message that is held: the bytes belong to the question.
    await sql(`insert into messages (delivery_id, channel, account, event_id, message_id, kind, reporter,
        lane, received_at, sealed, state, due_at)
      select id, 'x', 'a', 'of c', 'of c', 'text', 'r_2', 2, ${old}, 'words', 'held', ${old}
      from deliveries where channel = 'x' and state = 'read'`);

    await dropOldBodies(db.database, 1);
    await dropOldMessages(db.database, 1);
    await dropOldWords(db.database);
    await dropOutlived(db.database);

    expect(await count(`from deliveries where channel = 'x' and sealed is not null`)).to.equal(3);
    expect(await count(`from messages where channel = 'x' and sealed is not null`)).to.equal(4);
  });

  it('deletes records of work that have had their day, and no others', async () => {
    const ago = (days: number) => `now() - interval '${days} days'`;
    await sql(`insert into signs select id, 'r', 'a', ${ago(50)}, true, false, false
      from messages order by id limit 6000`);
    await sql(
      `insert into signs select max(id), 'r', 'a', ${ago(30)}, true, false, false from messages`,
    );
    await sql(`insert into attempts (stage, lane, item, at)
      values ('read', 0, 'old', ${ago(2)}), ('read', 0, 'new', now())`);
    await sql(`insert into incidents (kind, subject, detail, opened_at, closed_at)
      values ('a', 'old', '', ${ago(500)}, ${ago(401)}), ('a', 'open', '', ${ago(500)}, null),
             ('a', 'new', '', ${ago(10)}, ${ago(9)})`);
    const run = (id: string, days: number, reached: string) =>
      `('${id}', 'done', ${ago(days)}, ${ago(days)}, ${ago(days)}, ${reached})`;
    await sql(`insert into backfill_runs (channel, state, started_at, ended_at, since, reached) values
      ${[run('x', 200, ago(200)), run('x', 100, ago(100)), run('x', 95, 'null'), run('x', 1, 'null')].join()},
      ${run('sms', 300, 'null')}`);

    const dropped = await dropOutlived(db.database);

    expect(dropped).to.deep.equal({ signs: 6000, attempts: 1, incidents: 1, backfill_runs: 1 });
    expect(await count('from signs')).to.equal(1);
    const reached = await sql(`select max(reached) < ${ago(99)} as kept from backfill_runs`);
    expect(reached, 'where the next begins').to.deep.equal([{ kept: true }]);
  });
});
