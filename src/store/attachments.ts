import { z } from 'zod';
import { isWithheld } from '../domain/judge.ts';
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

/**
 * The file of an attachment. Its name is the citizen's own, but for who is anonymous or has asked for secrecy,
 * even later: file names hold names of people. Out: null when there is none of this id, or it is not here.
 * Throws Malformed.
 */
export async function findStoredFile(
  database: Database,
  seal: Seal,
  id: string,
): Promise<StoredFile | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const [row] = await select(
    database,
    `select a.sealed, c.anonymous, c.flags, (select count(*) from attachments o where o.complaint_id = c.id
       and (o.message_id, o.position) <= (a.message_id, a.position))::int as place
     from attachments a join complaints c on c.id = a.complaint_id
     where a.id = ?::uuid and a.state = 'stored'`,
    [id],
  );
  if (!row) return null;
  const { sealed, anonymous, flags, place } = rowSchema.parse(row);
  const { stored, mediaType, name, bytes } = openAttachment(seal, sealed);
  if (!stored) return null;
  const isNameless = anonymous || isWithheld({ flags });
  return {
    id,
    key: stored.key,
    mediaType: mediaType ?? 'application/octet-stream',
    name: isNameless ? `lampiran-${place}` : (name ?? id),
    bytes: bytes ?? 0,
  };
}

const rowSchema = z.object({
  sealed: z.instanceof(Buffer),
  anonymous: z.boolean(),
  flags: z.array(z.string()),
  place: z.number(),
});
