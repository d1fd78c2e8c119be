import { createHash } from 'node:crypto';
import type { Outgoing } from './sender.ts';
import type { Written } from './citizens.ts';

/** Opens the web form and fills it in, as a browser without scripts does. Out: null when it does not open. */
export async function filledForm(
  port: number,
  { reporter, text, token }: Written,
): Promise<Outgoing | null> {
  const page = await openPage(port);
  if (page === null) return null;
  const form = new FormData();
  const hidden = page.body.matchAll(/type="hidden" name="(\w+)" value="([^"]+)"/g);
  for (const [, name = '', value = ''] of hidden) form.append(name, value);
  const digits = reporter.from.padStart(8, '0');
  form.append('klasifikasi', 'pengaduan');
  form.append('judul', `Laporan ${token}`);
  form.append('isi', text);
  form.append('lokasi', 'Jl. Kemuning, Kec. Gedebage, Kota Bandung');
  form.append('kontak', `0812-${digits.slice(0, 4)}-${digits.slice(4)}`);
  const whole = new Request('http://localhost/', { method: 'POST', body: form });
  return {
    method: 'POST',
    path: '/',
    headers: {
      'content-type': whole.headers.get('content-type') ?? '',
      cookie: page.cookies,
      'x-forwarded-for': addressOf(token),
    },
    body: new Uint8Array(await whole.arrayBuffer()),
  };
}

async function openPage(port: number) {
  try {
    const page = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) });
    const cookies = page.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
    return page.ok ? { body: await page.text(), cookies: cookies.join('; ') } : null;
  } catch {
    return null;
  }
}

/** An address for each message, the same for its copies: so nobody sends too often. */
function addressOf(token: string): string {
  const [first = 0, second = 0, third = 0] = createHash('sha256').update(token).digest();
  return `10.${first}.${second}.${third}`;
}
