import { Malformed } from '../../errors.ts';
import { type Box, type Boxes, openBoxes } from './boxes.ts';
import { wipeItems } from './heif.ts';

/** What stays, by the box it stands in ("" is the file itself); everything else becomes free space. */
const kept: Readonly<Record<string, readonly string[]>> = {
  '': ['ftyp', 'styp', 'moov', 'moof', 'mdat', 'mfra', 'sidx', 'ssix', 'pdin', 'wide', 'meta'],
  moov: ['mvhd', 'trak', 'mvex', 'iods'],
  trak: ['tkhd', 'edts', 'mdia', 'tref', 'trgr', 'tapt'],
  mdia: ['mdhd', 'hdlr', 'minf', 'elng'],
  minf: ['vmhd', 'smhd', 'gmhd', 'nmhd', 'dinf', 'hdlr', 'stbl'],
  stbl: [
    ...['stsd', 'stts', 'ctts', 'cslg', 'stsc', 'stsz', 'stz2', 'stco', 'co64', 'stss', 'stsh'],
    ...['padb', 'stdp', 'sdtp', 'sbgp', 'sgpd', 'subs', 'saiz', 'saio'],
  ],
  meta: ['hdlr', 'pitm', 'iinf', 'iloc', 'iprp', 'iref', 'idat', 'ipro', 'dinf', 'grpl'],
  moof: ['mfhd', 'traf'],
  traf: ['tfhd', 'tfdt', 'trun', 'sbgp', 'sgpd', 'subs', 'saiz', 'saio', 'senc'],
};

/** Tracks to be seen or heard. Others (subtitles, too) are where cameras write where they were. */
const shown: ReadonlySet<string> = new Set(['vide', 'soun', 'pict', 'auxv']);

/** Boxes that begin with the times at which something was made and changed. */
const dated: ReadonlySet<string> = new Set(['mvhd', 'tkhd', 'mdhd']);

/**
 * An MP4 or HEIF, in place, without what is neither picture nor sound: places, names, times, tracks of data,
 * what unknown boxes hold. Which way up it is stands in the picture's own properties. Null: nothing to see.
 */
export function cleanFilm(bytes: Buffer): Buffer[] | null {
  const boxes = openBoxes(bytes);
  const top = keepIn(boxes, '', { from: 0, to: bytes.length });
  const isSeen = top.map((box) => {
    if (box.type === 'meta') return cleanPictures(bytes, boxes, box);
    if (box.type === 'moof') cleanFragment(boxes, box);
    return box.type === 'moov' && cleanMovie(bytes, boxes, box);
  });
  return isSeen.includes(true) ? [bytes] : null;
}

/** The boxes in another that stay. */
function keepIn(boxes: Boxes, type: string, { from, to }: Pick<Box, 'from' | 'to'>): Box[] {
  const all = boxes.within(from, to);
  for (const box of all) if (!kept[type]?.includes(box.type)) boxes.free(box);
  return all.filter((box) => kept[type]?.includes(box.type));
}

/** The `meta` of a HEIF; that of a film, with a player's words about it, goes. */
function cleanPictures(bytes: Buffer, boxes: Boxes, meta: Box): boolean {
  const within = keepIn(boxes, 'meta', { from: meta.from + 4, to: meta.to });
  const handler = within.find(({ type }) => type === 'hdlr');
  if (handler && handlerOf(bytes, boxes, handler) === 'pict')
    return wipeItems(bytes, boxes, within);
  boxes.free(meta);
  return false;
}

function cleanFragment(boxes: Boxes, fragment: Box): void {
  for (const box of keepIn(boxes, 'moof', fragment)) {
    if (box.type === 'traf') keepIn(boxes, 'traf', box);
  }
}

function cleanMovie(bytes: Buffer, boxes: Boxes, movie: Box): boolean {
  let isSeen = false;
  for (const box of keepIn(boxes, 'moov', movie)) {
    undate(bytes, boxes, box);
    if (box.type !== 'trak') continue;
    if (cleanTrack(bytes, boxes, box)) isSeen = true;
    else boxes.free(box);
  }
  return isSeen;
}

/** Out: whether it is a track to be seen or heard. If not, its samples are wiped. */
function cleanTrack(bytes: Buffer, boxes: Boxes, track: Box): boolean {
  let isShown = false;
  let table: readonly Box[] = [];
  for (const box of keepIn(boxes, 'trak', track)) {
    undate(bytes, boxes, box);
    if (box.type !== 'mdia') continue;
    for (const inner of keepIn(boxes, 'mdia', box)) {
      undate(bytes, boxes, inner);
      if (inner.type === 'hdlr') isShown = shown.has(handlerOf(bytes, boxes, inner));
      if (inner.type === 'minf') table = tableIn(boxes, inner);
    }
  }
  if (!isShown) wipeSamples(bytes, boxes, table);
  return isShown;
}

function tableIn(boxes: Boxes, information: Box): readonly Box[] {
  const found = keepIn(boxes, 'minf', information).find(({ type }) => type === 'stbl');
  return found ? keepIn(boxes, 'stbl', found) : [];
}

/** What kind of track it is. The name that its maker gave it goes. */
function handlerOf(bytes: Buffer, boxes: Boxes, { from, to }: Box): string {
  boxes.wipe(from + 24, to);
  return bytes.toString('latin1', from + 8, from + 12);
}

function undate(bytes: Buffer, boxes: Boxes, { type, from, to }: Box): void {
  if (!dated.has(type)) return;
  const width = bytes[from] === 1 ? 8 : 4;
  boxes.wipe(from + 4, Math.min(from + 4 + 2 * width, to));
}

/** Wipes the samples of a track, wherever in the file they are (ISO/IEC 14496-12, 8.7). */
function wipeSamples(bytes: Buffer, boxes: Boxes, table: readonly Box[]): void {
  const named = (...types: string[]) => table.find(({ type }) => types.includes(type));
  const [sizes, runs, chunks] = [named('stsz'), named('stsc'), named('stco', 'co64')];
  if (!sizes || !runs || !chunks) {
    if (chunks || named('stz2'))
      throw new Malformed('a track of data whose samples cannot be found');
    return;
  }
  const lengthOf = sampleLengths(bytes, sizes);
  const width = chunks.type === 'co64' ? 8 : 4;
  const perChunk = samplesPerChunk(bytes, runs);
  const count = countIn(bytes, chunks, chunks.from + 4, width);
  for (let index = 0; index < count; index += 1) {
    const at = chunks.from + 8 + index * width;
    const start = width === 8 ? Number(bytes.readBigUInt64BE(at)) : bytes.readUInt32BE(at);
    boxes.wipe(start, start + lengthOf(perChunk(index)));
  }
}

/** A count that a table begins with; never more than its box has room for. */
function countIn(bytes: Buffer, { to }: Box, at: number, width: number): number {
  return Math.min(bytes.readUInt32BE(at), Math.floor((to - at - 4) / width));
}

/** Out: the length of the next so many samples. */
function sampleLengths(bytes: Buffer, sizes: Box): (samples: number) => number {
  const fixed = bytes.readUInt32BE(sizes.from + 4);
  if (fixed > 0) return (samples) => samples * fixed;
  const count = countIn(bytes, sizes, sizes.from + 8, 4);
  let next = 0;
  return (samples) => {
    let sum = 0;
    for (const end = Math.min(next + samples, count); next < end; next += 1) {
      sum += bytes.readUInt32BE(sizes.from + 12 + next * 4);
    }
    return sum;
  };
}

/** Out: how many samples are in a chunk; chunks are asked for in their order. */
function samplesPerChunk(bytes: Buffer, runs: Box): (chunk: number) => number {
  const count = countIn(bytes, runs, runs.from + 4, 12);
  const field = (run: number, offset: number) =>
    bytes.readUInt32BE(runs.from + 8 + run * 12 + offset);
  let run = 0;
  return (chunk) => {
    while (run + 1 < count && field(run + 1, 0) <= chunk + 1) run += 1;
    return count === 0 ? 0 : field(run, 4);
  };
}
