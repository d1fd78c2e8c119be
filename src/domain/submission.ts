import { z } from 'zod';
import { contactSchema, locationSchema, reportClass, tracesSchema } from './message.ts';
import { normaliseText } from './text.ts';

/** A file of a submission: its id on disk, the key it is encrypted with, and what its bytes are. */
export const submittedFileSchema = z.object({
  id: z.uuid(),
  key: z.string(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
});

/**
 * What the web form stores as its delivery. `key` names the submission: the same form with the same
 * content again has the same one. `text` is as typed but for one kind of line break.
 * `suspicious`: a field that people do not see was filled in; somebody should look at it.
 * `traces`: see `InboundMessage`'s form.
 */
export const submissionSchema = z.object({
  key: z.string().min(1).max(200), // the sender of an anonymous one is named after it
  trackingNumber: z.string().regex(/^\d{10}$/),
  class: reportClass,
  title: z.string(),
  text: z.string(),
  occurredOn: z.iso.date().nullable(),
  location: locationSchema,
  agency: z.string().nullable(),
  name: z.string().nullable(),
  contact: contactSchema.nullable(),
  anonymous: z.boolean(),
  confidential: z.boolean(),
  suspicious: z.boolean(),
  traces: tracesSchema,
  attachments: z.array(submittedFileSchema),
});

export type Submission = z.infer<typeof submissionSchema>;
export type SubmittedFile = z.infer<typeof submittedFileSchema>;

/** What a citizen states, without what we add to it. */
export type Content = Omit<
  Submission,
  'key' | 'trackingNumber' | 'suspicious' | 'traces' | 'attachments'
>;

/** The form as it was filled in. */
export type Fields = {
  readonly class: string;
  readonly title: string;
  readonly text: string;
  readonly occurredOn: string;
  readonly location: string;
  readonly latitude: string;
  readonly longitude: string;
  readonly agency: string;
  readonly name: string;
  readonly contact: string;
  readonly anonymous: boolean;
  readonly confidential: boolean;
};

export type FieldName =
  'class' | 'title' | 'text' | 'occurredOn' | 'location' | 'agency' | 'name' | 'contact';

/** What is wrong with a field and what to do about it, in words for who filled it in. */
export type Problems = ReadonlyMap<FieldName, string>;

type Given = {
  /** The day it is in the part of the country where it begins first, yyyy-mm-dd. */
  readonly today: string;
  /** E.164 of a number as people write it, null if it is none. */
  readonly phone: (written: string) => string | null;
};

/** In characters as people count them. */
export const longest = { title: 200, text: 10_000, location: 500, agency: 200, name: 200 } as const;

/** What is longer is no contact, no day and no degree, and is not looked at. */
const longestLine = 500;

/**
 * Reads the form. In: fields as typed. Out: the content, or what is wrong, field by field. Who stays
 * anonymous has no name and no contact from here on. Throws nothing.
 */
export function contentFrom(
  fields: Fields,
  given: Given,
): { readonly content: Content } | { readonly problems: Problems } {
  const contact = fields.anonymous ? null : contactFrom(fields.contact, given.phone);
  const occurredOn = dayFrom(fields.occurredOn);
  const chosen = reportClass.safeParse(fields.class);
  const found: readonly (readonly [FieldName, string | null])[] = [
    ['class', chosen.success ? null : missing.class],
    ['title', wordsProblem(fields, 'title')],
    ['text', wordsProblem(fields, 'text')],
    ['occurredOn', dayProblem(fields.occurredOn, occurredOn, given.today)],
    ['location', wordsProblem(fields, 'location')],
    ['agency', tooLong(fields.agency, 'agency')],
    ...personProblems(fields, contact),
  ];
  const problems = new Map(
    found.flatMap(([name, problem]) => (problem === null ? [] : [[name, problem]])),
  );
  if (!chosen.success || problems.size > 0) return { problems };
  const { anonymous, confidential } = fields;
  return {
    content: {
      class: chosen.data,
      title: oneLine(fields.title),
      text: withOneLineBreak(fields.text),
      occurredOn,
      location: { text: oneLine(fields.location), ...coordinatesFrom(fields) },
      agency: oneLine(fields.agency) || null,
      name: anonymous ? null : oneLine(fields.name) || null,
      ...{ contact, anonymous, confidential },
    },
  };
}

/** Who stays anonymous may leave anything there. */
function personProblems(
  fields: Fields,
  contact: Content['contact'],
): readonly (readonly [FieldName, string | null])[] {
  if (fields.anonymous) return [];
  return [
    ['name', tooLong(fields.name, 'name')],
    ['contact', contact === null ? contactProblem(fields.contact) : null],
  ];
}

/** How many characters people would count. */
export const lengthOf = (text: string): number => Array.from(withOneLineBreak(text)).length;

const withOneLineBreak = (text: string): string => text.replace(/\r\n?/g, '\n');

/** What people would see of it; U+0000 is nothing. */
const visible = (text: string): string => normaliseText(text.replaceAll('\u0000', ''));

const oneLine = (text: string): string => visible(text).replace(/\s+/g, ' ');

const missing = {
  class: 'Pilih jenis laporan Anda: Pengaduan, Aspirasi, atau Permintaan Informasi.',
  title: 'Tulis judul laporan, misalnya “Jembatan putus di Desa Sukamaju”.',
  text: 'Tulis isi laporan: apa yang terjadi, kapan, dan apa yang Anda harapkan.',
  location:
    'Tulis lokasi kejadian: nama jalan atau tempat, desa atau kelurahan, dan kabupaten atau kota.',
} as const;

const names = {
  title: 'Judul laporan',
  text: 'Isi laporan',
  location: 'Lokasi kejadian',
  agency: 'Instansi tujuan',
  name: 'Nama',
} as const;

const wordsProblem = (fields: Fields, name: 'title' | 'text' | 'location'): string | null =>
  tooLong(fields[name], name) ?? (visible(fields[name]) === '' ? missing[name] : null);

const inWords = new Intl.NumberFormat('id-ID');

function tooLong(text: string, name: keyof typeof names): string | null {
  const most = longest[name];
  // A character is one or two units, a line break too: what has more than this is not even counted.
  const length = text.length > 2 * most ? null : lengthOf(text);
  if (length !== null && length <= most) return null;
  const counted = length === null ? '' : `: ${inWords.format(length)} karakter`;
  return `${names[name]} terlalu panjang${counted}. Ringkas menjadi paling banyak ${inWords.format(most)} karakter.`;
}

/** yyyy-mm-dd of a day that exists, as browsers send it or as people write it. */
function dayFrom(written: string): string | null {
  if (written.length > longestLine) return null;
  const digits = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(written.trim());
  const people = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/.exec(written.trim());
  const [year, month, day] = digits?.slice(1) ?? people?.slice(1).reverse() ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const found = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return z.iso.date().safeParse(found).success ? found : null;
}

function dayProblem(written: string, day: string | null, today: string): string | null {
  if (written.length <= longestLine && visible(written) === '') return null;
  if (day === null) return 'Tanggal ini tidak ada. Tulis seperti 17-08-2026, atau kosongkan.';
  if (day > today) return 'Tanggal ini belum tiba. Pilih hari ini atau hari sebelumnya.';
  if (day < '1945-08-17') return 'Periksa tahunnya: tanggal ini terlalu lama berlalu.';
  return null;
}

const email = z.email().max(254);
const e164 = /^\+[1-9]\d{6,14}$/;

function contactFrom(written: string, phone: Given['phone']): Content['contact'] {
  if (written.length > longestLine) return null;
  const tidy = oneLine(written);
  if (tidy.includes('@')) {
    const address = email.safeParse(tidy);
    return address.success ? { kind: 'email', value: address.data } : null;
  }
  const number = phone(tidy.replace(/[\u2010-\u2015/]/g, '-'));
  return number !== null && e164.test(number) ? { kind: 'phone', value: number } : null;
}

function contactProblem(written: string): string {
  if (written.length > longestLine) {
    return 'Nomor telepon atau alamat email ini terlalu panjang. Tulis satu saja, seperti 0812-3456-7890.';
  }
  const tidy = oneLine(written);
  if (tidy === '') {
    return 'Tulis nomor telepon atau alamat email Anda supaya petugas dapat menghubungi Anda, atau centang Anonim.';
  }
  return tidy.includes('@')
    ? 'Alamat email ini tidak lengkap. Tulis seperti nama@contoh.id.'
    : 'Nomor telepon ini tidak dapat dikenali. Tulis seperti 0812-3456-7890, atau tulis alamat email Anda.';
}

/** Both or none; what no browser would send is as good as none. */
function coordinatesFrom({ latitude, longitude }: Fields) {
  const none = { latitude: null, longitude: null };
  if (latitude.length > longestLine || longitude.length > longestLine) return none;
  if (latitude.trim() === '' || longitude.trim() === '') return none;
  const found = { text: null, latitude: Number(latitude), longitude: Number(longitude) };
  const { success, data } = locationSchema.safeParse(found);
  return success ? { latitude: data.latitude, longitude: data.longitude } : none;
}
