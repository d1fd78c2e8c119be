import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- When a delivery was on disk, here or in a gateway's spool: the order of the inbox. By PostgreSQL's
    -- clock, which gateways compare theirs with.
    alter table deliveries add column stored_at timestamptz not null default now();
    create index deliveries_waiting on deliveries (stored_at, id) where state = 'pending';

    -- Gateways that take in. clear_at: all it stored until then is in deliveries, nothing in its spool.
    -- missed_at: since when it is waited for; left_at: it is not waited for any more.
    create table gateways (
      name text primary key,
      clear_at timestamptz not null,
      seen_at timestamptz not null,
      missed_at timestamptz,
      left_at timestamptz
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table gateways;
    alter table deliveries drop column stored_at;
  `);
}
