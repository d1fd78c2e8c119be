import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Keys made once (the key of pseudonyms), sealed under DATA_KEY.
    create table secrets (
      name text primary key,
      sealed bytea not null,
      created_at timestamptz not null default now()
    );

    -- How far a polled source was read.
    create table cursors (
      name text primary key,
      value text not null,
      updated_at timestamptz not null default now()
    );

    -- Written by /readyz: proves that a commit is possible now.
    create table heartbeats (
      name text primary key,
      at timestamptz not null
    );

    -- What needs somebody's eyes: opened once per kind and subject, closed by the check that opened it.
    create table incidents (
      id bigint generated always as identity primary key,
      kind text not null,
      subject text not null,
      detail text not null,
      opened_at timestamptz not null default now(),
      closed_at timestamptz
    );
    create unique index incidents_open on incidents (kind, subject) where closed_at is null;

    -- Inbox of the embedded routing core, which stands in when no core is configured.
    create table embedded_core_events (
      id text primary key,
      seq bigint generated always as identity unique,
      sealed bytea not null,
      received_at timestamptz not null default now()
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table embedded_core_events, incidents, heartbeats, cursors, secrets');
}
