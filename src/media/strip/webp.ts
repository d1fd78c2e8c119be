import { createCut, createPartCount } from './cut.ts';
import { orientationIn, orientationOnly } from './exif.ts';

/** What makes the picture and its colours (RFC 9649); Exif, XMP and unknown chunks go. */
const kept: ReadonlySet<string> = new Set(['VP8 ', 'VP8L', 'ANIM', 'ALPH', 'ICCP']);
const hasExif = 0x08;
const hasXmp = 0x04;

/** A WebP without what is not picture. One that is cut off stays as far as it goes. Null: no picture. */
export function cleanWebp(bytes: Buffer): Buffer[] | null {
  const cut = createCut(bytes);
  const types = new Set<string>();
  let flags: Buffer | null = null;
  for (const { type, at, end, payload } of chunksIn(bytes, 12, 8 + bytes.readUInt32LE(4))) {
    types.add(type);
    if (kept.has(type)) cut.keep(at, end);
    else if (type === 'ANMF') cut.add(frame(payload));
    else if (type === 'VP8X') cut.add((flags = chunk('VP8X', payload.subarray(0, 10))));
  }
  if (!['VP8 ', 'VP8L', 'ANMF'].some((type) => types.has(type))) return null;
  const tiff = flags && orientationOnly(orientationOf(bytes));
  if (tiff) cut.add(chunk('EXIF', tiff));
  if (flags) flags[8] = (flags.readUInt8(8) & ~(hasExif | hasXmp)) | (tiff ? hasExif : 0);
  const pieces = cut.pieces();
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(4 + pieces.reduce((sum, { length }) => sum + length, 0), 4);
  return [head, ...pieces];
}

function* chunksIn(bytes: Buffer, from: number, to: number) {
  const count = createPartCount();
  const last = Math.min(to, bytes.length);
  for (let at = from; at + 8 <= last;) {
    count();
    const length = bytes.readUInt32LE(at + 4);
    const next = at + 8 + length + (length % 2);
    const payload = bytes.subarray(at + 8, Math.min(at + 8 + length, last));
    yield { type: bytes.toString('latin1', at, at + 4), at, end: Math.min(next, last), payload };
    at = next;
  }
}

/** A picture of an animation: its place and time, then chunks of its own. */
function frame(payload: Buffer): Buffer {
  const cut = createCut(payload);
  cut.keep(0, Math.min(16, payload.length));
  for (const { type, at, end } of chunksIn(payload, 16, payload.length)) {
    if (kept.has(type)) cut.keep(at, end);
  }
  return chunk('ANMF', Buffer.concat(cut.pieces()));
}

function orientationOf(bytes: Buffer): number {
  for (const { type, payload } of chunksIn(bytes, 12, bytes.length)) {
    if (type !== 'EXIF') continue;
    // Some programs write the mark that JPEG has.
    return orientationIn(payload.subarray(payload.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0));
  }
  return 1;
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}
