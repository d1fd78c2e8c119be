import { expect } from 'chai';
import { Unavailable } from '../src/errors.ts';
import { createIntake } from '../src/intake.ts';
import { select } from '../src/store/database.ts';
import { openDelivery } from '../src/store/inbox.ts';
import { createSeal } from '../src/store/seal.ts';
import { createTestDatabase, type TestDatabase } from './support/postgres.ts';

describe('the intake', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.drop());

  it('stores of all that come under one name at once the one it calls accepted', async () => {
    const seal = createSeal([Buffer.alloc(32, 1).toString('base64')]);
    const intake = createIntake({
      database: db.database,
      seal,
      fallback: null,
      stored: () => undefined,
    });
    const numbers = Array.from({ length: 60 }, (_, index) => String(index));

    const outcomes = await Promise.all(
      numbers.map((number) => {
        const request = { method: 'POST', url: 'test:', headers: {}, body: Buffer.from(number) };
        return intake.accept('web', request, new Date(), `name ${Number(number) % 20}`);
      }),
    );

    const rows = await select(db.database, 'select sealed from deliveries');
    const stored = rows.flatMap(({ sealed }) =>
      sealed instanceof Buffer ? [Buffer.from(openDelivery(seal, sealed).body).toString()] : [],
    );
    const accepted = numbers.filter((_, index) => outcomes[index] === 'accepted');
    expect(accepted).to.have.length(20);
    expect(stored).to.have.members(accepted);
    await intake.drain();
  });

  it('refuses at once when too much waits, and takes what waits when it can', async () => {
    const seal = createSeal([Buffer.alloc(32, 1).toString('base64')]);
    const intake = createIntake({
      database: db.database,
      seal,
      fallback: null,
      stored: () => undefined,
    });
    const lock = await db.database.transaction();
    await lock.raw('lock table deliveries in access exclusive mode');
    const body = Buffer.alloc(3 * 1024 * 1024, 1);

    const outcomes = Array.from({ length: 40 }, (_, index) => {
      const request = { method: 'POST', url: `test:${index}`, headers: {}, body };
      return intake.accept('sms', request, new Date()).catch((error: unknown) => error);
    });
    expect(intake.isFull()).to.equal(true);
    await lock.rollback();

    const all = await Promise.all(outcomes);
    const refused = all.filter((outcome) => outcome instanceof Unavailable);
    expect(refused).to.have.length(40 - 22);
    expect(all.filter((outcome) => outcome === 'accepted')).to.have.length(22);
    expect(intake.isFull()).to.equal(false);
  });
});
