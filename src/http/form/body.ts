import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { Malformed, TooLarge, TooSlow, Unavailable } from '../../errors.ts';
import { mostFileBytes } from '../../media/draft.ts';
import type { Place } from './limits.ts';

/** Field values by name, in the order they came. */
export type RawFields = ReadonlyMap<string, readonly string[]>;

/** In: a file, which it must read to its end, its name, and the fields that stood before it. */
type TakeFile = (file: Readable, name: string, before: RawFields) => Promise<void>;

type Reading = Omit<Place, 'leave'>;

/** How long the sender says the body is; null where it does not say. */
export function declaredBytes({ headers }: IncomingMessage): number | null {
  const { 'content-length': length } = headers;
  return length === undefined ? null : Number(length);
}

/** Five files and some that will be refused: who chose too many should be told so by name. */
const mostBodyBytes = 120 * 1024 * 1024;
const mostFieldBytes = 512 * 1024;
/** How often is looked whether a body still comes. */
const lookEveryMs = 1000;

const limits = {
  fields: 60,
  fieldSize: mostFieldBytes,
  fieldNameSize: 100,
  files: 60,
  fileSize: mostFileBytes + 1,
  parts: 120,
  headerPairs: 20,
  headerSize: 8192,
};

/**
 * Reads the form's body as it comes: fields into memory, each file to `takeFile`. Out: the fields, when
 * every file is taken. Throws TooLarge, TooSlow, Unavailable (somebody else needed the place), Malformed
 * (the sender broke off, or sends no form), or what `takeFile` throws.
 */
export async function readForm(
  request: IncomingMessage,
  place: Reading,
  takeFile: TakeFile,
): Promise<RawFields> {
  if ((declaredBytes(request) ?? 0) > mostBodyBytes) throw tooLarge();
  const parser = parserFor(request);
  const files = new Set<Readable>();
  const taking: Promise<void>[] = [];
  let watch: Watch | undefined;
  try {
    return await new Promise<RawFields>((resolve, reject) => {
      watch = watchRequest(request, place, reject);
      const fields = collectFields(parser, reject);
      // A part of bare bytes has no name.
      parser.on('file', (_field, file, name: string | undefined) => {
        files.add(file);
        // Broken off, it says so by an error that nobody may be listening to any more.
        file.on('error', () => undefined);
        const taken = takeFile(file, name ?? '', fields).finally(() => files.delete(file));
        taken.catch(reject);
        taking.push(taken);
      });
      parser.on('finish', () => {
        Promise.all(taking).then(() => {
          resolve(fields);
        }, reject);
      });
      parser.on('error', (cause: unknown) => {
        reject(new Malformed('the form cannot be read', { cause }));
      });
      request.pipe(parser);
    });
  } catch (error) {
    request.unpipe(parser);
    for (const file of files) file.destroy(new Malformed('the request broke off'));
    await Promise.allSettled(taking);
    throw error;
  } finally {
    watch?.stop();
  }
}

function parserFor(request: IncomingMessage): BusboyInstance {
  try {
    const type = request.headers['content-type'] ?? '';
    return new Busboy({ headers: { ...request.headers, 'content-type': type }, limits });
  } catch (cause) {
    throw new Malformed('the body is no form', { cause });
  }
}

function collectFields(parser: BusboyInstance, reject: (error: Error) => void): RawFields {
  const fields = new Map<string, string[]>();
  let bytes = 0;
  parser.on('field', (name, value, _isNameCut, isCut) => {
    bytes += Buffer.byteLength(value);
    if (isCut || bytes > mostFieldBytes) reject(tooLarge());
    else fields.set(name, [...(fields.get(name) ?? []), value]);
  });
  for (const event of ['fieldsLimit', 'filesLimit', 'partsLimit'] as const) {
    parser.on(event, () => {
      reject(tooLarge());
    });
  }
  return fields;
}

type Watch = { readonly stop: () => void };

/** Rejects when too much comes, too little, the place is needed, or the sender goes away. */
function watchRequest(
  request: IncomingMessage,
  place: Reading,
  reject: (error: Error) => void,
): Watch {
  let received = 0;
  const look = setInterval(() => {
    // What is all here, or waits for our disk, is not late.
    if (request.complete || request.readableLength > 0) return;
    if (place.isTooSlow()) reject(new TooSlow('the form comes too slowly'));
  }, lookEveryMs);
  const onYield = () => {
    if (!request.complete) reject(new Unavailable('its place was needed'));
  };
  const onData = (chunk: Buffer) => {
    place.received(chunk.length);
    received += chunk.length;
    if (received > mostBodyBytes) reject(tooLarge());
  };
  const onClose = () => {
    if (!request.complete) reject(new Malformed('the request broke off'));
  };
  request.on('data', onData).on('close', onClose);
  place.signal.addEventListener('abort', onYield);
  return {
    stop: () => {
      clearInterval(look);
      place.signal.removeEventListener('abort', onYield);
      request.off('data', onData).off('close', onClose);
    },
  };
}

function tooLarge(): TooLarge {
  return new TooLarge('the form is too large');
}
