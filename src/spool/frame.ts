import { crc32 } from 'node:zlib';

/**
 * How a record lies in a segment: sign, length of what follows, its checksum, checksum of these three.
 * The sign lets a reader find the next record behind bytes that went bad.
 */
const sign = 0x53_50_47_31; // "SPG1"
const headBytes = 16;
/** Nothing we write is longer: a body is at most 3 MB, sealed with its head. */
const mostBytes = 16 * 1024 * 1024;

export type Frame =
  | { readonly kind: 'record'; readonly payload: Buffer }
  /** Bytes that were a record once. */
  | { readonly kind: 'damaged'; readonly bytes: Buffer };

export type Scan = {
  readonly frames: readonly Frame[];
  /**
   * How many bytes at the end are the beginning of a record whose writing broke off. Whoever sent it was
   * not told that it is stored.
   */
  readonly torn: number;
};

/** One record, ready to be appended. */
export function frame(payload: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(sign, 0);
  head.writeUInt32BE(payload.length, 4);
  head.writeUInt32BE(crc32(payload), 8);
  head.writeUInt32BE(crc32(head.subarray(0, 12)), 12);
  return Buffer.concat([head, payload]);
}

/** What stands in the bytes of a segment, in order; nothing of it is skipped without being told. */
export function scan(bytes: Buffer): Scan {
  const frames: Frame[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = lengthAt(bytes, at);
    if (length === null) {
      const next = nextHead(bytes, at + 1);
      const rest = bytes.subarray(at, next ?? bytes.length);
      if (next === null && isTorn(rest)) return { frames, torn: rest.length };
      frames.push({ kind: 'damaged', bytes: rest });
      at += rest.length;
      continue;
    }
    const end = at + headBytes + length;
    if (end > bytes.length) {
      const next = nextHead(bytes, at + headBytes);
      if (next === null) return { frames, torn: bytes.length - at };
      frames.push({ kind: 'damaged', bytes: bytes.subarray(at, next) });
      at = next;
      continue;
    }
    const payload = bytes.subarray(at + headBytes, end);
    const isWhole = crc32(payload) === bytes.readUInt32BE(at + 8);
    frames.push(
      isWhole ? { kind: 'record', payload } : { kind: 'damaged', bytes: bytes.subarray(at, end) },
    );
    at = end;
  }
  return { frames, torn: 0 };
}

/** Length of the record whose head stands here; null when none does. */
function lengthAt(bytes: Buffer, at: number): number | null {
  if (at + headBytes > bytes.length || bytes.readUInt32BE(at) !== sign) return null;
  if (crc32(bytes.subarray(at, at + 12)) !== bytes.readUInt32BE(at + 12)) return null;
  const length = bytes.readUInt32BE(at + 4);
  return length <= mostBytes ? length : null;
}

function nextHead(bytes: Buffer, from: number): number | null {
  const mark = Buffer.from('SPG1');
  for (let at = bytes.indexOf(mark, from); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    if (lengthAt(bytes, at) !== null) return at;
  }
  return null;
}

/** A head cut short, or the zeros that a file system shows where data did not reach the disk. */
const isTorn = (rest: Buffer): boolean =>
  (rest.length < headBytes &&
    Buffer.from('SPG1').subarray(0, rest.length).equals(rest.subarray(0, 4))) ||
  rest.every((byte) => byte === 0);
