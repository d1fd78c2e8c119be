import { expect } from 'chai';
import fc from 'fast-check';
import { select } from '../../src/store/database.ts';
import { createJudging, photo, type Saying } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const outcomes = ['complaint', 'followup', 'repeat', 'edit', 'command', 'ignored', 'held'];

const texts = [
  'tes',
  'Pak',
  '',
  'CEK 4821093766',
  'STOP',
  'banjir',
  'jalan rusak',
  'di Sukmajaya Depok',
  'Lampu jalan mati di Jl. Kenanga Beji',
  'Lampu jalan mati di Jl. Melati Beji',
  'Tolong air PDAM di Ledok Kulon sudah tiga hari mati, warga susah mandi dan masak',
  'TLG AIR PDAM DI LEDOK KULON SDH TIGA HARI MATI, WARGA SUSAH MANDI DAN MASAK!',
  'ANONIM lurah minta uang',
  'ANONIM',
  'LAPOR BARU',
  'sampah juga',
  'tolong ya pak',
  'Sampah menumpuk di Beji Depok sudah seminggu, mohon diangkut',
  'Sampah menumpuk di Kukusan Depok sudah seminggu, mohon diangkut',
  'LAPOR BARU sampah menumpuk di Pasar Dander',
  'SLOT GACOR maxwin daftar https://gacor.example bonus new member 100%',
];

const citizen = fc.constantFrom('+6281', '+6282', '+6283');

const addressedIn: Readonly<Record<string, 'none' | 'thread'>> = {
  bystander: 'none',
  comment: 'thread',
};

const inPrivate = { channel: 'telegram', setting: 'private', thread: null } as const;
const inPublic = { channel: 'x', setting: 'public', thread: 'conversation' } as const;

const nameOf = (isPrivate: boolean, who: string, id: number): string =>
  `${isPrivate ? 'private' : 'public'}:${who}:${id}`;

/** What one of three citizens says at some moment, somewhere, perhaps about an earlier message. */
const saying: fc.Arbitrary<Saying> = fc
  .record({
    who: citizen,
    at: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 12_000 })),
    text: fc.constantFrom(...texts),
    kind: fc.constantFrom('message', 'message', 'message', 'edit', 'delete'),
    place: fc.constantFrom('private', 'private', 'thread', 'comment', 'bystander'),
    messageId: fc.integer({ min: 1, max: 6 }),
    hasPhoto: fc.boolean(),
    album: fc.option(fc.integer({ min: 1, max: 2 }), { freq: 6 }),
    under: fc.option(fc.tuple(citizen, fc.integer({ min: 1, max: 6 })), { freq: 4 }),
  })
  .map(({ kind, place, messageId, hasPhoto, album, under, ...rest }): Saying => {
    const isPrivate = place === 'private';
    // Only what is changed later has a name worth repeating; else every message has its own.
    const isNamed = kind !== 'message' || messageId > 3;
    return {
      ...rest,
      ...(isPrivate ? inPrivate : inPublic),
      kind,
      addressed: addressedIn[place] ?? 'us',
      under: under === null ? [] : [nameOf(isPrivate, isPrivate ? rest.who : under[0], under[1])],
      ...(isNamed && { messageId: nameOf(isPrivate, rest.who, messageId) }),
      ...(hasPhoto && { attachments: [{ ...photo, ref: `f${messageId}` }] }),
      ...(kind === 'message' && album !== null && { group: `${rest.who}:${album}` }),
    };
  });

/** In the order in which it arrived. */
const conversation = fc
  .array(saying, { minLength: 1, maxLength: 14 })
  .map((sayings) => sayings.toSorted((one, other) => one.at - other.at));

describe('judgement, whatever is said', () => {
  let db: TestDatabase;

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.drop());

  const judged = async (sayings: readonly Saying[], batchSize: number) => {
    await select(
      db.database,
      'truncate deliveries, messages, words, signs, links, complaints, outbox, attachments, aliases, statuses, acts, reporters',
    );
    const judging = createJudging(db, { batchSize });
    const ids = await judging.tell(sayings);
    return { ids, story: await judging.story(ids) };
  };

  it('ends each message as exactly one outcome, the same however many are judged at once, and keeps the order', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async (sayings) => {
        const oneByOne = await judged(sayings, 1);
        const together = await judged(sayings, 100);

        const [told, toldOneByOne] = [together.story.join('; '), oneByOne.story.join('; ')];
        expect(told === toldOneByOne, `${told}\n    one by one: ${toldOneByOne}`).to.equal(true);
        expect(together.story).to.have.length(sayings.length);
        for (const told of together.story) {
          expect(outcomes).to.include(/^\w+/.exec(told)?.[0] ?? '');
        }
        await expectLedger(together.ids);
      }),
      { numRuns: 25, seed: 1708, endOnFailure: true },
    );
  }).timeout(60_000);

  /** Each outcome has what it promises, and one reporter's events go in inbox order. */
  const expectLedger = async (ids: readonly string[]) => {
    const rows = await select(
      db.database,
      `select m.outcome, m.complaint_id is not null as joined, count(w.message_id) as words
       from messages m left join words w on w.message_id = m.id
       where m.id = any(?::bigint[]) group by m.id`,
      [[...ids]],
    );
    for (const { outcome, joined } of rows) {
      if (['complaint', 'followup', 'repeat'].includes(String(outcome))) {
        expect(joined, String(outcome)).to.equal(true);
      }
      if (['command', 'ignored', 'held'].includes(String(outcome))) {
        expect(joined, String(outcome)).to.equal(false);
      }
    }
    const [ledger] = await select(
      db.database,
      `select (select count(*) from complaints) as complaints,
              (select count(*) from messages where outcome = 'complaint') as messages,
              (select count(*) from outbox where type like '%received%') as received,
              (select count(*) from (
                 select received_at < lag(received_at) over (partition by reporter order by seq) as back
                 from outbox) as o where back) as disordered,
              (select count(*) from outbox o where type not like '%received%' and not exists (
                 select 1 from outbox f where f.id = o.complaint_id and f.seq < o.seq)) as orphans`,
    );
    expect(ledger?.['messages']).to.equal(ledger?.['complaints']);
    expect(ledger?.['received']).to.equal(ledger?.['complaints']);
    expect(ledger?.['disordered']).to.equal('0');
    expect(ledger?.['orphans']).to.equal('0');
  };
});
