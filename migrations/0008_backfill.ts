import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Each look at what a provider still holds. Messages are counted: listed = present + added, once done.
    -- reached: provider's time up to which everything it held is stored; null: no further than before.
    create table backfill_runs (
      id bigint generated always as identity primary key,
      channel text not null,
      state text not null default 'running' check (state in ('running', 'done', 'failed', 'impossible')),
      started_at timestamptz not null,
      ended_at timestamptz,
      since timestamptz,
      reached timestamptz,
      listed integer not null default 0,
      present integer not null default 0,
      added integer not null default 0,
      reason text,
      check ((state = 'running') = (ended_at is null)),
      check (state not in ('failed', 'impossible') or reason is not null),
      check (state = 'impossible' or since is not null)
    );
    create index backfill_runs_newest on backfill_runs (channel, id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table backfill_runs');
}
