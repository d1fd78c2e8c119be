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
  ['sms', 'ayu', 'Lampu lalu lintas di simpang Dupak mati sejak pagi, sering hampir tabrakan'],
  ['x', 'darmo', 'Sampah pasar Niten menumpuk sampai ke jalan, sudah empat hari tidak diangkut'],
  ['telegram', 'siti', 'Jembatan penyeberangan di Jl. Pandanaran berkarat, pegangannya lepas'],
] as const;

async function phone(): Promise<void> {
  const { page, leave } = await visit(`${address}/simulator`, { width: 1280 });
  for (const [channel, citizen, text] of conversations) {
    await page.goto(`${address}/simulator?kanal=${channel}&warga=${citizen}`);
    await page.getByLabel('Tulis pesan').fill(text);
    await page.getByLabel('Tulis pesan').press('Enter');
    await page
      .getByText(/Diterima gerbang/)
      .last()
      .waitFor();
  }
  await page.getByText('Terakhir sampai di sana').waitFor();
  await save(page, 'simulator', 1280, 1180);
  await leave();
}

async function form(): Promise<void> {
  const { page, leave } = await visit(`${address}/`, { width: 360 });
  await page.getByLabel('Pengaduan').check();
  await page.getByLabel('Judul laporan').fill('Puskesmas tutup sebelum waktunya');
  await save(page, 'form', 360, 1000);
  await leave();
}

async function core(): Promise<void> {
  const { page, leave } = await visit(`${address}/core`, { width: 1280 });
  await page.getByRole('article').nth(2).waitFor();
  await save(page, 'core', 1280, 1250);
  await leave();
}

await phone();
await form();
await core();
await closeBrowser();
