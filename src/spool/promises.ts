import { isOurFault, Unavailable } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Spool } from '../spool.ts';
import { claimNumber, settleClaims } from '../store/claims.ts';
import { type Database, isDataError } from '../store/database.ts';
import { within } from '../wait.ts';
import type { Numbers } from './numbers.ts';

type Deps = {
  readonly spool: Spool;
  readonly numbers: Numbers;
  readonly database: Database;
  readonly newNumber: () => string;
  readonly log: Log;
};

type Outage = {
  readonly isSpooling: () => boolean;
  readonly begin: (error: unknown) => void;
  readonly stamp: () => Date;
};

const mostPromises = 10_000;
const patienceMs = 2500;

/** Promises numbers: from PostgreSQL, or from those leased beforehand. */
export function createPromise(
  { spool, numbers, database, newNumber }: Deps,
  { isSpooling, begin, stamp }: Outage,
) {
  const promised = new Map(spool.claims.map(({ key, number }) => [key, Promise.resolve(number)]));

  const make = async (key: string): Promise<string> => {
    if (!isSpooling()) {
      try {
        return await within(
          patienceMs,
          claimNumber(database, key, newNumber),
          'PostgreSQL is late',
        );
      } catch (error) {
        if (isDataError(error) || isOurFault(error)) throw error;
        begin(error); // what is promised here is in the spool, and the delivery comes after it
      }
    }
    const number = numbers.take();
    if (number === null) throw new Unavailable('no tracking number is left to be promised');
    await spool.append({ kind: 'claim', key, number, at: stamp() });
    return number;
  };

  return (key: string): Promise<string> => {
    const known = promised.get(key);
    if (known) return known;
    const made = make(key);
    promised.set(key, made);
    const [oldest] = promised.keys();
    if (promised.size > mostPromises && oldest !== undefined) promised.delete(oldest);
    made.catch(() => promised.delete(key));
    return made;
  };
}

type Claim = { readonly key: string; readonly number: string };

/** No promise holds up what others have sent. */
export async function settle(
  { database, log }: Pick<Deps, 'database' | 'log'>,
  claims: readonly Claim[],
): Promise<void> {
  try {
    await settleClaims(database, claims);
  } catch (error) {
    if (!isDataError(error)) throw error;
    for (const claim of claims) {
      await settleClaims(database, [claim]).catch((wrong: unknown) => {
        if (!isDataError(wrong)) throw wrong;
        log.error({ err: wrong }, 'a promised tracking number cannot be recorded');
      });
    }
  }
}
