import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The embedded core's inbox. type: null until it was sorted to its complaint (rows of older versions).
    -- Of the columns offered only these two are needed; tracking number and channel stand in the card's row.
    alter table embedded_core_events
      add column complaint_id uuid,
      add column type text;
    create index embedded_core_events_complaint on embedded_core_events (complaint_id, seq);
    create index embedded_core_events_unsorted on embedded_core_events (seq) where type is null;

    -- One row for each complaint the embedded core knows: what its inbox is ordered and filtered by,
    -- nothing of what the citizen said. last_seq: its newest event; changed_seq: the newest event that
    -- changed its card, also by another complaint being linked to it. verdict: null is not said.
    create table embedded_core_complaints (
      complaint_id uuid primary key,
      tracking_number text not null,
      channel text not null,
      class text,
      anonymous boolean not null,
      confidential boolean not null,
      flags text[] not null,
      with_files boolean not null,
      verdict text,
      first_id uuid,
      withdrawn boolean not null,
      status text,
      last_seq bigint not null,
      changed_seq bigint not null
    );
    create index embedded_core_complaints_last on embedded_core_complaints (last_seq);
    create index embedded_core_complaints_changed on embedded_core_complaints (changed_seq);
    create index embedded_core_complaints_number on embedded_core_complaints (tracking_number);
    create index embedded_core_complaints_first on embedded_core_complaints (first_id, last_seq)
      where first_id is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table embedded_core_complaints;
    alter table embedded_core_events drop column complaint_id, drop column type;
  `);
}
