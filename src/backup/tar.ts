import { Malformed } from '../errors.ts';

/** A file or folder in an archive; `bytes` must be read to its end before the next entry is asked for. */
export type TarEntry = {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly size: number;
  readonly bytes: AsyncIterable<Buffer>;
};

const block = 512;
const nameLength = 100;
const zero = Buffer.alloc(block);

/** How a tar ends. */
export const tarEnd = Buffer.concat([zero, zero]);

/** What fills a file's last block. */
export const paddingOf = (size: number): Buffer =>
  zero.subarray(0, (block - (size % block)) % block);

/** The header of an entry (POSIX ustar, which every tar reads). Throws Malformed when it does not fit. */
export function headerOf(
  { name, kind, size }: Pick<TarEntry, 'name' | 'kind' | 'size'>,
  at: Date,
): Buffer {
  const header = Buffer.alloc(block);
  const path = kind === 'folder' ? `${name}/` : name;
  if (Buffer.byteLength(path) > nameLength || size >= 8 ** 11) {
    throw new Malformed(`${name} does not fit into a tar`);
  }
  const octal = (value: number, offset: number, length: number) => {
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1');
  };
  header.write(path, 0);
  octal(kind === 'folder' ? 0o700 : 0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(at.getTime() / 1000), 136, 12);
  header.write('        ', 148, 'latin1');
  header.write(kind === 'folder' ? '5' : '0', 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  octal(sumOf(header), 148, 7);
  return header;
}

const sumOf = (header: Buffer): number => header.reduce((sum, byte) => sum + byte, 0);

/**
 * The entries of a tar, one after the other. A tar may end without the empty blocks at its end (that of
 * PostgreSQL does), but not within an entry. Throws Malformed when it is cut off or no tar.
 */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry, void> {
  const reader = createByteReader(source);
  try {
    for (;;) {
      const header = await reader.upTo(block);
      if (header.length === 0 || header.equals(zero)) return;
      const entry = entryFrom(header);
      const bytes = reader.exactly(entry.size);
      yield { ...entry, bytes };
      await skip(bytes); // what was left unread
      await skip(reader.exactly(paddingOf(entry.size).length));
    }
  } finally {
    await reader.close();
  }
}

async function skip(bytes: AsyncIterable<Buffer>): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

function entryFrom(header: Buffer): Omit<TarEntry, 'bytes'> {
  const text = (from: number, length: number) =>
    header.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  const number = (from: number, length: number) => {
    const digits = /^ *([0-7]+) *$/.exec(text(from, length))?.[1];
    return digits === undefined ? Number.NaN : Number.parseInt(digits, 8);
  };
  const isWhole = header.length === block;
  const sum = isWhole ? number(148, 8) : Number.NaN;
  if (isWhole) header.fill(' ', 148, 156);
  if (sum !== sumOf(header)) throw new Malformed('this is no tar, or it is damaged');
  const type = text(156, 1);
  if (type !== '0' && type !== '' && type !== '5') {
    throw new Malformed(`a tar with an entry of a kind we do not know: ${type}`);
  }
  const kind = type === '5' ? 'folder' : 'file';
  const size = number(124, 12);
  if (Number.isNaN(size)) throw new Malformed('a tar with an entry of no size');
  return { name: text(0, nameLength).replace(/\/$/, ''), kind, size: kind === 'folder' ? 0 : size };
}

/** Bytes of a source in the pieces that are asked for. */
function createByteReader(source: AsyncIterable<Buffer>) {
  const iterator = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  const next = async (most: number): Promise<Buffer> => {
    while (rest.length === 0) {
      const found = await iterator.next();
      if (found.done === true) return rest;
      rest = found.value;
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(piece.length);
    return piece;
  };

  return {
    close: () => iterator.return?.() ?? Promise.resolve(),
    upTo: async (length: number): Promise<Buffer> => {
      const pieces: Buffer[] = [];
      for (let left = length; left > 0;) {
        const piece = await next(left);
        if (piece.length === 0) break;
        pieces.push(piece);
        left -= piece.length;
      }
      return Buffer.concat(pieces);
    },
    /** One after the other, also when it is asked twice. */
    exactly: (length: number): AsyncIterable<Buffer> => {
      let left = length;
      return {
        async *[Symbol.asyncIterator]() {
          while (left > 0) {
            const piece = await next(left);
            if (piece.length === 0) throw new Malformed('the archive is cut off');
            left -= piece.length;
            yield piece;
          }
        },
      };
    },
  };
}
