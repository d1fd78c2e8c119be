import { randomBytes } from 'node:crypto';
import { ConfigInvalid, Malformed } from '../errors.ts';
import { type Database, select } from './database.ts';
import type { Seal } from './seal.ts';

/**
 * The key of pseudonyms: random, made once for this database, kept sealed. Throws ConfigInvalid when
 * DATA_KEY does not open it, which means this is another installation's database or key.
 */
export async function pseudonymKey(database: Database, seal: Seal): Promise<Buffer> {
  await select(
    database,
    `insert into secrets (name, sealed) values ('pseudonyms', ?) on conflict (name) do nothing`,
    [seal.seal('secret', randomBytes(32))],
  );
  const [row] = await select(database, `select sealed from secrets where name = 'pseudonyms'`);
  const sealed = row?.['sealed'];
  if (!Buffer.isBuffer(sealed)) throw new Malformed('the key of pseudonyms is not there');
  try {
    return seal.open('secret', sealed);
  } catch (cause) {
    throw new ConfigInvalid(
      [
        'DATA_KEY does not open what is kept in this database; the key it was begun with is missing',
      ],
      { cause },
    );
  }
}

/** Writes and commits one row: proof that a delivery could be stored now. Throws when it could not. */
export async function beat(database: Database, name: string): Promise<void> {
  await select(
    database,
    `insert into heartbeats (name, at) values (?, now()) on conflict (name) do update set at = now()`,
    [name],
  );
}

export async function readCursor(database: Database, name: string): Promise<string | null> {
  const [row] = await select(database, 'select value from cursors where name = ?', [name]);
  return row ? String(row['value']) : null;
}

export async function saveCursor(database: Database, name: string, value: string): Promise<void> {
  await select(
    database,
    `insert into cursors (name, value) values (?, ?)
     on conflict (name) do update set value = excluded.value, updated_at = now()`,
    [name, value],
  );
}

/** Opens an incident unless it is open. Out: whether it was opened now. */
export async function openIncident(
  database: Database,
  incident: { readonly kind: string; readonly subject: string; readonly detail: string },
): Promise<boolean> {
  const rows = await select(
    database,
    `insert into incidents (kind, subject, detail) values (?, ?, ?)
     on conflict (kind, subject) where closed_at is null do nothing returning id`,
    [incident.kind, incident.subject, incident.detail],
  );
  return rows.length > 0;
}

/** Closes an incident if it is open. Out: whether it was. */
export async function closeIncident(
  database: Database,
  kind: string,
  subject: string,
): Promise<boolean> {
  const rows = await select(
    database,
    `update incidents set closed_at = now()
     where kind = ? and subject = ? and closed_at is null returning id`,
    [kind, subject],
  );
  return rows.length > 0;
}

/** Settings of the server that break the promise of a 2xx. Out: one sentence each, none when safe. */
export async function durabilityWarnings(database: Database): Promise<string[]> {
  const [row] = await select(
    database,
    `select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages,
            current_setting('synchronous_commit') as commits,
            pg_is_in_recovery() as standby`,
  );
  return [
    ...(row?.['fsync'] === 'off'
      ? ['PostgreSQL runs with fsync=off: a power cut loses what was acknowledged']
      : []),
    ...(row?.['pages'] === 'off'
      ? ['PostgreSQL runs with full_page_writes=off: a power cut can damage its pages']
      : []),
    ...(row?.['commits'] === 'off'
      ? ['DATABASE_URL sets synchronous_commit=off: a power cut loses what was acknowledged']
      : []),
    ...(row?.['standby'] === true ? ['PostgreSQL is a standby: nothing can be stored in it'] : []),
  ];
}
