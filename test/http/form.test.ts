import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { complaintSchema } from '../../src/domain/complaint.ts';
import { submissionSchema } from '../../src/domain/submission.ts';
import { openDatabase, select } from '../../src/store/database.ts';
import { openDelivery } from '../../src/store/inbox.ts';
import { createSeal, type Seal } from '../../src/store/seal.ts';
import { fileToken, startCore, type TestCore } from '../support/core.ts';
import { eventually, publicUrl, startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { jpegOf, planted } from '../support/pictures.ts';

const jpeg = jpegOf(Buffer.alloc(4900, 3));
/** So large that its form needs a place among the large ones. */
const largePhoto = [['jalan.jpg', Buffer.concat([jpeg, Buffer.alloc(100_000, 5)])]] as const;
const pdf = Buffer.from('%PDF-1.7\nDenah jalan\n');
const mp4 = Buffer.from('\0\0\0\u0018ftypisom\0\0\0\0isommp42', 'latin1');
const bmp = Buffer.from('BM6\0\0\0', 'latin1');

/** Each test writes from a house of its own, unless it says otherwise. */
let houses = 0;

type Fill = Readonly<Record<string, string>>;
type NamedFile = readonly [name: string, bytes: Buffer];

/** A page as a browser would hold it. */
type Page = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly cookie: string;
  readonly csrf: string;
  readonly token: string;
  readonly kept: readonly string[];
  readonly number: string | undefined;
};

const first = (text: string, pattern: RegExp) => pattern.exec(text)?.[1];

async function pageFrom(response: Response, cookie = ''): Promise<Page> {
  const text = await response.text();
  const [set] = response.headers.getSetCookie();
  return {
    status: response.status,
    headers: response.headers,
    text,
    cookie: set?.split(';')[0] ?? cookie,
    csrf: first(text, /name="csrf" value="([^"]*)"/) ?? '',
    token: first(text, /name="formulir" value="([^"]*)"/) ?? '',
    kept: [...text.matchAll(/name="berkas" value="([^"]*)"/g)].map(([, value = '']) => value),
    number: first(text, /data-testid="nomor">(\d+)</),
  };
}

const open = async (url: string): Promise<Page> => pageFrom(await fetch(url));

type Sending = {
  readonly fill?: Fill;
  readonly files?: readonly NamedFile[];
  readonly hapus?: readonly string[];
  readonly address?: string;
};

async function send(url: string, page: Page, sending: Sending = {}): Promise<Page> {
  const form = new FormData();
  form.set('csrf', page.csrf);
  form.set('formulir', page.token);
  for (const [name, value] of Object.entries(sending.fill ?? filled())) form.set(name, value);
  for (const reference of page.kept) form.append('berkas', reference);
  for (const id of sending.hapus ?? []) form.append('hapus', id);
  const files = sending.files ?? [['', Buffer.alloc(0)]];
  for (const [name, bytes] of files)
    form.append('lampiran', new Blob([new Uint8Array(bytes)]), name);
  const address = sending.address ?? `10.0.${Math.floor(houses / 250)}.${(houses += 1) % 250}`;
  const headers = { cookie: page.cookie, 'x-forwarded-for': address };
  return pageFrom(await fetch(url, { method: 'POST', body: form, headers }), page.cookie);
}

const attachments = z.array(complaintSchema.shape.attachments.element);

const attachmentsOf = (data: Readonly<Record<string, unknown>>) =>
  attachments.parse(data['attachments']);

let matters = 0;

/** A whole report; each one about something of its own. */
function filled(change: Fill = {}): Record<string, string> {
  matters += 1;
  return {
    klasifikasi: 'pengaduan',
    judul: `Lampu jalan mati nomor ${matters}`,
    isi: `Lampu di gang ${matters} padam sejak pekan lalu dan tidak ada yang memperbaiki.`,
    lokasi: `Gang ${matters}, Kelurahan Cobaan, Kota Bandung`,
    kontak: '0812-3456-7890',
    ...change,
  };
}

describe('the web form', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;
  let media: string;
  const others: TestGateway[] = [];

  const start = () =>
    startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: { TRUST_PROXY: '1', MEDIA_DIR: media },
    });

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    media = await mkdtemp(join(tmpdir(), 'satu-pintu-files-'));
    gateway = await start();
  });

  after(async () => {
    for (const each of [...others, gateway]) await each.stop();
    await core.stop();
    await db.drop();
    await rm(media, { recursive: true });
  });

  const complaints = (number: string | undefined) =>
    core
      .events()
      .filter(({ type }) => type === 'id.go.lapor.complaint.received.v1')
      .filter(({ subject }) => subject === number);

  const arrived = (number: string | undefined) =>
    eventually(`${number} at the core`, () => Promise.resolve(complaints(number)[0]));

  const seal = createSeal([Buffer.alloc(32, 1).toString('base64')]);

  /** What is stored of submissions, newest last. */
  const stored = async () => {
    const rows = await select(
      db.database,
      `select sealed from deliveries where channel = 'web' order by id`,
    );
    return rows.map(({ sealed }) => {
      const { body } = openDelivery(seal, sealed instanceof Buffer ? sealed : Buffer.alloc(0));
      return submissionSchema.parse(JSON.parse(Buffer.from(body).toString()));
    });
  };

  const keptFiles = async () =>
    (await readdir(join(media, 'files'), { recursive: true })).filter((name) => name.length > 3);

  const outcome = (of: string) =>
    gateway.metric(`satupintu_deliveries_total{channel="web",outcome="${of}"}`);

  describe('GET', () => {
    it('shows a form that only our own page can send, compressed', async () => {
      const page = await open(gateway.url);

      expect(page.status).to.equal(200);
      expect(page.headers.get('content-encoding')).to.equal('gzip');
      expect(page.headers.get('content-security-policy')).to.contain("default-src 'none'");
      const cookie = page.headers.getSetCookie()[0] ?? '';
      expect(cookie).to.match(/^__Host-/);
      for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) {
        expect(cookie).to.contain(part);
      }
      expect(page.token).to.match(/^[0-9a-f]{32}$/);
      expect((await open(gateway.url)).token).not.to.equal(page.token);
    });
  });

  describe('POST', () => {
    it('tells the number of what is stored, and brings every field to the core', async () => {
      const fill = filled({
        klasifikasi: 'permintaan_informasi',
        tanggal: '2026-11-20',
        lintang: '-6.917464',
        bujur: '107.619123',
        instansi: 'Dinas Perhubungan',
        nama: 'Siti Rahma',
        rahasia: 'ya',
      });

      const sent = await send(gateway.url, await open(gateway.url), { fill });

      expect(sent.status).to.equal(200);
      expect(sent.headers.get('cache-control')).to.equal('no-store');
      expect(sent.text).to.match(/Diterima.*WIB.*WITA.*WIT/s);
      expect(sent.text).to.contain(`href="/lacak/${sent.number}"`);
      const { data, source } = await arrived(sent.number);
      expect(source).to.equal('/satu-pintu/channels/web');
      expect(data).to.deep.include({
        class: 'permintaan_informasi',
        title: fill['judul'],
        text: fill['isi'],
        occurredAt: '2026-11-20',
        location: { text: fill['lokasi'], latitude: -6.917464, longitude: 107.619123 },
        agency: { keyword: null, name: 'Dinas Perhubungan' },
        confidential: true,
        anonymous: false,
      });
      expect(data['reporter']).to.deep.include({
        name: 'Siti Rahma',
        contact: { kind: 'phone', value: '+6281234567890' },
      });
    });

    it('brings an address as long as one can be, and nobody else’s name with it', async () => {
      const kontak = `${'a'.repeat(60)}@${['b', 'c', 'd'].map((one) => one.repeat(60)).join('.')}.dukuh.id`;
      const named = filled({ kontak, nama: 'Siti Rahma' });

      const one = await send(gateway.url, await open(gateway.url), { fill: named });
      const two = await send(gateway.url, await open(gateway.url), { fill: filled({ kontak }) });

      const [siti, nobody] = [await arrived(one.number), await arrived(two.number)];
      const contact = { kind: 'email', value: kontak };
      expect(siti.data['reporter']).to.deep.include({ name: 'Siti Rahma', contact });
      expect(nobody.data['reporter']).to.deep.include({ name: null, contact });
    });

    it('takes a form without files and without multipart', async () => {
      const page = await open(gateway.url);
      const body = new URLSearchParams({ ...filled(), csrf: page.csrf, formulir: page.token });

      const headers = { cookie: page.cookie };
      const sent = await pageFrom(await fetch(gateway.url, { method: 'POST', body, headers }));

      expect((await arrived(sent.number)).data['class']).to.equal('pengaduan');
    });

    it('stores neither name nor contact of who stays anonymous', async () => {
      const fill = filled({ anonim: 'ya', nama: 'Kartika', kontak: '081200001111' });

      const sent = await send(gateway.url, await open(gateway.url), { fill });

      expect(sent.text).not.to.contain('Kartika');
      const submission = (await stored()).find(
        ({ trackingNumber }) => trackingNumber === sent.number,
      );
      expect(submission).to.include({ anonymous: true, name: null, contact: null });
      const { data } = await arrived(sent.number);
      expect(data['reporter']).to.deep.include({ name: null, contact: null });
      const kept = (await everythingKept(db, seal)).join('\n');
      for (const text of [kept, gateway.log()]) {
        expect(text).not.to.contain('Kartika').and.not.to.contain('81200001111');
      }
      expect(kept, 'what is sealed was opened').to.contain(fill['isi']);
    });

    it('holds what a machine filled in, and is as kind as ever', async () => {
      const fill = filled({ situs: 'https://obat.example' });

      const sent = await send(gateway.url, await open(gateway.url), { fill });

      expect(sent.status).to.equal(200);
      expect(sent.number).to.match(/^\d{10}$/);
      await eventually('held', async () => {
        const rows = await select(db.database, `select 1 from messages where state = 'held'`);
        return rows.length === 1;
      });
      expect(complaints(sent.number)).to.be.empty;
    });

    it('says what is wrong beside each field and keeps everything else', async () => {
      const fill = filled({
        ...{ klasifikasi: '', judul: 'x'.repeat(201), lokasi: '', kontak: 'Pak RT' },
        isi: '\nBaris satu\n<b>"dua"</b> & \'tiga\'',
        ...{ tanggal: '2999-01-01', instansi: 'Dinas <PU>', nama: 'Si"ti', rahasia: 'ya' },
      });

      const page = await send(gateway.url, await open(gateway.url), { fill });

      expect(page.status).to.equal(422);
      expect(page.text).to.contain('Ada 5 hal yang perlu diperbaiki');
      for (const id of ['judul', 'tanggal', 'lokasi', 'kontak']) {
        const control = first(page.text, new RegExp(`<input\\s+id="${id}"([^>]*)>`)) ?? '';
        expect(control).to.match(new RegExp(`aria-describedby="${id}-petunjuk ${id}-masalah"`));
        expect(control).to.contain('aria-invalid="true"');
        expect(page.text).to.contain(`href="#${id}"`).and.contain(`id="${id}-masalah"`);
      }
      expect(page.text).to.contain('id="klasifikasi-masalah"');
      expect(page.text).to.contain('201 karakter');
      expect(page.text.replaceAll('\r\n', '\n')).to.contain(
        '>\n\nBaris satu\n&lt;b&gt;&quot;dua&quot;&lt;/b&gt; &amp; &#39;tiga&#39;</textarea>',
      );
      expect(page.text).to.contain('value="Dinas &lt;PU&gt;"').and.contain('value="Si&quot;ti"');
      expect(page.text).to.match(/id="rahasia"[^>]* checked/);
      expect(page.text).not.to.contain('id="instansi-masalah"');
      expect(await outcome('repeated')).to.equal(0);
    });
  });

  describe('a cookie of ours that somebody else has changed', () => {
    for (const value of ['x', 'j:5', 'j:{"a":1}', 'j:[1]', '%ff']) {
      it(`costs nobody a word: ${value}`, async () => {
        const fill = filled();
        const page = await open(gateway.url);
        const cookie = `${page.cookie.split('=', 1)[0]}=${value}`;

        const fresh = await pageFrom(await fetch(gateway.url, { headers: { cookie } }));
        const again = await send(gateway.url, { ...page, cookie }, { fill });
        const sent = await send(gateway.url, again, { fill });

        expect([fresh.status, again.status, sent.status]).to.deep.equal([200, 403, 200]);
        expect(again.text).to.contain(fill['judul']);
      });
    }
  });

  describe('sent again', () => {
    it('is one complaint and one number, also at once, also with files', async () => {
      const page = await open(gateway.url);
      const sending = { fill: filled(), files: [['jalan.jpg', jpeg]] as const };
      const before = await keptFiles();

      const pages = await Promise.all([1, 2, 3].map(() => send(gateway.url, page, sending)));
      const later = await send(gateway.url, page, sending);

      const numbers = new Set([...pages, later].map(({ number }) => number));
      expect(numbers.size).to.equal(1);
      expect(later.text).to.contain('sudah kami terima sebelumnya');
      await arrived(later.number);
      const same = (await stored()).filter((one) => one.trackingNumber === later.number);
      expect(same).to.have.length(1);
      await eventually('one file', async () => (await keptFiles()).length === before.length + 1);
      const [attachment] = same[0]?.attachments ?? [];
      expect(await keptFiles()).to.satisfy((names: string[]) =>
        names.some((name) => name.endsWith(attachment?.id ?? '?')),
      );
    });

    it('is the same at another gateway, whose page and number it takes', async () => {
      const other = await start();
      others.push(other);
      const page = await open(gateway.url);
      const fill = filled();

      const pages = await Promise.all([gateway, other].map(({ url }) => send(url, page, { fill })));

      expect(pages.map(({ status }) => status)).to.deep.equal([200, 200]);
      expect(pages[0]?.number).to.equal(pages[1]?.number);
      await arrived(pages[0]?.number);
      const same = (await stored()).filter((one) => one.trackingNumber === pages[0]?.number);
      expect(same).to.have.length(1);
    });

    it('is a new complaint when its content is another', async () => {
      const page = await open(gateway.url);
      const fill = filled();

      const one = await send(gateway.url, page, { fill });
      const changed = filled();
      const two = await send(gateway.url, page, { fill: changed });

      expect(two.number).not.to.equal(one.number);
      expect((await arrived(two.number)).data['title']).to.equal(changed['judul']);
    });

    it('is a new complaint from a new form, whatever the token was', async () => {
      const fill = filled();
      const odd = { ...(await open(gateway.url)), token: '../<odd>' };

      const one = await send(gateway.url, odd, { fill });
      const two = await send(gateway.url, odd, { fill });

      expect([one.status, two.status]).to.deep.equal([200, 200]);
      expect(one.number).not.to.equal(two.number);
    });
  });

  describe('the same words under the same name', () => {
    const same = () => filled({ nama: 'Siti Rahma' });

    const tracked = (number: string | undefined) =>
      eventually(`${number} judged`, async () => {
        const rows = await select(
          db.database,
          `select tracking_number as number from complaints
           where tracking_number = ? or id = (select complaint_id from aliases where number = ?)`,
          [number, number],
        );
        return rows[0]?.['number'];
      });

    it('are one complaint from one browser, whose cookie lives for three days', async () => {
      const fill = same();
      const page = await open(gateway.url);
      const one = await send(gateway.url, page, { fill });
      await arrived(one.number);

      const fresh = await pageFrom(
        await fetch(gateway.url, { headers: { cookie: page.cookie } }),
        page.cookie,
      );
      const two = await send(gateway.url, fresh, { fill });

      expect(fresh.cookie).to.equal(page.cookie);
      expect(fresh.headers.getSetCookie()[0]).to.contain('Max-Age=259200');
      expect(two.number).not.to.equal(one.number);
      expect(await tracked(two.number)).to.equal(one.number);
    });

    it('are two from two, so that no stranger who was first takes in another’s report', async () => {
      const fill = same();
      const stranger = await send(gateway.url, await open(gateway.url), { fill });
      const first = await arrived(stranger.number);

      const victim = await send(gateway.url, await open(gateway.url), { fill });

      const own = await arrived(victim.number);
      const [one, other] = [first, own].map(({ data }) =>
        z.object({ ref: z.string() }).parse(data['reporter']),
      );
      expect(one?.ref).to.equal(other?.ref);
      expect(own.data['duplicate']).to.deep.include({
        verdict: 'same_report',
        of: first.data['id'],
      });
    });

    it('leave no cookie behind but a keyed trace, and none of who stays anonymous', async () => {
      const page = await open(gateway.url);
      const named = await send(gateway.url, page, { fill: same() });
      const unknown = await send(gateway.url, page, { fill: filled({ anonim: 'ya' }) });
      await Promise.all([arrived(named.number), arrived(unknown.number)]);

      const all = await stored();
      const tracesOf = (number: string | undefined) =>
        all.find(({ trackingNumber }) => trackingNumber === number)?.traces;
      expect(tracesOf(named.number)).to.have.length(2);
      expect(tracesOf(unknown.number)).to.be.empty;
      const kept = [
        ...(await everythingKept(db, seal)),
        gateway.log(),
        JSON.stringify(core.events()),
      ];
      for (const text of kept) {
        for (const secret of [page.csrf, page.cookie.split('=')[1] ?? '?', page.token]) {
          expect(text).not.to.contain(secret);
        }
      }
      const sent = JSON.stringify(core.events());
      for (const trace of tracesOf(named.number) ?? []) expect(sent).not.to.contain(trace);
    });
  });

  describe('files', () => {
    it('go with the complaint, and can be fetched by the core alone', async () => {
      const files = [
        ['Jalan – rusak.jpg', jpeg],
        ['denah.pdf', pdf],
      ] as const;

      const sent = await send(gateway.url, await open(gateway.url), { fill: filled(), files });

      const { data } = await arrived(sent.number);
      const sha256 = createHash('sha256').update(jpeg).digest('hex');
      const [image, paper] = attachmentsOf(data);
      expect(image).to.include({ kind: 'image', mediaType: 'image/jpeg', sha256, state: 'stored' });
      expect(paper).to.include({ kind: 'document', mediaType: 'application/pdf' });
      const address = (image?.url ?? '').replace(publicUrl, gateway.url);
      expect((await fetch(address)).status).to.equal(401);
      const headers = { authorization: `Bearer ${fileToken}` };
      const fetched = await fetch(address, { headers });
      expect(Buffer.from(await fetched.arrayBuffer()).equals(jpeg)).to.equal(true);
    });

    it('are refused by name, one by one, and cost neither the others nor a word', async () => {
      const fill = filled();
      const files = [
        ['Foto.bmp', bmp],
        ['bukan-foto.jpg', Buffer.from('<!doctype html>')],
        ['kosong.pdf', Buffer.alloc(0)],
        ['video.mp4', Buffer.concat([mp4, Buffer.alloc(10 * 1024 * 1024)])],
        ['jalan.jpg', jpeg],
      ] as const;

      const page = await send(gateway.url, await open(gateway.url), { fill, files });

      expect(page.status).to.equal(422);
      expect(page.text).to.contain(
        'Foto.bmp: jenis berkas ini tidak dapat diterima; kirim JPEG, PNG, WebP, HEIC, PDF, atau MP4.',
      );
      expect(page.text).to.contain('bukan-foto.jpg: jenis berkas');
      expect(page.text).to.contain('kosong.pdf: berkas ini kosong');
      expect(page.text).to.contain('video.mp4: berkas ini lebih dari 10 MB');
      expect(page.text).to.contain('jalan.jpg <small>5 kB</small>');
      expect(page.kept).to.have.length(1);
      const sent = await send(gateway.url, page, { fill });
      expect((await arrived(sent.number)).data['attachments']).to.have.length(1);
    });

    it('tell nobody where, when, by whom and with what they were made', async () => {
      const photo = planted('foto.jpg');
      const fill = filled({ anonim: 'ya' });
      const files = [['IMG_2041.jpg', photo]] as const;

      const sent = await send(gateway.url, await open(gateway.url), { fill, files });

      const [image] = attachmentsOf((await arrived(sent.number)).data);
      const headers = { authorization: `Bearer ${fileToken}` };
      const address = (image?.url ?? '').replace(publicUrl, gateway.url);
      const given = Buffer.from(await (await fetch(address, { headers })).arrayBuffer());
      expect(photo.toString('latin1')).to.match(/penanda/i);
      expect(given.toString('latin1')).not.to.match(/penanda/i);
      const sha256 = createHash('sha256').update(given).digest('hex');
      expect(image).to.include({ bytes: given.length, sha256, state: 'stored' });
    });

    it('that nothing can be opened in are refused, and the citizen told what to do', async () => {
      const files = [['rusak.jpg', jpeg.subarray(0, 30)]] as const;

      const page = await send(gateway.url, await open(gateway.url), { fill: filled(), files });

      expect(page.status).to.equal(422);
      expect(page.text).to.contain('rusak.jpg: berkas ini rusak dan tidak dapat dibuka; buka di');
    });

    it('are never left out without a word, whatever their names', async () => {
      const files = [
        ['\u200b\u202e', jpeg],
        ['dir/', jpeg],
      ] as const;

      const page = await send(gateway.url, await open(gateway.url), { files });

      expect(page.status).to.equal(422);
      expect(page.text).to.contain('berkas <small>5 kB</small>');
      expect(page.text).to.contain('Sebuah berkas tidak bernama');
      expect(page.kept).to.have.length(1);
    });

    it('stay in the page while the disk does not answer', async () => {
      const fill = filled();
      const wrong = await send(gateway.url, await open(gateway.url), {
        fill: { ...fill, judul: '' },
        files: [['satu.jpg', jpeg]],
      });
      const drafts = join(media, 'drafts');
      await rename(drafts, `${drafts}.away`);
      await writeFile(drafts, '');

      const away = await send(gateway.url, wrong, { fill });
      await rm(drafts);
      await rename(`${drafts}.away`, drafts);
      const sent = await send(gateway.url, away, { fill });

      expect(away.status).to.equal(503);
      expect(away.text).to.contain('Laporan belum tersimpan').and.contain('satu.jpg');
      expect((await arrived(sent.number)).data['attachments']).to.have.length(1);
    });

    it('are kept while something else is wrong, until they are taken back', async () => {
      const fill = filled();
      const files = [
        ['satu.jpg', jpeg],
        ['dua.pdf', pdf],
      ] as const;
      const wrong = await send(gateway.url, await open(gateway.url), {
        fill: { ...fill, judul: '' },
        files,
      });
      const ids = [...wrong.text.matchAll(/name="hapus" value="([^"]*)"/g)].map(
        ([, id = '']) => id,
      );

      const sent = await send(gateway.url, wrong, { fill, hapus: ids.slice(0, 1) });

      expect(wrong.kept).to.have.length(2);
      const { data } = await arrived(sent.number);
      expect(data['attachments']).to.have.length(1);
      expect(JSON.stringify(data['attachments'])).to.contain('application/pdf');
    });

    it('kept once can go with two complaints', async () => {
      const wrong = await send(gateway.url, await open(gateway.url), {
        fill: filled({ judul: '' }),
        files: [['satu.jpg', jpeg]],
      });

      const one = await send(gateway.url, wrong, { fill: filled() });
      const two = await send(gateway.url, wrong, { fill: filled() });

      const events = [await arrived(one.number), await arrived(two.number)];
      const ids = events.flatMap(({ data }) => attachmentsOf(data).map(({ id }) => id));
      expect(new Set(ids).size).to.equal(2);
    });

    it('are at most five, kept ones among them', async () => {
      const page = await send(gateway.url, await open(gateway.url), {
        fill: filled({ judul: '' }),
        files: ['a', 'b', 'c'].map((name) => [`${name}.jpg`, jpeg] as const),
      });

      const more = ['d', 'e', 'f'].map((name) => [`${name}.jpg`, jpeg] as const);
      const full = await send(gateway.url, page, { fill: filled(), files: more });

      expect(full.status).to.equal(422);
      expect(full.kept).to.have.length(5);
      expect(full.text).to.contain('f.jpg: paling banyak 5 berkas; berkas ini tidak disertakan.');
    });

    it('cannot be made up', async () => {
      const page = await open(gateway.url);
      const forged = [seal.seal('delivery', Buffer.from('{}')).toString('base64url'), 'x', ''];

      const sent = await send(gateway.url, { ...page, kept: forged }, { fill: filled() });

      expect((await arrived(sent.number)).data['attachments']).to.be.empty;
    });

    it('that are gone are named, and everything else is kept', async () => {
      const fill = filled();
      const wrong = await send(gateway.url, await open(gateway.url), {
        fill: { ...fill, judul: '' },
        files: [['satu.jpg', jpeg]],
      });
      const drafts = join(media, 'drafts');
      for (const name of await readdir(drafts)) await rm(join(drafts, name));

      const again = await send(gateway.url, wrong, { fill });

      expect(again.status).to.equal(422);
      expect(again.text).to.contain('satu.jpg: berkas ini sudah tidak tersimpan di sini');
      expect(again.text).to.contain(fill['judul'] ?? '?');
      expect(again.kept).to.be.empty;
    });
  });

  describe('refuses', () => {
    it('what no page of ours sent, lets none of its files onto the disk, and keeps every word', async () => {
      const fill = filled();
      const before = await outcome('unauthenticated');
      const page = await open(gateway.url);
      const lost = { ...page, cookie: '' };
      const files = [['jalan.jpg', jpeg]] as const;
      const drafts = await readdir(join(media, 'drafts'));

      const again = await send(gateway.url, lost, { fill, files });

      expect(again.status).to.equal(403);
      expect(again.text).to.contain('menolak kuki').and.contain(fill['judul']);
      expect(again.token).to.equal(page.token);
      expect(await outcome('unauthenticated')).to.equal(before + 1);
      expect(again.text).to.contain('jalan.jpg: berkas ini belum kami terima; pilih sekali lagi.');
      expect(again.kept).to.be.empty;
      expect(await readdir(join(media, 'drafts'))).to.deep.equal(drafts);
      const sent = await send(gateway.url, again, { fill, files });
      expect((await arrived(sent.number)).data['attachments']).to.have.length(1);
    });

    it('too many from one address for a while, kindly, and others not at all', async () => {
      const page = await open(gateway.url);
      const address = '2001:db8:1:2::7';
      const fill = filled();
      const empty = { fill: {}, address };

      await Promise.all(Array.from({ length: 60 }, () => send(gateway.url, page, empty)));
      const limited = await send(gateway.url, page, { fill, address: '2001:db8:1:2:9:9:9:9' });
      const neighbour = await send(gateway.url, page, { fill, address: '2001:db8:1:3::7' });

      expect(limited.status).to.equal(429);
      expect(Number(limited.headers.get('retry-after'))).to.be.within(1, 600);
      expect(limited.text).to.contain('dari jaringan Anda').and.contain(fill['judul']);
      expect(neighbour.status).to.equal(200);
    });

    it('more than a form can be, with a page that says so', async () => {
      const before = await outcome('too_large');

      const headers = `content-type: multipart/form-data; boundary=x\r\ncontent-length: 200000000`;
      const answer = await raw(gateway.url, headers, '--x\r\n');

      expect(answer).to.match(/^HTTP\/1.1 413 /);
      expect(answer).to.contain('terlalu besar');
      expect(await outcome('too_large')).to.equal(before + 1);
      const fields = await send(gateway.url, await open(gateway.url), {
        fill: filled({ isi: 'x'.repeat(600_000) }),
      });
      expect(fields.status).to.equal(413);
    });

    const broken: readonly (readonly [string, string, string])[] = [
      [
        'without its end',
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="isi"\r\n\r\nsetengah',
      ],
      ['without a boundary', 'multipart/form-data', 'x'],
      ['of another kind', 'application/json', '{}'],
    ];
    for (const [label, type, body] of broken) {
      it(`a body ${label}, with a page that says so`, async () => {
        const headers = `content-type: ${type}\r\ncontent-length: ${body.length}`;

        const answer = await raw(gateway.url, headers, body);

        expect(answer).to.match(/^HTTP\/1.1 400 /);
        expect(answer).to.contain('Kiriman tidak sampai dengan utuh');
      });
    }

    it('nobody who breaks off, and leaves nothing of their file', async () => {
      const before = await readdir(join(media, 'drafts'));
      const { cookie, csrf } = await open(gateway.url);
      const part = '--x\r\nContent-Disposition: form-data; name=';
      const head = `${part}"csrf"\r\n\r\n${csrf}\r\n${part}"lampiran"; filename="a.jpg"\r\n\r\n`;

      const socket = await beginning(gateway.url, '192.0.2.78', cookie);
      socket.write(Buffer.concat([Buffer.from(head), jpeg]));
      await eventually('a draft', async () => {
        const begun = await readdir(join(media, 'drafts'));
        return begun.length > before.length;
      });
      socket.destroy();

      await eventually('nothing left', async () => {
        const left = await readdir(join(media, 'drafts'));
        return left.length === before.length;
      });
    });

    it('more bodies at once than there are places, and takes the next when one is gone', async () => {
      const page = await open(gateway.url);
      const address = '192.0.2.77';
      const fill = filled();
      const slow = await Promise.all(
        Array.from({ length: 64 }, () => beginning(gateway.url, address)),
      );

      const busy = await eventually('busy', async () => {
        // Asked too often, the address would be limited before its bodies are all there.
        await new Promise((resolve) => setTimeout(resolve, 200));
        const answer = await send(gateway.url, page, { fill, address, files: largePhoto });
        return answer.status === 503 && answer;
      });
      for (const socket of slow) socket.destroy();

      expect(busy.headers.get('retry-after')).to.equal('10');
      expect(busy.text).to.contain('Sedang banyak laporan yang masuk');
      await eventually('taken', async () => {
        const answer = await send(gateway.url, page, { fill, address });
        return answer.status === 200;
      });
    });

    it('nobody for 64 bodies that drip from four addresses: the slowest yields, and hears why', async () => {
      const slow = await Promise.all(
        Array.from({ length: 64 }, (_, index) => beginning(gateway.url, `198.51.100.${index % 4}`)),
      );
      const answers = slow.map(answerOf);
      const drip = setInterval(() => {
        for (const socket of slow) if (socket.writable) socket.write('.');
      }, 100);

      let yielded: readonly [string, Socket | undefined] | null = null;
      for (const [index, answer] of answers.entries()) {
        void answer.then((text) => (yielded ??= [text, slow[index]]));
      }
      const page = await open(gateway.url);
      const [heard, socket] = await eventually('one has yielded', async () => {
        const sent = await send(gateway.url, page, { fill: filled(), files: largePhoto });
        const words = await send(gateway.url, page, { fill: filled() });
        expect([sent.status, words.status]).to.deep.equal([200, 200]);
        return yielded;
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const isStillRead = socket?.writable;
      clearInterval(drip);
      for (const each of slow) each.destroy();
      expect(heard)
        .to.match(/^HTTP\/1.1 503 /)
        .and.to.match(/retry-after: 10/i);
      expect(heard).to.contain('Sedang banyak laporan yang masuk');
      expect(isStillRead, 'not cut off before the answer is read').to.equal(true);
    });

    it('nothing while PostgreSQL is away', async () => {
      const page = await open(gateway.url);
      const fill = filled();
      const back = await takeAway(db);

      const sent = await send(gateway.url, page, { fill, files: [['jalan.jpg', jpeg]] });
      await back();

      expect(sent.status).to.equal(200);
      expect((await arrived(sent.number)).data['attachments']).to.have.length(1);
    });
  });
});

const contexts = [
  ...(['delivery', 'message', 'complaint', 'event', 'answer', 'reporter'] as const),
  ...(['attachment', 'status', 'words', 'secret', 'core'] as const),
];

/** Every value of every table, sealed ones opened. */
async function everythingKept({ database }: TestDatabase, seal: Seal): Promise<string[]> {
  const tables = await select(
    database,
    `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await select(database, `select * from ${String(name)}`);
    texts.push(
      ...rows.flatMap((row) => Object.values(row).flatMap((value) => opened(seal, value))),
    );
  }
  return texts;
}

function opened(seal: Seal, value: unknown): string[] {
  if (!Buffer.isBuffer(value)) return [String(value)];
  return contexts.flatMap((context) => {
    try {
      return [seal.open(context, value).toString()];
    } catch {
      return []; // sealed for another use
    }
  });
}

/** Sends these bytes and waits for all of the answer. */
function raw(url: string, headers: string, body: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (Buffer.concat(chunks).includes('</html>')) socket.end();
    });
    socket.on('error', reject).on('close', () => {
      resolve(Buffer.concat(chunks).toString());
    });
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n${body}`);
  });
}

/** The answer, as soon as it is whole. */
function answerOf(socket: Socket): Promise<string> {
  let answer = '';
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      if (answer.includes('</html>')) resolve(answer);
    });
  });
}

/** A form that has begun to come, and never ends. */
function beginning(url: string, address: string, cookie = ''): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const head = [
    'POST / HTTP/1.1',
    'host: x',
    `x-forwarded-for: ${address}`,
    `cookie: ${cookie}`,
    'content-type: multipart/form-data; boundary=x',
    'content-length: 90000',
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${head.join('\r\n')}\r\n\r\n`);
      resolve(socket);
    });
    socket.on('error', reject);
  });
}

/** Ends every session of the database and lets no new one in. Out: how to give it back. */
async function takeAway({ connection, database }: TestDatabase): Promise<() => Promise<void>> {
  const [row] = await select(database, 'select current_database() as name');
  const name = String(row?.['name']);
  const asAdmin = async (sql: string) => {
    const admin = openDatabase(
      { ...connection, database: 'postgres' },
      { poolSize: 1, statementTimeoutMs: 10_000 },
    );
    try {
      await admin.raw(sql);
    } finally {
      await admin.destroy();
    }
  };
  await asAdmin(`alter database ${name} with allow_connections false`);
  await asAdmin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  return async () => {
    await asAdmin(`alter database ${name} with allow_connections true`);
  };
}
