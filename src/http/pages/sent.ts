import { type Html, html } from './html.ts';
import { layout, type Site } from './layout.ts';
import { timeText } from './time.ts';

export type SentView = {
  readonly trackingNumber: string;
  readonly receivedAt: Date;
  /** The same form with the same content came before. */
  readonly isRepeated: boolean;
  readonly anonymous: boolean;
};

/** What a citizen sees when their report is stored for good: its number, and what happens now. */
export function sentPage(site: Site, view: SentView): string {
  const { trackingNumber, isRepeated, anonymous } = view;
  return layout(site, {
    title: `Laporan ${trackingNumber} sudah kami terima`,
    at: '/',
    styles: ['form.css'],
    scripts: ['form.js'],
    main: html`<h1>Terima kasih, laporan Anda sudah kami terima</h1>
      <div class="notice good">
        <p class="number-name" id="nomor-nama">Nomor laporan Anda</p>
        <p class="number"><strong data-testid="nomor">${trackingNumber}</strong></p>
        <div id="salin"></div>
        ${isRepeated ? repeated : received(view.receivedAt)}
      </div>
      <h2>Simpan nomor ini</h2>
      <p>
        Catat, salin, atau foto nomornya.
        ${
          anonymous
            ? 'Karena Anda melapor tanpa nama, laporan ini hanya dapat diikuti dengan nomornya; kami tidak dapat mencarikannya untuk Anda.'
            : 'Dengan nomor ini Anda dapat mengikuti laporan kapan saja.'
        }
      </p>
      <p class="row">
        <a class="button main" href="/lacak/${trackingNumber}">Lacak laporan ini</a>
        <a class="button" href="/">Buat laporan lain</a>
      </p>
      <h2>Apa yang terjadi sekarang</h2>
      <ol>
        <li>Laporan Anda diteruskan ke SP4N-LAPOR! untuk diperiksa.</li>
        <li>Lalu diserahkan ke instansi yang berwenang menanganinya.</li>
        <li>
          ${
            anonymous
              ? 'Perkembangannya dapat Anda lihat di halaman Lacak laporan.'
              : 'Petugas menghubungi Anda jika ada yang perlu ditanyakan. Perkembangannya dapat Anda lihat di halaman Lacak laporan.'
          }
        </li>
      </ol>`,
  });
}

const repeated = html`<p>
  Laporan ini sudah kami terima sebelumnya. Tidak ada yang terkirim dua kali.
</p>`;

const received = (at: Date): Html =>
  html`<p>
    Diterima <time datetime="${at.toISOString()}">${timeText(at, 'WIB')}</time>
    <span class="quiet zones">${elsewhere(at, 'WITA')}, ${elsewhere(at, 'WIT')}</span>
  </p>`;

/** "pukul 15.05 WITA", with its date only where that is another one. */
function elsewhere(at: Date, zone: 'WITA' | 'WIT'): string {
  const [day, time = ''] = timeText(at, zone).split(' pukul ');
  return timeText(at).startsWith(`${day} `) ? `pukul ${time}` : `${day} pukul ${time}`;
}
