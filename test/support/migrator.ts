import { z } from 'zod';
import { migrate } from '../../src/store/database.ts';

/**
 * A process that migrates with one slow migration. In: a database's address, and for how many seconds the
 * migration works and then thinks between two statements.
 */
const [databaseUrl = '', seconds = '0'] = process.argv.slice(2);

const slow = {
  up: async (database: { raw: (sql: string) => Promise<unknown> }): Promise<void> => {
    await database.raw('create table slow (at timestamptz)');
    await database.raw(`select pg_sleep(${z.coerce.number().parse(seconds)})`);
    await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
    await database.raw('insert into slow values (now())');
  },
  down: () => Promise.resolve(),
};

await migrate(
  { connectionString: databaseUrl },
  {
    getMigrations: () => Promise.resolve(['9000_slow']),
    getMigrationName: (name: unknown) => String(name),
    getMigration: () => Promise.resolve(slow),
  },
);
