import type { Knex } from 'knex';
import * as inbox from './0001_inbox.ts';
import * as complaints from './0002_complaints.ts';
import * as operation from './0003_operation.ts';
import * as judgement from './0004_judgement.ts';
import * as form from './0005_form.ts';
import * as coreInbox from './0006_core_inbox.ts';
import * as quarantine from './0007_quarantine.ts';
import * as backfill from './0008_backfill.ts';
import * as gateways from './0009_gateways.ts';
import * as eventKeys from './0010_event_keys.ts';
import * as flags from './0014_flags.ts';
import * as statuses from './0016_statuses.ts';

type Migration = { readonly name: string } & Knex.Migration;

/** In order, never edited after they are merged, named without extension (knex would record it). */
const list: Migration[] = [
  { name: '0001_inbox', up: inbox.up, down: inbox.down },
  { name: '0002_complaints', up: complaints.up, down: complaints.down },
  { name: '0003_operation', up: operation.up, down: operation.down },
  { name: '0004_judgement', up: judgement.up, down: judgement.down },
  { name: '0005_form', up: form.up, down: form.down },
  { name: '0006_core_inbox', up: coreInbox.up, down: coreInbox.down },
  { name: '0007_quarantine', up: quarantine.up, down: quarantine.down },
  { name: '0008_backfill', up: backfill.up, down: backfill.down },
  { name: '0009_gateways', up: gateways.up, down: gateways.down },
  { name: '0010_event_keys', up: eventKeys.up, down: eventKeys.down },
  { name: '0014_flags', up: flags.up, down: flags.down },
  { name: '0016_statuses', up: statuses.up, down: statuses.down },
];

export const migrations: Knex.MigrationSource<Migration> = {
  getMigrations: () => Promise.resolve(list),
  getMigrationName: (migration) => migration.name,
  getMigration: (migration) => Promise.resolve(migration),
};
