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

/** Claims of numbers leased beforehand, until a form is sent under them. */
const leased = 'lease:';
/** Between the key of a claim and a further number that was promised for it. */
const further = '+';

/**
 * Leases candidates to a gateway, for promises made while PostgreSQL is away. In: candidates. Out: those
 * that were free; from now on nobody else gets them. Throws what the driver throws.
 */
export async function leaseNumbers(
  database: Database,
  candidates: readonly string[],
): Promise<readonly string[]> {
  const rows = await select(
    database,
    `insert into claims (key, number)
     select '${leased}' || number, number from unnest(?::text[]) as c (number)
     where not exists (select from complaints where tracking_number = c.number)
       and not exists (select from aliases a where a.number = c.number)
     on conflict do nothing returning number`,
    [[...candidates]],
  );
  return rows.map((row) => String(row['number']));
}

/** Which of these numbers are leased and not promised to anybody. Throws what the driver throws. */
export async function stillLeased(
  database: Database,
  numbers: readonly string[],
): Promise<readonly string[]> {
  const rows = await select(
    database,
    `select number from claims where number = any(?::text[]) and key = '${leased}' || number`,
    [[...numbers]],
  );
  return rows.map((row) => String(row['number']));
}

/**
 * Records promises that were made while PostgreSQL was away, each once however often it is called. A form
 * that had been promised another number before (by another gateway) keeps both.
 */
export async function settleClaims(
  database: Database,
  claims: readonly { readonly key: string; readonly number: string }[],
): Promise<void> {
  await select(
    database,
    `with given as (
       select distinct on (c.number) c.number,
         case when c.turn > 1 or exists
           (select from claims o where o.key = c.key and o.number <> c.number)
         then c.key || '${further}' || c.number else c.key end as key
       from (select key, number, row_number() over (partition by key order by place) as turn
             from unnest(?::text[], ?::text[]) with ordinality as u (key, number, place)) as c
       order by c.number, c.turn)
     insert into claims (key, number) select key, number from given
     on conflict (number) do update set key = excluded.key where claims.key like '${leased}%'`,
    [claims.map(({ key }) => key), claims.map(({ number }) => number)],
  );
}
