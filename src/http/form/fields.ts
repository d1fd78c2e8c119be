import { randomBytes } from 'node:crypto';
import type { Fields } from '../../domain/submission.ts';
import type { RawFields } from './body.ts';

/** What the page sends beside what a citizen fills in. */
export type Sent = {
  readonly fields: Fields;
  /** Names this rendering of the form, so that sending it twice is one submission. */
  readonly token: string;
  /** What the cookie has to say as well. */
  readonly csrf: string;
  /** A field that people do not see was filled in. */
  readonly isTrapped: boolean;
};

export const emptyFields: Fields = {
  ...{ class: '', title: '', text: '', occurredOn: '', location: '', latitude: '', longitude: '' },
  ...{ agency: '', name: '', contact: '', anonymous: false, confidential: false },
};

export const newToken = (): string => randomBytes(16).toString('hex');

/** What the page says to prove that it is ours. */
export const csrfIn = (raw: RawFields): string => raw.get('csrf')?.[0] ?? '';

/** In: the body's fields by the names that stand in the page. A missing or odd token is made anew. */
export function sentFrom(raw: RawFields): Sent {
  const one = (name: string): string => raw.get(name)?.[0] ?? '';
  const token = one('formulir');
  return {
    fields: {
      class: one('klasifikasi'),
      title: one('judul'),
      text: one('isi'),
      occurredOn: one('tanggal'),
      location: one('lokasi'),
      latitude: one('lintang'),
      longitude: one('bujur'),
      agency: one('instansi'),
      name: one('nama'),
      contact: one('kontak'),
      anonymous: one('anonim') !== '',
      confidential: one('rahasia') !== '',
    },
    token: /^[0-9a-f]{32}$/.test(token) ? token : newToken(),
    csrf: csrfIn(raw),
    isTrapped: one('situs') !== '',
  };
}
