import { type Complaint, complaintSchema } from '../../domain/complaint.ts';
import type { CoreComplaint } from '../../store/embedded-core-cards.ts';
import { agencyOf, duplicateOf, historyOf, placeOf } from './core-events.ts';
import { attachmentsOf, filesOf } from './core-files.ts';
import { everyField } from './core-fields.ts';
import * as words from './core-words.ts';
import { type Html, html } from './html.ts';
import { timeOf } from './time.ts';

/** What a card needs besides the complaint: whether statuses can be sent, and from which address. */
type CardPlace = { readonly canAnswer: boolean; readonly whole: boolean };

/** So many events a complaint's own page shows. */
export const mostEvents = 500;

/**
 * A complaint as a card. Its parts (`data-part`) are replaced one by one when something new arrives, so
 * that a form somebody is writing in stays as it is.
 */
export function cardOf(card: CoreComplaint, { canAnswer, whole }: CardPlace): Html {
  const complaint = receivedIn(card);
  const address = `/core/laporan/${card.id}`;
  const files = attachmentsOf(card.events);
  return html`<article
    class="card complaint"
    id="laporan-${card.id}"
    data-id="${card.id}"
    data-seq="${card.changedSeq}"
    aria-labelledby="nomor-${card.id}"
  >
    <div class="head" data-part="head">${headOf(card, complaint, address, whole)}</div>
    <div class="sides">
      <div>
        <div data-part="text">${textOfCard(card, complaint)}</div>
        <div data-part="files">${filesOf(files)}</div>
        <div data-part="every">${complaint && everyField(complaint, files)}</div>
      </div>
      <div class="aside">
        <div data-part="facts">${complaint && factsOf(complaint)}</div>
        <div data-part="links">${linksOf(card, complaint)}</div>
        <div data-part="history">
          <h3>Peristiwa</h3>
          ${historyOf(card.events, card.leftOut, address)}
        </div>
        ${canAnswer && answerForm(card)}
      </div>
    </div>
  </article> `;
}

function receivedIn(card: CoreComplaint): Complaint | null {
  for (const { data } of card.events) {
    const parsed = complaintSchema.safeParse(data);
    if (parsed.success) return parsed.data;
  }
  return null;
}

function headOf(
  card: CoreComplaint,
  complaint: Complaint | null,
  address: string,
  whole: boolean,
): Html {
  const name = html`Laporan <span class="number">${card.trackingNumber}</span>`;
  const first = card.events[0]?.receivedAt;
  return html`<h2 id="nomor-${card.id}">
      ${whole ? name : html`<a href="${address}">${name}</a>`}
    </h2>
    <ul class="tags" aria-label="Ciri">
      ${tagsOf(card, complaint).map(([text, look]) => html`<li class="tag ${look}">${text}</li> `)}
    </ul>
    ${first && html`<p class="quiet">Sampai di sini ${timeOf(first)}</p>`}`;
}

type Tag = readonly [text: string, look: string];

function tagsOf(card: CoreComplaint, complaint: Complaint | null): Tag[] {
  const tags: readonly (readonly [holds: boolean | undefined, text: string, look: string])[] = [
    [true, words.called(words.channels, card.channel), ''],
    [complaint?.class != null, words.called(words.classes, complaint?.class ?? ''), ''],
    [complaint?.anonymous, 'Anonim', 'strong'],
    [complaint?.confidential, 'Rahasia', 'strong'],
    [card.withdrawn, 'Ditarik pelapor', 'bad'],
    [card.events.some(({ data }) => data['change'] === 'edited'), 'Diubah pelapor', ''],
    ...(complaint?.flags ?? []).map(
      (flag) => [true, words.called(words.flags, flag), 'warn'] as const,
    ),
    [isLinked(card), words.called(words.verdicts, card.verdict ?? ''), 'warn'],
    [card.status !== null, `Status: ${words.called(words.statuses, card.status ?? '')}`, 'good'],
  ];
  return tags.flatMap(([holds, text, look]) => (holds ? [[text, look] as const] : []));
}

const isLinked = ({ verdict }: CoreComplaint): boolean => verdict !== null && verdict !== 'none';

function textOfCard({ events }: CoreComplaint, complaint: Complaint | null): Html {
  if (complaint === null) {
    return html`<p class="quiet">Laporan awalnya belum sampai di sini.</p>`;
  }
  const { title, text } = complaint;
  return html`${title !== null && html`<h3 class="title">${title}</h3>`}
    <p>${text === '' ? noText(events) : html`<span class="said">${text}</span>`}</p>`;
}

/** Who sends a photo or a place first says what is the matter afterwards. */
function noText(events: CoreComplaint['events']): Html {
  const later = events.map(({ data }) => data['text']).find(isText);
  if (later === undefined) return html`<em>Tanpa teks</em>`;
  return html`<span class="said">${later}</span> <em class="quiet">(dari susulan)</em>`;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function factsOf({ reporter, anonymous, location, agency, occurredAt }: Complaint): Html {
  const contact = reporter.contact;
  const nobody = anonymous ? 'Anonim' : 'Tanpa nama';
  return html`<dl class="facts">
    <div>
      <dt>Pelapor</dt>
      <dd>${reporter.name ?? nobody}</dd>
    </div>
    ${
      contact &&
      html`<div>
        <dt>${words.called(words.contacts, contact.kind)}</dt>
        <dd>${contact.value}</dd>
      </div>`
    }
    ${
      location &&
      html`<div>
        <dt>Lokasi</dt>
        <dd>${placeOf(location)}</dd>
      </div>`
    }
    ${
      agency &&
      html`<div>
        <dt>Instansi tujuan</dt>
        <dd>${agencyOf(agency)}</dd>
      </div>`
    }
    ${
      occurredAt !== null &&
      html`<div>
        <dt>Tanggal kejadian</dt>
        <dd>${occurredAt}</dd>
      </div>`
    }
  </dl>`;
}

function linksOf(card: CoreComplaint, complaint: Complaint | null): Html | null {
  const { first, linked, linkedCount } = card;
  if (first === null && linked.length === 0) return null;
  const said = lastLinkOf(card) ?? complaint?.duplicate;
  const more = linkedCount - linked.length;
  return html`<h3>Duplikat</h3>
    ${
      first &&
      html`<p>
          <a href="/core/laporan/${first.id}"
            >Laporan pertama: <span class="number">${first.trackingNumber ?? first.id}</span></a
          >
        </p>
        ${said && html`<p class="quiet">${duplicateOf({ ...said, of: null })}</p>`}`
    }
    ${
      linked.length > 0 &&
      html`<p>${linkedCount} laporan lain bertaut ke laporan ini:</p>
        <ul class="linked">
          ${linked.map(({ id, trackingNumber, verdict }) => html`<li><a href="/core/laporan/${id}" class="number">${trackingNumber}</a> <span class="quiet">${words.called(words.verdicts, verdict).toLowerCase()}</span></li> `)}
          ${more > 0 && html`<li class="quiet">dan ${more} lagi</li>`}
        </ul>`
    }`;
}

function lastLinkOf({ events }: CoreComplaint): Complaint['duplicate'] | undefined {
  return events
    .map(({ data }) => linkOf.safeParse(data).data)
    .findLast((link) => link !== undefined)?.duplicate;
}

const linkOf = complaintSchema.pick({ duplicate: true });

function answerForm({ id, trackingNumber }: CoreComplaint): Html {
  return html`<details class="answer" data-key="answer">
    <summary>Ubah status</summary>
    <form action="/core/status" method="post" aria-label="Ubah status laporan ${trackingNumber}">
      <input type="hidden" name="laporan" value="${id}" />
      <p>
        <label for="status-${id}">Status baru</label>
        <select id="status-${id}" name="status" required>
          ${words.statusOptions.map(([value, text]) => html`<option value="${value}">${text}</option> `)}
        </select>
      </p>
      <p>
        <label for="instansi-${id}">Instansi (opsional)</label>
        <input id="instansi-${id}" name="instansi" maxlength="500" autocomplete="off" />
      </p>
      <p>
        <label for="balasan-${id}">Balasan untuk pelapor (opsional)</label>
        <textarea id="balasan-${id}" name="balasan" maxlength="4000" rows="3"></textarea>
      </p>
      <p class="send"><button class="main">Kirim status</button></p>
      <p class="result" role="status"></p>
    </form>
  </details>`;
}
