import { Invalid } from '../../errors.ts';
import type { Place } from './carrier.ts';

type Named = Place & { readonly slug: string; readonly name: string };

/** Well-known spots, one near each citizen. */
export const places: readonly Named[] = [
  { slug: 'semarang', name: 'Simpang Lima, Semarang', latitude: -6.9903, longitude: 110.4229 },
  { slug: 'bantul', name: 'Alun-alun Bantul', latitude: -7.8881, longitude: 110.3288 },
  { slug: 'surabaya', name: 'Tugu Pahlawan, Surabaya', latitude: -7.2459, longitude: 112.7378 },
  { slug: 'medan', name: 'Lapangan Merdeka, Medan', latitude: 3.5912, longitude: 98.6776 },
  { slug: 'denpasar', name: 'Lapangan Puputan, Denpasar', latitude: -8.6573, longitude: 115.2167 },
  { slug: 'jayapura', name: 'Taman Imbi, Jayapura', latitude: -2.5337, longitude: 140.7181 },
];

export const ownPlace = 'sendiri';

/** The chosen place, or null for none. Throws Invalid when coordinates cannot be read. */
export function placeFrom(slug: string, latitude: string, longitude: string): Place | null {
  if (slug === '') return null;
  if (slug === ownPlace) {
    return {
      latitude: degrees('Lintang', latitude, 90),
      longitude: degrees('Bujur', longitude, 180),
    };
  }
  const found = places.find((place) => place.slug === slug);
  if (!found) throw new Invalid('Tempat itu tidak ada di daftar. Pilih lagi lokasinya.');
  return { latitude: found.latitude, longitude: found.longitude };
}

export function nameOf({ latitude, longitude }: Place): string | null {
  return (
    places.find((place) => place.latitude === latitude && place.longitude === longitude)?.name ??
    null
  );
}

function degrees(what: string, text: string, most: number): number {
  // People write the comma of their language, and copy the minus of a map.
  const value = Number(text.trim().replace(',', '.').replace('−', '-'));
  if (text.trim() !== '' && Math.abs(value) <= most) return value;
  throw new Invalid(`${what} harus berupa angka antara −${most} dan ${most}, misalnya −6,99.`);
}
