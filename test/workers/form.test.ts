import { expect } from 'chai';
import type { InboundMessage } from '../../src/domain/message.ts';
import { claimNumber } from '../../src/store/claims.ts';
import { findStoredFile } from '../../src/store/attachments.ts';
import { select } from '../../src/store/database.ts';
import { findTracked } from '../../src/store/tracking.ts';
import { recordStatus } from '../../src/store/complaints.ts';
import { createJudging, noon, type Saying, seal } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

type Form = NonNullable<InboundMessage['form']>;

const form = (trackingNumber: string, more: Partial<Form> = {}): Form => ({
  trackingNumber,
  class: 'pengaduan',
  title: 'Lampu jalan padam',
  occurredOn: '2026-11-20',
  agency: 'Dinas Perhubungan',
  anonymous: false,
  confidential: false,
  suspicious: false,
  traces: ['r_this_browser'],
  ...more,
});

const place = (text: string, latitude: number | null = null) => ({
  text,
  latitude,
  longitude: latitude === null ? null : 107.6,
});

const sent = (at: number, text: string, more: Partial<Saying> = {}): Saying => ({
  who: 'phone:+6281300000001',
  at,
  text,
  channel: 'web',
  account: 'web',
  setting: 'public',
  location: place('Jl. Kemuning, Kec. Gedebage, Kota Bandung'),
  ...more,
});

/** Far enough apart that nothing of one test is compared with another's. */
const month = 40 * 24 * 3600;

const dark = 'Sudah tiga malam gelap sekali di depan pos ronda, mohon diperbaiki segera';

const file = {
  kind: 'image',
  mediaType: 'image/jpeg',
  bytes: 1234,
  ref: 'media:019a9d0c-7a3e-7c11-9d2b-5f60718293a4',
  name: 'gelap.jpg',
  stored: { id: '019a9d0c-7a3e-7c11-9d2b-5f60718293a4', key: 'a2V5', sha256: 'abc' },
} as const;

const another = (ending: string) => ({
  ...file,
  ref: `media:${ending}`,
  stored: { ...file.stored, id: `019a9d0c-7a3e-7c11-9d2b-5f60718293${ending}` },
});

describe('what the web form sends', () => {
  let db: TestDatabase;
  let judging: ReturnType<typeof createJudging>;

  before(async () => {
    db = await createTestDatabase();
    judging = createJudging(db);
  });

  after(() => db.drop());

  it('becomes a complaint with everything the form asks, under the number that was told', async () => {
    const ids = await judging.tell([
      sent(0, dark, { form: form('9000000013'), attachments: [file] }),
    ]);

    expect(await judging.story(ids)).to.deep.equal(['complaint 1']);
    const [complaint] = await judging.events(ids);
    expect(complaint).to.deep.include({
      trackingNumber: '9000000013',
      class: 'pengaduan',
      title: 'Lampu jalan padam',
      text: dark,
      occurredAt: '2026-11-20',
      agency: { keyword: null, name: 'Dinas Perhubungan' },
      flags: [],
    });
    expect(complaint?.['attachments']).to.deep.equal([
      {
        id: file.stored.id,
        kind: 'image',
        mediaType: 'image/jpeg',
        bytes: 1234,
        sha256: 'abc',
        state: 'stored',
        url: `https://lapor.example.go.id/api/v1/attachments/${file.stored.id}`,
      },
    ]);
    expect(await findStoredFile(db.database, seal, file.stored.id)).to.deep.equal({
      id: file.stored.id,
      key: 'a2V5',
      mediaType: 'image/jpeg',
      name: 'gelap.jpg',
      bytes: 1234,
    });
  });

  it('keeps the number of a repeat valid, as another one of the first complaint', async () => {
    const who = 'phone:+6281300000002';
    const ids = await judging.tell([
      sent(month, dark, { who, form: form('9000000021') }),
      sent(month + 100, `${dark}.`, { who, form: form('9000000039') }),
    ]);

    expect(await judging.story(ids)).to.deep.equal(['complaint 1', 'repeat of 1']);
    const first = await findTracked(db.database, seal, '9000000021');
    expect(first?.number).to.equal('9000000021');
    expect(await findTracked(db.database, seal, '9000000039')).to.deep.equal(first);
  });

  const pairs: readonly (readonly [
    label: string,
    one: Partial<Saying>,
    other: Partial<Saying>,
    story: readonly string[],
  ])[] = [
    [
      'tells reports of the same words about two places apart',
      {},
      { location: place('Jl. Cempaka, Kec. Rancasari, Kota Bandung') },
      ['complaint 1', 'complaint 2'],
    ],
    [
      'tells reports of the same words under different titles apart',
      { form: form('9000100001', { title: 'Lampu di Gang Nangka padam' }) },
      { form: form('9000100002', { title: 'Lampu di Gang Durian padam' }) },
      ['complaint 1', 'complaint 2'],
    ],
    [
      'never takes a form for a follow-up of the form before',
      {},
      {
        text: 'Selokan di seberangnya mampet dan bau menyengat',
        form: form('9000100003', { title: 'Selokan mampet' }),
      },
      ['complaint 1', 'complaint 2'],
    ],
    [
      'never joins an anonymous form to an open one',
      {},
      { form: form('9000100004', { anonymous: true }) },
      ['complaint 1', 'complaint 2'],
    ],
    [
      'takes new files with the same words for more of the same report',
      {},
      {
        attachments: [another('b5')],
      },
      ['complaint 1', 'followup of 1'],
    ],
    [
      'lets nobody who files first under a name and contact take in the report of who has them',
      { form: form('9000100061', { traces: ['r_stranger', 'r_page_1'] }) },
      { form: form('9000100062', { traces: ['r_victim', 'r_page_2'] }) },
      ['complaint 1', 'complaint 2, same_report of 1'],
    ],
    [
      'nor its new files',
      { form: form('9000100071', { traces: ['r_stranger', 'r_page_1'] }) },
      {
        form: form('9000100072', { traces: ['r_victim', 'r_page_2'] }),
        attachments: [another('c6')],
      },
      ['complaint 1', 'complaint 2, same_report of 1'],
    ],
    [
      'knows the same page again, whatever became of its cookie',
      { form: form('9000100081', { traces: ['r_cookie_1', 'r_page'] }) },
      { form: form('9000100082', { traces: ['r_cookie_2', 'r_page'] }) },
      ['complaint 1', 'repeat of 1'],
    ],
    [
      'takes nothing for a repeat that says no cookie, as what was stored before they were kept',
      { form: form('9000100091', { traces: [] }) },
      { form: form('9000100092', { traces: [] }) },
      ['complaint 1', 'complaint 2, same_report of 1'],
    ],
    [
      'never for who stays anonymous by a word',
      { text: `ANONIM ${dark}` },
      { text: `ANONIM ${dark}` },
      ['complaint 1', 'complaint 2'],
    ],
  ];
  for (const [index, [label, one, other, story]] of pairs.entries()) {
    it(label, async () => {
      const who = `phone:+62813000001${index}0`;
      const at = (2 + index) * month;
      const numbers = [form(`90010000${index}1`), form(`90010000${index}2`)];
      const ids = await judging.tell([
        sent(at, dark, { who, form: numbers[0] ?? null, ...one }),
        sent(at + 30, dark, { who, form: numbers[1] ?? null, ...other }),
      ]);

      expect(await judging.story(ids)).to.deep.equal(story);
    });
  }

  const held: readonly (readonly [label: string, saying: Partial<Saying>, story: string])[] = [
    [
      'holds a pure test, wherever it says it is',
      { text: 'tes', form: form('9000200001', { title: 'test' }) },
      'held: test',
    ],
    [
      'forwards short words under a title that says something',
      { text: 'mohon dicek' },
      'complaint 1',
    ],
    [
      'holds what a machine filled in, whatever it says',
      { form: form('9000200002', { suspicious: true }) },
      'held: spam_suspected',
    ],
    [
      'takes words to us for what they are in a form: words',
      { text: 'BATAL 4821093766' },
      'complaint 1',
    ],
  ];
  for (const [index, [label, saying, story]] of held.entries()) {
    it(label, async () => {
      const who = `phone:+62813000002${index}0`;
      const given = { who, form: form(`900200000${index}`), ...saying };
      const ids = await judging.tell([sent((40 + index) * month, dark, given)]);

      expect(await judging.story(ids)).to.deep.equal([story]);
    });
  }

  it('says nothing of who is anonymous, whatever was typed', async () => {
    const ids = await judging.tell([
      sent(20 * month, dark, {
        who: 'anonymous:k1',
        form: form('9000300001', { anonymous: true, confidential: true }),
      }),
    ]);

    const [complaint] = await judging.events(ids);
    expect(complaint).to.deep.include({ anonymous: true, confidential: true, messageIds: [] });
    expect(complaint?.['reporter']).to.deep.include({ name: null, contact: null });
  });

  describe('the name of a file', () => {
    const named = async (more: Partial<Saying>, at: number) => {
      const who = `phone:+62813000004${at}`;
      const files = ['01', '02'].map((ending) => ({
        ...file,
        ref: `media:${at}${ending}`,
        name: 'KTP Siti Rahayu.jpg',
        stored: { ...file.stored, id: `019a9d0c-7a3e-7c11-9d2b-5f607182${at}${ending}` },
      }));
      const given = { who, form: form(`90008000${at}`), attachments: files, ...more };
      await judging.tell([sent(at * month, dark, given)]);
      const told = async () => {
        const stored = files.map((each) => findStoredFile(db.database, seal, each.stored.id));
        return (await Promise.all(stored)).map((each) => each?.name);
      };
      return { who, told };
    };

    it('tells nothing of who is anonymous, by the box or by a word', async () => {
      const byBox = await named({ form: form('9000800001', { anonymous: true }) }, 24);
      const byWord = await named({ text: `ANONIM ${dark}` }, 25);

      expect(await byBox.told()).to.deep.equal(['lampiran-1', 'lampiran-2']);
      expect(await byWord.told()).to.deep.equal(['lampiran-1', 'lampiran-2']);
    });

    it('tells nothing of who asks for secrecy, at once or afterwards; else it is theirs', async () => {
      const atOnce = await named({ text: `${dark}. Jangan sebut nama saya.` }, 26);
      const later = await named({ channel: 'telegram', setting: 'private', form: null }, 27);
      const before = await later.told();
      await judging.tell([
        {
          ...sent(27 * month + 60, 'tolong rahasiakan identitas saya', { who: later.who }),
          ...{ channel: 'telegram', setting: 'private', location: null },
        },
      ]);

      expect(await atOnce.told()).to.deep.equal(['lampiran-1', 'lampiran-2']);
      expect(before).to.deep.equal(['KTP Siti Rahayu.jpg', 'KTP Siti Rahayu.jpg']);
      expect(await later.told()).to.deep.equal(['lampiran-1', 'lampiran-2']);
    });
  });

  describe('a promised number', () => {
    it('is the same for the same key, from two gateways at once, and another for another', async () => {
      let next = 0;
      const make = () => `900040000${(next += 1)}`;

      const [one, two] = await Promise.all([
        claimNumber(db.database, 'key-a', make),
        claimNumber(db.database, 'key-a', make),
      ]);
      const other = await claimNumber(db.database, 'key-b', make);

      expect(one).to.equal(two);
      expect(other).not.to.equal(one);
      expect(await claimNumber(db.database, 'key-a', make)).to.equal(one);
    });

    it('is never one that a complaint, an alias or another promise has', async () => {
      const promised = await claimNumber(db.database, 'key-a', () => '9000400009');
      const candidates = ['9000000013', '9000000039', promised, '9000500001'];

      const number = await claimNumber(db.database, 'key-c', () => candidates.shift() ?? '');

      expect(number).to.equal('9000500001');
    });

    const states: readonly (readonly [state: string, prepare: (key: string) => Promise<void>])[] = [
      ['received', () => Promise.resolve()],
      [
        'checking',
        async (key) => {
          const given = { eventId: key, text: 'tes', form: form('9000600002', { title: 'tes' }) };
          await judging.tell([sent(21 * month, '', { ...given, who: 'phone:+6281300000301' })]);
        },
      ],
      [
        'ended',
        async (key) => {
          const given = { eventId: key, text: 'tes', form: form('9000600003', { title: 'tes' }) };
          await judging.tell([sent(22 * month, '', { ...given, who: 'phone:+6281300000302' })]);
          await select(
            db.database,
            `update messages set state = 'judged', outcome = 'ignored', reason = 'discarded' where event_id = ?`,
            [key],
          );
        },
      ],
    ];
    for (const [index, [state, prepare]] of states.entries()) {
      it(`can be followed before there is a complaint: ${state}`, async () => {
        const number = `900060000${index + 1}`;
        await claimNumber(db.database, `key-${state}`, () => number);
        await prepare(`key-${state}`);

        const tracked = await findTracked(db.database, seal, number);

        expect(tracked).to.deep.include({ number, state, steps: [] });
      });
    }
  });

  it('can be followed from the core’s statuses on, oldest first, and none of its words are told', async () => {
    await judging.tell([
      sent(23 * month, dark, { who: 'phone:+6281300000400', form: form('9000700001') }),
    ]);
    const [row] = await select(
      db.database,
      `select id from complaints where tracking_number = '9000700001'`,
    );
    expect(await findTracked(db.database, seal, '9000700001')).to.deep.include({
      state: 'waiting',
      receivedAt: new Date(noon + 23 * month * 1000),
    });
    const complaintId = String(row?.['id']);
    const states = [];
    for (const state of ['parked', 'refused', 'done']) {
      await select(db.database, 'update outbox set state = ? where id = ?::uuid', [
        state,
        complaintId,
      ]);
      states.push((await findTracked(db.database, seal, '9000700001'))?.state);
    }
    expect(states).to.deep.equal(['waiting', 'checking', 'forwarded']);
    const tell = (id: string, status: string, minute: number, data: object) =>
      recordStatus(db.database, seal, {
        id,
        complaintId,
        status,
        data,
        at: new Date(noon + minute * 60_000),
        receivedAt: new Date(noon),
      });
    await tell('s2', 'terdisposisi', 2, { agency: 'Dishub Kota Bandung', note: 'rahasia dapur' });
    await tell('s1', 'terverifikasi', 1, {});

    const tracked = await findTracked(db.database, seal, '9000700001');

    expect(tracked?.state).to.equal('forwarded');
    expect(tracked?.steps).to.deep.equal([
      { status: 'terverifikasi', agency: null, at: new Date(noon + 60_000) },
      { status: 'terdisposisi', agency: 'Dishub Kota Bandung', at: new Date(noon + 120_000) },
    ]);
    expect(JSON.stringify(tracked)).not.to.include('ronda').and.not.to.include('dapur');
  });
});
