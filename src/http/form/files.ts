import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { type SubmittedFile, submittedFileSchema } from '../../domain/submission.ts';
import { normaliseText } from '../../domain/text.ts';
import { Malformed } from '../../errors.ts';
import type { Log } from '../../log.ts';
import type { Media } from '../../media.ts';
import type { Refusal } from '../../media/draft.ts';
import type { Seal } from '../../store/seal.ts';
import type { RawFields } from './body.ts';

/** Files of one filled-in form: kept from before, then new ones, and what is wrong with others. */
export type FormFiles = {
  readonly files: readonly SubmittedFile[];
  readonly problems: readonly string[];
};

export type FileTaker = {
  readonly take: (file: Readable, name: string, before: RawFields) => Promise<void>;
  /** When the form is read to its end. */
  readonly result: (fields: RawFields) => Promise<FormFiles>;
  /** The drafts that came with this request; nobody knows of them but who gets its answer. */
  readonly fresh: () => readonly SubmittedFile[];
};

type Deps = {
  readonly media: Media;
  readonly seal: Seal;
  readonly log: Pick<Log, 'error'>;
  /** Whether a page of ours sent the fields that stood before a file. */
  readonly isProven: (before: RawFields) => boolean;
};

export const mostFiles = 5;

const refusals: Readonly<Record<Refusal | 'full' | 'many' | 'unproven', string>> = {
  type: 'jenis berkas ini tidak dapat diterima; kirim JPEG, PNG, WebP, HEIC, PDF, atau MP4.',
  size: 'berkas ini lebih dari 10 MB; kirim yang lebih kecil, atau potong videonya.',
  broken:
    'berkas ini rusak dan tidak dapat dibuka; buka di perangkat Anda, simpan sebagai berkas baru, lalu pilih sekali lagi.',
  empty: 'berkas ini kosong; pilih sekali lagi.',
  full: 'lampiran sedang tidak dapat diterima; kirim laporan tanpa berkas ini, atau coba lagi nanti.',
  unproven: 'berkas ini belum kami terima; pilih sekali lagi.',
  many: `paling banyak ${mostFiles} berkas; berkas ini tidak disertakan.`,
};

const nameless = 'Sebuah berkas tidak bernama: beri nama berkas itu, lalu pilih sekali lagi.';

/** Takes in the files of one request. What is wrong with one never costs another. */
export function createFileTaker({ media, seal, log, isProven }: Deps): FileTaker {
  const takeOrSay = async (file: Readable, name: string) => {
    try {
      return await media.take(file, name);
    } catch (error) {
      if (error instanceof Malformed) throw error; // the sender broke off
      log.error({ err: error }, 'a file could not be stored');
      file.resume();
      return 'full';
    }
  };
  // On a disk that does not answer a file may well be there: keeping it will tell.
  const isThereOrUnknown = (id: string): Promise<boolean> =>
    media.hasDraft(id).catch((error: unknown) => {
      log.error({ err: error }, 'a file could not be looked for');
      return true;
    });
  const taken: (SubmittedFile | null)[] = [];
  const problems: (string | null)[] = [];
  const fresh = () => taken.filter((file) => file !== null);
  /** Nothing reaches the disk of who proves nothing, nor what is too many. */
  const refusalOf = (before: RawFields): 'unproven' | 'many' | null => {
    if (!isProven(before)) return 'unproven';
    return fresh().length + keptIn(seal, before).length >= mostFiles ? 'many' : null;
  };
  return {
    take: async (file, rawName, before) => {
      if (rawName === '') {
        // So a browser says that no file was chosen.
        if ((await refuse(file, 'many')) !== 'empty') problems[taken.push(null) - 1] = nameless;
        return;
      }
      const name = shownName(rawName) || 'berkas';
      const at = taken.push(null) - 1;
      problems.push(null);
      const refusal = refusalOf(before);
      const result = refusal === null ? await takeOrSay(file, name) : await refuse(file, refusal);
      if (typeof result !== 'string') taken[at] = result;
      else problems[at] = `${name}: ${refusals[result]}`;
    },
    result: async (fields) => {
      const kept = keptIn(seal, fields);
      const isThere = await Promise.all(kept.map(({ id }) => isThereOrUnknown(id)));
      const gone = kept.filter((_, index) => isThere[index] === false).map(goneProblem);
      const files = [...kept.filter((_, index) => isThere[index]), ...fresh()];
      const surplus = files.slice(mostFiles).map(({ name }) => `${name}: ${refusals.many}`);
      return {
        files: files.slice(0, mostFiles),
        problems: [...gone, ...problems.filter((problem) => problem !== null), ...surplus],
      };
    },
    fresh,
  };
}

export const goneProblem = ({ name }: Pick<SubmittedFile, 'name'>): string =>
  `${name}: berkas ini sudah tidak tersimpan di sini; pilih sekali lagi.`;

async function refuse<Why extends string>(file: Readable, why: Why): Promise<Why | 'empty'> {
  let bytes = 0;
  for await (const chunk of file) bytes += z.instanceof(Buffer).parse(chunk).length;
  return bytes === 0 ? 'empty' : why;
}

const referenceSchema = submittedFileSchema.extend({ is: z.literal('draft') });

/** A file that is kept, as it travels in the page: nobody can make one up or look into it. */
export function referenceTo(seal: Seal, file: SubmittedFile): string {
  const plain = Buffer.from(JSON.stringify({ is: 'draft', ...file }));
  return seal.seal('attachment', plain).toString('base64url');
}

function keptIn(seal: Seal, fields: RawFields): SubmittedFile[] {
  const dropped = new Set(fields.get('hapus'));
  const kept = (fields.get('berkas') ?? []).flatMap((reference) => opened(seal, reference));
  return kept.filter(
    ({ id }, index) => !dropped.has(id) && kept.findIndex((other) => other.id === id) === index,
  );
}

function opened(seal: Seal, reference: string): SubmittedFile[] {
  try {
    const plain = seal.open('attachment', Buffer.from(reference, 'base64url'));
    const parsed = referenceSchema.parse(JSON.parse(plain.toString()));
    return [submittedFileSchema.parse(parsed)];
  } catch (error) {
    if (error instanceof Malformed) return []; // not ours: somebody tried, or the key is gone
    throw error;
  }
}

/** A name to be shown: one line, no path, not endless, its ending kept. */
function shownName(name: string): string {
  const tidy = normaliseText(name.replaceAll('%22', '"')).replace(/\s+/g, ' ');
  const letters = Array.from(tidy);
  if (letters.length <= 100) return tidy;
  return [...letters.slice(0, 80), '…', ...letters.slice(-19)].join('');
}

/**
 * The id under which a file is kept: from the submission and its draft, so that a resent submission keeps
 * the same file, and a changed one (the citizen went back) a file of its own. A UUIDv7 of the draft's time.
 */
export function keptId(key: string, draft: string): string {
  const digest = createHash('sha256').update(`${key}\n${draft}`).digest('hex');
  const variant = '89ab'.charAt(Number.parseInt(digest.charAt(3), 16) % 4);
  return [
    draft.slice(0, 13),
    `7${digest.slice(0, 3)}`,
    `${variant}${digest.slice(4, 7)}`,
    digest.slice(7, 19),
  ].join('-');
}
