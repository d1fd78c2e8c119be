import type { Step, Tracked } from '../../store/tracking.ts';
import { type Html, html } from './html.ts';
import { layout, type Site } from './layout.ts';
import { timeOf } from './time.ts';

/** What `/lacak` answers with. */
export type Tracking =
  | { readonly kind: 'asking' }
  | { readonly kind: 'found'; readonly asked: string; readonly tracked: Tracked }
  | { readonly kind: 'unknown' | 'mistyped'; readonly asked: string }
  | {
      readonly kind: 'limited';
      readonly what: 'network' | 'number';
      readonly asked: string;
      readonly seconds: number;
    }
  | { readonly kind: 'away'; readonly asked: string };

/** The page where a report is followed by its number. */
export function trackingPage(site: Site, tracking: Tracking): string {
  const title = tracking.kind === 'found' ? `Laporan ${tracking.asked}` : 'Lacak laporan';
  return layout(site, {
    title,
    at: '/lacak',
    styles: ['tracking.css'],
    scripts: ['time.js'],
    main:
      tracking.kind === 'found' ? foundMain(tracking.asked, tracking.tracked) : askMain(tracking),
  });
}

function askMain(tracking: Exclude<Tracking, { kind: 'found' }>): Html {
  const asked = tracking.kind === 'asking' ? '' : tracking.asked;
  const problem = problemOf(tracking);
  return html`<h1>Lacak laporan</h1>
    <p>
      Masukkan nomor laporan yang Anda terima saat melapor. Siapa pun yang memegang nomornya dapat
      melihat sampai di mana laporan itu; isi laporan, nama, dan lampiran tidak ditampilkan.
    </p>
    ${problem && html`<div class="notice bad" role="alert" id="masalah"><p>${problem}</p></div>`}
    ${askForm(asked, problem !== null)}`;
}

function askForm(asked: string, isWrong: boolean): Html {
  const wrong = html` aria-invalid="true" aria-describedby="contoh masalah"`;
  return html`<form class="ask" action="/lacak" method="get" role="search">
    <label for="nomor">Nomor laporan</label>
    <p class="quiet" id="contoh">Sepuluh angka, misalnya 48 2109 3766. Spasi tidak apa-apa.</p>
    <div class="row">
      <input
        id="nomor"
        name="nomor"
        value="${asked}"
        inputmode="numeric"
        autocomplete="off"
        spellcheck="false"
        maxlength="64"
        required${isWrong ? wrong : html` aria-describedby="contoh"`}
      />
      <button class="main">Lacak</button>
    </div>
  </form>`;
}

function problemOf(tracking: Exclude<Tracking, { kind: 'found' }>): string | null {
  switch (tracking.kind) {
    case 'asking':
      return null;
    case 'mistyped':
      return 'Nomor itu tidak lengkap atau ada angka yang keliru. Nomor laporan terdiri dari sepuluh angka; periksa lagi lalu coba sekali lagi.';
    case 'unknown':
      return 'Tidak ada laporan dengan nomor itu. Periksa lagi angkanya. Laporan yang baru saja dikirim kadang baru muncul setelah beberapa detik.';
    case 'limited':
      return `${tooMany[tracking.what]} Silakan coba lagi ${waitText(tracking.seconds)}.`;
    case 'away':
      return 'Data laporan sedang tidak dapat dibuka. Laporan Anda tetap tersimpan; silakan coba lagi sebentar lagi.';
  }
}

const tooMany = {
  network: 'Terlalu banyak pencarian dari jaringan Anda.',
  number: 'Laporan ini terlalu sering dibuka.',
} as const;

const waitText = (seconds: number): string =>
  seconds < 90 ? `dalam ${seconds} detik` : `dalam ${Math.ceil(seconds / 60)} menit`;

const states: Readonly<Record<Tracked['state'], { readonly head: string; readonly says: string }>> =
  {
    received: {
      head: 'Laporan sudah diterima',
      says: 'Laporan Anda sudah tersimpan dan sedang disiapkan untuk diteruskan.',
    },
    checking: {
      head: 'Laporan sedang diperiksa petugas',
      says: 'Petugas melihat laporan ini lebih dahulu sebelum diteruskan.',
    },
    ended: {
      head: 'Laporan tidak diteruskan',
      says: 'Petugas sudah memeriksanya, dan laporan ini tidak diteruskan. Bila itu keliru, silakan kirim laporan baru.',
    },
    waiting: {
      head: 'Laporan sudah diterima',
      says: 'Laporan Anda sudah tersimpan dan sedang menunggu giliran diteruskan ke SP4N-LAPOR!.',
    },
    forwarded: {
      head: 'Laporan sudah diteruskan',
      says: 'Laporan Anda sudah sampai di SP4N-LAPOR! dan akan diperiksa untuk diteruskan ke instansi yang berwenang.',
    },
    withdrawn: {
      head: 'Laporan ditarik oleh pelapor',
      says: 'Laporan ini ditarik oleh pelapornya dan tidak diproses lagi.',
    },
  };

const statuses: Readonly<Record<Step['status'], { readonly head: string; readonly says: string }>> =
  {
    terverifikasi: { head: 'Laporan terverifikasi', says: 'Laporan sudah diperiksa dan lengkap.' },
    terdisposisi: {
      head: 'Diteruskan ke instansi',
      says: 'Laporan sudah diserahkan untuk ditangani.',
    },
    diproses: { head: 'Sedang ditangani', says: 'Instansi sedang menindaklanjuti laporan.' },
    ditanggapi: { head: 'Sudah ditanggapi', says: 'Instansi sudah memberi tanggapan.' },
    selesai: { head: 'Selesai', says: 'Penanganan laporan dinyatakan selesai.' },
    ditunda: { head: 'Ditunda', says: 'Penanganan laporan ditunda untuk sementara.' },
    diarsipkan: { head: 'Diarsipkan', says: 'Laporan disimpan dan tidak diproses lebih lanjut.' },
  };

function foundMain(asked: string, tracked: Tracked): Html {
  const last = tracked.state === 'withdrawn' ? undefined : tracked.steps.at(-1);
  const now = last ? statuses[last.status] : states[tracked.state];
  const isAlias = asked !== tracked.number;
  return html`<h1>Laporan <span class="number">${asked}</span></h1>
    <div class="notice${last?.status === 'selesai' && html` good`}">
      <p class="now"><strong>${now.head}</strong></p>
      <p>${now.says}${last?.agency && html` Instansi: ${last.agency}.`}</p>
    </div>
    ${isAlias && html`<p>Nomor ini termasuk laporan <a class="number" href="/lacak/${tracked.number}">${tracked.number}</a>; keduanya dapat dipakai.</p>`}
    <h2>Riwayat</h2>
    <ol class="history">
      ${historyOf(tracked)}
    </ol>
    <p class="quiet">Isi laporan, nama pelapor, dan lampiran tidak ditampilkan di halaman ini.</p>
    <h2>Lacak laporan lain</h2>
    ${askForm('', false)}`;
}

function historyOf({ receivedAt, state, steps }: Tracked): Html[] {
  const line = (head: string, when: Html | null, more: string | null = null) =>
    html`<li>
      <strong>${head}</strong
      >${when && html`<span>${when}</span>`}${more && html`<span>${more}</span>`}
    </li> `;
  const between = state === 'received' ? [] : [line(states[state].head, null)];
  const isDelivered = state === 'forwarded' || state === 'withdrawn';
  return [
    line('Diterima Satu Pintu', timeOf(receivedAt)),
    ...(isDelivered || state === 'waiting' ? [] : between),
    ...(state === 'forwarded' ? between : []),
    ...steps.map(({ status, at, agency }) => line(statuses[status].head, timeOf(at), agency)),
    ...(state === 'withdrawn' ? between : []),
  ];
}
