import { z } from 'zod';
import { type Attachment, attachmentSchema } from '../../domain/complaint.ts';
import type { CoreEvent } from '../../store/embedded-core.ts';
import { called, fileKinds, fileStates } from './core-words.ts';
import { type Html, html } from './html.ts';

const withFiles = z.object({ attachments: z.array(z.unknown()) });

/** All files that came with a complaint, in order; what was said of one last holds. */
export function attachmentsOf(events: readonly CoreEvent[]): Attachment[] {
  const files = new Map<string, Attachment>();
  for (const { data } of events) {
    for (const given of withFiles.safeParse(data).data?.attachments ?? []) {
      const file = attachmentSchema.safeParse(given).data;
      if (file) files.set(file.id, file);
    }
  }
  return [...files.values()];
}

/** Pictures as pictures, the rest by name; what is not here says why. */
export function filesOf(files: readonly Attachment[]): Html | null {
  if (files.length === 0) return null;
  return html`<h3>Lampiran</h3>
    <ul class="files">
      ${files.map((file, index) => html`<li>${fileOf(file, index + 1)}</li> `)}
    </ul>`;
}

function fileOf(file: Attachment, place: number): Html {
  const name = `${called(fileKinds, file.kind)} ${place}`;
  const says = [name, ...(file.bytes === null ? [] : [sizeOf(file.bytes)])].join(', ');
  if (file.state === 'stored') {
    const address = `/core/lampiran/${file.id}`;
    return isShown(file.mediaType)
      ? html`<a class="thumb" href="${address}"
          ><img src="${address}" alt="" loading="lazy" /><span>${says}</span></a
        >`
      : html`<a class="button" href="${address}">${says}</a>`;
  }
  const link = file.url !== null && isWeb(file.url);
  return html`<span class="missing"
    >${says}<span class="quiet">${called(fileStates, file.state)}</span
    >${link && html`<a href="${file.url}" rel="noreferrer">Buka tautannya</a>`}</span
  >`;
}

/** Browsers show these; HEIC only Apple's do. */
const isShown = (mediaType: string | null): boolean =>
  mediaType !== null && /^image\/(jpeg|png|webp|gif)$/.test(mediaType);

export const isWeb = (address: string): boolean => /^https?:\/\//i.test(address);

const sizes = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 1 });

/** 2.1 MB as "2,1 MB". */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} byte`;
  return bytes < 1_000_000
    ? `${sizes.format(bytes / 1000)} kB`
    : `${sizes.format(bytes / 1_000_000)} MB`;
}
