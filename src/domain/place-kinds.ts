import { isSlip } from './slips.ts';

/**
 * A place a text names. `level` tells what can contradict what: two villages do, a street and a village do
 * not. `listed`: the gazetteer has its name, so a letter more or less is another place. Areas named without
 * their kind ("Semarang") have the kind `''`.
 */
export type Place = {
  readonly level: string;
  readonly kind: string;
  readonly name: string;
  readonly listed: boolean;
};

const levels: ReadonlyMap<string, readonly string[]> = new Map([
  ['province', ['provinsi']],
  ['regency', ['kabupaten', 'kota']],
  ['district', ['kecamatan']],
  ['village', ['desa', 'kelurahan', 'nagari', 'pekon', 'gampong']],
  ['hamlet', ['dusun', 'dukuh', 'kampung', 'lingkungan', 'padukuhan', 'pedukuhan']],
  ['estate', ['perumahan', 'komplek', 'apartemen', 'rusun', 'rusunawa', 'cluster']],
  ['street', ['jalan']],
  ['alley', ['gang', 'lorong']],
  ['rt', ['rt']],
  ['rw', ['rw']],
  ['km', ['km']],
  ['block', ['blok']],
  ['crossing', ['simpang', 'pertigaan', 'perempatan', 'bundaran', 'prapatan']],
  ['bridge', ['jembatan', 'flyover', 'underpass', 'terowongan']],
  ['stop', ['halte', 'shelter', 'koridor']],
  ['station', ['stasiun', 'terminal', 'bandara', 'pelabuhan']],
  ['market', ['pasar', 'mall']],
  [
    'school',
    'sd sdn smp smpn sma sman smk smkn mts mtsn man tk paud universitas kampus'.split(' '),
  ],
  ['clinic', 'puskesmas pustu posyandu rs rsud rsup rsu klinik apotek'.split(' ')],
  ['water', 'pantai sungai waduk danau embung bendungan kolam'.split(' ')],
  ['land', ['gunung', 'pulau', 'taman', 'lapangan']],
  ['prayer', ['masjid', 'gereja', 'mushola', 'vihara']],
  ['ground', ['makam', 'tpu', 'tps', 'tpa']],
  ['business', 'toko warung hotel restoran spbu pabrik pt cv bengkel'.split(' ')],
]);

const levelOf: ReadonlyMap<string, string> = new Map(
  [...levels].flatMap(([level, kinds]) => kinds.map((kind) => [kind, level] as const)),
);

/** Words that announce a place: kind → level. The empty kind is not among them. */
export function levelOfKind(kind: string): string | undefined {
  return levelOf.get(kind);
}

/** Kinds behind which a number alone is a name: RT 3, km 12, gang 4, SDN 2. */
export const numbered: ReadonlySet<string> = new Set(
  'rt rw km blok gang lorong koridor sdn smpn sman smkn sd smp sma smk mtsn tps spbu lingkungan dusun'.split(
    ' ',
  ),
);

const areas: ReadonlySet<string> = new Set(['province', 'regency', 'district']);

/** "kota semarang", "jalan mawar", "semarang" when the kind is not said. Throws nothing. */
export function labelOf({ kind, name }: Place): string {
  return kind === '' ? name : `${kind} ${name}`;
}

/** Whether a place is a province, a regency or a district: all of these are known by name. */
export function isArea({ level }: Place): boolean {
  return areas.has(level);
}

/** A place found on a street map: below the district, with a name and not only a number. */
export function isSpot(place: Place): boolean {
  return !isArea(place) && identifies(place);
}

/** Whether a place can tell that two texts speak of the same one: RT 3 is everywhere. */
export function identifies({ name }: Place): boolean {
  return /\p{L}{3}/u.test(name);
}

/**
 * Whether two names may be one place. "Semarang" may be the city or the regency; "Jalan Meteseh" may be
 * "Jalan Meteseh - Sendangmulyo"; a slip of the finger may be one where the gazetteer does not know
 * both. Symmetric; throws nothing.
 */
export function maySamePlace(a: Place, b: Place): boolean {
  return isSamePlace(a, b) || (mayBeOneKind(a, b) && isMisspelt(a, b));
}

/** The same, where a letter more or less makes another place. Symmetric; throws nothing. */
export function isSamePlace(a: Place, b: Place): boolean {
  return mayBeOneKind(a, b) && sameName(a, b);
}

function mayBeOneKind(a: Place, b: Place): boolean {
  if (a.kind === b.kind || isBareOf(a, b) || isBareOf(b, a)) return true;
  if (a.level !== b.level || a.level === 'regency') return false;
  return a.level !== 'school' || startsAlike(a.kind, b.kind);
}

/** A bare name may also be a district or a province. */
const isBareOf = (a: Place, b: Place): boolean => a.kind === '' && areas.has(b.level);

/** "SD" and "SDN" are loosely used. */
const startsAlike = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a);

function sameName(a: Place, b: Place): boolean {
  if (joined(a) === joined(b)) return true;
  return !isArea(a) && (isFirstWordsOf(a, b) || isFirstWordsOf(b, a));
}

const isMisspelt = (a: Place, b: Place): boolean =>
  !(a.listed && b.listed) && !isLonger(a, b) && !isLonger(b, a) && isSlip(joined(a), joined(b));

const joined = ({ name }: Place): string => name.replaceAll(' ', '');

const isLonger = (long: Place, short: Place): boolean => long.name.startsWith(`${short.name} `);

/** Words, not letters; and a number or a letter more makes another place (Mawar, Mawar 2, Mawar II, Mawar B). */
const isFirstWordsOf = (short: Place, long: Place): boolean =>
  isLonger(long, short) && !counting.test(long.name.slice(short.name.length));

const counting = /\d| (?:\p{L}|[ivx]{2,4})(?: |$)/u;

/** What a has that b has not, what both have, and what of that is not written alike. */
export function comparePlaces(
  a: readonly Place[],
  b: readonly Place[],
): {
  readonly onlyA: readonly Place[];
  readonly onlyB: readonly Place[];
  readonly shared: readonly Place[];
  readonly misspelt: readonly Place[];
} {
  const inA = (place: Place) => a.some((other) => maySamePlace(place, other));
  const inB = (place: Place) => b.some((other) => maySamePlace(place, other));
  const [sharedA, sharedB] = [a.filter(inB), b.filter(inA)];
  const isWritten = (places: readonly Place[]) => (place: Place) =>
    places.some((other) => isSamePlace(place, other));
  return {
    onlyA: a.filter((place) => !sharedA.includes(place)),
    onlyB: b.filter((place) => !sharedB.includes(place)),
    shared: sharedA,
    misspelt: [
      ...sharedA.filter((place) => !isWritten(b)(place)),
      ...sharedB.filter((place) => !isWritten(a)(place)),
    ],
  };
}

/** Whether both name places of one level and none of them is the same by `isSame`. Symmetric; throws nothing. */
export function contradict(
  a: readonly Place[],
  b: readonly Place[],
  isSame: typeof isSamePlace,
): boolean {
  const levels = new Set(a.map(({ level }) => level));
  return [...levels].some((level) => {
    const [hereA, hereB] = [atLevel(a, level), atLevel(b, level)];
    return hereB.length > 0 && !hereA.some((one) => hereB.some((other) => isSame(one, other)));
  });
}

const atLevel = (places: readonly Place[], level: string): readonly Place[] =>
  places.filter((place) => place.level === level);
