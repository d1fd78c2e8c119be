import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import type { Attachment, Complaint } from '../../src/domain/complaint.ts';
import { select } from '../../src/store/database.ts';
import { storeCoreEvent } from '../../src/store/embedded-core.ts';
import { eventually } from '../support/gateway.ts';
import { get, send } from '../support/http.ts';
import {
  addition,
  complaintOf,
  inboxSeal,
  makeKnown,
  receivedEvent,
  startInbox,
  type TestInbox,
  updatedEvent,
} from '../support/inbox.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const foreignSecret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

const file = (said: Partial<Attachment> = {}): Attachment => ({
  ...{ id: randomUUID(), kind: 'image', mediaType: 'image/jpeg', bytes: 210_433 },
  ...{ sha256: null, state: 'pending', url: null },
  ...said,
});

const files: Record<string, { mediaType: string; name: string; bytes: Buffer }> = {};

describe("the embedded core's inbox", () => {
  let db: TestDatabase;
  let inbox: TestInbox;

  before(async () => {
    db = await createTestDatabase();
    inbox = await startInbox(db, {
      openFile: (id) => {
        const found = files[id];
        if (!found) return Promise.resolve(null);
        const { bytes } = found;
        return Promise.resolve({ ...found, bytes: bytes.length, stream: Readable.from([bytes]) });
      },
    });
  });
  after(async () => {
    await inbox.stop();
    await db.drop();
  });

  const receive = async (said: Partial<Complaint>): Promise<Complaint> => {
    const complaint = complaintOf(said);
    expect(await inbox.send(receivedEvent(complaint))).to.equal(202);
    return complaint;
  };
  const update = async (complaint: Complaint, data: object): Promise<void> => {
    expect(await inbox.send(updatedEvent(complaint, data))).to.equal(202);
  };
  const pageOf = ({ id }: Complaint) => inbox.page(`/core/laporan/${id}`);
  /** The numbers of the cards a page shows, in its order. */
  const shownOn = async (query: string): Promise<string[]> => {
    const page = await inbox.page(`/core${query}`);
    return [...page.matchAll(/<h2 id="nomor-[^>]*>.*?<span class="number">(\d+)</gs)].map(
      ([, number]) => number ?? '',
    );
  };

  describe('POST /core/events', () => {
    it('takes an event once by its id: 202, then 409', async () => {
      const event = receivedEvent(complaintOf({ text: 'Lampu jalan padam' }));

      expect(await inbox.send(event)).to.equal(202);
      expect(await inbox.send(event)).to.equal(409);

      const shown = await shownOn(`?cari=${event.data.trackingNumber}`);
      expect(shown).to.deep.equal([event.data.trackingNumber]);
      expect((await inbox.page(`/core/laporan/${event.id}`)).match(/Laporan baru/g)).to.have.length(
        1,
      );
    });

    it('takes one of five that come at once', async () => {
      const event = receivedEvent(complaintOf());

      const answers = await Promise.all(Array.from({ length: 5 }, () => inbox.send(event)));

      expect(answers.sort()).to.deep.equal([202, 409, 409, 409, 409]);
    });

    it('answers 401 to a foreign signature, and shows nothing of it', async () => {
      const event = receivedEvent(complaintOf({ text: 'Disusupkan' }));

      expect(await inbox.send(event, foreignSecret)).to.equal(401);

      expect(await inbox.page('/core')).not.to.contain('Disusupkan');
    });

    it('answers 422 to what is signed and no CloudEvent', async () => {
      expect(await inbox.send({ id: 'x' })).to.equal(422);
    });

    it('keeps nothing of what was said in the clear', async () => {
      const complaint = await receive({ text: 'Kebocoran gas di Gang Kenari' });

      const rows = await select(
        db.database,
        `select encode(sealed, 'escape') || held::text as row
         from embedded_core_events join embedded_core_complaints as held using (complaint_id)
         where complaint_id = ?::uuid`,
        [complaint.id],
      );
      expect(rows).to.have.length(1);
      for (const hidden of ['Kenari', '81234567890', 'r_4']) {
        expect(String(rows[0]?.['row'])).not.to.contain(hidden);
      }
    });

    it('keeps what it does not know, and goes on', async () => {
      const strange = { ...receivedEvent(complaintOf()), data: { hello: 1 } };

      expect(await inbox.send(strange)).to.equal(202);
      expect(await inbox.send({ ...strange, ...{ id: 'other', type: 'x.y' } })).to.equal(202);
      expect((await get(inbox.url, '/core')).status).to.equal(200);
    });
  });

  describe('a card', () => {
    it('has every field of the complaint', async () => {
      const stored = file({ sha256: 'ab'.repeat(32), url: 'https://berkas.example/1' });
      const complaint = await receive({
        ...{ class: 'aspirasi', channel: 'x', channelAccount: '170800', messageIds: ['m1', 'm2'] },
        permalink: 'https://x.com/warga/status/1',
        reporter: {
          ref: 'r_sandi123',
          name: 'Dewi Anggraini',
          contact: { kind: 'handle', value: '@dewianggraini' },
        },
        ...{ anonymous: true, confidential: true, title: 'Taman <kota>' },
        ...{ text: 'Tolong tambah\nlampu & bangku', originalText: '@LAPOR1708 Tolong tambah' },
        ...{ occurredAt: '2026-11-20', sentAt: '2026-11-22T06:00:00.000Z' },
        location: { text: 'Taman Menteng', latitude: -6.196, longitude: 106.829 },
        agency: { keyword: 'TANGKAB', name: 'Pemkab Tangerang' },
        ...{ category: 'Taman', attachments: [stored], flags: ['incomplete', 'xyz'] },
        duplicate: { verdict: 'none', of: null, score: 0.31, reasons: ['different_place'] },
      });

      const page = await pageOf(complaint);

      const expected = [
        ...[complaint.id, complaint.trackingNumber, 'Aspirasi', '>X<', '170800', 'm1, m2'],
        ...['href="https://x.com/warga/status/1"', 'r_sandi123', 'Dewi Anggraini'],
        ...['@dewianggraini', 'Anonim', 'Rahasia', 'Taman &lt;kota&gt;', 'lampu &amp; bangku'],
        ...['@LAPOR1708 Tolong tambah', '2026-11-20', '22 November 2026 pukul 13.00 WIB'],
        ...['22 November 2026 pukul 14.05 WIB', 'Taman Menteng · -6.196, 106.829'],
        ...['Pemkab Tangerang · kata kunci TANGKAB', 'Belum lengkap', 'xyz', stored.id],
        ...['image/jpeg', '210,4 kB', 'ab'.repeat(32), 'berkas belum diambil'],
        ...['https://berkas.example/1', 'kemiripan 31%', 'tempat berbeda', 'Taman</dd>'],
      ];
      expect(expected.filter((text) => !page.includes(text))).to.deep.equal([]);
      expect(page).not.to.contain('<kota>');
    });

    it('has the events in order, each with what it brought', async () => {
      const complaint = await receive({ text: 'Jalan rusak' });
      const location = { text: 'Jl. Mawar', latitude: null, longitude: null };
      await update(complaint, { ...addition, change: 'followup', text: 'Dekat SD', location });
      await update(complaint, { ...addition, change: 'repeat', text: 'Jalan rusak' });
      await update(complaint, { ...addition, change: 'edited', text: 'Jalan berlubang' });
      await update(complaint, { ...addition, change: 'attachments', attachments: [file()] });
      const none = { verdict: 'none', of: null, score: null, reasons: [] };
      await update(complaint, { change: 'duplicate', duplicate: none });
      const { receivedAt, sentAt } = addition;
      await update(complaint, { change: 'withdrawn', receivedAt, sentAt });

      const page = await pageOf(complaint);

      const history = page.slice(page.indexOf('<h3>Peristiwa</h3>'));
      const heads = [...history.matchAll(/<strong>([^<]+)<\/strong>/g)].map(([, head]) => head);
      expect(heads).to.deep.equal([
        'Laporan baru',
        'Susulan dari pelapor',
        'Dikirim ulang oleh pelapor',
        'Diubah oleh pelapor',
        'Lampiran bertambah',
        'Tautan duplikat berubah',
        'Ditarik oleh pelapor',
      ]);
      expect(history).to.contain('Dekat SD').and.contain('Lokasi: Jl. Mawar');
      expect(history).to.contain('Jalan berlubang').and.contain('1 lampiran');
      expect(page).to.contain('>Ditarik pelapor<').and.contain('>Diubah pelapor<');
    });

    it('links to the first complaint of its group, with verdict, score and reasons; that one links back', async () => {
      const first = await receive({ text: 'Trotoar dipakai berjualan' });
      const second = await receive({
        text: 'Trotoar dipakai jualan',
        duplicate: {
          ...{ verdict: 'same_report', of: first.id, score: 0.94 },
          reasons: ['near_exact', 'same_place'],
        },
      });

      const copy = await pageOf(second);
      expect(copy).to.contain(`href="/core/laporan/${first.id}"`).and.contain(first.trackingNumber);
      expect(copy).to.contain('Laporan yang sama: kemiripan 94%');
      expect(copy).to.contain('kata-katanya hampir sama persis, tempat sama');
      const original = await pageOf(first);
      expect(original).to.contain('1 laporan lain bertaut ke laporan ini');
      expect(original).to.contain(`href="/core/laporan/${second.id}"`);
    });

    it('loses its link when that is undone, and so does the first one', async () => {
      const first = await receive({});
      const duplicate: Complaint['duplicate'] = {
        verdict: 'possible',
        of: first.id,
        score: 0.6,
        reasons: [],
      };
      const second = await receive({ duplicate });
      const none = { verdict: 'none', of: null, score: null, reasons: [] };

      await update(second, { change: 'duplicate', duplicate: none });

      expect(await pageOf(first)).not.to.contain(second.id);
      expect(await pageOf(second)).not.to.contain('Laporan pertama:');
      expect(await shownOn(`?duplikat=possible&cari=${second.id}`)).to.deep.equal([]);
    });

    it('says of files what became of them, and shows what is stored', async () => {
      const pending = file();
      const gone = file({ kind: 'document', mediaType: 'application/pdf', state: 'gone' });
      const heic = file({ mediaType: 'image/heic', state: 'stored' });
      const complaint = await receive({ attachments: [pending, gone, heic] });
      const address = (id: string) => `/core/lampiran/${id}`;
      const early = await pageOf(complaint);
      expect(early).to.contain('berkas belum diambil').and.not.contain(address(pending.id));
      expect(early)
        .to.contain('berkas tidak ada lagi')
        .and.contain(`href="${address(heic.id)}"`);
      expect(early).not.to.contain(`src="${address(heic.id)}"`);

      const attachments = [{ ...pending, state: 'stored' }];
      await update(complaint, { ...addition, change: 'attachments', attachments });

      expect(await pageOf(complaint)).to.contain(`<img src="${address(pending.id)}"`);
    });

    it('shows the first and the newest of many events, and all on a page of its own', async () => {
      const complaint = await receive({ text: 'Awal' });
      for (let turn = 1; turn <= 32; turn += 1) {
        await update(complaint, { ...addition, change: 'followup', text: `Susulan ke-${turn}.` });
      }

      const list = await inbox.page(`/core?cari=${complaint.id}`);
      expect(list).to.contain('Laporan baru').and.contain('2 peristiwa lain tidak ditampilkan');
      expect(list).to.contain('Susulan ke-32.').and.not.contain('Susulan ke-2.');
      expect(await pageOf(complaint))
        .to.contain('Susulan ke-2.')
        .and.not.contain('peristiwa lain');
    });

    it('that came before the complaint itself waits for it', async () => {
      const late = complaintOf({ channel: 'telegram', text: 'Belakangan' });
      await update(late, { ...addition, change: 'followup', text: 'Mendahului' });
      expect(await pageOf(late))
        .to.contain('Laporan awalnya belum sampai')
        .and.contain('Mendahului');

      expect(await inbox.send(receivedEvent(late))).to.equal(202);

      expect(await pageOf(late))
        .to.contain('Belakangan')
        .and.contain('>Telegram<');
    });

    it('stands for what an older version stored', async () => {
      const old = complaintOf({ text: 'Disimpan versi lama', class: 'pengaduan' });
      const body = Buffer.from(JSON.stringify(receivedEvent(old)));
      await select(db.database, 'insert into embedded_core_events (id, sealed) values (?, ?)', [
        old.id,
        inboxSeal.seal('core', body),
      ]);
      const later = await startInbox(db);

      expect(await later.page('/core?klasifikasi=pengaduan')).to.contain('Disimpan versi lama');

      await later.stop();
    });

    it('is 404 for an id nobody has, and for what is no id', async () => {
      for (const id of [randomUUID(), 'x', "'; drop"]) {
        const answer = await get(inbox.url, `/core/laporan/${encodeURIComponent(id)}`);
        expect(answer.status).to.equal(404);
        expect(answer.body).to.contain('Laporan ini tidak ada di sini');
      }
    });
  });

  describe('filters', () => {
    const mark = 'zebra';
    const made: Record<string, string> = {};
    before(async () => {
      const first = await receive({ text: `${mark} satu Simpang Dago`, class: 'pengaduan' });
      const duplicate = { of: first.id, score: 0.5, reasons: [] };
      const others: Readonly<Record<string, Partial<Complaint>>> = {
        x: { channel: 'x', class: 'aspirasi' },
        anonymous: { anonymous: true },
        confidential: { confidential: true },
        flagged: { flags: ['personal_data', 'incomplete'] },
        same: { duplicate: { ...duplicate, verdict: 'same_report' } },
        possible: { duplicate: { ...duplicate, verdict: 'possible' } },
        files: { attachments: [file()] },
        place: { location: { text: 'Pasar Ciroyom', latitude: null, longitude: null } },
        withdrawn: {},
      };
      made['first'] = first.trackingNumber;
      for (const [name, said] of Object.entries(others)) {
        const complaint = await receive({ ...said, text: `${mark} ${name}` });
        made[name] = complaint.trackingNumber;
        const { sentAt, receivedAt } = addition;
        if (name === 'withdrawn') {
          await update(complaint, { change: 'withdrawn', sentAt, receivedAt });
        }
      }
    });

    const rows: readonly { query: string; shows: readonly string[] }[] = [
      { query: 'kanal=x', shows: ['x'] },
      { query: 'klasifikasi=aspirasi', shows: ['x'] },
      { query: 'klasifikasi=pengaduan', shows: ['first'] },
      { query: 'sifat=anonymous', shows: ['anonymous'] },
      { query: 'sifat=confidential', shows: ['confidential'] },
      { query: 'tanda=personal_data', shows: ['flagged'] },
      { query: 'duplikat=same_report', shows: ['same'] },
      { query: 'duplikat=possible', shows: ['possible'] },
      { query: 'duplikat=first', shows: ['first'] },
      { query: 'keadaan=withdrawn', shows: ['withdrawn'] },
      { query: 'lampiran=1', shows: ['files'] },
      { query: 'kanal=x&sifat=anonymous', shows: [] },
      { query: 'kanal=sms&duplikat=possible', shows: ['possible'] },
    ];
    for (const { query, shows } of rows) {
      it(`show ${shows.join(', ') || 'nothing'} for ${query}`, async () => {
        const shown = await shownOn(`?cari=${mark}&${query}`);

        expect(shown).to.deep.equal(shows.map((name) => made[name]));
      });
    }

    it('find words in the text and elsewhere, all of them, in either case', async () => {
      expect(await shownOn('?cari=SIMPANG+zebra')).to.deep.equal([made['first']]);
      expect(await shownOn('?cari=ciroyom')).to.deep.equal([made['place']]);
      expect(await shownOn('?cari=ciroyom+dago')).to.deep.equal([]);
    });

    it('find a number, also with spaces in it, and a part of one', async () => {
      const number = made['flagged'] ?? '';
      const spaced = `${number.slice(0, 4)} ${number.slice(4)}`;

      expect(await shownOn(`?cari=${encodeURIComponent(spaced)}`)).to.deep.equal([number]);
      expect(await shownOn(`?cari=${number.slice(2)}`)).to.deep.equal([number]);
    });

    it('stay in the form and in the address of the next page', async () => {
      const page = await inbox.page(`/core?cari=${mark}&kanal=sms`);

      expect(page).to.contain(`value="${mark}"`);
      expect(page).to.match(/<option value="sms" +selected/);
      expect(page).to.contain('data-stream="/core/stream?cari=zebra&amp;kanal=sms&amp;sesudah=');
    });

    it('that nobody knows are ignored', async () => {
      const { status, body } = await get(
        inbox.url,
        '/core?duplikat=x&kanal=%27or&kanal=b&sifat=1&sebelum=z&cari=%00',
      );

      expect(status).to.equal(200);
      expect(body).to.contain('Kotak masuk');
    });
  });

  describe('paging', () => {
    it('goes from the newest activity to the oldest by 25, each complaint once', async () => {
      const made = [];
      for (let turn = 0; turn < 30; turn += 1) {
        made.push(await receive({ channel: 'facebook', text: `Halaman ${turn}` }));
      }
      const [oldest, second] = made;
      if (!oldest || !second) throw new Error('nothing made');
      await update(oldest, { ...addition, change: 'followup', text: 'Bangun lagi' });

      const first = await inbox.page('/core?kanal=facebook');
      const older = /href="(\/core\?kanal=facebook&amp;sebelum=\d+)"[^>]*>\s*Lebih lama/.exec(
        first,
      );
      const onFirst = await shownOn('?kanal=facebook');
      const path = older?.[1]?.replaceAll('&amp;', '&') ?? '';
      const onSecond = await shownOn(path.replace('/core', ''));

      expect(onFirst).to.have.length(25);
      expect(onFirst[0]).to.equal(oldest.trackingNumber);
      expect(onSecond.at(-1)).to.equal(second.trackingNumber);
      const all = made.map(({ trackingNumber }) => trackingNumber);
      expect([...onFirst, ...onSecond].sort()).to.deep.equal(all.sort());
      expect(await inbox.page(path))
        .to.contain('Kembali ke yang terbaru')
        .and.not.contain('Lebih lama');
    });
  });

  describe('GET /core/stream', () => {
    /** Reads the stream until it is left. */
    const listen = async (query: string, headers: Record<string, string> = {}) => {
      const leave = new AbortController();
      const answer = await fetch(`${inbox.url}/core/stream?${query}`, {
        headers,
        signal: leave.signal,
      });
      let text = '';
      const reading = (async () => {
        const decoder = new TextDecoder();
        for await (const chunk of answer.body ?? []) {
          const bytes: unknown = chunk;
          if (bytes instanceof Uint8Array) text += decoder.decode(bytes, { stream: true });
        }
      })().catch(() => undefined); // left
      return {
        text: () => text,
        messages: () =>
          [...text.matchAll(/^id: (\d+)\ndata: (.*)$/gm)].map(([, id, data]): unknown[] => [
            Number(id),
            JSON.parse(data ?? ''),
          ]),
        leave: async () => {
          leave.abort();
          await reading;
        },
      };
    };
    const newest = async (): Promise<number> =>
      Number(/sesudah=(\d+)/.exec(await inbox.page('/core'))?.[1]);

    it('sends the card of what is new, and again when it changes', async () => {
      const live = await listen(`sesudah=${await newest()}`);
      const complaint = await receive({ text: 'Siaran <langsung>' });
      await eventually('the card', () => Promise.resolve(live.messages().length === 1));
      await update(complaint, { ...addition, change: 'followup', text: 'Menyusul' });
      await eventually('its change', () => Promise.resolve(live.messages().length === 2));

      const [[, first] = [], [, second] = []] = live.messages();
      expect(first).to.deep.include({ id: complaint.id, fits: true });
      expect(first).to.have.property('number', complaint.trackingNumber);
      expect(first).to.have.property('html').that.contains('Siaran &lt;langsung&gt;');
      expect(second).to.have.property('html').that.contains('Menyusul');
      await live.leave();
    });

    it('sends the first complaint of a group again when another is linked to it', async () => {
      const first = await receive({ text: 'Pertama' });
      const live = await listen(`sesudah=${await newest()}`);

      const duplicate: Complaint['duplicate'] = {
        verdict: 'possible',
        of: first.id,
        score: 0.5,
        reasons: [],
      };
      const second = await receive({ duplicate });

      await eventually('both', () => Promise.resolve(live.messages().length === 2));
      const about = live.messages().map(([, message]) => message);
      const own = about.find((message) => JSON.stringify(message).includes(`"id":"${first.id}"`));
      expect(own).to.have.property('html').that.contains(second.trackingNumber);
      await live.leave();
    });

    it('says of each card whether the filter wants it', async () => {
      const live = await listen(`sesudah=${await newest()}&kanal=x&cari=kunci`);
      await receive({ channel: 'x', text: 'kata kunci' });
      await receive({ channel: 'sms', text: 'kata kunci' });
      await receive({ channel: 'x', text: 'lain' });

      await eventually('three', () => Promise.resolve(live.messages().length === 3));

      const fits = live
        .messages()
        .map(([, message]) => JSON.stringify(message).includes('"fits":true'));
      expect(fits).to.deep.equal([true, false, false]);
      await live.leave();
    });

    it('goes on behind the last event that was heard', async () => {
      const from = await newest();
      const missed = await receive({ text: 'Terlewat' });
      const heard = await receive({ text: 'Terdengar' });

      const live = await listen('sesudah=0', { 'last-event-id': String(from) });

      await eventually('both', () => Promise.resolve(live.messages().length >= 2));
      const ids = live.messages().map(([, message]) => JSON.stringify(message).slice(7, 43));
      expect(ids).to.deep.equal([missed.id, heard.id]);
      await live.leave();
    });

    it('sees an event whose transaction ended after a later one', async () => {
      const live = await listen(`sesudah=${await newest()}`);
      const slow = complaintOf({ text: 'Lambat' });
      const pending = await db.database.transaction();
      const body = Buffer.from(JSON.stringify(receivedEvent(slow)));
      try {
        await storeCoreEvent(pending, inboxSeal, body);
        await receive({ text: 'Cepat' });
        await eventually('the quick one', () => Promise.resolve(live.text().includes('Cepat')));
      } finally {
        await pending.commit();
      }

      await eventually('the slow one', () => Promise.resolve(live.text().includes('Lambat')));
      await live.leave();
    });

    it('sends the newest of a rush, and says that there is more', async () => {
      const from = await newest();
      await Promise.all(
        Array.from({ length: 60 }, (_none, turn) => receive({ text: `Serbuan ${turn}` })),
      );

      const live = await listen(`sesudah=${from}`);

      await eventually('the rush', () => Promise.resolve(live.text().includes('event: rush')));
      expect(live.messages()).to.have.length(40);
      await live.leave();
    });
  });

  describe('GET /core/lampiran/:id', () => {
    const put = (mediaType: string, name: string): string => {
      const id = randomUUID();
      files[id] = { mediaType, name, bytes: Buffer.from('isi berkas') };
      return `/core/lampiran/${id}`;
    };
    const kinds = [
      { mediaType: 'image/jpeg', how: 'inline', type: 'image/jpeg' },
      { mediaType: 'video/mp4', how: 'inline', type: 'video/mp4' },
      { mediaType: 'application/pdf', how: 'attachment', type: 'application/octet-stream' },
      { mediaType: 'image/svg+xml', how: 'attachment', type: 'application/octet-stream' },
      { mediaType: 'text/html', how: 'attachment', type: 'application/octet-stream' },
    ];
    for (const { mediaType, how, type } of kinds) {
      it(`sends ${mediaType} as ${how}, and nothing of it can run`, async () => {
        const { status, headers, body } = await get(inbox.url, put(mediaType, 'foto.jpg'));

        expect(status).to.equal(200);
        expect(body).to.equal('isi berkas');
        expect(headers['content-type']).to.equal(type);
        expect(headers['content-disposition']).to.match(new RegExp(`^${how}; `));
        expect(headers['x-content-type-options']).to.equal('nosniff');
        expect(headers['content-security-policy']).to.match(/default-src 'none'.*sandbox/);
        expect(headers['cache-control']).to.equal('no-store');
      });
    }

    it('names it as the citizen did, whatever is in the name', async () => {
      const { headers } = await get(inbox.url, put('image/png', 'Jl. "Mawar"\r\n;é.png'));

      expect(headers['content-disposition']).to.equal(
        String.raw`inline; filename="Jl. \"Mawar\" ;?.png"; filename*=UTF-8''Jl.%20%22Mawar%22%20%3B%C3%A9.png`,
      );
    });

    it('saves a program that calls itself a picture under the ending of a picture', async () => {
      const { headers } = await get(inbox.url, put('image/jpeg', 'foto\u202Egpj.exe'));

      expect(headers['content-disposition']).to.equal('inline; filename=fotogpj.jpg');
    });

    it('is 404 for what is not there', async () => {
      expect((await get(inbox.url, `/core/lampiran/${randomUUID()}`)).status).to.equal(404);
      expect((await get(inbox.url, '/core/lampiran/..%2f..%2fetc')).status).to.equal(404);
    });
  });

  describe('POST /core/status', () => {
    const tell = (form: Readonly<Record<string, string>>, headers: Record<string, string> = {}) =>
      send(inbox.url, {
        method: 'POST',
        path: '/core/status',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
          ...headers,
        },
        body: Buffer.from(new URLSearchParams(form).toString()),
      });
    const known = async (): Promise<Complaint> => {
      const complaint = await receive({ text: 'Menunggu jawaban' });
      await makeKnown(db, complaint);
      return complaint;
    };
    const statusOf = async ({ id }: Complaint): Promise<unknown> => {
      const [row] = await select(db.database, 'select status from complaints where id = ?::uuid', [
        id,
      ]);
      return row?.['status'];
    };

    it('reaches the gateway signed, as a real core would, and stands on the card', async () => {
      const complaint = await known();
      const { id: laporan } = complaint;
      const said = { status: 'diproses', instansi: 'Dinas PU', balasan: 'Kami <segera> datang' };

      const answer = await tell({ laporan, ...said });

      expect(answer.status).to.equal(303);
      expect(answer.headers.location).to.equal(`/core/laporan/${laporan}?terkirim`);
      expect(await statusOf(complaint)).to.equal('diproses');
      const page = await inbox.page(answer.headers.location ?? '');
      expect(page).to.contain('Status sudah dikirim').and.contain('Status: Diproses');
      expect(page).to.contain('Instansi: Dinas PU').and.contain('Kami &lt;segera&gt; datang');
      expect(await shownOn(`?keadaan=diproses&cari=${laporan}`)).to.have.length(1);
    });

    it('says so when the gateway does not know the complaint, and keeps nothing', async () => {
      const { id: laporan } = await receive({});

      const answer = await tell({ laporan, status: 'selesai' });

      expect(answer.status).to.equal(502);
      expect(answer.body).to.contain('menolaknya (jawaban 404)').and.not.contain('Status: Selesai');
    });

    const foreign: readonly Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      it(`is refused when it comes from ${headers['sec-fetch-site']}`, async () => {
        const complaint = await known();

        const answer = await tell({ laporan: complaint.id, status: 'selesai' }, headers);

        expect(answer.status).to.equal(403);
        expect(await statusOf(complaint)).to.equal(null);
      });
    }

    it('is refused when what was sent makes no sense', async () => {
      const { id: laporan } = await known();

      expect((await tell({ laporan, status: 'beres' })).status).to.equal(422);
      expect((await tell({ laporan: 'x', status: 'selesai' })).status).to.equal(422);
      expect((await tell({ laporan: randomUUID(), status: 'selesai' })).status).to.equal(404);
      const balasan = 'x'.repeat(70_000);
      expect((await tell({ laporan, status: 'selesai', balasan })).status).to.equal(413);
    });
  });

  describe('in real mode', () => {
    it('shows no demo, no way to answer, no way to public pages', async () => {
      const real = await startInbox(db, { demo: false });
      const { id } = await receive({ text: 'Sungguhan' });

      const page = await real.page('/core');

      expect(page).to.contain('Sungguhan').and.not.contain('DEMO').and.not.contain('Ubah status');
      expect(page).not.to.match(/href="\/(lacak|simulator)?"/);
      const answer = await fetch(`${real.url}/core/status`, {
        method: 'POST',
        body: new URLSearchParams({ laporan: id, status: 'selesai' }),
      });
      expect(answer.status).to.equal(404);
      await real.stop();
    });
  });

  describe('the log', () => {
    it('has no fault of ours in it, and nothing of what was said', () => {
      expect(inbox.log()).not.to.contain('request failed').and.not.contain('Dago');
    });
  });
});
