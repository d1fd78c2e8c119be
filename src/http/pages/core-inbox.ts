import type { CoreComplaint } from '../../store/embedded-core-cards.ts';
import { cardOf } from './core-card.ts';
import { addressOf, type Asked, filterForm } from './core-filters.ts';
import { type Html, html } from './html.ts';
import { layout, type Site } from './layout.ts';

type Inbox = {
  readonly asked: Asked;
  readonly complaints: readonly CoreComplaint[];
  /** The newest change when the page was made: live news begin behind it. */
  readonly newest: number;
  /** Where the older ones begin; null: there are none. */
  readonly next: number | null;
  /** Whether these are the newest: only then new ones belong above them. */
  readonly isFirst: boolean;
  /** How many complaints were looked through for the words; null when none were asked for. */
  readonly looked: number | null;
};

const styles = ['core.css'];
const scripts = ['core.js'];
const numbers = new Intl.NumberFormat('id-ID');

/** The inbox of the embedded routing core: a card for each complaint, newest activity first. */
export function coreInboxPage(site: Site, inbox: Inbox): string {
  const { asked, complaints, newest, next, isFirst, looked } = inbox;
  const place = { canAnswer: site.demo, whole: false };
  const isFiltered = addressOf(asked) !== '/core';
  const stream = addressOf(asked, { sesudah: String(newest) }, '/core/stream');
  return layout(site, {
    title: 'Kotak masuk inti penyaluran',
    at: '/core',
    styles,
    scripts,
    wide: true,
    main: html`<h1>Kotak masuk inti penyaluran</h1>
      <p>
        Setiap laporan yang diteruskan Satu Pintu tampil di sini sebagai kartu, yang terakhir
        berubah di atas.
      </p>
      ${filterForm(asked)} ${liveLine()}
      ${!isFirst && html`<p><a href="${addressOf(asked)}">Kembali ke yang terbaru</a></p>`}
      <section
        class="cards"
        id="laporan"
        aria-label="Daftar laporan"
        data-stream="${stream}"
        data-first="${isFirst ? 'ya' : 'tidak'}"
      >
        ${complaints.map((complaint) => cardOf(complaint, place))}
      </section>
      ${emptyNote(complaints.length > 0, isFiltered || !isFirst)}
      ${looked !== null && html`<p class="quiet">Kata itu dicari dalam ${numbers.format(looked)} laporan.</p>`}
      ${next !== null && html`<p class="older"><a class="button" href="${addressOf(asked, { sebelum: String(next) })}">${looked === null ? 'Lebih lama' : 'Cari di yang lebih lama'}</a></p>`}`,
  });
}

/** How the live connection stands, and a way to stop it: what moves by itself must be stoppable. */
function liveLine(): Html {
  return html`<div class="live" id="langsung" hidden>
      <span class="state" id="keadaan-langsung" role="status"></span>
      <button type="button" id="jeda" aria-pressed="false">Jeda</button>
    </div>
    <p class="unseen" role="status" id="kabar"></p>
    <div class="news" id="baru" hidden><a class="button main" href="#laporan"></a></div>`;
}

function emptyNote(hasCards: boolean, isFiltered: boolean): Html {
  return html`<p id="kosong" class="notice" ${hasCards && html` hidden`}>
    ${
      isFiltered
        ? 'Tidak ada laporan yang cocok.'
        : html`Belum ada laporan. Kirim satu, misalnya:
            <code>npm run simulate -- sms "Jalan berlubang di depan SDN 3 Sukmajaya"</code>`
    }
  </p>`;
}

/** What a notice on a card's own page says. */
export type Told = { readonly good: boolean; readonly text: string };

/** The card of one complaint with all its events. */
export function coreComplaintPage(
  site: Site,
  complaint: CoreComplaint,
  newest: number,
  told: Told | null,
): string {
  const stream = `/core/stream?${new URLSearchParams({ cari: complaint.id, utuh: '1', sesudah: String(newest) }).toString()}`;
  return layout(site, {
    title: `Laporan ${complaint.trackingNumber}`,
    at: `/core/laporan/${complaint.id}`,
    styles,
    scripts,
    wide: true,
    main: html`<h1>Laporan ${complaint.trackingNumber}</h1>
      <p><a href="/core">Kembali ke kotak masuk</a></p>
      ${told && html`<p class="notice ${told.good ? 'good' : 'bad'}" role="${told.good ? 'status' : 'alert'}">${told.text}</p>`}
      ${liveLine()}
      <section
        class="cards"
        id="laporan"
        aria-label="Laporan"
        data-stream="${stream}"
        data-first="tidak"
      >
        ${cardOf(complaint, { canAnswer: site.demo, whole: true })}
      </section>`,
  });
}

/** A page that only says what is wrong. */
export function coreNoticePage(site: Site, text: string): string {
  return layout(site, {
    title: 'Kotak masuk inti penyaluran',
    at: '/core/pesan',
    styles,
    main: html`<h1>Kotak masuk inti penyaluran</h1>
      <p class="notice bad" role="alert">${text}</p>
      <p><a href="/core">Kembali ke kotak masuk</a></p>`,
  });
}
