import { v7 as newId } from 'uuid';
import { comparableFrom, type Reading, type Comparable } from '../domain/comparable.ts';
import { inboundMessage } from '../domain/message.ts';
import type { Signature } from '../domain/signature.ts';
import { type Database, select } from '../store/database.ts';
import { insertMessages } from '../store/messages.ts';
import type { Seal } from '../store/seal.ts';
import { insertWords, type Words } from '../store/words.ts';

type Deps = {
  readonly database: Database;
  readonly seal: Seal;
  readonly reading: Reading;
  readonly signer: (comparable: Comparable) => Signature;
  readonly nextText: () => string;
};

const batch = 5000;

const days = 24 * 3_600_000;

/**
 * Stores complaints of as many reporters, said within the last 30 days, with signatures and indexes, up to
 * `count` where `from` are there already.
 */
export async function fill(
  deps: Deps,
  count: number,
  progress: (done: number) => void,
  from = 0,
): Promise<void> {
  const { database } = deps;
  await select(database, 'set synchronous_commit = off');
  await select(database, 'drop index words_alike, words_exact');
  const now = Date.now();
  for (let done = from; done < count; done += batch) {
    const size = Math.min(batch, count - done);
    const words = Array.from({ length: size }, (_, index) =>
      // Each another text: copies would be linked to the first, and only that is compared with.
      wordsOf(saidBy(deps), done + index, now),
    );
    const ids = await insertRoots(database, words);
    await insertWords(
      database,
      deps.seal,
      words.map((one, index) => ({ ...one, messageId: ids[index] ?? '0' })),
    );
    progress(done + size);
  }
  // As the migration has them.
  await select(
    database,
    'create index words_alike on words using gin (bands) with (fastupdate = off) where head',
  );
  await select(database, 'create index words_exact on words (exact, at) where head');
  await select(database, 'vacuum analyze');
  await select(database, 'set synchronous_commit = on');
}

type Said = Signature & { readonly text: string };

function saidBy({ reading, signer, nextText }: Deps): Said {
  const text = nextText();
  return { ...signer(comparableFrom(reading, text)), text };
}

function wordsOf({ text, exact, bands }: Said, index: number, now: number): Words {
  const id = newId();
  const reporter = `r_${String(index).padStart(22, '0')}`;
  return {
    ...{ exact, bands },
    messageId: '0',
    complaint: {
      id,
      trackingNumber: String(100_000_000_000 + index),
      anonymous: false,
      confidential: false,
      flags: [],
      reporter,
    },
    role: 'complaint',
    channel: 'sms',
    account: '1708',
    reporter,
    setting: 'private',
    threadKey: null,
    at: now - (index % (29 * days)),
    head: true,
    kept: { text, location: null, agency: null, anonymous: false, confidential: false, traces: [] },
  };
}

/** The rows that words stand on, as a complaint that is done leaves them. Out: the messages' ids. */
async function insertRoots(database: Database, words: readonly Words[]): Promise<string[]> {
  const given = [
    words.map(({ complaint }) => complaint.id),
    words.map(({ complaint }) => complaint.trackingNumber),
    words.map(({ reporter }) => reporter),
  ];
  const rows = await select(
    database,
    `with given as (
       select * from unnest(?::uuid[], ?::text[], ?::text[]) as given (id, number, reporter)),
     arrived as (
       insert into deliveries (channel, digest, received_at, state, done_at)
       select 'sms', sha256(id::text::bytea), now(), 'read', now() from given returning id, digest),
     made as (
       insert into complaints (id, tracking_number, channel, reporter, sealed, received_at)
       select id, number, 'sms', reporter, decode(repeat('00', 600), 'hex'), now() from given
       returning id),
     known as (
       insert into reporters (ref, channel, sealed)
       select reporter, 'sms', decode(repeat('00', 100), 'hex') from given returning ref)
     insert into messages (delivery_id, channel, account, event_id, event_keyed, message_id, kind,
       reporter, lane, received_at, state, due_at, outcome, complaint_id, judged_at)
     select arrived.id, 'sms', '1708', given.id::text, true, given.id::text, 'message', reporter,
       get_byte(uuid_send(given.id), 15) % 64, now(), 'judged', now(), 'complaint', given.id, now()
     from given join arrived on arrived.digest = sha256(given.id::text::bytea)
     returning id, complaint_id`,
    given,
  );
  await select(
    database,
    `insert into outbox (id, complaint_id, reporter, lane, type, received_at, state, tries, done_at)
     select id, id, reporter, get_byte(uuid_send(id), 15) % 64, 'id.go.lapor.complaint.received.v1',
       now(), 'done', 1, now()
     from unnest(?::uuid[], ?::text[]) as given (id, reporter)`,
    [given[0], given[2]],
  );
  const idOf = new Map(rows.map((row) => [String(row['complaint_id']), String(row['id'])]));
  return words.map(({ complaint }) => idOf.get(complaint.id) ?? '0');
}

/** Puts one SMS into the inbox, read and waiting to be judged in lane 0. */
export async function say({ database, seal }: Deps, index: number, text: string): Promise<void> {
  const [delivery] = await select(database, 'select max(id) as id from deliveries');
  const phone = `+6281${String(index).padStart(8, '0')}`;
  const message = inboundMessage({
    eventId: `SM${index}`,
    messageId: `SM${index}`,
    account: '1708',
    sender: { identity: phone, name: null, contact: { kind: 'phone', value: phone } },
    text,
  });
  const name = { eventKey: `SM${index}`, messageKey: `SM${index}` };
  await insertMessages(database, seal, [
    {
      ...{ ...name, groupKey: null, threadKey: null, underKeys: [] },
      deliveryId: String(delivery?.['id']),
      channel: 'sms',
      reporter: `r_new${String(index).padStart(18, '0')}`,
      lane: 0,
      message,
      receivedAt: new Date(),
      dueAt: null,
    },
  ]);
}
