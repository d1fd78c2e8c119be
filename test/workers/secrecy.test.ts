import { expect } from 'chai';
import { z } from 'zod';
import { select } from '../../src/store/database.ts';
import { findEvent } from '../../src/store/outbox.ts';
import { createJudging, photo, type Saying, seal } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const said = (at: number, text: string, fields: Partial<Saying> = {}): Saying => ({
  who: '6281200001111',
  at,
  text,
  ...fields,
});
const pothole = 'Jalan rusak berlubang di Jl. Mawar RT 3 RW 2 Sukmajaya Depok';
const bribe = 'Petugas loket minta uang 50 ribu untuk urus KTP di kantor Kecamatan Beji';
const hours = 3600;
const form = {
  trackingNumber: '9000300001',
  class: 'pengaduan',
  ...{ title: 'Pungli', occurredOn: null, agency: null, anonymous: false, confidential: true },
  ...{ suspicious: false, traces: [] },
} as const;

const sentSchema = z.looseObject({
  change: z.string().optional(),
  confidential: z.boolean().optional(),
  anonymous: z.boolean().optional(),
  flags: z.array(z.string()).optional(),
  permalink: z.string().nullable().optional(),
  messageIds: z.array(z.string()),
  text: z.string(),
  reporter: z
    .object({ ref: z.string(), name: z.string().nullable(), contact: z.unknown() })
    .optional(),
});

describe('a wish for secrecy', () => {
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

  /** Everything as the core would be sent it now, the first time or again. */
  const sent = async () => {
    const rows = await select(db.database, 'select id from outbox order by seq');
    const events = [];
    for (const { id } of rows) {
      const event = await findEvent(db.database, seal, z.string().parse(id));
      events.push(sentSchema.parse(event?.data));
    }
    return events;
  };
  const oneByOne = async (sayings: readonly Saying[]) => {
    const judging = createJudging(db);
    const ids: string[] = [];
    for (const saying of sayings) ids.push(...(await judging.tell([saying])));
    return judging.story(ids);
  };
  /** Name and contact, change, and what is said of secrecy. */
  const inShort = async () =>
    (await sent()).map(({ change = 'received', reporter, confidential, anonymous, flags = [] }) =>
      [
        change,
        anonymous ? 'anonymous' : '',
        reporter?.name ? 'named' : '',
        reporter?.contact ? 'contact' : '',
        confidential ? 'confidential' : '',
        flags.includes('secrecy_asked') ? 'asked' : '',
      ]
        .filter((word) => word !== '')
        .join(' '),
    );

  for (const text of [
    `rahasiakan identitas saya. ${bribe}`,
    `${bribe} (rahasia)`,
    `${bribe}, jangan sebut nama saya`,
    `RAHSIA ${bribe}`,
    `RAHASIA ${bribe}`,
    `${bribe}. saya takut, tolong jangan kasih tau siapa yg lapor`,
  ]) {
    it(`keeps name and number from the core: ${text.slice(-60)}`, async () => {
      await oneByOne([said(0, text)]);

      const [complaint] = await sent();
      expect(complaint?.reporter?.ref).to.match(/^r_/);
      expect(complaint).to.deep.include({ anonymous: false, flags: ['secrecy_asked'] });
      expect(JSON.stringify(complaint)).not.to.match(/Warga|6281200001111/);
      expect(await inShort()).to.deep.equal(['received confidential asked']);
    });
  }

  for (const text of [`ANONIN ${bribe}`, `${bribe}. mau lapor anonim ya`]) {
    it(`makes an anonymous complaint: ${text.slice(-40)}`, async () => {
      await oneByOne([said(0, text)]);

      expect(await inShort()).to.deep.equal(['received anonymous']);
      expect((await sent())[0]?.messageIds).to.deep.equal([]);
    });
  }

  it('marks what is open when it comes afterwards, and all that is sent from then on obeys it', async () => {
    await oneByOne([said(0, bribe)]);
    expect(await inShort()).to.deep.equal(['received named contact']);

    const story = await oneByOne([said(3 * hours, 'Tolong rahasiakan nama saya ya pak')]);

    expect(story).to.deep.equal(['followup of 1']);
    expect(await inShort()).to.deep.equal([
      'received confidential asked',
      'followup confidential asked',
    ]);
  });

  it('says so once, however often it is asked', async () => {
    await oneByOne([
      said(0, bribe),
      said(30, 'rahasiakan nama saya'),
      said(60, 'tolong nama saya jangan disebut'),
    ]);

    expect(await inShort()).to.deep.equal([
      'received confidential asked',
      'followup confidential asked',
      'followup',
    ]);
  });

  it('does the same within one batch', async () => {
    const judging = createJudging(db);
    const ids = await judging.tell([
      said(0, bribe),
      said(30, 'rahasiakan nama saya'),
      said(50, 'di loket 3'),
      said(3 * hours, bribe),
    ]);

    expect(await judging.story(ids)).to.deep.equal([
      'complaint 1',
      'followup of 1',
      'followup of 1',
      'repeat of 1',
    ]);
    expect(await inShort()).to.deep.equal([
      'received confidential asked',
      'followup confidential asked',
      'followup',
      'repeat',
    ]);
  });

  it('opens a complaint with a matter of its own, and closes up what it would have joined', async () => {
    const story = await oneByOne([
      said(0, pothole),
      said(40, 'jangan sebut nama saya, mandornya memotong upah tukang'),
    ]);

    expect(story).to.deep.equal(['complaint 1', 'complaint 2']);
    expect(await inShort()).to.deep.equal([
      'received confidential asked',
      'followup confidential asked',
      'received confidential asked',
    ]);
    expect((await sent())[1]).to.deep.include({ text: '', messageIds: [] });
  });

  it('closes up what was said openly when the same words come under ANONIM', async () => {
    await oneByOne([said(0, bribe), said(hours, `ANONIM ${bribe}`)]);

    expect(await inShort()).to.deep.equal([
      'received confidential asked',
      'followup confidential asked',
      'received anonymous',
    ]);
  });

  it('does not tell by another complaint whose an anonymous one is', async () => {
    await oneByOne([said(0, pothole), said(hours, 'ANONIM'), said(hours + 600, bribe)]);
    await oneByOne([said(2 * hours, pothole), said(2 * hours + 50, 'ANONIM lurah minta uang')]);

    expect(await inShort()).to.deep.equal([
      'received named contact',
      'received anonymous',
      'repeat',
      'received anonymous',
    ]);
  });

  it('keeps a wish by itself for half an hour for what is reported next', async () => {
    const story = await oneByOne([
      said(0, 'saya mau lapor tapi tolong nama saya jangan disebut'),
      said(25 * 60, bribe),
      said(26 * 60, 'loket nomor 3'),
    ]);

    expect(story).to.deep.equal([
      'command: a sign without a report',
      'complaint 1',
      'followup of 1',
    ]);
    expect(await inShort()).to.deep.equal(['received confidential asked', 'followup']);
  });

  it('obeys an edit that adds one', async () => {
    const edit = { kind: 'edit', messageId: 'e', channel: 'telegram' } as const;
    await oneByOne([
      said(0, bribe, { messageId: 'e', channel: 'telegram' }),
      said(60, `${bribe}. Mohon identitas saya dirahasiakan`, edit),
    ]);

    expect(await inShort()).to.deep.equal([
      'received confidential asked',
      'edited confidential asked',
    ]);
  });

  it('gives who edits ANONIM in an anonymous complaint, and closes up the open one', async () => {
    const edit = { kind: 'edit', messageId: 'e', channel: 'telegram' } as const;
    await oneByOne([
      said(0, bribe, { messageId: 'e', channel: 'telegram' }),
      said(60, `ANONIM ${bribe}`, edit),
    ]);

    expect(await inShort()).to.deep.equal([
      'received confidential asked',
      'followup confidential asked',
      'received anonymous',
    ]);
  });

  it('obeys one in any part of an album, also in a late one', async () => {
    const part = (ref: string, group: string) =>
      ({ attachments: [{ ...photo, ref }], group, channel: 'telegram' }) as const;
    const judging = createJudging(db);
    await judging.tell([
      said(0, bribe, part('a', 'g')),
      said(0, 'RAHASIA foto dari dalam', part('b', 'g')),
      said(3 * hours, pothole, part('c', 'h')),
    ]);
    await judging.tell([said(3 * hours + 20, 'jangan sebut nama saya', part('d', 'h'))]);

    expect(await inShort()).to.deep.equal([
      'received confidential asked',
      'received confidential asked',
      'attachments confidential asked',
    ]);
  });

  it('does not lead to a public post, which shows who wrote it', async () => {
    const post = { channel: 'x', setting: 'public', thread: 't' } as const;
    const permalink = 'https://x.example/warga_beji/status/1';
    await oneByOne([
      said(0, bribe, { ...post, messageId: '1', permalink }),
      said(60, 'nama saya tolong jangan disebut', { ...post, messageId: '2', under: ['1'] }),
      said(90, 'loketnya nomor 3', { ...post, messageId: '3', under: ['1'] }),
    ]);

    const events = await sent();
    expect(events.map(({ messageIds }) => messageIds)).to.deep.equal([[], [], []]);
    expect(events[0]?.permalink).to.equal(null);
  });

  it('counts in the words of a form; its box Rahasia alone keeps the report from the public', async () => {
    const web = { channel: 'web', account: 'web' } as const;
    await oneByOne([
      said(0, `${bribe}. Mohon nama saya dirahasiakan`, { ...web, form }),
      said(60, pothole, { ...web, form: { ...form, trackingNumber: '9000300002' } }),
      said(90, pothole, {
        ...{ ...web, who: '6281200002222' },
        form: { ...form, trackingNumber: '9000300003', title: 'RAHASIA jalan' },
      }),
    ]);

    expect(await inShort()).to.deep.equal([
      'received confidential asked',
      'received named contact confidential',
      'received confidential asked',
    ]);
  });
});
