import { z } from 'zod';
import type { Known } from '../domain/judge.ts';
import { locationSchema, tracesSchema } from '../domain/message.ts';
import { type Database, insertRows, select } from './database.ts';
import type { Seal } from './seal.ts';

/** What is kept of somebody's words to compare later ones with. */
const keptSchema = z.object({
  text: z.string(),
  location: locationSchema.nullable(),
  agency: z.string().nullable(),
  anonymous: z.boolean(),
  confidential: z.boolean(),
  traces: tracesSchema,
});

export type Kept = z.infer<typeof keptSchema>;

/** A signature of words: `exact` is equal for equal words, `bands` share a number when they are alike. */
export type Signature = { readonly exact: string; readonly bands: readonly number[] };

export type Role = 'complaint' | 'followup' | 'edit' | 'repeat';

/** What one message said of a complaint. `at`: its own time, epoch milliseconds. */
export type Words = Signature & {
  readonly messageId: string;
  readonly complaint: Known;
  readonly role: Role;
  readonly channel: string;
  readonly account: string;
  readonly reporter: string;
  readonly setting: 'private' | 'public';
  readonly threadKey: string | null;
  readonly at: number;
  /** Whether the complaints of others are compared with it. */
  readonly head: boolean;
  readonly kept: Kept;
};

/** A list of numbers as PostgreSQL writes it. */
export const listOf = (numbers: readonly number[]): string => `{${numbers.join(',')}}`;

/** Keeps what was said. Words of a repeat are not indexed: the first ones are. */
export async function insertWords(
  transaction: Database,
  seal: Seal,
  words: readonly Words[],
): Promise<void> {
  await insertRows(
    transaction,
    'words',
    {
      message_id: 'bigint',
      complaint_id: 'uuid',
      role: 'text',
      channel: 'text',
      account: 'text',
      reporter: 'text',
      setting: 'text',
      thread: 'text',
      at: 'timestamptz',
      exact: 'bigint',
      bands: 'integer[]',
      head: 'boolean',
      sealed: 'bytea',
    },
    words.map(({ messageId, complaint, threadKey, at, bands, kept, exact, ...plain }) => ({
      message_id: messageId,
      complaint_id: complaint.id,
      role: plain.role,
      channel: plain.channel,
      account: plain.account,
      reporter: plain.reporter,
      setting: plain.setting,
      thread: threadKey,
      at: new Date(at),
      exact,
      bands: listOf(plain.role === 'repeat' ? [] : bands),
      head: plain.head,
      sealed: seal.seal('words', Buffer.from(JSON.stringify(kept))),
    })),
  );
}

/** Words that were emptied, or whose key is gone, still say that something was said. */
export function openKept(seal: Seal, sealed: Uint8Array | null): Kept | null {
  if (sealed === null) return null;
  try {
    return keptSchema.parse(JSON.parse(seal.open('words', sealed).toString()));
  } catch {
    return null;
  }
}

/** What is kept of the words that complaints stand for, as last edited; absent where it is forgotten. */
export async function findCurrent(
  transaction: Database,
  seal: Seal,
  complaintIds: readonly string[],
): Promise<ReadonlyMap<string, Kept>> {
  const rows = await select(
    transaction,
    `select distinct on (complaint_id) complaint_id, sealed from words
     where complaint_id = any(?::uuid[]) and role in ('complaint', 'edit')
     order by complaint_id, message_id desc`,
    [[...complaintIds]],
  );
  return new Map(
    rows.flatMap((row) => {
      const { complaint_id: id, sealed } = currentSchema.parse(row);
      const kept = openKept(seal, sealed);
      return kept ? [[id, kept] as const] : [];
    }),
  );
}

const currentSchema = z.object({
  complaint_id: z.string(),
  sealed: z.instanceof(Buffer).nullable(),
});

/** Forgets what messages said that were taken back. */
export async function deleteWords(
  transaction: Database,
  messageIds: readonly string[],
): Promise<void> {
  if (messageIds.length === 0) return;
  await select(transaction, 'delete from words where message_id = any(?::bigint[])', [
    [...messageIds],
  ]);
}
