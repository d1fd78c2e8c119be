import { z } from 'zod';
import { type AttachmentRef, attachmentRefSchema } from '../domain/message.ts';
import { type Database, select } from './database.ts';
import type { Seal } from './seal.ts';

/** A file of a complaint that is on our disk. `key` (base64) opens it there. */
export type StoredFile = {
  readonly id: string;
  readonly key: string;
  readonly mediaType: string;
  readonly name: string;
  readonly bytes: number;
};

/** Opens what a message said of a file. Throws Malformed. */
export function openAttachment(seal: Seal, sealed: Uint8Array): AttachmentRef {
  return attachmentRefSchema.parse(JSON.parse(seal.open('attachment', sealed).toString()));
}

/** The file of an attachment. Out: null when there is none of this id, or it is not here. Throws Malformed. */
export async function findStoredFile(
  database: Database,
  seal: Seal,
  id: string,
): Promise<StoredFile | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const [row] = await select(
    database,
    `select sealed from attachments where id = ?::uuid and state = 'stored'`,
    [id],
  );
  if (!row) return null;
  const file = openAttachment(seal, z.instanceof(Buffer).parse(row['sealed']));
  const { stored, mediaType, name, bytes } = file;
  if (!stored) return null;
  return {
    id,
    key: stored.key,
    mediaType: mediaType ?? 'application/octet-stream',
    name: name ?? id,
    bytes: bytes ?? 0,
  };
}
