import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import { complaintSchema } from '../../src/domain/complaint.ts';
import { fileToken, startCore, type TestCore } from '../support/core.ts';
import { eventually, publicUrl, startGateway, type TestGateway } from '../support/gateway.ts';
import { type How, type Plug, startPlug } from '../support/plug.ts';
import { jpegOf } from '../support/pictures.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const jpeg = jpegOf(Buffer.alloc(9000, 7));

/** What a browser holds of a page with the form. */
type Page = {
  readonly status: number;
  readonly text: string;
  readonly cookie: string;
  readonly hidden: readonly (readonly [string, string])[];
  readonly number: string | undefined;
};

async function pageOf(response: Response, cookie = ''): Promise<Page> {
  const text = await response.text();
  const hidden = text.matchAll(/type="hidden" name="(\w+)" value="([^"]+)"/g);
  return {
    status: response.status,
    text,
    cookie: response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? cookie,
    hidden: [...hidden].map(([, name = '', value = '']) => [name, value]),
    number: /data-testid="nomor">(\d+)</.exec(text)?.[1],
  };
}

const filled = (about: string) => ({
  klasifikasi: 'pengaduan',
  judul: `Atap ${about} bocor`,
  isi: `Setiap hujan air masuk ke ruang tunggu ${about}, sudah dua bulan begini.`,
  lokasi: `${about}, Kec. Cobaan, Kab. Garut`,
  kontak: 'siti@contoh.id',
});

/** Sends what the page holds, and a photo where one was chosen. */
async function press(url: string, page: Page, fill: Record<string, string>, photo?: Buffer) {
  const body = new FormData();
  for (const [name, value] of [...page.hidden, ...Object.entries(fill)]) body.append(name, value);
  if (photo) body.append('lampiran', new Blob([new Uint8Array(photo)]), 'atap.jpg');
  const headers = { cookie: page.cookie };
  return pageOf(await fetch(url, { method: 'POST', body, headers }), page.cookie);
}

describe('the web form at two gateways', () => {
  let db: TestDatabase;
  let core: TestCore;
  let plug: Plug;
  let media: string;
  let one: TestGateway;
  let other: TestGateway;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    plug = await startPlug(db);
    media = await mkdtemp(join(tmpdir(), 'satu-pintu-media-'));
    const given = { coreUrl: core.url, environment: { MEDIA_DIR: media } };
    one = await startGateway({ ...given, databaseUrl: plug.url, role: 'gateway' });
    other = await startGateway({ ...given, databaseUrl: db.url });
    for (const { log } of [one, other]) {
      await eventually('numbers leased', () =>
        Promise.resolve(log().includes('tracking numbers leased')),
      );
    }
  });

  after(async () => {
    await one.stop();
    await other.stop();
    await plug.close();
    await core.stop();
    await db.drop();
    await rm(media, { recursive: true });
  });

  const events = (title: string) =>
    core.events().filter(({ data }) => data['title'] === title || data['change'] !== undefined);

  /** The one complaint, with its photo as it was sent, at both gateways. */
  async function arrivedWhole(number: string | undefined, { judul }: { judul: string }) {
    await eventually(`"${judul}" at the core`, () =>
      Promise.resolve(events(judul).some(({ subject }) => subject === number)),
    );
    expect(events(judul), 'one event').to.have.length(1);
    const { attachments } = z
      .object({ attachments: complaintSchema.shape.attachments })
      .parse(events(judul)[0]?.data);
    expect(attachments).to.have.length(1);
    for (const { url } of [one, other]) {
      const address = (attachments[0]?.url ?? '').replace(publicUrl, url);
      const headers = { authorization: `Bearer ${fileToken}` };
      const photo = await (await fetch(address, { headers })).arrayBuffer();
      expect(Buffer.from(photo).equals(jpeg)).to.equal(true);
    }
  }

  it('is one complaint with its photo when it is sent to both at once, over and over', async () => {
    const page = await pageOf(await fetch(one.url));
    const fill = filled('Puskesmas Melati');

    const pages = await Promise.all(
      [one, other, one, other, one].map(({ url }) => press(url, page, fill, jpeg)),
    );
    const late = await press(other.url, page, fill, jpeg);

    expect(pages.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200]);
    expect(new Set([...pages, late].map(({ number }) => number)).size).to.equal(1);
    expect(late.text).to.include('Tidak ada yang terkirim dua kali');
    await arrivedWhole(late.number, fill);
    await eventually('nothing left of the copies', async () => {
      const names = await readdir(join(media, 'files'), { recursive: true });
      return names.filter(({ length }) => length > 3).length === 1;
    });
  });

  const breaks: readonly (readonly [label: string, statement: string, how: How])[] = [
    ['before the number is promised', 'insert into claims', 'refuse'],
    ['when the number was promised, and nobody heard it', 'insert into claims', 'lose'],
    ['before the report is stored', 'insert into deliveries', 'refuse'],
    ['when the report was stored, and nobody heard it', 'insert into deliveries', 'lose'],
  ];
  for (const [index, [label, statement, how]] of breaks.entries()) {
    it(`keeps everything when PostgreSQL goes away ${label}`, async () => {
      const fill = filled(`Pustu Anggrek ${index}`);
      const page = await pageOf(await fetch(one.url));
      plug.pull(statement, how);

      const away = await press(one.url, page, fill, jpeg);

      expect(plug.isPulled(), 'the statement came').to.equal(true);
      expect(away.status).to.equal(200);
      expect(away.number).to.match(/^9\d{9}$/);
      const again = await press(one.url, page, fill, jpeg);
      expect(again.number, 'pressed again').to.equal(away.number);
      plug.mend();
      await arrivedWhole(away.number, fill);
      const elsewhere = await press(other.url, page, fill, jpeg);
      expect(elsewhere.status).to.equal(200);
      for (const number of [away.number, elsewhere.number]) {
        const found = await fetch(`${other.url}/lacak/${number}`);
        expect(found.status, `number ${number}`).to.equal(200);
        expect(await found.text()).to.include(away.number);
      }
      expect(events(fill.judul), 'one event').to.have.length(1);
      expect(one.log()).not.to.include(fill.kontak).and.not.to.include(away.number);
    });
  }
});
