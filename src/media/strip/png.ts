import { crc32 } from 'node:zlib';
import { createCut, createPartCount } from './cut.ts';
import { orientationIn, orientationOnly } from './exif.ts';

/** What makes the picture and its colours (PNG 3rd edition, section 11); texts, times, Exif and unknown chunks go. */
const kept: ReadonlySet<string> = new Set([
  ...[
    'IHDR',
    'PLTE',
    'IDAT',
    'CgBI',
    'acTL',
    'fcTL',
    'fdAT',
    'tRNS',
    'bKGD',
    'hIST',
    'sBIT',
    'sPLT',
  ],
  ...['pHYs', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'mDCV', 'cLLI'],
]);

/** A PNG without what is not picture. One that is cut off stays as far as it goes. Null: no picture. */
export function cleanPng(bytes: Buffer): Buffer[] | null {
  const cut = createCut(bytes);
  cut.keep(0, 8);
  let isPicture = false;
  for (const { type, at, end } of chunksIn(bytes)) {
    if (type === 'IDAT' && !isPicture) {
      isPicture = true;
      cut.add(exifOf(bytes));
    }
    if (kept.has(type)) cut.keep(at, end);
    if (type === 'IEND') cut.add(chunk('IEND', Buffer.alloc(0)));
  }
  return isPicture ? cut.pieces() : null;
}

/** A chunk that says which way up the picture is; nothing for one that is upright. */
function exifOf(bytes: Buffer): Buffer {
  for (const { type, at, end } of chunksIn(bytes)) {
    if (type !== 'eXIf') continue;
    const tiff = orientationOnly(orientationIn(bytes.subarray(at + 8, end - 4)));
    if (tiff) return chunk('eXIf', tiff);
  }
  return Buffer.alloc(0);
}

/** The chunks up to the end of the picture; of one that is cut off, what is there of its picture. */
function* chunksIn(bytes: Buffer) {
  const count = createPartCount();
  for (let at = 8; at + 8 < bytes.length;) {
    count();
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end <= bytes.length || type === 'IDAT') {
      yield { type, at, end: Math.min(end, bytes.length) };
    }
    if (type === 'IEND') return;
    at = end;
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
