import { z } from 'zod';
import { anyComplaint, type CoreFilter } from '../../store/embedded-core-filter.ts';
import { called, channels, classes, flags, statuses, verdicts } from './core-words.ts';
import { type Html, html } from './html.ts';

const word = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .catch('');

/** What was asked for, in the words of the address; '' is anything. */
const asked = z.object({
  cari: z.string().max(200).catch(''),
  kanal: word,
  klasifikasi: word,
  duplikat: z.enum(['none', 'same_report', 'possible', 'first', '']).catch(''),
  tanda: word,
  sifat: z.enum(['anonymous', 'confidential', '']).catch(''),
  keadaan: word,
  lampiran: z.enum(['1', '']).catch(''),
});

export type Asked = z.infer<typeof asked>;

/** Reads the filters of an address; what it does not know it takes for anything. */
export function readAsked(query: unknown): Asked {
  return asked.parse(query);
}

/** The filters as an address has them, without those that are not set. */
export function addressOf(
  given: Asked,
  more: Readonly<Record<string, string>> = {},
  path = '/core',
): string {
  const set = Object.entries({ ...given, ...more }).filter(([, value]) => value.trim() !== '');
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set).toString()}`;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function orAny<Value extends string>(value: Value | ''): Value | null {
  return value === '' ? null : value;
}

export function filterOf(given: Asked): CoreFilter {
  const text = given.cari.trim();
  const digits = text.replace(/[\s.-]/g, '');
  const isNumber = /^\d{10}$/.test(digits);
  const isId = uuid.test(text);
  return {
    ...anyComplaint,
    channel: orAny(given.kanal),
    class: orAny(given.klasifikasi),
    duplicate: orAny(given.duplikat),
    flag: orAny(given.tanda),
    privacy: orAny(given.sifat),
    state: orAny(given.keadaan),
    withFiles: given.lampiran === '1',
    ids: isId ? [text.toLowerCase()] : null,
    trackingNumber: isNumber ? digits : null,
    words: isNumber || isId ? [] : text.split(/\s+/).filter(Boolean),
  };
}

type Option = readonly [value: string, text: string];

const selects: readonly {
  readonly name: Exclude<keyof Asked, 'cari' | 'lampiran'>;
  readonly label: string;
  readonly any: string;
  readonly options: readonly Option[];
}[] = [
  { name: 'kanal', label: 'Kanal', any: 'Semua kanal', options: Object.entries(channels) },
  {
    name: 'klasifikasi',
    label: 'Klasifikasi',
    any: 'Semua klasifikasi',
    options: [...Object.entries(classes), ['none', 'Tidak disebutkan']],
  },
  {
    name: 'duplikat',
    label: 'Duplikat',
    any: 'Semua',
    options: [...Object.entries(verdicts), ['first', 'Laporan pertama kelompoknya']],
  },
  { name: 'tanda', label: 'Tanda', any: 'Semua', options: Object.entries(flags) },
  {
    name: 'sifat',
    label: 'Sifat',
    any: 'Semua',
    options: [
      ['anonymous', 'Anonim'],
      ['confidential', 'Rahasia'],
    ],
  },
  {
    name: 'keadaan',
    label: 'Keadaan',
    any: 'Semua',
    options: [
      ['none', 'Belum ada status'],
      ...Object.entries(statuses),
      ['withdrawn', 'Ditarik pelapor'],
    ],
  },
];

/** The form that sets the filters: it asks for an address, so it needs no script. */
export function filterForm(given: Asked): Html {
  const set = chosen(given);
  return html`<form class="filters card" action="/core" method="get" role="search" id="saringan">
    <div class="ask">
      <label for="cari">Cari nomor atau kata</label>
      <div class="row">
        <input
          id="cari"
          name="cari"
          type="search"
          value="${given.cari}"
          maxlength="200"
          autocomplete="off"
        /><button class="main">Cari</button>
      </div>
    </div>
    <details ${set.length > 0 && html` open`}>
      <summary>Saringan${set.length > 0 && ` (${set.length} dipakai)`}</summary>
      <div class="choices">
        ${selects.map(({ name, label, any, options }) => {
          const current = given[name];
          const known = options.some(([value]) => value === current || current === '');
          const all: readonly Option[] = known ? options : [...options, [current, current]];
          return html`<p>
            <label for="${name}">${label}</label>
            <select id="${name}" name="${name}">
              <option value="">${any}</option>
              ${all.map(([value, text]) => html`<option value="${value}" ${value === current && html` selected`}>${text}</option> `)}
            </select>
          </p> `;
        })}
        <p class="check">
          <label
            ><input
              type="checkbox"
              name="lampiran"
              value="1"
              ${given.lampiran === '1' && html` checked`}
            />
            Hanya yang berlampiran</label
          >
        </p>
      </div>
      <p class="apply"><button class="main">Terapkan</button></p>
    </details>
    ${(set.length > 0 || given.cari !== '') && html`<p class="set">Yang ditampilkan: ${[...(given.cari ? [`“${given.cari}”`] : []), ...set].join(' · ')}. <a href="/core">Tampilkan semua</a></p>`}
  </form>`;
}

function chosen(given: Asked): string[] {
  const texts = selects.flatMap(({ name, label, options }) =>
    given[name] === ''
      ? []
      : [
          `${label.toLowerCase()} ${called(Object.fromEntries(options), given[name]).toLowerCase()}`,
        ],
  );
  return given.lampiran === '1' ? [...texts, 'berlampiran'] : texts;
}
