import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Who reported: a pseudonym, and sealed name and contact. Erasing this row erases the person.
    create table reporters (
      ref text primary key,
      channel text not null,
      sealed bytea not null,
      updated_at timestamptz not null default now()
    );

    -- sealed: the complaint of contract section 5 as first made, without name and contact.
    create table complaints (
      id uuid primary key,
      tracking_number text not null unique,
      channel text not null,
      reporter text not null,
      status text,
      anonymous boolean not null default false,
      confidential boolean not null default false,
      withdrawn_at timestamptz,
      sealed bytea not null,
      received_at timestamptz not null,
      created_at timestamptz not null default now()
    );
    alter table complaints alter column sealed set storage external;
    create index complaints_reporter on complaints (reporter, received_at);

    -- Other numbers a citizen may use: the core's own, later a form's number of what proved a repeat.
    create table aliases (
      number text primary key,
      complaint_id uuid not null references complaints (id),
      source text not null,
      created_at timestamptz not null default now()
    );

    -- sealed: the provider's handle and the file's name.
    create table attachments (
      id uuid primary key,
      complaint_id uuid not null references complaints (id),
      message_id bigint not null,
      position smallint not null,
      state text not null default 'pending',
      sealed bytea not null,
      created_at timestamptz not null default now()
    );
    create index attachments_complaint on attachments (complaint_id);

    -- Events to the core, in order. sealed is null for complaint.received: the complaint is its data.
    -- answer: the core's last word, sealed, because a refusal may repeat what it refuses.
    create table outbox (
      id uuid primary key,
      seq bigint generated always as identity,
      complaint_id uuid not null references complaints (id),
      reporter text not null,
      lane smallint not null check (lane between 0 and 63),
      type text not null,
      sealed bytea,
      received_at timestamptz not null,
      state text not null default 'pending' check (state in ('pending', 'done', 'refused', 'parked')),
      tries integer not null default 0,
      first_tried_at timestamptz,
      due_at timestamptz not null default now(),
      answer bytea,
      done_at timestamptz
    );
    create index outbox_work on outbox (lane, seq) where state = 'pending';
    create index outbox_order on outbox (reporter, seq) where state = 'pending';
    create index outbox_stuck on outbox (seq) where state in ('refused', 'parked');
    create index outbox_complaint on outbox (complaint_id);

    -- What the core told us, once by its event id.
    create table statuses (
      id text primary key,
      complaint_id uuid not null references complaints (id),
      status text not null,
      sealed bytea not null,
      received_at timestamptz not null
    );
    create index statuses_complaint on statuses (complaint_id, received_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table statuses, outbox, attachments, aliases, complaints, reporters');
}
