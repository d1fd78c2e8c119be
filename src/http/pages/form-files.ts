import type { SubmittedFile } from '../../domain/submission.ts';
import { describedBy } from './form-fields.ts';
import { type Html, html } from './html.ts';

type Files = {
  readonly files: readonly (SubmittedFile & { readonly reference: string })[];
  readonly fileProblems: readonly string[];
};

const types =
  '.jpg,.jpeg,.png,.webp,.heic,.heif,.pdf,.mp4,image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf,video/mp4';

/** Files that came already, and room for more. */
export function filesField({ files, fileProblems }: Files): Html {
  const problem = fileProblems.length === 0 ? undefined : fileProblems.join('\n');
  return html`<div class="field${problem !== undefined && html` wrong`}">
    <p class="name"><label for="lampiran">Lampiran</label></p>
    <p class="quiet hint" id="lampiran-petunjuk">
      Boleh dikosongkan. Foto, PDF, atau video MP4; paling banyak 5 berkas, masing-masing paling
      besar 10 MB.
    </p>
    ${
      problem !== undefined &&
      html`<div id="lampiran-masalah">
        ${fileProblems.map((each) => html`<p class="problem">${each}</p>`)}
      </div>`
    }
    ${files.length > 0 && keptFiles(files)}
    <input
      type="file"
      id="lampiran"
      name="lampiran"
      multiple
      accept="${types}"
      ${describedBy('lampiran', true, problem)}
    />
    <div id="pilihan"></div>
  </div>`;
}

const keptFiles = (files: Files['files']): Html =>
  html`<p>Berkas yang sudah kami terima, tidak perlu dipilih lagi:</p>
    <ul class="files">
      ${files.map(
        ({ id, name, bytes, reference }) =>
          html`<li>
            <input type="hidden" name="berkas" value="${reference}" autocomplete="off" />
            <span class="file">${name} <small>${sizeText(bytes)}</small></span>
            <span class="choice"
              ><input type="checkbox" id="hapus-${id}" name="hapus" value="${id}" /><label
                for="hapus-${id}"
                >Hapus <span class="unseen">${name}</span></label
              ></span
            >
          </li>`,
      )}
    </ul>`;

/** "2,4 MB". */
function sizeText(bytes: number): string {
  const [size, unit] =
    bytes < 1_000_000 ? [Math.max(1, bytes / 1000), 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${size.toLocaleString('id-ID', { maximumFractionDigits: unit === 'MB' ? 1 : 0 })} ${unit}`;
}
