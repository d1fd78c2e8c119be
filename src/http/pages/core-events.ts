import { z } from 'zod';
import { additionSchema, complaintSchema, linkChangeSchema } from '../../domain/complaint.ts';
import { eventTypes } from '../../domain/event.ts';
import type { CoreEvent } from '../../store/embedded-core.ts';
import { called, changes, reasons, statuses, verdicts } from './core-words.ts';
import { type Html, html } from './html.ts';
import { timeOf } from './time.ts';

type Place = z.infer<typeof additionSchema>['location'];
type Agency = z.infer<typeof additionSchema>['agency'];

const status = z.object({
  status: z.string(),
  agency: z.string().nullish(),
  note: z.string().nullish(),
  reply: z.string().nullish(),
});
const change = z.object({ change: z.string().catch('') });

/** What happened to a complaint, oldest first, as the core was told and as it answered. */
export function historyOf(events: readonly CoreEvent[], leftOut: number, all: string): Html {
  const [first, ...later] = events.map(line);
  const gap = html`<li class="gap">
    <a href="${all}">${leftOut} peristiwa lain tidak ditampilkan di sini</a>
  </li>`;
  return html`<ol class="history">
    ${first} ${leftOut > 0 && gap} ${later}
  </ol>`;
}

function line(event: CoreEvent): Html {
  const { head, more } = tellOf(event);
  return html`<li>
    <strong>${head}</strong>
    <span class="when">${timeOf(event.receivedAt)}</span>
    ${more}
  </li> `;
}

type Telling = { readonly head: string; readonly more: Html | null };

function tellOf({ type, data }: CoreEvent): Telling {
  if (type === eventTypes.received && complaintSchema.safeParse(data).success) {
    return { head: 'Laporan baru', more: null };
  }
  if (type === eventTypes.status) return tellStatus(data);
  const { change: kind } = change.parse(data);
  if (kind === 'withdrawn') return { head: called(changes, kind), more: null };
  const link = linkChangeSchema.safeParse(data);
  if (link.success) return { head: called(changes, kind), more: duplicateOf(link.data.duplicate) };
  const addition = additionSchema.safeParse(data);
  if (addition.success) return { head: called(changes, kind), more: addedBy(addition.data) };
  return { head: 'Peristiwa yang tidak dikenal', more: rawOf(type, data) };
}

function tellStatus(data: unknown): Telling {
  const told = status.safeParse(data);
  if (!told.success)
    return { head: 'Status yang tidak dikenal', more: rawOf(eventTypes.status, data) };
  const { agency, note, reply } = told.data;
  return {
    head: `Status dikirim: ${called(statuses, told.data.status)}`,
    more: html`${agency && html`<span>Instansi: ${agency}</span>`}${note && html`<span>Catatan: ${note}</span>`}${reply && quoteOf(reply, 'Balasan untuk pelapor')}`,
  };
}

function addedBy(addition: z.infer<typeof additionSchema>): Html {
  const { text, originalText, location, agency, attachments, messageIds, sentAt } = addition;
  const isAsSent = originalText === text || originalText === '';
  return html`${text !== '' && quoteOf(text, 'Isi')}
    ${location && html`<span>Lokasi: ${placeOf(location)}</span>`}
    ${agency && html`<span>Instansi tujuan: ${agencyOf(agency)}</span>`}
    ${attachments.length > 0 && html`<span>${attachments.length} lampiran</span>`}
    <details data-key="${messageIds.join(' ')}">
      <summary>Rincian susulan</summary>
      <dl class="facts">
        <div>
          <dt>ID pesan</dt>
          <dd>${messageIds.join(', ') || 'tidak ada'}</dd>
        </div>
        <div>
          <dt>Dikirim</dt>
          <dd>${sentAt === null ? 'tidak diberitahukan kanal' : timeOf(new Date(sentAt))}</dd>
        </div>
        <div>
          <dt>Teks asli</dt>
          <dd>
            ${isAsSent ? 'sama dengan isinya' : html`<span class="said">${originalText}</span>`}
          </dd>
        </div>
      </dl>
    </details>`;
}

/** What is said of a link to another complaint; the link itself stands with the card. */
export function duplicateOf({
  verdict,
  of,
  score,
  reasons: why,
}: z.infer<typeof linkChangeSchema>['duplicate']): Html {
  const said = [
    ...(score === null ? [] : [`kemiripan ${Math.round(score * 100)}%`]),
    ...why.map((reason) => called(reasons, reason)),
  ];
  return html`<span
    >${called(verdicts, verdict)}${of !== null && html`, lihat <a href="/core/laporan/${of}">laporan pertamanya</a>`}${said.length > 0 && `: ${said.join(', ')}`}</span
  >`;
}

const quoteOf = (text: string, label: string): Html =>
  html`<span class="quote"
    ><span class="unseen">${label}: </span><span class="said">${text}</span></span
  >`;

function rawOf(type: string, data: unknown): Html {
  return html`<details data-key="raw">
    <summary>Isi sebagaimana diterima</summary>
    <span class="said code">${type} ${JSON.stringify(data, null, 2)}</span>
  </details>`;
}

export function placeOf({ text, latitude, longitude }: NonNullable<Place>): string {
  const point = latitude === null || longitude === null ? [] : [`${latitude}, ${longitude}`];
  return [...(text === null ? [] : [text]), ...point].join(' · ') || 'tidak ada';
}

export function agencyOf({ keyword, name }: NonNullable<Agency>): string {
  const word = keyword === null ? [] : [`kata kunci ${keyword}`];
  return [...(name === null ? [] : [name]), ...word].join(' · ') || 'tidak disebutkan';
}
