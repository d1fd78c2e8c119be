import { createCut, createPartCount } from './cut.ts';
import { orientationIn, orientationOnly } from './exif.ts';

const soi = 0xd8;
const eoi = 0xd9;
const sos = 0xda;
const app0 = 0xe0;
const app1 = 0xe1;
const app2 = 0xe2;
const adobe = 0xee;

/** A start of frame: it holds the size of the picture. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Frames, scans, and what decoders need for them: tables, restart intervals, line counts, hierarchies. */
const isPicture = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf) || (marker >= sos && marker <= 0xdf);

/**
 * A JPEG without what is not picture (ISO/IEC 10918-1 annex B): application segments, comments, thumbnails,
 * what stands behind its end (Samsung and Google put a film there). The colour profile, Adobe's colour
 * transform and which way up it is stay. A file that is cut off stays as far as it goes. Null: no picture.
 */
export function cleanJpeg(bytes: Buffer): Buffer[] | null {
  const cut = createCut(bytes);
  cut.keep(0, 2);
  const markers = new Set<number>();
  let exif = exifOf(bytes);
  for (const { marker, at, end } of segmentsOf(bytes)) {
    const payload = bytes.subarray(at + 4, end);
    markers.add(marker);
    if (exif && marker !== app0) {
      cut.add(exif); // behind JFIF, which wants to be first
      exif = null;
    }
    if (isPicture(marker) || isProfile(marker, payload)) cut.keep(at, end);
    else cut.add(withoutExtras(marker, payload));
  }
  if (![...markers].some(isFrame) || !markers.has(sos)) return null;
  cut.add(Buffer.of(0xff, eoi));
  return cut.pieces();
}

/** An Exif segment that says which way up the picture is; null for one that is upright. */
function exifOf(bytes: Buffer): Buffer | null {
  for (const { marker, at, end } of segmentsOf(bytes)) {
    const payload = bytes.subarray(at + 4, end);
    if (marker === sos) return null;
    if (marker !== app1 || !startsWith(payload, 'Exif\0')) continue;
    const tiff = orientationOnly(orientationIn(payload.subarray(6)));
    return tiff && segment(app1, Buffer.concat([Buffer.from('Exif\0\0'), tiff]));
  }
  return null;
}

/** The segments up to the end of the picture; that of a scan goes on to where its coded data end. */
function* segmentsOf(bytes: Buffer) {
  let at = markerFrom(bytes, 2);
  const count = createPartCount();
  while (at + 4 <= bytes.length && bytes[at + 1] !== eoi) {
    count();
    const marker = bytes.readUInt8(at + 1);
    const head = at + 2 + bytes.readUInt16BE(at + 2);
    if (head > bytes.length) return;
    const end = marker === sos ? scanEnd(bytes, head) : head;
    if (head >= at + 4) yield { marker, at, end }; // its length counts itself
    at = markerFrom(bytes, end);
  }
}

/** The next marker that has a length or ends the picture; decoders skip what is between segments, too. */
function markerFrom(bytes: Buffer, start: number): number {
  for (let at = start; at + 1 < bytes.length; at += 1) {
    const marker = bytes[at + 1] ?? 0;
    const isAlone = marker <= 1 || (marker >= 0xd0 && marker <= soi) || marker === 0xff;
    if (bytes[at] === 0xff && !isAlone) return at;
  }
  return bytes.length;
}

/** Where coded data end: at a marker that is neither a stuffed byte nor a restart. */
function scanEnd(bytes: Buffer, start: number): number {
  for (let at = start; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  return bytes.length;
}

const startsWith = (payload: Buffer, mark: string): boolean =>
  payload.toString('latin1', 0, mark.length) === mark;

const isProfile = (marker: number, payload: Buffer): boolean =>
  marker === app2 && startsWith(payload, 'ICC_PROFILE\0');

/** JFIF without its thumbnail, Adobe's colour transform, and nothing of the rest. */
function withoutExtras(marker: number, payload: Buffer): Buffer {
  if (marker === adobe && startsWith(payload, 'Adobe')) return shortened(adobe, payload, 12);
  if (marker !== app0 || !startsWith(payload, 'JFIF\0')) return Buffer.alloc(0);
  const whole = shortened(app0, payload, 14);
  whole.fill(0, 4 + 12);
  return whole;
}

/** A segment of a fixed length: who made the file may have put more into it. */
function shortened(marker: number, payload: Buffer, length: number): Buffer {
  const fixed = Buffer.alloc(length);
  payload.copy(fixed);
  return segment(marker, fixed);
}

function segment(marker: number, payload: Buffer): Buffer {
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(payload.length + 2, 2);
  return Buffer.concat([head, payload]);
}
