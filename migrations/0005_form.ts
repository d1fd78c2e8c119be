import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Tracking numbers told to citizens by the web form, before their message is judged. key: digest of
    -- the form's token and what was sent, also the event id of the message.
    create table claims (
      key text primary key,
      number text not null unique,
      created_at timestamptz not null default now()
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table claims');
}
