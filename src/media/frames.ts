import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Malformed } from '../errors.ts';

const plainLength = 65_536;
const tagLength = 16;
const sealedLength = plainLength + tagLength;

export const keyLength = 32;

/** How long a file of so many plain bytes is, read backwards: of what is on disk. */
export const plainBytesOf = (onDisk: number): number =>
  onDisk - Math.ceil(onDisk / sealedLength) * tagLength;

/**
 * Encrypts a file piece by piece (AES-256-GCM in frames of 64 KiB), so that it can be read from the front
 * with nothing given out that is not verified. Each frame's nonce says where it stands and whether it is
 * the last, so that none can be moved, repeated or cut off. A key is for one file only.
 */
export function createFrameWriter(key: Uint8Array, write: (frame: Buffer) => Promise<unknown>) {
  let waiting: Buffer[] = [];
  let length = 0;
  let index = 0;
  const flush = async (isLast: boolean): Promise<void> => {
    const all = Buffer.concat(waiting);
    const frame = all.subarray(0, plainLength);
    waiting = [all.subarray(plainLength)];
    length -= frame.length;
    const cipher = createCipheriv('aes-256-gcm', key, nonce(index, isLast));
    index += 1;
    const body = cipher.update(frame);
    await write(Buffer.concat([body, cipher.final(), cipher.getAuthTag()]));
  };
  return {
    add: async (chunk: Buffer): Promise<void> => {
      waiting.push(chunk);
      length += chunk.length;
      // A full frame waits until it is known not to be the last.
      while (length > plainLength) await flush(false);
    },
    end: () => flush(true),
  };
}

/** The plain bytes of a file. Throws Malformed when they are not what was written under this key. */
export async function* plainFrames(
  handle: FileHandle,
  key: Uint8Array,
): AsyncGenerator<Buffer, void> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(sealedLength);
  for (let at = 0, index = 0; at < size || index === 0; index += 1) {
    const { bytesRead } = await handle.read(buffer, 0, sealedLength, at);
    at += bytesRead;
    const isLast = at >= size;
    if (bytesRead < (isLast ? tagLength : sealedLength)) throw new Malformed('a file is cut off');
    yield opened(buffer.subarray(0, bytesRead), key, nonce(index, isLast));
  }
}

function opened(frame: Buffer, key: Uint8Array, iv: Buffer): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv);
    decipher.setAuthTag(frame.subarray(-tagLength));
    return Buffer.concat([decipher.update(frame.subarray(0, -tagLength)), decipher.final()]);
  } catch (cause) {
    throw new Malformed('a file was changed', { cause });
  }
}

function nonce(index: number, isLast: boolean): Buffer {
  const iv = Buffer.alloc(12);
  iv.writeUInt32BE(index, 4);
  iv[11] = isLast ? 1 : 0;
  return iv;
}
