import { Malformed } from '../../errors.ts';
import type { Box, Boxes } from './boxes.ts';
import { emptyTiff, orientationIn, orientationOnly } from './exif.ts';

/** Items that describe pictures: Exif, XMP (`mime`), whatever an address names. */
const describing: ReadonlySet<string> = new Set(['Exif', 'mime', 'uri ']);

/** Properties that tell words or times. They stay as free space: others are named by their place in the list. */
const telling: ReadonlySet<string> = new Set(['udes', 'altt', 'crtt', 'mdft', 'uuid']);

const mostExtents = 1000;

type Item = { readonly id: number; readonly type: string };
type Extent = { readonly start: number; readonly end: number };

/**
 * Wipes the items of a HEIF that describe pictures (ISO/IEC 23008-12). In: the boxes that stay of its `meta`.
 * Out: whether a picture is left. Throws Malformed where such an item cannot be found.
 */
export function wipeItems(bytes: Buffer, boxes: Boxes, meta: readonly Box[]): boolean {
  const named = (type: string) => meta.find((box) => box.type === type);
  const [information, places, properties] = [named('iinf'), named('iloc'), named('iprp')];
  if (!information || !places) return false;
  const items = itemsIn(bytes, boxes, information);
  const types = new Map(items.map(({ id, type }) => [id, type]));
  for (const [id, extents] of extentsIn(bytes, places, named('idat')?.from ?? 0, (id) =>
    describing.has(types.get(id) ?? 'mime'),
  )) {
    wipeItem(bytes, boxes, extents, types.get(id) === 'Exif');
  }
  if (properties) wipeProperties(boxes, properties);
  return items.some(({ type }) => !describing.has(type));
}

/** Of Exif a block stays that says which way up the picture is: programs may have heeded it. */
function wipeItem(bytes: Buffer, boxes: Boxes, extents: readonly Extent[], isExif: boolean): void {
  const [first] = extents;
  const exif =
    isExif && first && first.start + 4 < bytes.length
      ? bytes.subarray(first.start, first.end)
      : null;
  const orientation =
    exif && exif.length > 4 ? orientationIn(exif.subarray(4 + exif.readUInt32BE(0))) : 1;
  for (const { start, end } of extents) boxes.wipe(start, end);
  const left = orientationOnly(orientation) ?? emptyTiff;
  if (exif && exif.length >= 4 + left.length) left.copy(exif, 4);
}

function itemsIn(bytes: Buffer, boxes: Boxes, { from, to }: Box): Item[] {
  const version = bytes.readUInt8(from);
  return boxes.within(from + (version === 0 ? 6 : 8), to).flatMap((entry) => {
    if (entry.type !== 'infe') return [];
    const isWide = bytes.readUInt8(entry.from) === 3;
    // Those of versions 0 and 1 have no type: what they hold is told by its media type.
    const isTyped = bytes.readUInt8(entry.from) >= 2;
    const at = entry.from + (isWide ? 10 : 8);
    const id = isWide ? bytes.readUInt32BE(entry.from + 4) : bytes.readUInt16BE(entry.from + 4);
    boxes.wipe(isTyped ? at + 4 : at, entry.to); // its name
    return [{ id, type: isTyped ? bytes.toString('latin1', at, at + 4) : 'mime' }];
  });
}

/** Where the items are that somebody wants (ISO/IEC 14496-12, 8.11.3). */
function extentsIn(
  bytes: Buffer,
  { from, to }: Box,
  idat: number,
  isWanted: (id: number) => boolean,
): Map<number, Extent[]> {
  const version = bytes.readUInt8(from);
  const { next, skip } = createReader(bytes.subarray(0, to), from + 4);
  const [offset, length, base, index] = nibblesOf(next(2), version);
  const idSize = version < 2 ? 2 : 4;
  const found = new Map<number, Extent[]>();
  for (let items = next(idSize); items > 0; items -= 1) {
    const id = next(idSize);
    const method = version === 0 ? 0 : next(2) & 15;
    skip(2);
    const start = next(base) + (method === 1 ? idat : 0);
    const count = next(2);
    if (!isWanted(id)) {
      skip(count * (index + offset + length));
      continue;
    }
    if (method > 1 || length === 0) throw new Malformed('an item that cannot be found');
    refuseMany(Math.max(count, found.size));
    const extents = Array.from({ length: count }, () => {
      skip(index);
      const at = start + next(offset);
      return { start: at, end: at + next(length) };
    });
    found.set(id, extents);
  }
  return found;
}

function refuseMany(extents: number): void {
  if (extents > mostExtents) throw new Malformed('an item in too many parts');
}

/** How wide the numbers of a list are; version 0 has no index. */
const nibblesOf = (word: number, version: number) =>
  [word >> 12, (word >> 8) & 15, (word >> 4) & 15, version === 0 ? 0 : word & 15] as const;

/** Whole numbers of any width, one after the other. Throws RangeError at the end. */
function createReader(bytes: Buffer, start: number) {
  let at = start;
  const skip = (length: number): void => {
    at += length;
    if (at > bytes.length) throw new RangeError('read beyond the end');
  };
  return {
    skip,
    next: (size: number): number => {
      skip(size);
      if (size === 8) return Number(bytes.readBigUInt64BE(at - 8));
      return size === 0 ? 0 : bytes.readUIntBE(at - size, size);
    },
  };
}

function wipeProperties(boxes: Boxes, { from, to }: Box): void {
  for (const container of boxes.within(from, to)) {
    if (container.type !== 'ipco') continue;
    for (const box of boxes.within(container.from, container.to)) {
      if (telling.has(box.type)) boxes.free(box);
    }
  }
}
