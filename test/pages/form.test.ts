import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { submissionSchema } from '../../src/domain/submission.ts';
import { select } from '../../src/store/database.ts';
import { openDelivery } from '../../src/store/inbox.ts';
import { createSeal } from '../../src/store/seal.ts';
import { axe, fits, visit } from '../support/browser.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const picture = {
  name: 'jalan rusak.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
};
const drawing = { name: 'Foto.bmp', mimeType: 'image/bmp', buffer: Buffer.from('BM6\0\0\0') };

const send = (page: Page) => page.getByRole('button', { name: 'Kirim laporan', exact: true });
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
const number = async (page: Page) => (await page.getByTestId('nomor').textContent()) ?? '';

/** In the browser itself: ten megabytes take their time on the way there. */
const chooseTooLarge = `(() => {
  const chosen = new DataTransfer();
  chosen.items.add(new File([new Uint8Array(10_485_761)], 'besar.png', { type: 'image/png' }));
  const field = document.getElementById('lampiran');
  field.files = chosen.files;
  field.dispatchEvent(new Event('change'));
})()`;

async function fillIn(page: Page): Promise<void> {
  await field(page, 'Pengaduan').check();
  await field(page, 'Judul laporan').fill('Jalan berlubang');
  await field(page, 'Isi laporan').fill('Jalan berlubang sejak banjir.\nSudah tiga orang jatuh.');
  await field(page, 'Lokasi kejadian').fill('Jalan Melati, Kabupaten Garut');
  await field(page, 'Nomor telepon atau email').fill('siti@contoh.id');
}

describe('the page with the form', () => {
  let db: TestDatabase;
  let core: TestCore;
  let gateway: TestGateway;

  before(async () => {
    db = await createTestDatabase();
    core = await startCore();
    gateway = await startGateway({
      databaseUrl: db.url,
      coreUrl: core.url,
      environment: { PUBLIC_URL: 'http://127.0.0.1' },
    });
  });

  after(async () => {
    await gateway.stop();
    await core.stop();
    await db.drop();
  });

  const stored = async (trackingNumber: string) => {
    const seal = createSeal([Buffer.alloc(32, 1).toString('base64')]);
    const rows = await select(db.database, `select sealed from deliveries where channel = 'web'`);
    return rows
      .map(({ sealed }) => openDelivery(seal, sealed instanceof Buffer ? sealed : Buffer.alloc(0)))
      .map(({ body }) => submissionSchema.parse(JSON.parse(Buffer.from(body).toString())))
      .filter((one) => one.trackingNumber === trackingNumber);
  };

  it('has the names that were promised, and can be read by everybody at 320 px', async () => {
    const { page, leave } = await visit(gateway.url, { width: 320 });

    const group = page.getByRole('group', { name: 'Klasifikasi', exact: true });
    for (const name of ['Pengaduan', 'Aspirasi', 'Permintaan Informasi']) {
      expect(await group.getByRole('radio', { name, exact: true }).count(), name).to.equal(1);
    }
    const texts = ['Judul laporan', 'Isi laporan', 'Lokasi kejadian', 'Nama'];
    for (const name of [...texts, 'Instansi tujuan (opsional)', 'Nomor telepon atau email']) {
      expect(await page.getByRole('textbox', { name, exact: true }).count(), name).to.equal(1);
    }
    for (const name of ['Tanggal kejadian', 'Lampiran']) {
      expect(await page.getByLabel(name, { exact: true }).count(), name).to.equal(1);
    }
    for (const name of ['Anonim', 'Rahasia']) {
      expect(await page.getByRole('checkbox', { name, exact: true }).count(), name).to.equal(1);
    }
    expect(await send(page).count()).to.equal(1);
    expect(await axe(page)).to.be.empty;
    expect(await fits(page)).to.equal(true);
    await leave();
  });

  it('works without scripts: what is wrong is said, words and files are kept, and it is sent', async () => {
    const { page, leave } = await visit(gateway.url, { javaScript: false, width: 320 });
    await field(page, 'Isi laporan').fill('Baris satu\nBaris dua');
    await field(page, 'Lampiran').setInputFiles([picture, drawing]);

    await send(page).click();

    const summary = page.getByRole('alert');
    expect(await summary.getByRole('link').count()).to.equal(5);
    expect(await summary.textContent()).to.contain(
      'Foto.bmp: jenis berkas ini tidak dapat diterima',
    );
    expect(await page.locator('#ringkasan:focus').count()).to.equal(1);
    expect(await field(page, 'Isi laporan').inputValue()).to.equal('Baris satu\nBaris dua');
    const title = field(page, 'Judul laporan');
    expect(await title.getAttribute('aria-invalid')).to.equal('true');
    expect(await page.locator('#judul-masalah').textContent()).to.match(/^Tulis judul laporan/);
    expect(await field(page, 'Hapus jalan rusak.png').count()).to.equal(1);
    await fillIn(page);
    await send(page).click();
    const [submission] = await stored(await number(page));
    expect(submission?.attachments.map(({ name }) => name)).to.deep.equal([picture.name]);
    expect(submission).to.include({
      text: 'Jalan berlubang sejak banjir.\nSudah tiga orang jatuh.',
    });
    await leave();
  });

  it('takes each field, and a double click as one', async () => {
    const { page, leave } = await visit(gateway.url, { width: 1280, dark: true });
    await fillIn(page);
    await field(page, 'Permintaan Informasi').check();
    await field(page, 'Tanggal kejadian').fill('2026-11-20');
    await field(page, 'Instansi tujuan (opsional)').fill('Dinas PU');
    await field(page, 'Nama').fill('Siti');
    await field(page, 'Rahasia').check();
    await field(page, 'Lampiran').setInputFiles([picture]);

    await send(page).dblclick();

    const submissions = await stored(await number(page));
    expect(submissions).to.have.length(1);
    expect(submissions[0]).to.deep.include({
      class: 'permintaan_informasi',
      title: 'Jalan berlubang',
      occurredOn: '2026-11-20',
      agency: 'Dinas PU',
      name: 'Siti',
      contact: { kind: 'email', value: 'siti@contoh.id' },
      confidential: true,
    });
    expect(
      await page.getByRole('link', { name: 'Lacak laporan ini' }).getAttribute('href'),
    ).to.equal(`/lacak/${await number(page)}`);
    expect(await axe(page)).to.be.empty;
    await page.goBack();
    expect(await send(page).getAttribute('aria-disabled')).to.equal(null);
    await leave();
  });

  it('can be filled in by keyboard alone, and leads from what is wrong to where it is', async () => {
    const { page, leave } = await visit(gateway.url, { width: 320 });
    await field(page, 'Lampiran').setInputFiles([picture, drawing]);
    await field(page, 'Isi laporan').focus();
    await page.keyboard.type('Lampu mati');
    await send(page).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await axe(page)).to.be.empty;
    expect(await fits(page)).to.equal(true);

    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).to.equal('klasifikasi-pengaduan');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type('Lampu jalan');

    expect(await field(page, 'Aspirasi').isChecked()).to.equal(true);
    expect(await field(page, 'Judul laporan').inputValue()).to.equal('Lampu jalan');
    await leave();
  });

  it('helps where scripts run: place, areas, files, letters left, anonymity', async () => {
    const { page, context, leave } = await visit(gateway.url);
    await context.grantPermissions(['geolocation']);
    await context.setGeolocation({ latitude: -6.9, longitude: 107.6 });

    await page.getByRole('button', { name: 'Gunakan lokasi saya' }).click();
    await page.getByText('Titik lokasi Anda ikut dikirim.').waitFor();
    expect(await page.locator('#bujur').inputValue()).to.equal('107.600000');
    await page.getByRole('button', { name: 'Hapus titik lokasi' }).click();
    expect(await page.locator('#bujur').inputValue()).to.equal('');

    await field(page, 'Lokasi kejadian').pressSequentially('Jalan Melati, garut');
    await page.locator('#wilayah option').first().waitFor({ state: 'attached' });
    const option = page.locator('#wilayah option').first();
    expect(await option.getAttribute('value')).to.match(/^Jalan Melati, .*Garut/);

    await page.evaluate(chooseTooLarge);
    await page.getByText('besar.png tidak disertakan: 10,5 MB, paling besar 10 MB.').waitFor();
    await field(page, 'Lampiran').setInputFiles([picture]);
    await field(page, 'Lampiran').setInputFiles([drawing]);
    await page.getByRole('button', { name: 'Batalkan Foto.bmp' }).waitFor();
    expect(await page.locator('#pilihan li').count()).to.equal(2);
    await page.getByRole('button', { name: 'Batalkan jalan rusak.png' }).click();
    expect(await page.evaluate('document.getElementById("lampiran").files.length')).to.equal(1);

    await field(page, 'Judul laporan').fill('x'.repeat(205));
    await page.getByText('Lebih 5 karakter', { exact: true }).waitFor();
    await field(page, 'Anonim').check();
    expect(await field(page, 'Nama').isVisible()).to.equal(false);
    expect(await axe(page)).to.be.empty;
    await leave();
  });

  it('forgets nothing when it is read again, and keeps nothing once it is sent', async () => {
    const { page, leave } = await visit(gateway.url);
    await fillIn(page);

    await page.reload();

    expect(await field(page, 'Judul laporan').inputValue()).to.equal('Jalan berlubang');
    expect(await field(page, 'Pengaduan').isChecked()).to.equal(true);
    await page.getByText('ia hanya tersimpan di tab ini').waitFor();
    await send(page).click();
    await page.getByTestId('nomor').waitFor();
    await page.goto(gateway.url);
    expect(await field(page, 'Judul laporan').inputValue()).to.equal('');
    await leave();
  });
});
