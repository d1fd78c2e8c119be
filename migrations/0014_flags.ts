import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What the core was told last in "flags"; null: the complaint was made before this column, as sealed.
    alter table complaints add column flags text[];
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table complaints drop column flags');
}
