import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { send, type Sent } from '../support/http.ts';
import { jpegOf } from '../support/pictures.ts';
import { type Stranger, startTarget, type Target, withstands } from '../support/attack.ts';

const kilobyte = 1024;
const megabyte = 1024 * kilobyte;

const photo = jpegOf(Buffer.alloc(10 * megabyte - kilobyte, 7));

type Filled = Sent & { readonly body: Buffer };

type Page = { readonly cookie: string; readonly hidden: FormData };

/** The form as a browser gets it. */
async function openPage(url: string): Promise<Page> {
  const page = await fetch(url);
  const text = await page.text();
  const hidden = new FormData();
  for (const [, name = '', value = ''] of text.matchAll(
    /type="hidden" name="(\w+)" value="([^"]+)"/g,
  )) {
    hidden.append(name, value);
  }
  return { cookie: page.headers.getSetCookie()[0]?.split(';')[0] ?? '', hidden };
}

/** A form filled in on a page, with so many photos; `change` takes the place of what stands in it. */
async function filled(
  { cookie, hidden }: Page,
  photos: number,
  change: Readonly<Record<string, string>> = {},
): Promise<Filled> {
  const form = new FormData();
  for (const [name, value] of hidden) form.append(name, value);
  const fields = {
    klasifikasi: 'pengaduan',
    judul: 'Talud kali ambrol',
    isi: 'Talud di belakang balai warga ambrol dan air masuk ke halaman.',
    lokasi: 'Gang Delima, Kelurahan Cobaan, Kota Bandung',
    kontak: '0812-0000-7777',
    ...change,
  };
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (let count = 0; count < photos; count += 1)
    form.append('lampiran', new Blob([photo]), 'f.jpg');
  const whole = new Request('http://localhost/', { method: 'POST', body: form });
  const type = whole.headers.get('content-type') ?? '';
  const body = Buffer.from(await whole.arrayBuffer());
  return { method: 'POST', path: '/', headers: { 'content-type': type, cookie }, body };
}

/** The same as bytes, for a connection of the stranger's own. */
function wireOf({ headers, body }: Filled, from = '198.51.100.1'): Buffer {
  const all = { host: 'x', 'x-forwarded-for': from, 'content-length': body.length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}

/** Sends all of it and waits for the status. */
async function statusOf({ open }: Stranger, bytes: Buffer): Promise<string | undefined> {
  const { heard, socket } = await open(bytes);
  for (let tries = 0; tries < 600 && !heard().includes('</html>'); tries += 1) await pause(50);
  socket.destroy();
  return /^HTTP\/1.1 (\d+)/.exec(heard())?.[1];
}

describe('one stranger at the form', () => {
  let target: Target;
  let drafts: string;

  before(async () => {
    target = await startTarget({ TRUST_PROXY: '1' });
    drafts = join(target.dataDir, 'media', 'drafts');
    await mkdir(drafts, { recursive: true });
  });

  after(async () => {
    await target.stop();
  });

  const lyingBytes = async (): Promise<number> => {
    const names = await readdir(drafts);
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(join(drafts, name))).size),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  };

  it('leaves nothing on the disk with files that no page of ours sent', async () => {
    const page = await openPage(target.url);
    const whole = await filled({ ...page, cookie: 'formulir=x' }, 4);
    let most = 0;
    const look = setInterval(
      () => void lyingBytes().then((sum) => (most = Math.max(most, sum))),
      20,
    );

    const statuses: (string | undefined)[] = [];
    await withstands(target, async (stranger) => {
      for (let count = 0; count < 3; count += 1) {
        statuses.push(await statusOf(stranger, wireOf(whole)));
      }
    });
    clearInterval(look);

    expect(statuses).to.deep.equal(['403', '403', '403']);
    expect([most, await lyingBytes()]).to.deep.equal([0, 0]);
  });

  it('cannot leave more on the disk than the share of one network, with a page of ours', async () => {
    const wrong = wireOf(await filled(await openPage(target.url), 5, { judul: '' }));

    const statuses = new Set<string | undefined>();
    await withstands(target, async (stranger) => {
      for (let count = 0; count < 3; count += 1) statuses.add(await statusOf(stranger, wrong));
    });

    expect([...statuses]).to.deep.equal(['422']);
    expect(await lyingBytes()).to.be.within(100 * megabyte, 129 * megabyte);
  });

  it('keeps nobody out with 64 uploads that drip', async () => {
    const page = await openPage(target.url);
    const whole = await filled(page, 1);

    await withstands(target, async ({ open, sockets }) => {
      for (let count = 0; count < 64; count += 1) {
        await open(wireOf(whole, `198.51.100.${count % 4}`).subarray(0, 2000));
      }
      const drip = setInterval(() => {
        for (const socket of sockets) if (socket.writable) socket.write('.');
      }, 500);
      await pause(500);
      for (const photos of [0, 1, 0, 1]) {
        const citizen = await filled(await openPage(target.url), photos, {
          isi: `Talud ambrol di titik ${String(photos)}.`,
        });
        const headers = { ...citizen.headers, 'x-forwarded-for': '203.0.113.9' };
        expect((await send(target.url, { ...citizen, headers })).status).to.equal(200);
      }
      clearInterval(drip);
    });
  });
});
