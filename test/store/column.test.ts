import { expect } from 'chai';
import { Unavailable } from '../../src/errors.ts';
import { column, type Value } from '../../src/store/column.ts';
import { insertRows, select } from '../../src/store/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const day = new Date('2026-11-22T03:04:05.678Z');

describe('a column of values', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.drop());

  /** How PostgreSQL writes what it understood. */
  const understood = async (type: string, values: readonly Value[]): Promise<unknown[]> => {
    const rows = await select(
      db.database,
      `select value::text from unnest(?::${type}[]) with ordinality as v (value, place) order by place`,
      [column(type, values)],
    );
    return rows.map(({ value }) => value);
  };

  const rows: readonly (readonly [type: string, values: readonly Value[], are: unknown[]])[] = [
    ['text', ['a', '', 'ꦗ🏚', null, '{"x",\\}'], ['a', '', 'ꦗ🏚', null, '{"x",\\}']],
    ['bytea', [Buffer.from([0, 255]), null, Buffer.alloc(0)], ['\\x00ff', null, '\\x']],
    [
      'bigint',
      ['-9223372036854775808', '9223372036854775807', 7],
      ['-9223372036854775808', '9223372036854775807', '7'],
    ],
    ['integer', [-2147483648, 0, null], ['-2147483648', '0', null]],
    ['smallint', [63, -1], ['63', '-1']],
    ['boolean', [true, false, null], ['true', 'false', null]],
    ['real', [0.5, null], ['0.5', null]],
    ['float8', [1e300], ['1e+300']],
    ['jsonb', ['{"a": [1, null]}', '[]'], ['{"a": [1, null]}', '[]']],
    ['uuid', ['0190c3f2-0000-7000-8000-0000000000ff'], ['0190c3f2-0000-7000-8000-0000000000ff']],
  ];
  for (const [type, values, are] of rows) {
    it(`of ${type} arrives as it is`, async () => {
      expect(await understood(type, values)).to.deep.equal(are);
    });
  }

  it('of times arrives to the millisecond, before and after 2000, as Date or text', async () => {
    const times = [day, new Date('1999-12-31T23:59:59.999Z'), new Date(0), day.toISOString()];

    const rows = await select(
      db.database,
      `select value from unnest(?::timestamptz[]) with ordinality as v (value, place) order by place`,
      [column('timestamptz', times)],
    );

    expect(rows.map(({ value }) => value)).to.deep.equal([day, times[1], times[2], day]);
  });

  it('may be empty', async () => {
    expect(await understood('text', [])).to.deep.equal([]);
  });

  const refused: readonly (readonly [type: string, value: Value])[] = [
    ['uuid', 'kode'],
    ['uuid', '0190c3f2-0000-7000-8000-0000000000fg'],
    ['smallint', 40_000],
    ['bigint', 'tujuh'],
    ['timestamptz', 'kemarin'],
    ['bytea', 'text'],
    ['citext', 'a'],
  ];
  for (const [type, value] of refused) {
    it(`takes no ${String(value)} for ${type}`, () => {
      expect(() => column(type, [value])).to.throw();
    });
  }

  it('leaves NUL in a text to PostgreSQL, which calls it a data error', async () => {
    const error = await understood('text', ['a\u0000b']).catch((thrown: unknown) => thrown);

    expect(error).to.have.property('code', '22021');
  });

  it('is what rows are inserted with, lists among them', async () => {
    await db.database.raw('create table kept (name text, numbers integer[], at timestamptz)');

    const back = await insertRows(
      db.database,
      'kept',
      { name: 'text', numbers: 'integer[]', at: 'timestamptz' },
      [
        { name: 'a', numbers: '{1,-2}', at: day },
        { name: 'b', numbers: '{}', at: null },
      ],
      'returning *',
    );

    expect(back).to.deep.equal([
      { name: 'a', numbers: [1, -2], at: day },
      { name: 'b', numbers: [], at: null },
    ]);
  });

  it('is refused with too many or too few bindings', async () => {
    for (const bindings of [[], [1, 2]]) {
      const error = await select(db.database, 'select ?::int', bindings).catch(
        (thrown: unknown) => thrown,
      );

      expect(error).to.be.instanceOf(RangeError);
    }
  });

  it('is not written through a transaction that has ended: its connection is another one’s', async () => {
    const ended = await db.database.transaction();
    await ended.commit();

    const error = await select(ended, 'select 1').catch((thrown: unknown) => thrown);

    expect(error).to.be.instanceOf(Unavailable);
  });
});
