import { expect } from 'chai';
import { openIncidents } from '../../src/store/inspection.ts';
import { closeIncident, openIncident } from '../../src/store/operation.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('what is open', () => {
  let db: TestDatabase;

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.drop());

  it('is told once for each kind and reason, so that a flood of one hides no other', async () => {
    const open = (kind: string, subject: string, detail: string) =>
      openIncident(db.database, { kind, subject, detail });
    for (let count = 0; count < 150; count += 1) {
      await open('event', `event-${count}`, 'refused: 422');
    }
    await open('event', 'another', 'parked: 503');
    await open('core', 'routing core', 'the core answered 503');
    await open('disk', '/over', 'full in 3 days');
    await closeIncident(db.database, 'disk', '/over');
    await closeIncident(db.database, 'event', 'event-0');

    const told = await openIncidents(db.database);

    expect(told.map(({ subject, detail, count }) => [subject, detail, count])).to.deep.equal([
      ['event-1', 'refused: 422', 149],
      ['another', 'parked: 503', 1],
      ['routing core', 'the core answered 503', 1],
    ]);
  });
});
