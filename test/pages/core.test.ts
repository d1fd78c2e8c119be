import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Complaint } from '../../src/domain/complaint.ts';
import { axe, fits, visit } from '../support/browser.ts';
import {
  addition,
  complaintOf,
  makeKnown,
  receivedEvent,
  startInbox,
  type TestInbox,
  updatedEvent,
} from '../support/inbox.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** One grey dot. */
const photo = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mOoBwAAfwB+bp5hmgAAAABJRU5ErkJggg==',
  'base64',
);
const live = 'Tersambung langsung';

describe('the page of the embedded core', () => {
  let db: TestDatabase;
  let inbox: TestInbox;
  let main: Complaint;

  before(async () => {
    db = await createTestDatabase();
    inbox = await startInbox(db, {
      openFile: () =>
        Promise.resolve({
          ...{ mediaType: 'image/png', name: 'foto.png', bytes: photo.length },
          stream: Readable.from([photo]),
        }),
    });
    main = await receive(whole);
    await fill();
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
  const update = (complaint: Complaint, data: object) =>
    inbox.send(updatedEvent(complaint, { ...addition, ...data }));
  const fill = async (): Promise<void> => {
    await makeKnown(db, main);
    const text = 'Tambahan: kejadiannya tiap sore, sekitar pukul lima.';
    await update(main, { change: 'followup', text });
    const duplicate = { of: main.id, score: 0.93, reasons: ['near_exact', 'same_place'] };
    await receive({
      channel: 'x',
      text: 'Lampu penerangan jalan di tikungan Jl. Merpati padam sejak Senin, rawan kecelakaan.',
      duplicate: { ...duplicate, verdict: 'same_report' },
      flags: ['personal_data'],
    });
    for (let turn = 0; turn < 3; turn += 1) {
      await receive({ channel: 'facebook', text: `Sampah menumpuk di TPS RW ${turn}` });
    }
    const reporter = { ref: 'r_anonim', name: null, contact: null };
    const withdrawn = await receive({
      channel: 'web',
      anonymous: true,
      text: 'Pungutan liar',
      reporter,
    });
    await update(withdrawn, { change: 'withdrawn' });
  };
  const card = (page: Page, { id }: Complaint) => page.locator(`#laporan-${id}`);

  for (const { width, dark } of [
    { width: 320, dark: true },
    { width: 1280, dark: false },
  ]) {
    it(`has nothing axe objects to and fits ${width} px, ${dark ? 'dark' : 'light'}`, async () => {
      const { page, leave } = await visit(`${inbox.url}/core?kanal=sms`, { width, dark });
      await page.getByText(live).waitFor();
      await card(page, main).getByText('Semua isian').click();
      await card(page, main).getByText('Ubah status').click();

      expect(await axe(page)).to.deep.equal([]);
      expect(await fits(page)).to.equal(true);
      await leave();
    });
  }

  it('works without scripts: filters in the address, a status sent from the card', async () => {
    const { page, leave } = await visit(`${inbox.url}/core`, { javaScript: false });
    await page.getByText('Saringan').click();
    await page.getByLabel('Kanal').selectOption('sms');
    await page.getByRole('button', { name: 'Terapkan' }).click();
    expect(page.url()).to.contain('kanal=sms');
    expect(await page.getByRole('article').count()).to.equal(1);

    await card(page, main).getByText('Ubah status').click();
    await page.getByLabel('Status baru').selectOption('terverifikasi');
    await page.getByRole('button', { name: 'Kirim status' }).click();

    await page.getByText('Status sudah dikirim ke Satu Pintu').waitFor();
    expect(await page.getByText('Status: Terverifikasi').isVisible()).to.equal(true);
    await leave();
  });

  it('adds what is new where nobody reads, and says so politely', async () => {
    const { page, leave } = await visit(`${inbox.url}/core`, { width: 1280 });
    await page.getByText(live).waitFor();

    const fresh = await receive({ text: 'Pohon tumbang menutup jalan' });

    await card(page, fresh).waitFor();
    expect(await page.getByRole('article').first().getAttribute('data-id')).to.equal(fresh.id);
    await page.locator('#kabar', { hasText: `Laporan baru ${fresh.trackingNumber}.` }).waitFor({
      state: 'attached',
    });
    await leave();
  });

  it('moves nothing that is being read, and leaves alone what is being written', async () => {
    const { page, leave } = await visit(`${inbox.url}/core`);
    await page.getByText(live).waitFor();
    const own = card(page, main);
    await own.getByText('Ubah status').click();
    await own.getByLabel('Balasan').fill('Sedang kami');
    const top = async () => (await own.boundingBox())?.y ?? NaN;
    const before = await top();

    const fresh = await receive({ text: 'Air PDAM keruh' });
    await update(main, { change: 'followup', text: 'Sudah seminggu' });

    await card(page, fresh).waitFor({ state: 'attached' });
    await own.getByText('Sudah seminggu').waitFor();
    expect(await top()).to.be.closeTo(before, 1);
    expect(await own.getByLabel('Balasan').inputValue()).to.equal('Sedang kami');
    expect(await page.locator('textarea:focus').count()).to.equal(1);
    await page.getByRole('link', { name: '1 laporan baru di atas' }).click();
    await leave();
  });

  it('holds back while it is paused, and sends a status without leaving', async () => {
    const { page, leave } = await visit(`${inbox.url}/core`, { width: 1280 });
    await page.getByText(live).waitFor();
    await page.getByRole('button', { name: 'Jeda' }).click();
    const fresh = await receive({ text: 'Menunggu jeda' });
    await page.getByText('Dijeda, 1 perubahan menunggu').waitFor();
    expect(await card(page, fresh).count()).to.equal(0);
    await page.getByRole('button', { name: 'Jeda' }).click();
    await card(page, fresh).waitFor();

    const own = card(page, main);
    await own.getByText('Ubah status').click();
    await own.getByLabel('Status baru').selectOption('selesai');
    await own.getByRole('button', { name: 'Kirim status' }).click();

    await own.getByText('Status sudah dikirim.').waitFor();
    await own.getByText('Status: Selesai').waitFor();
    await leave();
  });
});

const whole: Partial<Complaint> = {
  ...{ class: 'pengaduan', confidential: true, title: 'Lampu jalan padam di tikungan' },
  text: 'Lampu penerangan di tikungan Jl. Merpati padam sejak Senin.\nRawan kecelakaan, mohon segera diperbaiki.',
  originalText:
    'RAHASIA Lampu penerangan di tikungan Jl. Merpati padam sejak Senin.\nRawan kecelakaan, mohon segera diperbaiki.',
  reporter: {
    ref: 'r_Qm3xT9b2LkVw8ZsJ5nYc1A',
    name: 'Dewi Anggraini',
    contact: { kind: 'phone', value: '+6281234567890' },
  },
  location: { text: 'Tikungan Jl. Merpati, Depok', latitude: -6.402, longitude: 106.794 },
  agency: { keyword: 'TANGKAB', name: 'Pemkab Tangerang' },
  attachments: (['stored', 'pending'] as const).map((state) => ({
    ...{ id: randomUUID(), kind: 'image', mediaType: 'image/png', bytes: 210_433 },
    ...{ sha256: 'a1'.repeat(32), state, url: null },
  })),
};
