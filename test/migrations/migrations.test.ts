import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { migrations } from '../../migrations/index.ts';
import { migrate, select } from '../../src/store/database.ts';
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
    await migrate(db.connection);

    expect(await done()).to.deep.equal(await all());
  });

  it('make the schema that test/fixtures/schema.txt describes', async () => {
    await migrate(db.connection);

    const schema = await describeSchema(db.database);

    expect(fixtureOr(schema), howToUpdate).to.equal(schema);
  });

  it('change nothing when they are installed again', async () => {
    await migrate(db.connection);
    const before = { schema: await describeSchema(db.database), done: await done() };
    await select(db.database, `insert into cursors (name, value) values ('telegram', '17')`);

    await migrate(db.connection);

    expect({ schema: await describeSchema(db.database), done: await done() }).to.deep.equal(before);
    const kept = await select(db.database, 'select value from cursors');
    expect(kept).to.deep.equal([{ value: '17' }]);
  });

  it('are installed once by twenty installers at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => migrate(db.connection)));

    expect(await done()).to.deep.equal(await all());
  });

  it('take as long as they need, whatever limits the server sets, and two processes do them once', async () => {
    const name = new URL(db.url).pathname.slice(1);
    for (const limit of ['statement_timeout', 'idle_in_transaction_session_timeout']) {
      await db.database.raw(`alter database ${name} set ${limit} = '300ms'`);
    }
    const program = fileURLToPath(new URL('../support/migrator.ts', import.meta.url));

    const migrator = () =>
      new Promise((resolve) => fork(program, [db.url, '1']).once('exit', resolve));
    const codes = await Promise.all([migrator(), migrator()]);

    expect(codes).to.deep.equal([0, 0]);
    expect(await done()).to.deep.equal(['9000_slow']);
    const [row] = await select(db.database, 'select count(*)::int as times from slow');
    expect(row).to.deep.equal({ times: 1 });
  });

  it('do not wait for the lock a killed installer left behind', async () => {
    await migrate(db.connection);
    const last = (await migrations.getMigrations([])).at(-1);
    await last?.down?.(db.database);
    await db.database.raw('delete from migrations where name = ?', [last?.name ?? '']);
    await db.database.raw('update migrations_lock set is_locked = 1');

    await migrate(db.connection);

    expect(await done()).to.deep.equal(await all());
    expect(await select(db.database, 'select is_locked from migrations_lock')).to.deep.equal([
      { is_locked: 0 },
    ]);
  });

  it('leave nothing half done when one of them fails', async () => {
    await db.database.raw('create table statuses (taken boolean)');

    const error = await failureOf(migrate(db.connection));

    const tables = await select(
      db.database,
      `select tablename from pg_tables where tablename in ('complaints', 'reporters', 'outbox')`,
    );
    expect(String(error)).to.match(/statuses.*already exists/s);
    expect(tables).to.deep.equal([]);
    await db.database.raw('drop table statuses');
    await migrate(db.connection);
    expect(await done()).to.deep.equal(await all());
  });

  it('let an older program start on a database that knows more than it', async () => {
    await migrate(db.connection);
    await db.database.raw(
      `insert into migrations (name, batch, migration_time) values ('9999_later', 2, now())`,
    );

    await migrate(db.connection);

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
