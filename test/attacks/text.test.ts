import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { hostileTexts } from '../support/hostile.ts';
import { startTarget, type Target, withstands } from '../support/attack.ts';

const units = 500_000;
const fields = ['judul', 'isi', 'tanggal', 'lokasi', 'lintang', 'instansi', 'nama', 'kontak'];

/** A form in which one field is a hostile text, as bytes of a connection; `page` gives what it needs. */
function wireOf(field: string, text: string, { cookie, csrf }: Page): Buffer {
  const values = {
    ...{ csrf, klasifikasi: 'pengaduan', judul: 'Talud ambrol', isi: 'Talud kali ambrol.' },
    ...{ lokasi: 'Gang Delima, Kota Bandung', kontak: '0812-0000-7777', [field]: text },
  };
  const parts = Object.entries(values).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const body = Buffer.from(`${parts.join('')}--b--\r\n`);
  const head = [
    ...['POST / HTTP/1.1', 'Host: x', `Cookie: ${cookie}`, 'Connection: close'],
    ...['Content-Type: multipart/form-data; boundary=b', `Content-Length: ${body.length}`],
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

type Page = { readonly cookie: string; readonly csrf: string };

async function openPage(url: string): Promise<Page> {
  const page = await fetch(url);
  const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  return { csrf, cookie: page.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}

describe('one stranger who writes what is hard to read', () => {
  let target: Target;

  before(async () => {
    target = await startTarget();
  });

  after(async () => {
    await target.stop();
  });

  it('freezes nobody with combining marks, in any field of the form', async () => {
    const page = await openPage(target.url);
    const marks = (hostileTexts['marks alternating'] ?? String)(units / 2);
    const answers: string[] = [];

    await withstands(target, async ({ open }) => {
      for (const field of fields) {
        const { heard, socket } = await open(wireOf(field, marks, page));
        await new Promise((resolve) => socket.once('close', resolve));
        answers.push(heard().slice(0, 'HTTP/1.1 422'.length));
        await pause(50);
      }
    });

    expect(answers).to.deep.equal(
      fields.map((field) => (field === 'lintang' ? 'HTTP/1.1 200' : 'HTTP/1.1 422')),
    );
  });
});
