import { createHash } from 'node:crypto';
import { expect } from 'chai';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { complaintSchema } from '../../src/domain/complaint.ts';
import { eventTypes } from '../../src/domain/event.ts';
import { isTrackingNumber } from '../../src/domain/tracking-number.ts';
import { select } from '../../src/store/database.ts';
import { type SeenEvent, startCore, type TestCore } from '../support/core.ts';
import {
  channelSettings,
  eventually,
  publicUrl,
  startGateway,
  type TestGateway,
} from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { sendSms, sendUpdate } from '../support/send.ts';

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const date = 1_795_255_200;

describe('judging, from webhook to core', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;
  /** Things that happened, each to end as exactly one outcome; what is sent again does not count. */
  let happened = 0;
  let ids = 100;
  /** Five minutes pass between messages: none is a follow-up by accident. */
  let clock = date;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    gateway = await startGateway({ databaseUrl: db.url, coreUrl: core.url });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  const next = () => (ids += 1);

  /** A citizen of Telegram in a private chat, or in a group. */
  const citizen = (group: number | null = null) => {
    const id = 5_000_000_000 + next();
    const chat = group === null ? { id, type: 'private' } : { id: group, type: 'supergroup' };
    const sender = { id, is_bot: false, first_name: 'Ratna', last_name: 'Dewi' };
    const body = (fields: object) => ({
      message_id: next(),
      date: (clock += 300),
      chat,
      from: sender,
      ...fields,
    });
    const post = async (update: object, counts = 1) => {
      happened += counts;
      const response = await sendUpdate(gateway.url, update);
      expect(response.status).to.equal(200);
    };
    return {
      id,
      write: async (fields: object) => {
        const message = body(fields);
        await post({ update_id: next(), message });
        return `${chat.id}:${message.message_id}`;
      },
      edit: async (messageId: string, fields: object) => {
        const message_id = Number(messageId.split(':')[1]);
        const edited_message = { ...body(fields), message_id, edit_date: clock + 60 };
        await post({ update_id: next(), edited_message });
        return new Date(edited_message.edit_date * 1000).toISOString();
      },
      /** Says something more and waits for it to arrive: by then what came before has been judged. */
      settle: async () => {
        const text = `sampai di sini ${next()}`;
        await post({
          update_id: next(),
          message: body({ text: `@LaporBot ${text}`, entities: [mention] }),
        });
        await complaintWith((data) => data['text'] === text);
      },
    };
  };
  const mention = { type: 'mention', offset: 0, length: 9 };
  const photo = (file_id: string) => ({ photo: [{ file_id, width: 9, height: 9, file_size: 7 }] });

  const sms = async (parameters: Readonly<Record<string, string>>, counts = 1) => {
    happened += counts;
    expect((await sendSms(gateway.url, parameters)).status).to.equal(200);
  };
  const signedSms = async (path: string, init: RequestInit) => {
    happened += 1;
    const token = channelSettings['TWILIO_AUTH_TOKEN'] ?? '';
    const signature = webhooks.getExpectedTwilioSignature(token, publicUrl + path, {});
    const response = await fetch(gateway.url + path, {
      ...init,
      headers: { 'content-type': 'application/json', 'x-twilio-signature': signature },
    });
    expect(response.status).to.equal(200);
  };

  const seen = (type: string, test: (data: SeenEvent['data']) => boolean) =>
    core.events().filter((event) => event.type === type && test(event.data));
  const arrival = async (type: string, test: (data: SeenEvent['data']) => boolean) => {
    await core.until(() => seen(type, test).length > 0);
    const [event] = seen(type, test);
    if (!event) throw new Error('it was there a moment ago');
    return event;
  };
  const complaintWith = (test: (data: SeenEvent['data']) => boolean) =>
    arrival(eventTypes.received, test).then(({ data }) => complaintSchema.parse(data));
  const complaintsWith = (test: (data: SeenEvent['data']) => boolean) =>
    seen(eventTypes.received, test).map(({ data }) => complaintSchema.parse(data));
  const names = (id: string) => (data: SeenEvent['data']) => {
    const list = data['messageIds'];
    return Array.isArray(list) && list.includes(id);
  };
  const says = (text: string) => (data: SeenEvent['data']) => data['text'] === text;
  const counted = (channel: string, outcome: string) =>
    gateway.metric(`satupintu_messages_total{channel="${channel}",outcome="${outcome}"}`);
  const filesOf = async (complaintId: string) => {
    const rows = await select(
      db.database,
      'select id from attachments where complaint_id = ? order by id',
      [complaintId],
    );
    return rows.map(({ id }) => String(id));
  };

  describe('a text', () => {
    it('becomes a complaint of the contract: an SMS', async () => {
      const startedAt = Date.now();

      await sms({ MessageSid: 'SMtext', From: '+6281200000001', Body: ' PJU mati\r\ndi RT 03 ' });

      const event = await arrival(eventTypes.received, names('SMtext'));
      const { id, trackingNumber, reporter, receivedAt } = complaintSchema.parse(event.data);
      expect(id).to.match(uuid7);
      expect(event.id).to.equal(id);
      expect(isTrackingNumber(trackingNumber)).to.equal(true);
      expect(reporter.ref).to.match(/^r_[\w-]{22}$/);
      expect(receivedAt).to.match(instant);
      expect(Date.parse(receivedAt)).to.be.within(startedAt, Date.now());
      expect(event.data).to.deep.equal({
        id,
        trackingNumber,
        class: null,
        channel: 'sms',
        channelAccount: '1708',
        messageIds: ['SMtext'],
        permalink: null,
        reporter: {
          ref: reporter.ref,
          name: null,
          contact: { kind: 'phone', value: '+6281200000001' },
        },
        anonymous: false,
        confidential: false,
        title: null,
        text: 'PJU mati\ndi RT 03',
        originalText: ' PJU mati\r\ndi RT 03 ',
        occurredAt: null,
        sentAt: null,
        receivedAt,
        location: null,
        agency: null,
        category: null,
        attachments: [],
        duplicate: { verdict: 'none', of: null, score: null, reasons: [] },
        flags: [],
      });
    });

    it('becomes a complaint of the contract: a Telegram message with a photo', async () => {
      const ratna = citizen();

      const messageId = await ratna.write({ date, caption: 'Lubang', ...photo('F-text') });

      const complaint = await complaintWith(names(messageId));
      expect(complaint).to.deep.include({
        channel: 'telegram',
        channelAccount: '777000',
        messageIds: [messageId],
        text: 'Lubang',
        originalText: 'Lubang',
        sentAt: new Date(date * 1000).toISOString(),
        flags: [],
      });
      expect(complaint.reporter).to.deep.include({
        name: 'Ratna Dewi',
        contact: { kind: 'chat', value: String(ratna.id) },
      });
      const [file] = complaint.attachments;
      expect(file?.id).to.match(uuid7);
      expect(complaint.attachments).to.deep.equal([
        {
          id: file?.id,
          kind: 'image',
          mediaType: 'image/jpeg',
          bytes: 7,
          sha256: null,
          state: 'pending',
          url: null,
        },
      ]);
      expect(await filesOf(complaint.id)).to.deep.equal([file?.id]);
    });

    it('knows its reporter again, and tells channels and reporters apart', async () => {
      await sms({ MessageSid: 'SMref1', From: '+6281200000002', Body: 'satu' });
      await sms({ MessageSid: 'SMref2', From: '081200000002', Body: 'LAPOR BARU dua' });
      await sms({ MessageSid: 'SMref3', From: '+6281200000003', Body: 'tiga' });

      const refs = await Promise.all(
        ['SMref1', 'SMref2', 'SMref3'].map(async (sid) => {
          const { reporter } = await complaintWith(names(sid));
          return reporter;
        }),
      );
      expect(refs[0]?.ref).to.equal(refs[1]?.ref);
      expect(refs[0]?.ref).not.to.equal(refs[2]?.ref);
      expect(refs[1]?.contact).to.deep.equal({ kind: 'phone', value: '+6281200000002' });
    });

    it('of a sender who is a word and no number has nobody to answer', async () => {
      await sms({ MessageSid: 'SMword', From: 'RADIOMALOWOPATI', Body: 'Jalan putus' });

      const { reporter } = await complaintWith(names('SMword'));
      expect(reporter).to.deep.include({ name: null, contact: null });
    });

    it('may begin with a routing keyword, on SMS only', async () => {
      await sms({ MessageSid: 'SMkey', From: '+6281200000004', Body: 'Bjn. pasar Dander gelap' });
      const inTelegram = await citizen().write({ text: 'BJN pasar gelap' });

      const bySms = await complaintWith(names('SMkey'));
      expect(bySms.agency).to.deep.equal({ keyword: 'BJN', name: null });
      expect(bySms.text).to.equal('pasar Dander gelap');
      expect(bySms.originalText).to.equal('Bjn. pasar Dander gelap');
      const byTelegram = await complaintWith(names(inTelegram));
      expect(byTelegram).to.deep.include({ agency: null, text: 'BJN pasar gelap' });
    });

    it('keeps neither U+0000 nor lone surrogates: a JSON SMS', async () => {
      const body =
        '{"MessageSid":"SMnul","AccountSid":"AC00000000000000000000000000000001","To":"1708",' +
        '"From":"+6281200000005","Body":"gelap \\u0000 \\ud83d di sini"}';
      const hash = createHash('sha256').update(body).digest('hex');

      await signedSms(`/webhooks/sms?bodySHA256=${hash}`, { method: 'POST', body });

      const complaint = await complaintWith(names('SMnul'));
      expect(complaint.originalText).to.equal('gelap \ufffd \ufffd di sini');
      expect(complaint.text).to.equal('gelap \ufffd \ufffd di sini');
    });

    it('keeps neither U+0000 nor lone surrogates: a Telegram message', async () => {
      const ratna = citizen();
      const from = { id: ratna.id, is_bot: false, first_name: 'Rat\u0000na\ud83d' };

      const messageId = await ratna.write({ from, text: 'banjir \u0000 \udc4d 👍' });

      const complaint = await complaintWith(names(messageId));
      expect(complaint.originalText).to.equal('banjir \ufffd \ufffd 👍');
      expect(complaint.reporter.name).to.equal('Rat\ufffdna\ufffd');
    });
  });

  describe('the same message again', () => {
    it('is one complaint, with the same bytes and in the body of a fallback request', async () => {
      const parameters = { MessageSid: 'SMtwice', From: '+6281200000010', Body: 'Pohon tumbang' };
      await sms(parameters);
      await complaintWith(names('SMtwice'));

      await sms(parameters, 0);
      await sms({ ...parameters, ErrorCode: '11200', ErrorUrl: 'https://lapor.example/x' }, 0);
      await sms({ MessageSid: 'SMafter', From: '+6281200000010', Body: 'LAPOR BARU got' });

      await complaintWith(names('SMafter'));
      expect(complaintsWith(names('SMtwice'))).to.have.length(1);
      expect(seen(eventTypes.updated, names('SMtwice'))).to.deep.equal([]);
    });

    it('is two complaints when two citizens send the same by GET', async () => {
      const query = (sid: string, from: string) =>
        `/webhooks/sms?${new URLSearchParams({
          MessageSid: sid,
          AccountSid: channelSettings['TWILIO_ACCOUNT_SID'] ?? '',
          From: from,
          To: '1708',
          Body: 'Air mati',
        }).toString()}`;

      await signedSms(query('SMget1', '+6281200000011'), { method: 'GET' });
      await signedSms(query('SMget2', '+6281200000012'), { method: 'GET' });

      const first = await complaintWith(names('SMget1'));
      const second = await complaintWith(names('SMget2'));
      expect(first.id).not.to.equal(second.id);
      expect(first.reporter.ref).not.to.equal(second.reporter.ref);
    });

    it('is two complaints when two chats use the same message_id', async () => {
      const message_id = next();

      const one = await citizen().write({ text: 'satu', message_id });
      const other = await citizen().write({ text: 'dua', message_id });

      expect((await complaintWith(names(one))).text).to.equal('satu');
      expect((await complaintWith(names(other))).text).to.equal('dua');
    });
  });

  describe('an album', () => {
    it('is one complaint with all files and one caption, in whatever order its parts come', async () => {
      const sendIn = async (order: readonly number[]): Promise<readonly string[]> => {
        const ratna = citizen();
        const media_group_id = String(next());
        const messageIds: string[] = [];
        for (const part of order) {
          const caption = part === 1 ? { caption: 'Tiga foto tanggul' } : {};
          const file = photo(`A${media_group_id}-${part}`);
          messageIds.push(await ratna.write({ media_group_id, ...caption, ...file }));
        }
        return messageIds;
      };

      const albums = await Promise.all([sendIn([1, 2, 3]), sendIn([3, 2, 1]), sendIn([2, 3, 1])]);

      for (const messageIds of albums) {
        const complaint = await complaintWith(names(messageIds[0] ?? ''));
        expect(complaint.messageIds).to.deep.equal(messageIds);
        expect(complaint.attachments).to.have.length(3);
        expect(complaint.text).to.equal('Tiga foto tanggul');
        expect(complaint.originalText).to.equal('Tiga foto tanggul');
        expect(await filesOf(complaint.id)).to.have.length(3);
        expect(complaintsWith(names(messageIds[2] ?? ''))).to.have.length(1);
      }
    });

    it('of ten files whose parts arrive at once is one complaint', async () => {
      const ratna = citizen();
      const media_group_id = String(next());

      const messageIds = await Promise.all(
        Array.from({ length: 10 }, (_, part) =>
          ratna.write({ media_group_id, ...photo(`T${media_group_id}-${part}`) }),
        ),
      );

      const complaint = await complaintWith(names(messageIds[0] ?? ''));
      expect(complaint.messageIds).to.have.members(messageIds);
      expect(complaint.attachments).to.have.length(10);
      expect(complaint.flags).to.deep.equal(['incomplete']);
    });

    it('is joined by a part that comes late', async () => {
      const ratna = citizen();
      const media_group_id = String(next());
      const first = await ratna.write({ media_group_id, caption: 'Tanggul', ...photo('L1') });
      const complaint = await complaintWith(names(first));

      const late = await ratna.write({ media_group_id, caption: 'sisi lain', ...photo('L2') });

      const { data } = await arrival(eventTypes.updated, names(late));
      expect(data).to.deep.include({
        complaintId: complaint.id,
        trackingNumber: complaint.trackingNumber,
        change: 'attachments',
        text: 'sisi lain',
        messageIds: [late],
      });
      expect(data['attachments']).to.have.length(1);
      expect(await filesOf(complaint.id)).to.have.length(2);
      expect(complaintsWith(names(late))).to.deep.equal([]);
    });

    it('keeps no other message of its citizen waiting while it is gathered', async () => {
      const ratna = citizen();
      const part = await ratna.write({ media_group_id: String(next()), ...photo('W1') });
      const startedAt = Date.now();

      const text = await ratna.write({ text: 'Ini hal lain' });

      await complaintWith(names(text));
      expect(Date.now() - startedAt).to.be.below(1400);
      expect(complaintsWith(names(part))).to.deep.equal([]);
      await complaintWith(names(part));
    });

    it('is two complaints when two albums come one after the other', async () => {
      const ratna = citizen();

      const one = await ratna.write({ media_group_id: String(next()), ...photo('B1') });
      const other = await ratna.write({ media_group_id: String(next()), ...photo('B2') });

      const first = await complaintWith(names(one));
      const second = await complaintWith(names(other));
      expect(first.messageIds).to.deep.equal([one]);
      expect(second.messageIds).to.deep.equal([other]);
    });
  });

  describe('an album in a group', () => {
    const caption = { caption: '@LaporBot Tanggul retak', caption_entities: [mention] };

    it('is for us with all its files when one part mentions the bot', async () => {
      const ratna = citizen(-1001);
      const media_group_id = String(next());

      const one = await ratna.write({ media_group_id, ...photo('G1') });
      const two = await ratna.write({ media_group_id, ...photo('G2'), ...caption });
      const three = await ratna.write({ media_group_id, ...photo('G3') });

      const complaint = await complaintWith(names(two));
      expect(complaint.messageIds).to.deep.equal([one, two, three]);
      expect(complaint.attachments).to.have.length(3);
      expect(complaint.text).to.equal('Tanggul retak');
      expect(complaint.reporter.contact, 'a group is no way to reach one person').to.equal(null);
    });

    it('is joined by a late part that does not mention the bot', async () => {
      const ratna = citizen(-1001);
      const media_group_id = String(next());
      const first = await ratna.write({ media_group_id, ...photo('G4'), ...caption });
      const complaint = await complaintWith(names(first));

      const late = await ratna.write({ media_group_id, ...photo('G5') });

      const { data } = await arrival(eventTypes.updated, names(late));
      expect(data).to.deep.include({ complaintId: complaint.id, change: 'attachments' });
      expect(data['attachments']).to.have.length(1);
    });

    it('is ignored when no part mentions the bot, and its sender is not remembered', async () => {
      const stranger = citizen(-1002);
      const media_group_id = String(next());
      const before = await counted('telegram', 'ignored');
      const known = await select(db.database, 'select ref from reporters');

      const parts = [
        await stranger.write({ media_group_id, ...photo('S1'), caption: 'Foto liburan' }),
        await stranger.write({ media_group_id, ...photo('S2') }),
      ];

      await eventually(
        'both ignored',
        async () => (await counted('telegram', 'ignored')) === before + 2,
      );
      const rows = await select(
        db.database,
        'select outcome, reason from messages order by id desc limit 2',
      );
      const ended = { outcome: 'ignored', reason: 'said among others and not to us' };
      expect(rows).to.deep.equal([ended, ended]);
      const moments = await select(
        db.database,
        'select distinct judged_at from (select judged_at from messages order by id desc limit 2) m',
      );
      expect(moments).to.have.length(1);
      expect(await select(db.database, 'select ref from reporters')).to.deep.equal(known);
      expect(core.events().some(({ data }) => parts.some((id) => names(id)(data)))).to.equal(false);
    });
  });

  describe('an edit', () => {
    it('tells the core of the same complaint what is new, each time, and nothing else', async () => {
      const ratna = citizen();
      const messageId = await ratna.write({ caption: 'Lubang di Jl. Anggrek', ...photo('E1') });
      const complaint = await complaintWith(names(messageId));

      const sentAt = await ratna.edit(messageId, { caption: 'Lubang besar', ...photo('E1') });
      await ratna.edit(messageId, { caption: 'Lubang lain', ...photo('E2') });
      await ratna.edit(messageId, { caption: 'Lubang di dua tempat', ...photo('E2') });

      await arrival(eventTypes.updated, says('Lubang di dua tempat'));
      const changes = seen(eventTypes.updated, (data) => data['complaintId'] === complaint.id);
      const told = changes.map(({ data }) => [data['change'], data['text'], data['attachments']]);
      expect(told).to.have.length(3);
      expect(told[0]).to.deep.equal(['edited', 'Lubang besar', []]);
      expect(told[1]?.slice(0, 2)).to.deep.equal(['edited', 'Lubang lain']);
      expect(told[1]?.[2]).to.have.length(1);
      expect(told[2]).to.deep.equal(['edited', 'Lubang di dua tempat', []]);
      const [edited] = changes;
      expect(edited?.id).to.match(uuid7);
      expect(edited?.subject).to.equal(complaint.trackingNumber);
      expect(edited?.data).to.deep.include({
        trackingNumber: complaint.trackingNumber,
        messageIds: [messageId],
        sentAt,
      });
      expect(await filesOf(complaint.id)).to.have.length(2);
    });

    for (const [label, named] of [
      ['that names the album', true],
      ['that does not name the album', false],
    ] as const) {
      it(`while the album is still gathered follows it: an edit ${label}`, async () => {
        const ratna = citizen();
        const media_group_id = String(next());
        const one = await ratna.write({ media_group_id, caption: 'Tangul', ...photo('M1') });
        await ratna.write({ media_group_id, ...photo('M2') });

        const group = named ? { media_group_id } : {};
        await ratna.edit(one, { ...group, caption: 'Tanggul', ...photo('M1') });

        const { data } = await arrival(eventTypes.updated, names(one));
        const [complaint, ...others] = complaintsWith(names(one));
        expect(others).to.deep.equal([]);
        expect(complaint?.text).to.equal('Tangul');
        expect(complaint?.attachments).to.have.length(2);
        expect(data).to.deep.include({
          complaintId: complaint?.id,
          change: 'edited',
          text: 'Tanggul',
          attachments: [],
        });
      });
    }

    it('of a message never seen is a new complaint in a private chat', async () => {
      const ratna = citizen();
      const messageId = `${ratna.id}:${next()}`;

      await ratna.edit(messageId, { text: 'Ternyata dua lubang' });

      expect((await complaintWith(names(messageId))).text).to.equal('Ternyata dua lubang');
    });

    it('of a message never seen is ignored in a group, and its sender is not remembered', async () => {
      const stranger = citizen(-1003);
      const before = await counted('telegram', 'ignored');
      const known = await select(db.database, 'select ref from reporters');

      await stranger.edit(`-1003:${next()}`, { text: 'Rapat jam 7, bukan jam 8' });

      await eventually(
        'ignored',
        async () => (await counted('telegram', 'ignored')) === before + 1,
      );
      expect(await select(db.database, 'select ref from reporters')).to.deep.equal(known);
      expect(complaintsWith(says('Rapat jam 7, bukan jam 8'))).to.deep.equal([]);
    });
  });

  describe('a word to us', () => {
    for (const text of ['/start', '/lapor', '/help']) {
      it(`is no complaint but counted as a command: ${text}`, async () => {
        const ratna = citizen();
        const before = await counted('telegram', 'command');

        const messageId = await ratna.write({ text });
        await ratna.settle();

        expect(await counted('telegram', 'command')).to.equal(before + 1);
        expect(complaintsWith(names(messageId))).to.deep.equal([]);
      });
    }

    it('with a report behind it is a complaint', async () => {
      const messageId = await citizen().write({ text: '/lapor got mampet' });

      const complaint = await complaintWith(names(messageId));
      expect(complaint).to.deep.include({ text: 'got mampet', originalText: '/lapor got mampet' });
    });

    it('of somebody whose stored name and contact cannot be opened any more makes them anew', async () => {
      const ratna = citizen();
      const first = await ratna.write({ text: 'Pipa bocor di gang' });
      const { reporter } = await complaintWith(names(first));
      await db.database.raw('update reporters set sealed = ? where ref = ?', [
        Buffer.from('rusak'),
        reporter.ref,
      ]);

      const second = await ratna.write({ text: 'Pipa bocor lagi' });

      const complaint = await complaintWith(names(second));
      expect(complaint.reporter).to.deep.equal(reporter);
    });

    it('is the own contact card: kept with the reporter, whom the core still reaches in the chat', async () => {
      const ratna = citizen();
      const before = await counted('telegram', 'ignored');

      await ratna.write({
        contact: { phone_number: '6281200000020', first_name: 'Ratna', user_id: ratna.id },
      });
      const messageId = await ratna.write({ text: 'Jembatan goyang' });

      const { reporter } = await complaintWith(names(messageId));
      expect(reporter.contact).to.deep.equal({ kind: 'chat', value: String(ratna.id) });
      expect(await counted('telegram', 'ignored')).to.equal(before + 1);
      expect(complaintsWith((data) => JSON.stringify(data).includes(reporter.ref))).to.have.length(
        1,
      );
    });
  });

  describe('files and places', () => {
    it('of an SMS without words make a complaint that is flagged as incomplete', async () => {
      await sms({
        MessageSid: 'MMmedia',
        From: '+6281200000030',
        Body: '',
        NumMedia: '2',
        MediaUrl0: 'https://api.twilio.example/ME1',
        MediaContentType0: 'image/jpeg',
        MediaUrl1: 'https://api.twilio.example/ME2',
        MediaContentType1: 'video/mp4',
      });

      const complaint = await complaintWith(names('MMmedia'));
      expect(complaint).to.deep.include({ text: '', originalText: '', flags: ['incomplete'] });
      expect(
        complaint.attachments.map(({ kind, mediaType, bytes }) => [kind, mediaType, bytes]),
      ).to.deep.equal([
        ['image', 'image/jpeg', null],
        ['video', 'video/mp4', null],
      ]);
      expect(JSON.stringify(complaint)).not.to.contain('api.twilio.example');
    });

    it('of Telegram: a point', async () => {
      const messageId = await citizen().write({ location: { latitude: -6.2, longitude: 106.8 } });

      const complaint = await complaintWith(names(messageId));
      expect(complaint.location).to.deep.equal({ text: null, latitude: -6.2, longitude: 106.8 });
      expect(complaint.flags).to.deep.equal([]);
    });

    it('of Telegram: a venue, with its words', async () => {
      const location = { latitude: -7.15, longitude: 111.88 };
      const messageId = await citizen().write({
        location,
        venue: { location, title: 'Pasar Dander', address: 'Jl. Raya Dander' },
      });

      expect((await complaintWith(names(messageId))).location).to.deep.equal({
        text: 'Pasar Dander, Jl. Raya Dander',
        ...location,
      });
    });
  });

  describe('in the end', () => {
    it('every message has exactly one outcome, and nothing is left to do', async () => {
      await eventually('drained', async () => {
        const stages = ['read', 'judge', 'forward'];
        const left = await Promise.all(
          stages.map((stage) => gateway.metric(`satupintu_pending{stage="${stage}"}`)),
        );
        return left.every((count) => count === 0);
      });

      const text = await (await fetch(`${gateway.internalUrl}/metrics`)).text();
      const counts = text
        .split('\n')
        .filter((line) => line.startsWith('satupintu_messages_total{'))
        .map((line) => Number(line.split(' ').at(-1)));

      expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(happened);
      expect(
        await select(db.database, `select id from messages where outcome is null`),
      ).to.deep.equal([]);
    });
  });
});
