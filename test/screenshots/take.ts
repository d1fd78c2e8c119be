import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { closeBrowser, visit } from '../support/browser.ts';

/**
 * Takes the pictures of README.md: `node test/screenshots/take.ts [address of a running demo]`. What it
 * sends stands in that demo afterwards.
 */
const address = process.argv[2] ?? 'http://127.0.0.1:1708';

/** The upper part of a page, as high as what is worth seeing. */
const save = (page: Page, name: string, width: number, height: number) =>
  page.screenshot({
    path: join(import.meta.dirname, `${name}.png`),
    fullPage: true,
    clip: { x: 0, y: 0, width, height },
  });

const conversations = [
  ['x', 'darmo', 'Sampah pasar Niten menumpuk sampai ke jalan, sudah empat hari tidak diangkut'],
  ['sms', 'ayu', 'Lampu lalu lintas di simpang Dupak mati sejak pagi, sering hampir tabrakan'],
  [
    'telegram',
    'siti',
    'Lampu jalan di Jl. Pandanaran mati sejak Senin, penyeberang tidak terlihat',
  ],
] as const;

async function phone(): Promise<void> {
  const { page, leave } = await visit(`${address}/simulator`, { width: 1280 });
  for (const [channel, citizen, text] of conversations) {
    await page.goto(`${address}/simulator?kanal=${channel}&warga=${citizen}`);
    await page.getByLabel('Tulis pesan').fill(text);
    if (channel === 'telegram') {
      await page.getByText('Foto dan lokasi').click();
      await page.getByLabel('Lampu jalan mati').check();
    }
    await page.getByLabel('Tulis pesan').press('Enter');
    await page
      .getByText(/Diterima gerbang/)
      .last()
      .waitFor();
  }
  await page.getByRole('button', { name: 'Salinan warga lain' }).click();
  await page.getByText('Buka telepon').waitFor();
  await page.locator('#tiba li').nth(3).waitFor();
  await page.evaluate('document.activeElement.blur()');
  await save(page, 'simulator', 1280, 1012);
  await leave();
}

async function form(): Promise<void> {
  const { page, leave } = await visit(`${address}/`, { width: 360 });
  const photo = await page.request.get(`${address}/simulator/foto/jalan`);
  await page.getByLabel('Pengaduan').check();
  await page.getByLabel('Judul laporan').fill('Jalan berlubang');
  await page.evaluate('document.activeElement.blur()');
  await save(page, 'form', 360, 1000);
  await page
    .getByLabel('Isi laporan')
    .fill('Lubang di depan SDN 3 Sukmajaya sudah dua bulan. Kemarin dua pengendara jatuh.');
  await page.getByLabel('Lokasi kejadian').fill('Depan SDN 3 Sukmajaya, Kota Depok');
  await page.getByLabel('Nomor telepon atau email').fill('siti@contoh.id');
  await page
    .getByLabel('Lampiran')
    .setInputFiles({ name: 'jalan.jpg', mimeType: 'image/jpeg', buffer: await photo.body() });
  await page.getByRole('button', { name: 'Kirim laporan' }).click();
  await page.getByTestId('nomor').waitFor();
  await leave();
}

async function core(): Promise<void> {
  const { page, leave } = await visit(`${address}/core`, { width: 1280 });
  const card = page.getByRole('article').filter({ hasText: 'SDN 3 Sukmajaya' }).first();
  await card.getByText('Ubah status').click();
  await card.getByLabel('Status baru').selectOption('terdisposisi');
  await card.getByLabel('Instansi').fill('Dinas Pekerjaan Umum Kota Depok');
  await card.getByRole('button', { name: 'Kirim status' }).click();
  await card.getByText('Status: Terdisposisi').waitFor();
  await page.goto(`${address}/core`);
  await page.getByText('Tersambung langsung').waitFor();
  await page.evaluate('Promise.all([...document.images].map((image) => image.decode()))');
  await save(page, 'core', 1280, 1320);
  await leave();
}

await phone();
await form();
await core();
await closeBrowser();
