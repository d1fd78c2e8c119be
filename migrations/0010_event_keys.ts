import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Whether event_id is keyed as message_id is. In the clear it leads from an anonymous complaint to its
    -- public post. What an older release stored, or still stores beside us, is keyed bit by bit
    -- (src/store/event-keys.ts): the key is not PostgreSQL's.
    alter table messages add column event_keyed boolean not null default false;
    create index messages_clear_event on messages (channel, account, event_id) where not event_keyed;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table messages drop column event_keyed`);
}
