import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The core's own time of a status orders them; of equal times, the order of arrival. The default is for
    -- gateways that run the version before.
    alter table statuses
      add column at timestamptz not null default now(),
      add column seq bigint generated always as identity;
    update statuses set at = received_at;
    drop index statuses_complaint;
    create index statuses_complaint on statuses (complaint_id, at, seq);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index statuses_complaint;
    alter table statuses drop column at, drop column seq;
    create index statuses_complaint on statuses (complaint_id, received_at);
  `);
}
