import { expect } from 'chai';
import { select } from '../../src/store/database.ts';
import { carefree } from '../../workers/care.ts';
import { createJudging, type Saying } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const count = 128;

describe('a row that PostgreSQL will not have', () => {
  let db: TestDatabase;
  let transactions = 0;
  let accounts = 10_000_000;
  const care = {
    ...carefree,
    begin: () => {
      transactions += 1;
      return Promise.resolve(null);
    },
  };
  const said = (accountOf: (index: number) => string): readonly Saying[] =>
    Array.from({ length: count }, (_, index) => ({
      who: `+62813${accounts}`,
      at: index * 200,
      text: `LAPOR BARU: Jalan berlubang di RT ${index} Jl. Kenanga`,
      account: accountOf(index),
    }));

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.drop());
  beforeEach(() => {
    transactions = 0;
    accounts += 1; // nobody who said it all before
  });

  for (const [label, bad] of [
    ['the last but one', [126]],
    ['the first', [0]],
    ['several', [0, 1, 77, 78, 127]],
  ] as const) {
    it(`is set aside while reading, and costs its batch little: ${label} of 128`, async () => {
      await db.database.raw(
        `alter table messages add constraint bad check (account <> 'rusak') not valid`,
      );
      const isBad = (index: number) => bad.some((each) => each === index);

      const ids = await createJudging(db, { batchSize: count, care }).tell(
        said((index) => (isBad(index) ? 'rusak' : '1708')),
      );

      const missing = ids.flatMap((id, index) => (id === 'absorbed' ? [index] : []));
      expect(missing).to.deep.equal(bad);
      expect(transactions).to.be.below(10 + 30 * bad.length);
      const aside = await select(
        db.database,
        `select 1 from deliveries where state = 'quarantined'`,
      );
      expect(aside).to.have.length(bad.length);
      await db.database.raw(`alter table messages drop constraint bad;
        update deliveries set state = 'read'`);
    });
  }

  it('is set aside while judging, and costs its batch little; the others keep their order', async () => {
    const judging = createJudging(db, { batchSize: count, care });
    await db.database.raw(
      `create function bad() returns trigger language plpgsql as $$ begin
         if new.outcome = 'complaint' and new.account = 'rusak' then
           raise exception 'no' using errcode = '23514';
         end if;
         return new;
       end $$;
       create trigger bad before update on messages for each row execute function bad()`,
    );

    const ids = await judging.tell(said((index) => (index === 126 ? 'rusak' : '1708')));

    const story = await judging.story(ids);
    expect(story[126]).to.equal('quarantined: the database cannot hold what it became');
    expect(story.filter((each) => each.startsWith('complaint'))).to.have.length(count - 1);
    expect(transactions).to.be.below(45);
    const order = await select(
      db.database,
      `select o.seq, m.id from outbox o join messages m on m.complaint_id = o.complaint_id
       where o.type like '%received%' and m.id = any(?::bigint[]) order by o.seq`,
      [ids],
    );
    const inOrder = ids.filter((_, index) => index !== 126);
    expect(order.map((row) => String(row['id']))).to.deep.equal(inOrder);
  });
});
