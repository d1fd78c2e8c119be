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

/** Stores complaints of as many reporters, said within the last 30 days, with signatures and indexes. */
export async function fill(deps: Deps, count: number, progress: (done: number) => void) {
  const { database } = deps;
  await select(database, 'set synchronous_commit = off');
  await select(database, 'drop index words_alike, words_exact');
  const now = Date.now();
  for (let done = 0; done < count; done += batch) {
    const size = Math.min(batch, count - done);
    const words = Array.from({ length: size }, (_, index) => wordsOf(deps, done + index, now));
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

function wordsOf({ reading, signer, nextText }: Deps, index: number, now: number): Words {
  const text = nextText();
  const id = newId();
  const reporter = `r_${String(index).padStart(22, '0')}`;
  return {
    ...signer(comparableFrom(reading, text)),
    messageId: '0',
    complaint: {
      id,
      trackingNumber: String(1_000_000_000 + index),
      anonymous: false,
      confidential: false,
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
    kept: { text, location: null, agency: null, anonymous: false, confidential: false },
  };
}

/** The rows that words stand on: just enough of each. Out: the messages' ids. */
async function insertRoots(database: Database, words: readonly Words[]): Promise<string[]> {
  const [delivery] = await select(
    database,
    `insert into deliveries (channel, digest, received_at, state, done_at)
     values ('sms', decode(md5(random()::text), 'hex'), now(), 'read', now()) returning id`,
  );
  await select(
    database,
    `insert into complaints (id, tracking_number, channel, reporter, sealed, received_at)
     select id, number, 'sms', reporter, decode(repeat('00', 600), 'hex'), now()
     from unnest(?::uuid[], ?::text[], ?::text[]) as given (id, number, reporter)`,
    [
      words.map(({ complaint }) => complaint.id),
      words.map(({ complaint }) => complaint.trackingNumber),
      words.map(({ reporter }) => reporter),
    ],
  );
  const rows = await select(
    database,
    `insert into messages (delivery_id, channel, account, event_id, message_id, kind, reporter, lane,
       received_at, state, due_at, outcome, complaint_id, judged_at)
     select ?::bigint, 'sms', '1708', id::text, id::text, 'message', reporter, 0, now(), 'judged',
       now(), 'complaint', id, now()
     from unnest(?::uuid[], ?::text[]) as given (id, reporter) returning id`,
    [
      String(delivery?.['id']),
      words.map(({ complaint }) => complaint.id),
      words.map(({ reporter }) => reporter),
    ],
  );
  return rows.map((row) => String(row['id']));
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
  const keys = { messageKey: `SM${index}`, groupKey: null, threadKey: null, underKeys: [] };
  await insertMessages(database, seal, [
    {
      ...keys,
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
