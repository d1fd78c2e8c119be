import type { FieldName, Fields, Problems } from '../../domain/submission.ts';
import { type Html, html } from './html.ts';

/** What stands in the form, and what is wrong with it. */
export type Filling = { readonly fields: Fields; readonly problems: Problems };

type Labelled = {
  readonly id: string;
  readonly label: string;
  readonly hint: string | null;
  readonly isNeeded: boolean;
};

/**
 * A label, what helps to fill it in, what is wrong, and the control. The label holds nothing but the name
 * of the field, which is what the control is called aloud.
 */
function field(given: Labelled, problem: string | undefined, control: Html, more?: Html): Html {
  const { id, label, hint, isNeeded } = given;
  return html`<div class="field${problem !== undefined && html` wrong`}">
    <p class="name"><label for="${id}">${label}</label>${isNeeded && must}</p>
    ${hint !== null && html`<p class="quiet hint" id="${id}-petunjuk">${hint}</p>`}
    ${problemLine(id, problem)} ${control}${more}
  </div>`;
}

const must = html` <span class="must" aria-hidden="true">wajib</span>`;

/** What is wrong with a field, beside it. */
export const problemLine = (id: string, problem: string | undefined): Html | false =>
  problem !== undefined && html`<p class="problem" id="${id}-masalah">${problem}</p>`;

/** Ties a control to its hint and to what is wrong with it. */
export function describedBy(id: string, hasHint: boolean, problem: string | undefined): Html {
  const ids = [
    ...(hasHint ? [`${id}-petunjuk`] : []),
    ...(problem === undefined ? [] : [`${id}-masalah`]),
  ];
  return html`${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}${problem !== undefined && html` aria-invalid="true"`}`;
}

const classes = [
  {
    value: 'pengaduan',
    label: 'Pengaduan',
    says: 'Ada yang rusak, salah, atau tidak dilayani.',
  },
  { value: 'aspirasi', label: 'Aspirasi', says: 'Usulan atau harapan Anda.' },
  {
    value: 'permintaan_informasi',
    label: 'Permintaan Informasi',
    says: 'Anda ingin tahu sesuatu dari instansi.',
  },
] as const;

export function classField({ fields, problems }: Filling): Html {
  const problem = problems.get('class');
  const described = problem !== undefined && html` aria-describedby="klasifikasi-masalah"`;
  return html`<fieldset class="field${problem !== undefined && html` wrong`}" ${described}>
    <legend>Klasifikasi${must}</legend>
    ${problemLine('klasifikasi', problem)}
    <div class="choices">
      ${classes.map(
        ({ value, label, says }) =>
          html`<div class="choice">
            <input
              type="radio"
              name="klasifikasi"
              id="klasifikasi-${value}"
              value="${value}"
              aria-describedby="klasifikasi-${value}-petunjuk"
              required
              ${fields.class === value && html` checked`}
            />
            <div>
              <label for="klasifikasi-${value}">${label}</label>
              <p class="quiet" id="klasifikasi-${value}-petunjuk">${says}</p>
            </div>
          </div>`,
      )}
    </div>
  </fieldset>`;
}

type Line = Labelled & {
  readonly field: Exclude<FieldName, 'class'>;
  readonly name: string;
  /** Further attributes, our own markup. */
  readonly more?: Html;
};

/** A field of one line. */
export function lineField({ fields, problems }: Filling, line: Line, below?: Html): Html {
  const problem = problems.get(line.field);
  return field(
    line,
    problem,
    html`<input
      id="${line.id}"
      name="${line.name}"
      value="${fields[line.field]}"
      ${line.isNeeded && html` required`}${line.more}${describedBy(line.id, line.hint !== null, problem)}
    />`,
    below,
  );
}

export const titleField = (filling: Filling): Html =>
  lineField(filling, {
    ...{ field: 'title', id: 'judul', name: 'judul', label: 'Judul laporan', isNeeded: true },
    hint: 'Satu kalimat pendek, misalnya “Lampu jalan mati di depan pasar”.',
    more: html` autocomplete="off" data-most="200"`,
  });

export function textField({ fields, problems }: Filling): Html {
  const problem = problems.get('text');
  const given = {
    ...{ id: 'isi-laporan', label: 'Isi laporan', isNeeded: true },
    hint: 'Apa yang terjadi, siapa yang terdampak, dan apa yang Anda harapkan.',
  };
  // A browser drops the first line break of a textarea: it must stand there, for a text that begins with one.
  return field(
    given,
    problem,
    html`<textarea
      id="isi-laporan"
      name="isi"
      rows="7"
      data-most="10000"
      required
      ${describedBy('isi-laporan', true, problem)}
    >
${fields.text}</textarea>`,
  );
}

export const dayField = (filling: Filling, today: string): Html =>
  lineField(filling, {
    ...{ field: 'occurredOn', id: 'tanggal', name: 'tanggal' },
    ...{ label: 'Tanggal kejadian', isNeeded: false },
    hint: 'Boleh dikosongkan.',
    more: html` type="date" max="${today}" class="short"`,
  });

export function locationField(filling: Filling): Html {
  const { latitude, longitude } = filling.fields;
  return lineField(
    filling,
    {
      ...{ field: 'location', id: 'lokasi', name: 'lokasi' },
      ...{ label: 'Lokasi kejadian', isNeeded: true },
      hint: 'Nama jalan atau tempat, desa atau kelurahan, dan kabupaten atau kota.',
      more: html` autocomplete="off"`,
    },
    html`<input type="hidden" name="lintang" id="lintang" value="${latitude}" />
      <input type="hidden" name="bujur" id="bujur" value="${longitude}" />
      <div id="titik"></div>
      ${
        latitude !== '' &&
        longitude !== '' &&
        html`<noscript><p class="quiet">Titik lokasi Anda ikut dikirim.</p></noscript>`
      }`,
  );
}

export const agencyField = (filling: Filling): Html =>
  lineField(filling, {
    ...{ field: 'agency', id: 'instansi', name: 'instansi' },
    ...{ label: 'Instansi tujuan (opsional)', isNeeded: false },
    hint: 'Jika Anda tahu, misalnya “Dinas Pekerjaan Umum Kabupaten Bandung”. Jika tidak, kami yang mencarikan.',
    more: html` autocomplete="off"`,
  });
