import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PhoneFile } from './carrier.ts';

type Example = { readonly slug: string; readonly title: string };

/** Drawn for this phone. */
export const examplePhotos: readonly Example[] = [
  { slug: 'jalan', title: 'Jalan berlubang' },
  { slug: 'banjir', title: 'Banjir' },
  { slug: 'lampu', title: 'Lampu jalan mati' },
];

/** A photo of the phone: `id` is its address below /simulator/foto/. */
export type Photo = PhoneFile & { readonly id: string; readonly name: string };

export type Album = {
  readonly keep: (file: PhoneFile) => Photo;
  readonly find: (id: string) => Photo | undefined;
  readonly example: (slug: string) => Photo | undefined;
};

/** Photos in memory. What was sent is kept up to `budget` bytes; then the oldest go. */
export function createAlbum(budget: number): Album {
  const examples = new Map(
    examplePhotos.map(({ slug, title }) => {
      const bytes = readFileSync(join(import.meta.dirname, 'photos', `${slug}.jpg`));
      return [slug, { id: slug, bytes, mediaType: 'image/jpeg', name: title }];
    }),
  );
  const kept = new Map<string, Photo>();
  let total = 0;
  let count = 0;
  return {
    keep: (file) => {
      count += 1;
      const photo = { ...file, id: String(count), name: file.name ?? `Lampiran ${count}` };
      kept.set(photo.id, photo);
      total += file.bytes.length;
      for (const [id, { bytes }] of kept) {
        if (total <= budget || id === photo.id) break;
        kept.delete(id);
        total -= bytes.length;
      }
      return photo;
    },
    find: (id) => kept.get(id) ?? examples.get(id),
    example: (slug) => examples.get(slug),
  };
}
