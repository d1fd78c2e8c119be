import { readFileSync } from 'node:fs';

/** A file of test/fixtures/media: a real one, with "PENANDA" and a place planted wherever programs write. */
export const planted = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/media/${name}`, import.meta.url));

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

type Part = string | Buffer;

/** One after the other; text is Latin-1. */
export const joined = (...parts: readonly Part[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );

/** A segment of a JPEG. */
export function segment(marker: number, ...parts: readonly Part[]): Buffer {
  const payload = joined(...parts);
  const head = Buffer.of(0xff, marker, 0, 0);
  head.writeUInt16BE(payload.length + 2, 2);
  return joined(head, payload);
}

/** A small JPEG whose coded data are these bytes, with what is given before its tables and behind its end. */
export const jpegOf = (data: Buffer, front: Part = '', behind: Part = ''): Buffer =>
  joined(
    ...['\u00ff\u00d8', segment(0xe0, 'JFIF\0\u0001\u0001\0\0\u0001\0\u0001\0\0'), front],
    ...[
      segment(0xdb, '\0', Buffer.alloc(64, 1)),
      segment(0xc0, '\u0008\0\u0001\0\u0001\u0001\u0001\u0011\0'),
    ],
    ...[segment(0xda, '\u0001\u0001\0\0\u003f\0'), data, '\u00ff\u00d9', behind],
  );

/** A chunk of a PNG; nobody looks at its sum. */
export const chunk = (type: string, ...parts: readonly Part[]): Buffer => {
  const data = joined(...parts);
  return joined(word(data.length), type, data, 'SUM.');
};

const pngEnd = joined(word(0), 'IEND', word(0xae426082));
const pngHead = joined('\u0089PNG\r\n\u001a\n', chunk('IHDR', Buffer.alloc(13, 1)));

/** A PNG of so many bytes that holds these, and nothing that is taken off it. */
export function pngOf(length: number, content: Part = ''): Buffer {
  const data = joined(content, Buffer.alloc(Math.max(length - 57 - joined(content).length, 0), 7));
  return joined(pngHead, chunk('IDAT', data), pngEnd);
}

/** A chunk of a WebP. */
export function riff(type: string, ...parts: readonly Part[]): Buffer {
  const data = joined(...parts);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return joined(type, length, data, Buffer.alloc(data.length % 2));
}

/** A box of an MP4 or HEIF. */
export function box(type: string, ...parts: readonly Part[]): Buffer {
  const content = joined(...parts);
  return joined(word(content.length + 8), type, content);
}

/** Whole numbers of four bytes, as tables of boxes hold them. */
export const words = (...values: readonly number[]): Buffer => joined(...values.map(word));
