import { z } from 'zod';
import { migrations } from '../../migrations/index.ts';
import { AppError } from '../errors.ts';
import { type Database, select } from './database.ts';
import type { Seal, SealContext } from './seal.ts';

/** What of PostgreSQL matters before we use it. `pending`: names of migrations that have not run. */
export type ServerView = { readonly majorVersion: number; readonly pending: readonly string[] };

/** Looks at server and schema and changes neither. Throws what PostgreSQL says. */
export async function inspectServer(database: Database): Promise<ServerView> {
  const [row] = await select(
    database,
    `select current_setting('server_version_num')::int / 10000 as major,
            to_regclass('migrations') is not null as begun`,
  );
  const done = row?.['begun'] === true ? await select(database, 'select name from migrations') : [];
  const names = new Set(done.map(({ name }) => String(name)));
  const all = (await migrations.getMigrations([])).map((each) => migrations.getMigrationName(each));
  return {
    majorVersion: Number(row?.['major']),
    pending: all.filter((name) => !names.has(name)),
  };
}

export type OpenIncident = {
  readonly kind: string;
  readonly subject: string;
  readonly detail: string;
  readonly openedAt: Date;
  /** How many there are of this kind and detail; told is the oldest. */
  readonly count: number;
};

/**
 * Incidents that nobody has ended, the oldest first, at most a hundred, those of one kind and detail as
 * one. Throws what PostgreSQL says.
 */
export async function openIncidents(database: Database): Promise<readonly OpenIncident[]> {
  const rows = await select(
    database,
    `select kind, (array_agg(subject order by id))[1] as subject, detail, min(opened_at) as "openedAt",
       count(*)::int as count
     from incidents where closed_at is null group by kind, detail order by min(id) limit 100`,
  );
  return rows.map((row) => incidentSchema.parse(row));
}

const incidentSchema = z.object({
  kind: z.string(),
  subject: z.string(),
  detail: z.string(),
  openedAt: z.date(),
  count: z.number(),
});

/** One of the oldest and one of the newest of what is sealed: keys come and go in time. */
const samples: readonly (readonly [SealContext, string])[] = [
  ['secret', `select sealed from secrets where name = 'pseudonyms'`],
  ['complaint', 'select sealed from complaints order by id limit 1'],
  ['complaint', 'select sealed from complaints order by id desc limit 1'],
];

/** Whether DATA_KEY opens what is kept; null when nothing is kept yet. Throws what PostgreSQL says. */
export async function opensWhatIsKept(database: Database, seal: Seal): Promise<boolean | null> {
  let isAnything = false;
  for (const [context, sql] of samples) {
    const [row] = await select(database, sql);
    const sealed = row?.['sealed'];
    if (!Buffer.isBuffer(sealed)) continue;
    isAnything = true;
    try {
      seal.open(context, sealed);
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }
  return isAnything ? true : null;
}
