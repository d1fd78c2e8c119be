import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What was said of a complaint, for comparing with what is said later: one row for each message
    -- that made it or came to it. at: the message's own time. bands: keyed signature of its words;
    -- head: whether others' complaints are compared with it (not when it is linked to another).
    create table words (
      message_id bigint primary key references messages (id),
      complaint_id uuid not null references complaints (id),
      role text not null check (role in ('complaint', 'followup', 'edit', 'repeat')),
      channel text not null,
      account text not null,
      reporter text not null,
      setting text not null check (setting in ('private', 'public')),
      thread text,
      at timestamptz not null,
      exact bigint not null,
      bands integer[] not null,
      head boolean not null,
      sealed bytea
    );
    create index words_reporter on words (reporter, at);
    create index words_complaint on words (complaint_id, message_id);
    create index words_thread on words (thread, reporter, at) where thread is not null;
    create index words_alike on words using gin (bands) with (fastupdate = off) where head;
    create index words_exact on words (exact, at) where head;
    create index words_kept on words (at) where sealed is not null;

    -- ANONIM, RAHASIA, LAPOR BARU or /lapor sent alone: meant for what the same person says next.
    create table signs (
      message_id bigint primary key references messages (id),
      reporter text not null,
      account text not null,
      at timestamptz not null,
      anonymous boolean not null,
      confidential boolean not null,
      opens_new boolean not null
    );
    create index signs_reporter on signs (reporter, at);

    -- Complaints that say the same, or may: each to the first of its group. One link a complaint.
    create table links (
      complaint_id uuid primary key references complaints (id),
      verdict text not null check (verdict in ('same_report', 'possible')),
      of uuid not null references complaints (id),
      score real,
      reasons jsonb not null default '[]',
      made_by text not null,
      made_at timestamptz not null default now(),
      check (of <> complaint_id)
    );
    create index links_of on links (of);

    -- What people did with what was kept: who, when, to what, and why.
    create table acts (
      id bigint generated always as identity primary key,
      at timestamptz not null default now(),
      who text not null,
      act text not null,
      kind text not null,
      subject text not null,
      why text
    );
    create index acts_subject on acts (kind, subject, id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table acts, links, signs, words');
}
