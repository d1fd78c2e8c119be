import { Invalid } from '../../errors.ts';
import type { PhoneFile, Place } from './carrier.ts';
import type { Album, Photo } from './photos.ts';
import { placeFrom } from './places.ts';
import { mostFiles, type Upload } from './upload.ts';

/** What was typed and chosen, to be shown again when it cannot be sent. */
export type Draft = {
  readonly text: string;
  readonly examples: readonly string[];
  readonly place: string;
  readonly latitude: string;
  readonly longitude: string;
  readonly way: string;
};

export const emptyDraft: Draft = {
  text: '',
  examples: [],
  place: '',
  latitude: '',
  longitude: '',
  way: '',
};

export type Written = {
  readonly text: string;
  readonly files: readonly (PhoneFile | Photo)[];
  readonly location: Place | null;
  readonly where: 'private' | 'public' | null;
};

export const mostCharacters = 4000;

export function draftFrom({ field, all }: Upload): Draft {
  return {
    // Forms send line ends as CRLF, phones do not.
    text: field('teks').replaceAll('\r\n', '\n'),
    examples: all('contoh'),
    place: field('tempat'),
    latitude: field('lintang'),
    longitude: field('bujur'),
    way: field('cara'),
  };
}

/** The message that a draft makes. Throws Invalid in words for the citizen. */
export function messageFrom(draft: Draft, upload: Upload, album: Album): Written {
  if (upload.problem !== null) throw new Invalid(upload.problem);
  const examples = draft.examples.flatMap((slug) => album.example(slug) ?? []);
  const files = [...examples, ...upload.files];
  const location = placeFrom(draft.place, draft.latitude, draft.longitude);
  if (files.length > mostFiles) {
    throw new Invalid(`Paling banyak ${mostFiles} lampiran sekali kirim.`);
  }
  if (draft.text.length > mostCharacters) {
    throw new Invalid('Pesan ini terlalu panjang. Paling banyak 4.000 huruf sekali kirim.');
  }
  if (draft.text.trim() === '' && files.length === 0 && location === null) {
    throw new Invalid('Tulis pesan dulu, atau pilih foto atau lokasi.');
  }
  const where = draft.way === 'public' || draft.way === 'private' ? draft.way : null;
  return { text: draft.text, files, location, where };
}
