import { Unavailable } from '../errors.ts';
import { type Database, select } from './database.ts';

const mostTries = 20;

/**
 * Promises a tracking number to whoever holds `key`, durably and before anything else is stored. In:
 * the key (hex digest of what is sent), `make` for candidates. Out: the number; the same key gets the
 * same number from every gateway. Throws what the driver throws while PostgreSQL is away, and
 * Unavailable when no free number is found.
 */
export async function claimNumber(
  database: Database,
  key: string,
  make: () => string,
): Promise<string> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const candidate = make();
    // The second of two at once waits for the first's commit, inserts nothing, and finds its number next time.
    const [row] = await select(
      database,
      `with mine as (
         insert into claims (key, number) select ?, ?
         where not exists (select from claims where key = ?)
           and not exists (select from complaints where tracking_number = ?)
           and not exists (select from aliases where number = ?)
         on conflict do nothing returning number)
       select number from mine union all select number from claims where key = ? limit 1`,
      [key, candidate, key, candidate, candidate, key],
    );
    if (row) return String(row['number']);
  }
  throw new Unavailable('no free tracking number was found');
}
