import { expect } from 'chai';
import { claimNumber, leaseNumbers, settleClaims, stillLeased } from '../../src/store/claims.ts';
import { select } from '../../src/store/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('tracking numbers promised while PostgreSQL was away', () => {
  let db: TestDatabase;
  beforeEach(async () => {
    db = await createTestDatabase();
  });
  afterEach(() => db.drop());

  const claims = async () => {
    const rows = await select(db.database, 'select key, number from claims order by number');
    return rows.map(({ key, number }) => `${String(number)} ${String(key)}`);
  };
  const lease = () => leaseNumbers(db.database, ['9000000001', '9000000002', '9000000003']);

  it('are leased once, and nobody else gets them', async () => {
    expect(await lease()).to.have.length(3);
    expect(await leaseNumbers(db.database, ['9000000003', '9000000004'])).to.deep.equal([
      '9000000004',
    ]);
    const candidates = ['9000000001', '9000000005'];
    expect(await claimNumber(db.database, 'form', () => candidates.shift() ?? '')).to.equal(
      '9000000005',
    );
  });

  it('are recorded under their form, each once however often it is told', async () => {
    await lease();
    for (let times = 0; times < 2; times += 1) {
      await settleClaims(db.database, [{ key: 'form', number: '9000000002' }]);
    }
    expect(await claims()).to.deep.equal([
      '9000000001 lease:9000000001',
      '9000000002 form',
      '9000000003 lease:9000000003',
    ]);
    expect(await stillLeased(db.database, ['9000000001', '9000000002', '9'])).to.deep.equal([
      '9000000001',
    ]);
  });

  it('are kept both where one form was promised two, in one batch or by another gateway before', async () => {
    await lease();
    await claimNumber(db.database, 'other', () => '9000000009');
    await settleClaims(db.database, [
      { key: 'form', number: '9000000001' },
      { key: 'form', number: '9000000002' },
      { key: 'form', number: '9000000001' },
      { key: 'other', number: '9000000003' },
    ]);
    expect(await claims()).to.deep.equal([
      '9000000001 form',
      '9000000002 form+9000000002',
      '9000000003 other+9000000003',
      '9000000009 other',
    ]);
  });
});
