import type { Attachment, Complaint } from '../../domain/complaint.ts';
import { agencyOf, duplicateOf, placeOf } from './core-events.ts';
import { isWeb, sizeOf } from './core-files.ts';
import { called, channels, classes, contacts, fileKinds, fileStates, flags } from './core-words.ts';
import { type Html, html } from './html.ts';
import { timeOf } from './time.ts';

type Field = readonly [label: string, value: Html | string];

const nothing = 'tidak ada';
const yesOrNo = (is: boolean): string => (is ? 'ya' : 'tidak');

/** Every field of the complaint as the core received it (contract section 5). */
export function everyField(complaint: Complaint, files: readonly Attachment[]): Html {
  const fields = [...aboutIt(complaint), ...aboutReporter(complaint), ...aboutContent(complaint)];
  return html`<details class="every" data-key="every">
    <summary>Semua isian</summary>
    <dl class="facts">
      ${fields.map(
        ([label, value]) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div> `,
      )}
    </dl>
    ${
      files.length > 0 &&
      html`<h3>Rincian lampiran</h3>
        ${files.map(fileFields)}`
    }
  </details>`;
}

function aboutIt(complaint: Complaint): Field[] {
  const { permalink, sentAt } = complaint;
  const isLink = permalink !== null && isWeb(permalink);
  return [
    ['ID laporan', complaint.id],
    ['Nomor laporan', complaint.trackingNumber],
    [
      'Klasifikasi',
      complaint.class === null ? 'tidak disebutkan' : called(classes, complaint.class),
    ],
    ['Kanal', called(channels, complaint.channel)],
    ['Akun kanal', complaint.channelAccount],
    ['ID pesan', complaint.messageIds.join(', ') || nothing],
    [
      'Tautan asal',
      isLink
        ? html`<a href="${permalink}" rel="noreferrer">${permalink}</a>`
        : (permalink ?? nothing),
    ],
    ['Dikirim', sentAt === null ? 'tidak diberitahukan kanal' : timeOf(new Date(sentAt))],
    ['Diterima Satu Pintu', timeOf(new Date(complaint.receivedAt))],
  ];
}

function aboutReporter({ reporter, anonymous, confidential }: Complaint): Field[] {
  const { ref, name, contact } = reporter;
  return [
    ['Sandi pelapor', ref],
    ['Nama', name ?? nothing],
    ['Kontak', contact === null ? nothing : `${called(contacts, contact.kind)}: ${contact.value}`],
    ['Anonim', yesOrNo(anonymous)],
    ['Rahasia', yesOrNo(confidential)],
  ];
}

function aboutContent(complaint: Complaint): Field[] {
  const { title, text, originalText, location, agency, duplicate } = complaint;
  return [
    ['Judul', title ?? nothing],
    ['Isi', text === '' ? nothing : html`<span class="said">${text}</span>`],
    ['Teks asli', originalText === '' ? nothing : html`<span class="said">${originalText}</span>`],
    ['Tanggal kejadian', complaint.occurredAt ?? nothing],
    ['Lokasi', location === null ? nothing : placeOf(location)],
    ['Instansi tujuan', agency === null ? nothing : agencyOf(agency)],
    ['Kategori', complaint.category ?? nothing],
    ['Lampiran', `${complaint.attachments.length}`],
    ['Duplikat saat diterima', duplicateOf(duplicate)],
    ['Tanda', complaint.flags.map((flag) => called(flags, flag)).join(', ') || nothing],
  ];
}

function fileFields(file: Attachment): Html {
  const { id, kind, mediaType, bytes, sha256, state, url } = file;
  const fields: Field[] = [
    ['ID lampiran', id],
    ['Jenis', [called(fileKinds, kind), ...(mediaType === null ? [] : [mediaType])].join(' · ')],
    ['Ukuran', bytes === null ? 'belum diketahui' : sizeOf(bytes)],
    ['SHA-256', sha256 ?? 'belum dihitung'],
    ['Keadaan', called(fileStates, state)],
    ['Alamat', url ?? nothing],
  ];
  return html`<dl class="facts file">
    ${fields.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div> `,
    )}
  </dl> `;
}
