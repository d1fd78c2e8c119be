import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Where our own code broke on a delivery, message or event: class, code and frames, nothing of what
    -- it broke on.
    create table faults (
      kind text not null,
      subject text not null,
      at timestamptz not null default now(),
      fault jsonb not null,
      primary key (kind, subject)
    );

    -- What was begun and not finished by a process that died of it, or was killed meanwhile. item: '' for
    -- the lane as a whole.
    create table attempts (
      stage text not null,
      lane smallint not null,
      item text not null default '',
      begun integer not null default 1,
      at timestamptz not null default now(),
      primary key (stage, lane, item)
    );

    -- blocked: waits behind an event of its complaint that the core did not get. discarded: somebody
    -- decided that the core will not get it.
    alter table outbox drop constraint outbox_state_check;
    alter table outbox add constraint outbox_state_check
      check (state in ('pending', 'done', 'refused', 'parked', 'blocked', 'discarded'));
    create index outbox_blocking on outbox (complaint_id, seq)
      where state = 'parked' or (state = 'refused' and type = 'id.go.lapor.complaint.received.v1');
    create index outbox_blocked on outbox (complaint_id) where state = 'blocked';

    create index messages_quarantined on messages (id) where state = 'quarantined';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index messages_quarantined, outbox_blocked, outbox_blocking;
    update outbox set state = 'pending' where state = 'blocked';
    update outbox set state = 'refused' where state = 'discarded';
    alter table outbox drop constraint outbox_state_check;
    alter table outbox add constraint outbox_state_check
      check (state in ('pending', 'done', 'refused', 'parked'));
    drop table attempts, faults;
  `);
}
