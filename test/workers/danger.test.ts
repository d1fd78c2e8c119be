import { expect } from 'chai';
import { select } from '../../src/store/database.ts';
import { createJudging, type Saying } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const minutes = 60;
const hours = 60 * minutes;
const said = (at: number, text: string, fields: Partial<Saying> = {}): Saying => ({
  who: '6281200001111',
  at,
  text,
  ...fields,
});
const pothole = 'Jalan rusak berlubang di Jl. Mawar RT 3 RW 2 Sukmajaya Depok';
const garbage = 'sampah di pasar Kranggan menumpuk';
const post = (messageId: string, more: Partial<Saying> = {}): Partial<Saying> =>
  ({ channel: 'x', setting: 'public', thread: 't', messageId, ...more }) as const;

type Row = readonly [label: string, sayings: readonly Saying[], story: readonly string[]];

const rows: readonly Row[] = [
  [
    'opens a complaint of its own a minute after another one: fire',
    [said(0, garbage), said(60, 'kebakaran!!!')],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'opens a complaint of its own a minute after another one: suicide',
    [said(0, garbage), said(90, 'saya mau bunuh diri')],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'takes in what follows within half an hour, and how it grows',
    [
      said(0, garbage),
      said(60, 'kebakaran!!!'),
      said(70, 'api makin besar, rumah terbakar'),
      said(20 * minutes, 'Jl. Melati no 5 belakang masjid'),
      said(45 * minutes, 'tolong cepat'),
      said(80 * minutes, 'tolong cepat'),
    ],
    [
      'complaint 1',
      'complaint 2',
      'followup of 2',
      'followup of 2',
      'followup of 2',
      'complaint 3',
    ],
  ],
  [
    'takes in an answer to us, before a complaint that was made since',
    [
      said(0, 'kebakaran!!!', { channel: 'telegram' }),
      said(10 * minutes, pothole, { channel: 'telegram' }),
      said(20 * minutes, 'Jl. Melati no 5', { channel: 'telegram', under: ['ours'] }),
    ],
    ['complaint 1', 'complaint 2', 'followup of 1'],
  ],
  [
    'leaves another matter a complaint of its own, and what goes on about that',
    [
      said(0, 'saya diancam dibunuh tetangga'),
      said(10 * minutes, pothole),
      said(11 * minutes, 'sudah sebulan belum ditambal'),
    ],
    ['complaint 1', 'complaint 2', 'followup of 2'],
  ],
  [
    'leaves a whole report about somewhere else a complaint of its own, whatever it is about',
    [
      said(0, 'Rumah terbakar di Jl. Melati Sukmajaya Depok'),
      said(10 * minutes, 'Mohon gapura kampung di Jl. Pahlawan Klojen Malang dicat ulang'),
    ],
    ['complaint 1', 'complaint 2'],
  ],
  [
    'does not take a suicide for a part of a fire, nor a fire somewhere else for the same',
    [
      said(0, 'Rumah terbakar di Jl. Melati Sukmajaya Depok'),
      said(60, 'Gudang terbakar di Jl. Pahlawan Klojen Malang'),
      said(90, 'saya mau bunuh diri'),
    ],
    ['complaint 1', 'complaint 2', 'complaint 3'],
  ],
  [
    'takes the same words again for a repeat',
    [said(0, 'kebakaran di pasar Kranggan!'), said(3 * minutes, 'kebakaran di pasar Kranggan!')],
    ['complaint 1', 'repeat of 1'],
  ],
  [
    'leaves what is past, or the name of a thing, to the rules of every message',
    [
      said(0, garbage),
      said(30, 'mobil pemadam kebakaran juga parkir di situ'),
      said(60, 'kebakaran bulan lalu belum ada bantuan'),
    ],
    ['complaint 1', 'followup of 1', 'followup of 1'],
  ],
  [
    'opens its own in the own thread of a public post, too',
    [
      said(0, garbage, post('1')),
      said(60, 'tolong ada kebakaran!!', post('2', { under: ['1'], addressed: 'none' })),
      said(90, 'di blok C', post('3', { under: ['1'], addressed: 'none' })),
    ],
    ['complaint 1', 'complaint 2', 'followup of 1'],
  ],
];

describe('a danger to life', () => {
  let db: TestDatabase;

  before(async () => {
    db = await createTestDatabase();
  });
  afterEach(() =>
    select(
      db.database,
      'truncate deliveries, messages, words, signs, links, complaints, outbox, attachments, aliases, statuses, acts, reporters',
    ),
  );
  after(() => db.drop());

  const oneByOne = async (sayings: readonly Saying[]) => {
    const judging = createJudging(db);
    const ids: string[] = [];
    for (const saying of sayings) ids.push(...(await judging.tell([saying])));
    return { ids, judging };
  };

  for (const [label, sayings, story] of rows) {
    it(label, async () => {
      const { ids, judging } = await oneByOne(sayings);

      expect(await judging.story(ids)).to.deep.equal(story);
    });
    it(`${label}: in one batch`, async () => {
      const judging = createJudging(db);

      expect(await judging.story(await judging.tell(sayings))).to.deep.equal(story);
    });
  }

  it('flags its complaint urgent, on every channel', async () => {
    const form = {
      trackingNumber: '9000300001',
      class: 'pengaduan',
      title: 'Kebakaran',
      occurredOn: null,
      agency: null,
      anonymous: false,
      confidential: false,
      suspicious: false,
      traces: [],
    } as const;
    const { ids, judging } = await oneByOne([
      said(0, 'kebakaran di pasar Kranggan'),
      said(0, 'ada kebakaran di pasar Turi', post('1')),
      said(hours, 'Pasar Kranggan, cepat', { channel: 'web', setting: 'public', form }),
    ]);

    const events = await judging.events(ids);
    expect(events.map(({ flags }) => flags)).to.deep.equal([['urgent'], ['urgent'], ['urgent']]);
  });

  it('makes a complaint urgent whose words are edited into one, and says so', async () => {
    const edit = { kind: 'edit', messageId: 'e', channel: 'telegram' } as const;
    const { ids, judging } = await oneByOne([
      said(0, 'tolong di pasar Kranggan', { messageId: 'e', channel: 'telegram' }),
      said(30, 'tolong ada kebakaran di pasar Kranggan', edit),
    ]);

    const [, edited] = await judging.events(ids);
    expect(edited).to.deep.include({ change: 'edited', flags: ['urgent'] });
    expect(edited).not.to.have.property('confidential');
  });
});
