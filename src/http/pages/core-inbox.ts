import { z } from 'zod';
import type { CoreEvent } from '../../store/embedded-core.ts';
import { escapeHtml } from './html.ts';

/** One event as a row of the list; all values are plain text. */
export type Row = {
  readonly seq: number;
  readonly time: string;
  readonly nomor: string;
  readonly kanal: string;
  readonly jenis: string;
  readonly isi: string;
};

const words = z.object({
  text: z.string().catch(''),
  change: z.string().optional().catch(undefined),
  agency: z.object({ keyword: z.string().nullable() }).nullable().catch(null),
  location: z.object({ text: z.string().nullable() }).nullable().catch(null),
  attachments: z.array(z.object({ kind: z.string() })).catch([]),
});

const changes: Readonly<Record<string, string>> = {
  followup: 'Susulan',
  repeat: 'Dikirim ulang',
  edited: 'Diubah pelapor',
  attachments: 'Lampiran susulan',
  withdrawn: 'Ditarik pelapor',
  duplicate: 'Duplikat',
};

const clock = new Intl.DateTimeFormat('id-ID', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'Asia/Jakarta',
});

export function rowOf(event: CoreEvent): Row {
  const { text, change, agency, location, attachments } = words.parse(event.data);
  const extras = [
    agency?.keyword ? `kata kunci ${agency.keyword}` : '',
    location ? `lokasi ${location.text ?? 'dengan koordinat'}` : '',
    attachments.length > 0 ? `${attachments.length} lampiran` : '',
  ].filter(Boolean);
  return {
    seq: event.seq,
    time: `${clock.format(event.receivedAt)} WIB`,
    nomor: event.subject ?? '',
    kanal: event.source.replace(/^.*\//, ''),
    jenis: kindOf(change),
    isi: [text || '(tanpa teks)', ...extras].join(' · '),
  };
}

function kindOf(change: string | undefined): string {
  return change === undefined ? 'Laporan baru' : (changes[change] ?? change);
}

export function coreInboxPage(events: readonly CoreEvent[], demo: boolean): string {
  const rows = events.map(rowOf).reverse();
  const last = events.at(-1)?.seq ?? 0;
  const cells = (row: Row) =>
    [row.time, row.nomor, row.kanal, row.jenis, row.isi]
      .map((value) => `<td>${escapeHtml(value)}</td>`)
      .join('');
  return `<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inti penyaluran: kotak masuk</title>
<link rel="stylesheet" href="/core/style.css">
<script src="/core/app.js" defer></script>
</head>
<body data-last="${last}">
${demo ? '<p class="demo" role="note"><strong>DEMO</strong>: tidak ada yang dikirim ke instansi mana pun.</p>' : ''}
<main>
<h1>Kotak masuk inti penyaluran</h1>
<p>Setiap laporan yang diteruskan gerbang Satu Pintu tampil di sini, yang terbaru di atas. <span id="state" role="status"></span></p>
<div class="list" tabindex="0" role="region" aria-label="Daftar laporan">
<table>
<thead><tr><th scope="col">Diterima</th><th scope="col">Nomor</th><th scope="col">Kanal</th><th scope="col">Jenis</th><th scope="col">Isi</th></tr></thead>
<tbody id="events">
${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}
</tbody>
</table>
</div>
<p id="empty"${rows.length > 0 ? ' hidden' : ''}>Belum ada laporan. Coba: <code>npm run simulate -- sms "Jalan berlubang di depan SDN 3 Sukmajaya"</code></p>
</main>
</body>
</html>
`;
}

export const coreInboxScript = `'use strict';
const list = document.getElementById('events');
const state = document.getElementById('state');
const empty = document.getElementById('empty');
const source = new EventSource('/core/stream?after=' + document.body.dataset.last);
source.onopen = () => { state.textContent = 'Tersambung langsung.'; };
source.onerror = () => { state.textContent = 'Sambungan terputus, mencoba lagi.'; };
source.onmessage = (message) => {
  const row = JSON.parse(message.data);
  const line = document.createElement('tr');
  for (const value of [row.time, row.nomor, row.kanal, row.jenis, row.isi]) {
    line.append(Object.assign(document.createElement('td'), { textContent: value }));
  }
  list.prepend(line);
  empty.hidden = true;
  while (list.rows.length > 500) list.deleteRow(-1);
};
`;

export const coreInboxStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#f6f7f9, #14171a); color: light-dark(#1b2126, #e8ebee); }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
.demo { margin: 0; padding: .5rem 1rem; text-align: center; background: #ffd866; color: #1b2126; }
.list { overflow-x: auto; background: light-dark(#fff, #1d2226); border-radius: .5rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid light-dark(#dfe3e8, #343b42); }
td { white-space: nowrap; font-variant-numeric: tabular-nums; }
td:last-child { white-space: pre-line; min-width: 16rem; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  thead { position: absolute; display: block; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; padding: .5rem .75rem; border-bottom: 1px solid light-dark(#dfe3e8, #343b42); }
  td { display: inline-block; padding: 0 .5rem 0 0; border: 0; color: light-dark(#515c66, #a9b4be); font-size: .875rem; }
  td:last-child { display: block; padding: .125rem 0 0; color: inherit; font-size: 1rem; min-width: 0; }
}
`;
