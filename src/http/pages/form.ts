import type { FieldName, Fields, Problems, SubmittedFile } from '../../domain/submission.ts';
import {
  agencyField,
  classField,
  dayField,
  type Filling,
  locationField,
  textField,
  titleField,
} from './form-fields.ts';
import { filesField } from './form-files.ts';
import { personField } from './form-person.ts';
import { type Html, html } from './html.ts';
import { layout, type Site } from './layout.ts';

/** Everything the page with the form shows. */
export type FormView = {
  readonly fields: Fields;
  readonly problems: Problems;
  /** What is wrong with files, each naming its file. */
  readonly fileProblems: readonly string[];
  /** Files that are kept, each with its sealed reference. */
  readonly files: readonly (SubmittedFile & { readonly reference: string })[];
  readonly token: string;
  readonly csrf: string;
  /** What went wrong with the sending itself. */
  readonly notice: string | null;
  /** yyyy-mm-dd; no later day can be chosen. */
  readonly today: string;
  readonly retentionDays: number;
};

/** The web form, empty or as it was filled in, with what is wrong. */
export function formPage(site: Site, view: FormView): string {
  const isFresh = view.notice === null && countOf(view) === 0;
  return layout(site, {
    title: isFresh ? 'Buat laporan' : 'Periksa laporan Anda',
    at: '/',
    styles: ['form.css'],
    scripts: ['form.js'],
    main: html`<h1>Sampaikan laporan Anda</h1>
      <p>
        Laporkan masalah layanan publik, sampaikan usulan, atau minta informasi. Tidak perlu membuat
        akun. Laporan Anda diteruskan ke instansi yang berwenang.
      </p>
      ${summary(view)} ${form(view, isFresh)}`,
  });
}

const countOf = ({ problems, fileProblems }: FormView): number =>
  problems.size + fileProblems.length;

const anchors: Readonly<Record<FieldName, string>> = {
  class: 'klasifikasi-pengaduan',
  title: 'judul',
  text: 'isi-laporan',
  occurredOn: 'tanggal',
  location: 'lokasi',
  agency: 'instansi',
  name: 'nama',
  contact: 'kontak',
};

/** In the order of the page, each leading to where it can be set right. */
function summary(view: FormView): Html | null {
  const count = countOf(view);
  if (count === 0 && view.notice === null) return null;
  const ordered: readonly FieldName[] = [
    ...(['class', 'title', 'text', 'occurredOn', 'location', 'agency'] as const),
    ...(['name', 'contact'] as const),
  ];
  const line = (anchor: string, problem: string | undefined) =>
    problem === undefined ? null : html`<li><a href="#${anchor}">${problem}</a></li>`;
  const [before, after] = [ordered.slice(0, 6), ordered.slice(6)].map((names) =>
    names.map((name) => line(anchors[name], view.problems.get(name))),
  );
  return html`<div class="notice bad summary" role="alert" id="ringkasan" tabindex="-1" autofocus>
    ${view.notice !== null && html`<p>${view.notice}</p>`}
    ${
      count > 0 &&
      html`<h2>${count === 1 ? 'Ada satu hal' : `Ada ${count} hal`} yang perlu diperbaiki</h2>
        <ul>
          ${before}${view.fileProblems.map((problem) => line('lampiran', problem))}${after}
        </ul>
        <p>Isian Anda yang lain tetap tersimpan di halaman ini.</p>`
    }
  </div>`;
}

function form(view: FormView, isFresh: boolean): Html {
  const filling: Filling = { fields: view.fields, problems: view.problems };
  // Our own words for what is missing, the same in every browser: so the browser's check stays off.
  return html`<form
    class="report"
    id="laporan"
    action="/"
    method="post"
    enctype="multipart/form-data"
    accept-charset="utf-8"
    novalidate
    ${isFresh && html` data-fresh`}
  >
    <input type="hidden" name="csrf" value="${view.csrf}" autocomplete="off" />
    <input type="hidden" name="formulir" value="${view.token}" autocomplete="off" />
    ${classField(filling)} ${titleField(filling)} ${textField(filling)}
    ${dayField(filling, view.today)} ${locationField(filling)} ${agencyField(filling)}
    ${filesField(view)} ${personField(filling)} ${trap} ${privacy(view.retentionDays)}
    <p class="send"><button class="main" id="kirim">Kirim laporan</button></p>
    <p class="quiet" id="keadaan" role="status"></p>
  </form>`;
}

/** Machines fill in whatever there is. Nobody sees it, reaches it by keyboard, or is read it aloud. */
const trap = html`<div class="aside" aria-hidden="true">
  <label for="situs">Situs web (jangan diisi)</label>
  <input id="situs" name="situs" type="text" tabindex="-1" autocomplete="off" />
</div>`;

const privacy = (days: number): Html =>
  html`<section class="card privacy" aria-labelledby="privasi">
    <h2 id="privasi">Data pribadi Anda</h2>
    <p>Sesuai UU Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi:</p>
    <ul>
      <li>
        <strong>Yang kami simpan:</strong> isi laporan, lokasi, berkas, serta nama dan kontak jika
        Anda mengisinya. Semuanya disimpan terenkripsi.
      </li>
      <li>
        <strong>Untuk apa:</strong> hanya untuk meneruskan laporan ke instansi yang berwenang,
        menindaklanjutinya, dan memberi kabar kepada Anda.
      </li>
      <li>
        <strong>Berapa lama:</strong> kiriman asli dihapus setelah ${days} hari; laporannya disimpan
        selama ditangani dan selanjutnya menurut aturan kearsipan.
      </li>
      <li>
        <strong>Kuki:</strong> satu kuki selama tiga hari, supaya laporan yang terkirim dua kali
        dikenali; pada laporan anonim ia tidak dicatat.
      </li>
      <li>
        <strong>Bertanya kepada siapa:</strong> petugas pelindungan data SP4N-LAPOR!. Anda berhak
        melihat, memperbaiki, atau meminta penghapusan data Anda.
      </li>
    </ul>
  </section>`;
