import { isSlip } from './slips.ts';

/**
 * A place a text names. `level` tells what can contradict what: two villages do, a street and a village do
 * not. `listed`: the gazetteer has it, so a letter more or less is another place. Areas named without
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
  ['regency', ['kabupaten', 'kota', '']],
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

/** A place found on a street map: below the district, with a name and not only a number. */
export function isSpot({ level, name }: Place): boolean {
  return !areas.has(level) && /\p{L}{3}/u.test(name);
}

/** Whether a place can tell that two texts speak of the same one: RT 3 is everywhere. */
export function identifies({ name }: Place): boolean {
  return /\p{L}{3}/u.test(name);
}

/**
 * Whether two names may be one place. "Semarang" may be the city or the regency; "Jalan Meteseh" may be
 * "Jalan Meteseh - Sendangmulyo"; a slip of the finger is forgiven where the gazetteer does not know
 * both. Symmetric; throws nothing.
 */
export function maySamePlace(a: Place, b: Place): boolean {
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
  const [one, other] = [a.name.replaceAll(' ', ''), b.name.replaceAll(' ', '')];
  if (one === other) return true;
  if (a.listed && b.listed) return false;
  if (areas.has(a.level)) return isSlip(one, other);
  return isFirstWordsOf(a.name, b.name) || isFirstWordsOf(b.name, a.name) || isSlip(one, other);
}

/** Words, not letters; and a number more makes another place (Mawar, Mawar 2). */
function isFirstWordsOf(short: string, long: string): boolean {
  return long.startsWith(`${short} `) && !/\d/.test(long.slice(short.length));
}

/** What a has that b has not, and what both have. */
export function comparePlaces(
  a: readonly Place[],
  b: readonly Place[],
): {
  readonly onlyA: readonly Place[];
  readonly onlyB: readonly Place[];
  readonly shared: readonly Place[];
} {
  const inA = (place: Place) => a.some((other) => maySamePlace(place, other));
  const inB = (place: Place) => b.some((other) => maySamePlace(place, other));
  return {
    onlyA: a.filter((place) => !inB(place)),
    onlyB: b.filter((place) => !inA(place)),
    shared: a.filter(inB),
  };
}

/** Whether both name places of one level and none of them may be the same. Symmetric; throws nothing. */
export function contradict(a: readonly Place[], b: readonly Place[]): boolean {
  return a.some(({ level }) => {
    const [hereA, hereB] = [atLevel(a, level), atLevel(b, level)];
    return (
      hereB.length > 0 && !hereA.some((one) => hereB.some((other) => maySamePlace(one, other)))
    );
  });
}

const atLevel = (places: readonly Place[], level: string): readonly Place[] =>
  places.filter((place) => place.level === level);
