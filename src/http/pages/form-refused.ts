import { html } from './html.ts';
import { layout, type Site } from './layout.ts';

const cases = {
  large: {
    title: 'Kiriman terlalu besar',
    says: 'Laporan Anda belum tersimpan, karena kirimannya terlalu besar untuk diterima. Satu berkas paling besar 10 MB, dan paling banyak 5 berkas.',
    then: 'Tekan tombol kembali di peramban Anda; biasanya isian Anda masih ada. Kurangi berkasnya, lalu kirim lagi.',
  },
  broken: {
    title: 'Kiriman tidak sampai dengan utuh',
    says: 'Laporan Anda belum tersimpan, karena kirimannya terputus di tengah jalan.',
    then: 'Tekan tombol kembali di peramban Anda; biasanya isian Anda masih ada. Lalu kirim sekali lagi.',
  },
  slow: {
    title: 'Kiriman terlalu lambat',
    says: 'Laporan Anda belum tersimpan, karena sambungan internet Anda terlalu lambat atau sering terputus, sehingga kirimannya tidak selesai.',
    then: 'Tekan tombol kembali di peramban Anda; biasanya isian Anda masih ada. Lalu kirim lagi tanpa berkas, atau dengan foto yang lebih kecil.',
  },
  busy: {
    title: 'Sedang banyak laporan yang masuk',
    says: 'Laporan Anda belum tersimpan, karena saat ini terlalu banyak kiriman yang masuk sekaligus.',
    then: 'Tunggu sebentar, tekan tombol kembali di peramban Anda, lalu kirim sekali lagi.',
  },
  flood: {
    title: 'Terlalu banyak kiriman',
    says: 'Laporan Anda belum tersimpan, karena dari jaringan Anda terlalu banyak kiriman dalam waktu singkat.',
    then: 'Tunggu beberapa menit, tekan tombol kembali di peramban Anda, lalu kirim sekali lagi.',
  },
} as const;

export type RefusedCase = keyof typeof cases;

/** Why a form could not even be read, and what to do now. */
export function refusedPage(site: Site, why: RefusedCase): string {
  const { title, says, then } = cases[why];
  return layout(site, {
    title,
    at: '/',
    main: html`<h1>${title}</h1>
      <div class="notice bad" role="alert"><p>${says}</p></div>
      <p>${then}</p>
      <p>Anda juga dapat melapor lewat SMS ke 1708.</p>
      <p><a class="button" href="/">Buka formulir baru</a></p>`,
  });
}
