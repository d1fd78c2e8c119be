import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { axe, visit } from '../support/browser.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

/** Neither a channel nor a core is configured: demo mode. */
const nothing = ['ROUTING_CORE_URL', 'ROUTING_CORE_SECRET', 'PUBLIC_URL']
  .concat(['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'])
  .concat([
    'TWILIO_API_URL',
    'TELEGRAM_API_URL',
    'TELEGRAM_BOT_TOKEN',
    'TELEGRAM_SECRET_TOKEN',
    'TELEGRAM_BOT_USERNAME',
  ]);

const told = {
  sms: 'Jembatan bambu di Dusun Karanganyar putus, anak sekolah memutar jauh.',
  x: 'Antrean solar di SPBU Randusari sampai menutup jalan sejak subuh.',
  facebook: 'Obat darah tinggi di Puskesmas Wonosegoro kosong sudah dua minggu.',
  telegram: 'Tiang listrik miring di Gang Sawo RT 02, kabelnya menyentuh atap.',
  web: 'Guru di SD Negeri Tegalrejo memungut uang ujian dari setiap murid.',
};

describe('from the phone to the core', () => {
  let database: TestDatabase;
  let gateway: TestGateway;
  before(async () => {
    database = await createTestDatabase();
    const environment = Object.fromEntries(nothing.map((name) => [name, '']));
    gateway = await startGateway({ databaseUrl: database.url, coreUrl: '', environment });
  });
  after(async () => {
    await gateway.stop();
    await database.drop();
  });

  const write = async (page: Page, text: string): Promise<void> => {
    await page.getByLabel('Tulis pesan').fill(text);
    await page.getByLabel('Tulis pesan').press('Enter');
    await page.getByText(/Diterima gerbang/).waitFor();
  };
  const fillIn = async (page: Page, text: string): Promise<void> => {
    const form = page.frameLocator('iframe[title="Formulir laporan"]');
    await form.getByLabel('Pengaduan').check();
    await form.getByLabel('Judul laporan').fill('Pungutan di sekolah');
    await form.getByLabel('Isi laporan').fill(text);
    await form.getByLabel('Lokasi kejadian').fill('SD Negeri Tegalrejo, Kabupaten Semarang');
    await form.getByLabel('Anonim').check();
    await form.getByRole('button', { name: 'Kirim laporan' }).click();
    await form.getByRole('heading', { level: 1 }).filter({ hasText: 'kami terima' }).waitFor();
  };

  it('brings a complaint of every channel to the core, which shows it at once', async () => {
    const { page, context, leave } = await visit(`${gateway.url}/core`, { width: 1280 });
    const phone = await context.newPage();

    for (const [channel, text] of Object.entries(told)) {
      await phone.goto(`${gateway.url}/simulator?kanal=${channel}&warga=siti`);
      await (channel === 'web' ? fillIn : write)(phone, text);
    }

    for (const text of Object.values(told)) {
      await page.getByRole('article').filter({ hasText: text }).waitFor();
    }
    expect(await page.getByRole('article').count()).to.equal(5);
    const beside = phone.getByRole('heading', { name: 'Terakhir sampai di sana' });
    await beside.waitFor();
    expect(await phone.locator('#tiba').innerText()).to.include(told.telegram.slice(0, 40));
    expect(await axe(phone), 'with the form in a frame').to.deep.equal([]);
    await leave();
  });
});
