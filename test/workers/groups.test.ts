import { expect } from 'chai';
import { v7 as newId } from 'uuid';
import { linkChangeSchema } from '../../src/domain/complaint.ts';
import { select } from '../../src/store/database.ts';
import { handOver, holdGroups, setHead } from '../../src/store/groups.ts';
import { linkComplaints } from '../../src/store/links-by-hand.ts';
import { createJudging, type Saying, seal } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const text =
  'Jalan berlubang parah di Jl. Wirobrajan Sukmajaya Depok, banyak warga yang jatuh, tolong diperbaiki';
const retyped = `${text.toLowerCase()} ya pak`;
const elsewhere = 'Sampah menumpuk di depan pasar Kranggot Cilegon, tidak diangkut sebulan';
/** A name more: possibly the same. */
const similar = `${text}, kata Bapak Sukirman`;

/** What somebody says on X: "a0" is the first post of a. */
const by = (who: string, at: number, words: string, more: Partial<Saying> = {}): Saying => ({
  who,
  at,
  text: words,
  channel: 'x',
  setting: 'public',
  messageId: `${who}${at}`,
  ...more,
});

type Row = readonly [
  label: string,
  sayings: readonly Saying[],
  story: readonly string[],
  /** What the core hears of links that change, in words. */
  told: readonly string[],
];

const withdrawn = (who: string, at: number) =>
  by(who, 900, '', { kind: 'delete', messageId: `${who}${at}` });
const edited = (who: string, at: number, words: string) =>
  by(who, 900, words, { kind: 'edit', messageId: `${who}${at}` });

const rows: readonly Row[] = [
  [
    'goes to the next complaint when the first is withdrawn, and so do later ones',
    [by('a', 0, text), by('b', 10, text), by('c', 20, text), withdrawn('a', 0), by('d', 950, text)],
    [
      'complaint 1',
      'complaint 2',
      'complaint 3, same_report of 2',
      'edit of 1',
      'complaint 4, same_report of 2',
    ],
    ['2 none', '3 same_report of 2'],
  ],
  [
    'goes to the next that lives',
    [by('a', 0, text), by('b', 10, text), by('c', 20, text), withdrawn('b', 10), withdrawn('a', 0)],
    ['complaint 1', 'complaint 2, same_report of 1', 'complaint 3', 'edit of 2', 'edit of 1'],
    ['3 none'],
  ],
  [
    "ends with its only complaint: what is withdrawn is nobody's copy",
    [by('a', 0, text), withdrawn('a', 0), by('b', 950, text)],
    ['complaint 1', 'edit of 1', 'complaint 2'],
    [],
  ],
  [
    'goes to the next complaint when the first says something else now',
    [
      by('a', 0, text),
      by('b', 10, text),
      by('c', 20, text),
      edited('a', 0, elsewhere),
      by('d', 950, text),
      by('e', 960, elsewhere),
    ],
    [
      'complaint 1',
      'complaint 2',
      'complaint 3, same_report of 2',
      'edit of 1',
      'complaint 4, same_report of 2',
      'complaint 5, same_report of 1',
    ],
    ['2 none', '3 same_report of 2'],
  ],
  [
    'stays when the first says the same in other letters',
    [by('a', 0, text), by('b', 10, text), edited('a', 0, retyped), by('c', 950, text)],
    ['complaint 1', 'complaint 2, same_report of 1', 'edit of 1', 'complaint 3, same_report of 1'],
    [],
  ],
  [
    'loses a complaint that says something else now, and that one stands by itself',
    [
      by('a', 0, text),
      by('b', 10, text),
      edited('b', 10, elsewhere),
      by('c', 950, elsewhere),
      by('d', 960, text),
    ],
    [
      'complaint 1',
      'complaint 2',
      'edit of 2',
      'complaint 3, same_report of 2',
      'complaint 4, same_report of 1',
    ],
    ['2 none'],
  ],
  [
    'keeps its first complaint when what only came to it is edited',
    [
      by('a', 0, text, { thread: 't' }),
      by('a', 10, 'sudah banyak yang jatuh di sana', { thread: 't' }),
      by('b', 20, text),
      edited('a', 10, elsewhere),
      by('c', 950, text),
    ],
    [
      'complaint 1',
      'followup of 1',
      'complaint 2, same_report of 1',
      'edit of 1',
      'complaint 3, same_report of 1',
    ],
    [],
  ],
  [
    'loses what was only possibly the same, when nobody else is left',
    [by('a', 0, text), by('b', 10, similar), withdrawn('a', 0)],
    ['complaint 1', 'complaint 2', 'edit of 1'],
    ['2 none'],
  ],
  [
    'takes along what was only possibly the same',
    [by('a', 0, text), by('b', 10, similar), by('c', 20, text), withdrawn('a', 0)],
    ['complaint 1', 'complaint 2, possible of 3', 'complaint 3', 'edit of 1'],
    ['3 none', '2 possible of 3'],
  ],
  [
    'loses what was only possibly the same as words that are gone',
    [by('a', 0, text), by('b', 10, similar), edited('a', 0, elsewhere)],
    ['complaint 1', 'complaint 2', 'edit of 1'],
    ['2 none'],
  ],
  [
    'does not join what one person parted: the open and the anonymous one',
    [by('a', 0, text), by('b', 10, text), by('b', 20, `ANONIM ${text}`), withdrawn('a', 0)],
    ['complaint 1', 'complaint 2', 'complaint 3', 'edit of 1'],
    ['2 none', '3 none'],
  ],
];

describe('a group of complaints', () => {
  let db: TestDatabase;
  let judging: ReturnType<typeof createJudging>;

  before(async () => {
    db = await createTestDatabase();
    judging = createJudging(db);
  });
  afterEach(() =>
    select(
      db.database,
      'truncate deliveries, messages, words, signs, links, complaints, outbox, attachments, aliases, statuses, acts, reporters',
    ),
  );
  after(() => db.drop());

  /** What the core hears of links, in the order of the outbox; complaints as the story numbers them. */
  const toldOf = async (messageIds: readonly string[]) => {
    const complaints = await complaintsOf(messageIds);
    const number = (id: string | null) => complaints.indexOf(id ?? '') + 1;
    return (await judging.events(messageIds)).flatMap((event) => {
      const change = linkChangeSchema.safeParse(event);
      if (!change.success) return [];
      const { complaintId, duplicate } = change.data;
      const of = duplicate.of === null ? '' : ` of ${number(duplicate.of)}`;
      return [`${number(complaintId)} ${duplicate.verdict}${of}`];
    });
  };
  const complaintsOf = async (messageIds: readonly string[]): Promise<string[]> => {
    const found = await select(
      db.database,
      `select complaint_id from messages where id = any(?::bigint[]) and outcome = 'complaint' order by id`,
      [[...messageIds]],
    );
    return found.map((row) => String(row['complaint_id']));
  };
  const tellAll = async (sayings: readonly Saying[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const saying of sayings) ids.push(...(await judging.tell([saying])));
    return ids;
  };

  for (const [label, sayings, story, told] of rows) {
    it(label, async () => {
      const ids = await tellAll(sayings);

      expect(await judging.story(ids)).to.deep.equal(story);
      expect(await toldOf(ids)).to.have.members(told);
    });
  }

  it('leads to nobody who withdrew, whatever is judged together', async () => {
    const [, sayings = []] = rows[0] ?? [];

    const ids = await judging.tell(sayings);

    const [first = ''] = await complaintsOf(ids);
    const links = await linksNow();
    expect(links.filter(([id]) => id !== first)).to.have.length(2);
    expect(links.filter(([, of]) => of === first)).to.deep.equal([]);
  });

  it('keeps what an officer linked by hand when the first is edited, and gives it on when withdrawn', async () => {
    const ids = await tellAll([by('a', 0, text), by('b', 10, elsewhere), by('c', 20, text)]);
    const [a = '', b = '', c = ''] = await complaintsOf(ids);
    const hand = { who: 'sari', why: null, newId };
    await linkComplaints(
      db.database,
      seal,
      { complaintId: b, of: a, verdict: 'same_report' },
      hand,
    );

    await tellAll([by('a', 900, `${elsewhere}!`, { kind: 'edit', messageId: 'a0' })]);
    const afterEdit = await linksNow();
    await tellAll([by('a', 910, '', { kind: 'delete', messageId: 'a0' })]);

    expect(afterEdit).to.deep.equal([[b, a]]);
    expect(await linksNow()).to.deep.equal([]);
    expect((await toldOf(ids)).slice(-1)).to.deep.equal(['2 none']);
    expect(c).not.to.equal('');
  });

  it('cannot be joined by hand to what was taken back', async () => {
    const ids = await tellAll([by('a', 0, text), by('b', 10, elsewhere), withdrawn('a', 0)]);
    const [a = '', b = ''] = await complaintsOf(ids);
    const hand = { who: 'sari', why: null, newId };

    const link = { complaintId: b, of: a, verdict: 'possible' as const };
    const outcome = await linkComplaints(db.database, seal, link, hand).catch(String);

    expect(outcome).to.match(/taken back/);
  });

  it('is given on in statements of a bounded size, everyone told once', async () => {
    const many = 'b c d e f g h i'.split(' ');
    const ids = await tellAll([by('a', 0, text), ...many.map((who, at) => by(who, at + 10, text))]);
    const [first = '', next = '', ...others] = await complaintsOf(ids);

    const changed = await db.database.transaction(async (transaction) => {
      await holdGroups(transaction, 'alone');
      return handOver(transaction, first, 'all', 3);
    });

    expect(changed).to.have.members([next, ...others]);
    expect(new Set(changed).size).to.equal(changed.length);
    expect(await linksNow()).to.have.deep.members(others.map((id) => [id, next]));
  });

  it('is not joined by what is judged while its first complaint is being withdrawn', async () => {
    const ids = await tellAll([by('a', 0, text), by('b', 10, text)]);
    const [first = ''] = await complaintsOf(ids);
    const withdrawing = Promise.withResolvers<undefined>();
    const held = Promise.withResolvers<undefined>();

    const withdrawal = db.database.transaction(async (transaction) => {
      await holdGroups(transaction, 'alone');
      await select(transaction, 'update complaints set withdrawn_at = now() where id = ?::uuid', [
        first,
      ]);
      await handOver(transaction, first, 'all');
      await setHead(transaction, [first], false);
      held.resolve(undefined);
      await withdrawing.promise;
    });
    await held.promise;
    const joining = judging.tell([by('c', 950, text)]);
    await waitsForGroups();
    withdrawing.resolve(undefined);
    await withdrawal;

    expect(await judging.story([...ids, ...(await joining)])).to.deep.equal([
      'complaint 1',
      'complaint 2',
      'complaint 3, same_report of 2',
    ]);
  });

  const linksNow = async () => {
    const found = await select(
      db.database,
      'select complaint_id, of from links order by complaint_id',
    );
    return found.map((row) => [String(row['complaint_id']), String(row['of'])]);
  };

  /** Until another transaction waits for an advisory lock. */
  const waitsForGroups = async (): Promise<void> => {
    const [waiting] = await select(
      db.database,
      `select 1 as waits from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
    );
    if (waiting === undefined) await waitsForGroups();
  };
});
