import { type Filling, lineField } from './form-fields.ts';
import { type Html, html } from './html.ts';

type Check = {
  readonly id: string;
  readonly label: string;
  readonly says: string;
  readonly isChecked: boolean;
};

const check = ({ id, label, says, isChecked }: Check): Html =>
  html`<div class="choice">
    <input
      type="checkbox"
      id="${id}"
      name="${id}"
      value="ya"
      aria-describedby="${id}-petunjuk"
      ${isChecked && html` checked`}
    />
    <div>
      <label for="${id}">${label}</label>
      <p class="quiet" id="${id}-petunjuk">${says}</p>
    </div>
  </div>`;

/** Who reports, and who may know. */
export function personField(filling: Filling): Html {
  const { anonymous, confidential } = filling.fields;
  return html`<fieldset class="field person">
    <legend>Tentang Anda</legend>
    ${check({
      ...{ id: 'anonim', label: 'Anonim', isChecked: anonymous },
      says: 'Nama dan kontak Anda tidak diteruskan dan tidak disimpan, juga jika sudah terisi. Laporan hanya dapat diikuti dengan nomornya.',
    })}
    <div id="pelapor">
      ${lineField(filling, {
        ...{ field: 'name', id: 'nama', name: 'nama', label: 'Nama', isNeeded: false },
        hint: 'Boleh dikosongkan.',
        more: html` autocomplete="name"`,
      })}
      ${lineField(filling, {
        ...{ field: 'contact', id: 'kontak', name: 'kontak' },
        ...{ label: 'Nomor telepon atau email', isNeeded: false },
        hint: 'Wajib, kecuali Anda mencentang Anonim. Petugas menghubungi Anda jika perlu bertanya.',
        more: html` autocomplete="on" autocapitalize="none" spellcheck="false"`,
      })}
    </div>
    ${check({
      ...{ id: 'rahasia', label: 'Rahasia', isChecked: confidential },
      says: 'Isi laporan hanya dapat dilihat oleh petugas dan instansi yang menanganinya.',
    })}
  </fieldset>`;
}
