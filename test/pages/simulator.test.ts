import { expect } from 'chai';
import { axe, fits, visit } from '../support/browser.ts';
import { openSimulator } from '../support/simulator.ts';

describe('the simulator in a browser', () => {
  let simulator: Awaited<ReturnType<typeof openSimulator>>;
  before(async () => {
    simulator = await openSimulator();
  });
  after(() => simulator.close());

  const open = (query: string, look: Parameters<typeof visit>[1]) =>
    visit(`${simulator.url}/simulator?${query}`, look);

  it('sends with Enter, live, and the focus stays where one writes', async () => {
    const { page, leave } = await open('kanal=telegram&warga=siti', { width: 1280 });
    const text = page.getByLabel('Tulis pesan');
    await page.getByText('Foto dan lokasi').click();
    await page.getByLabel('Banjir').check();
    await page.getByLabel('Lokasi', { exact: true }).selectOption('Simpang Lima, Semarang');

    await text.fill('Air sungai naik di Kampung Kali');
    await text.press('Enter');

    const bubble = page.getByRole('log').getByRole('listitem');
    await bubble.getByText(/Diterima gerbang, \d+ md/).waitFor();
    expect(await bubble.count()).to.equal(1);
    expect(await bubble.innerText()).to.include('Air sungai naik di Kampung Kali');
    expect(await bubble.getByRole('img').getAttribute('alt')).to.equal('Foto: Banjir');
    expect(await text.inputValue()).to.equal('');
    expect(await text.evaluate('document.activeElement.id')).to.equal('teks');
    expect(await page.getByLabel('Banjir').isChecked()).to.equal(false);
    await leave();
  });

  it('says beside the text what cannot be sent, and keeps it', async () => {
    const { page, leave } = await open('kanal=sms&warga=siti', { width: 320 });
    await page.getByText('Foto dan lokasi').click();
    await page.getByLabel('Lokasi', { exact: true }).selectOption('Koordinat sendiri');
    await page.getByLabel('Lintang').fill('utara');
    await page.getByLabel('Tulis pesan').fill('Sampah menumpuk');

    await page.getByRole('button', { name: 'Kirim', exact: true }).click();

    const alert = page.getByRole('alert');
    await alert.getByText('Lintang harus berupa angka').waitFor();
    expect(await page.getByLabel('Tulis pesan').inputValue()).to.equal('Sampah menumpuk');
    expect(await page.getByLabel('Lintang').inputValue()).to.equal('utara');
    expect(await fits(page)).to.equal(true);
    expect(await axe(page)).to.deep.equal([]);
    await leave();
  });

  it('shows replies, forwarded copies and bursts as they happen', async () => {
    const { page, leave } = await open('kanal=x&warga=ayu', { width: 1280, dark: true });
    await page.getByRole('button', { name: '“tes”' }).click();
    await page.getByText(/Diterima gerbang/).waitFor();
    await page.getByRole('button', { name: 'Salinan warga lain' }).click();
    await page.getByRole('link', { name: 'Buka telepon Bang Ucok' }).waitFor();

    await page.getByRole('button', { name: 'Kirim 120 pesan' }).press('Enter');
    await page
      .getByText(/120 dari 120 pesan diterima gerbang/)
      .first()
      .waitFor();

    const focused = await page.evaluate('document.activeElement.textContent');
    expect(focused).to.equal('Kirim 120 pesan');
    await page.locator('#usai', { hasText: '120 dari 120 pesan' }).waitFor({ state: 'attached' });
    expect(await axe(page)).to.deep.equal([]);
    await page.getByRole('link', { name: 'Buka telepon Bang Ucok' }).click();
    expect(await page.getByRole('log').innerText()).to.include('Diteruskan');
    await leave();
  });

  it('works without scripts, own photo and location included', async () => {
    const { page, leave } = await open('kanal=facebook&warga=made', { javaScript: false });
    await page.getByText('Foto dan lokasi').click();
    await page.getByLabel('Foto atau video sendiri').setInputFiles({
      name: 'pura.png',
      mimeType: 'image/png',
      buffer: Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      ),
    });
    await page.getByLabel('Lokasi', { exact: true }).selectOption('Lapangan Puputan, Denpasar');
    await page.getByLabel('Tulis pesan').fill('Trotoar rusak di depan pasar');

    await page.getByRole('button', { name: 'Kirim', exact: true }).click();

    const log = page.getByRole('log');
    await log.getByText(/Diterima gerbang/).waitFor();
    expect(await log.getByRole('img').getAttribute('alt')).to.equal('Foto: pura.png');
    expect(await log.innerText()).to.include('Lapangan Puputan, Denpasar');
    expect(page.url()).to.match(/\/simulator\?kanal=facebook&warga=made$/);
    expect(await simulator.database('deliveries').where({ channel: 'facebook' })).to.have.length(1);
    await leave();
  });
});
