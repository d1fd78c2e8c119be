import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { migrations } from '../../migrations/index.ts';
import { migrate, openDatabase, select } from '../../src/store/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { describeSchema } from '../support/schema.ts';

const fixture = new URL('../fixtures/schema.txt', import.meta.url);
const howToUpdate =
  'The schema is not what test/fixtures/schema.txt says. If that is meant, delete the file, run ' +
  'this test once (it writes the file anew and fails), and commit the difference with the migration.';

describe('the migrations', () => {
  let db: TestDatabase;

  beforeEach(async () => {
    db = await createTestDatabase('template0');
  });

  afterEach(async () => {
    await db.drop();
  });

  const done = async (): Promise<unknown[]> =>
    (await select(db.database, 'select name from migrations order by id')).map(({ name }) => name);

  const all = async () =>
    (await migrations.getMigrations([])).map((each) => migrations.getMigrationName(each));

  it('install on an empty database, each once and in order', async () => {
    await migrate(db.database);

    expect(await done()).to.deep.equal(await all());
  });

  it('make the schema that test/fixtures/schema.txt describes', async () => {
    await migrate(db.database);

    const schema = await describeSchema(db.database);

    expect(fixtureOr(schema), howToUpdate).to.equal(schema);
  });

  it('change nothing when they are installed again', async () => {
    await migrate(db.database);
    const before = { schema: await describeSchema(db.database), done: await done() };
    await select(db.database, `insert into cursors (name, value) values ('telegram', '17')`);

    await migrate(db.database);

    expect({ schema: await describeSchema(db.database), done: await done() }).to.deep.equal(before);
    const kept = await select(db.database, 'select value from cursors');
    expect(kept).to.deep.equal([{ value: '17' }]);
  });

  it('are installed once by twenty installers at once', async () => {
    const installers = Array.from({ length: 20 }, () =>
      openDatabase(db.connection, { poolSize: 3, statementTimeoutMs: 25_000 }),
    );

    try {
      await Promise.all(installers.map(migrate));
    } finally {
      await Promise.all(installers.map((installer) => installer.destroy()));
    }

    expect(await done()).to.deep.equal(await all());
  });

  it('do not wait for the lock a killed installer left behind', async () => {
    await migrate(db.database);
    const last = (await migrations.getMigrations([])).at(-1);
    await last?.down?.(db.database);
    await db.database.raw('delete from migrations where name = ?', [last?.name ?? '']);
    await db.database.raw('update migrations_lock set is_locked = 1');

    await migrate(db.database);

    expect(await done()).to.deep.equal(await all());
    expect(await select(db.database, 'select is_locked from migrations_lock')).to.deep.equal([
      { is_locked: 0 },
    ]);
  });

  it('leave nothing half done when one of them fails', async () => {
    await db.database.raw('create table statuses (taken boolean)');

    const error = await failureOf(migrate(db.database));

    const tables = await select(
      db.database,
      `select tablename from pg_tables where tablename in ('complaints', 'reporters', 'outbox')`,
    );
    expect(String(error)).to.match(/statuses.*already exists/s);
    expect(tables).to.deep.equal([]);
    await db.database.raw('drop table statuses');
    await migrate(db.database);
    expect(await done()).to.deep.equal(await all());
  });

  it('let an older program start on a database that knows more than it', async () => {
    await migrate(db.database);
    await db.database.raw(
      `insert into migrations (name, batch, migration_time) values ('9999_later', 2, now())`,
    );

    await migrate(db.database);

    expect((await done()).at(-1)).to.equal('9999_later');
  });
});

/** What the file says; when it is gone, it is written, and what was there counts as nothing. */
function fixtureOr(schema: string): string {
  try {
    return readFileSync(fixture, 'utf8');
  } catch {
    writeFileSync(fixture, schema);
    return '';
  }
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it went well');
}
