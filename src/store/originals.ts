import { z } from 'zod';
import type { Holding, Known } from '../domain/judge.ts';
import { openAttachment } from './attachments.ts';
import { type Database, select } from './database.ts';
import { openMessage, type WaitingMessage } from './messages.ts';
import type { Seal } from './seal.ts';

const rowSchema = z.object({
  id: z.string(),
  message_id: z.string(),
  reporter: z.string(),
  state: z.enum(['pending', 'judged', 'held', 'quarantined']),
  complaint_id: z.uuid().nullable(),
  tracking_number: z.string().nullable(),
  anonymous: z.boolean().nullable(),
  confidential: z.boolean().nullable(),
  flags: z.array(z.string()).nullable(),
  owner: z.string().nullable(),
  withdrawn: z.boolean(),
  role: z.string().nullable(),
  group_id: z.string().nullable(),
});

type Row = z.infer<typeof rowSchema>;

/** What we hold of a message: how far it is, its row, and the files that all its versions named. */
export type Original = {
  readonly id: string;
  readonly reporter: string;
  readonly holding: Holding;
  readonly refs: readonly string[];
};

const columns = `m.id, m.message_id, m.reporter, m.state, m.complaint_id, c.tracking_number,
  c.anonymous, c.confidential, c.flags, c.reporter as owner, c.withdrawn_at is not null as withdrawn, w.role,
  m.group_id`;
const tables = `messages m left join complaints c on c.id = m.complaint_id
  left join words w on w.message_id = m.id`;

function holdingFrom(row: Row): Holding {
  if (row.state === 'pending') return { state: 'waiting' };
  if (row.state === 'held') return { state: 'held' };
  const complaint = complaintFrom(row);
  // Whose words are gone was taken back before; the later parts of an album have none of their own.
  const isUnsaid = complaint !== null && row.role === null && row.group_id === null;
  return {
    state: 'judged',
    complaint,
    isFirst: row.role === 'complaint',
    isWithdrawn: row.withdrawn || isUnsaid,
  };
}

function complaintFrom(row: Row): Known | null {
  const { complaint_id: id, tracking_number: trackingNumber, owner: reporter } = row;
  if (id === null || trackingNumber === null || reporter === null) return null;
  const { anonymous, confidential, flags } = row;
  return {
    ...{ id, trackingNumber, reporter, flags: flags ?? [] },
    anonymous: anonymous === true,
    confidential: confidential === true,
  };
}

const originalFrom = (row: Row, refs: readonly string[]): Original => ({
  id: row.id,
  reporter: row.reporter,
  holding: holdingFrom(row),
  refs,
});

/**
 * What we hold of the message an edit or delete refers to: a version of the same author's, one that made a
 * complaint, else the first.
 */
export async function findOriginal(
  transaction: Database,
  seal: Seal,
  later: WaitingMessage,
): Promise<Original | null> {
  const { channel } = later;
  const { account, messageId } = later.message;
  const rows = await select(
    transaction,
    `select ${columns}, m.sealed, ${files} from ${tables}
     where m.channel = ? and m.account = ? and m.id < ? and m.kind <> 'delete'
       and m.message_id in (?, (select message_id from messages
         where channel = ? and account = ? and event_id in (?, ?) order by event_keyed desc limit 1))
     order by m.reporter <> ?, m.complaint_id is null, m.state <> 'held', m.id`,
    [
      ...[channel, account, later.id, later.messageKey],
      // What was edited may be named by its newest version: the event that made the edit.
      ...[channel, account, later.messageKey, messageId],
      later.reporter,
    ],
  );
  const [first] = rows;
  if (!first) return null;
  return originalFrom(
    rowSchema.parse(first),
    rows.flatMap((row) => refsOf(seal, row)),
  );
}

/** What is left of the files of a message once its time is over and it is emptied. */
const files = `case when m.sealed is null then (select array_agg(a.sealed) from attachments a
  where a.complaint_id = m.complaint_id and a.message_id = m.id) end as files`;

const filesSchema = z.object({
  sealed: z.instanceof(Buffer).nullable(),
  files: z.array(z.instanceof(Buffer)).nullable(),
});

function refsOf(seal: Seal, row: unknown): string[] {
  try {
    const { sealed, files } = filesSchema.parse(row);
    const attachments =
      sealed === null
        ? (files ?? []).map((file) => openAttachment(seal, file))
        : openMessage(seal, sealed).attachments;
    return attachments.map(({ ref }) => ref);
  } catch {
    return []; // a version that cannot be opened must not hold back its edit
  }
}

/** What we hold of the group a part belongs to: a part of it that was judged. */
export async function findGroup(
  transaction: Database,
  part: WaitingMessage,
): Promise<Original | null> {
  const [row] = await select(
    transaction,
    `select ${columns} from ${tables}
     where m.channel = ? and m.account = ? and m.group_id = ? and m.state in ('judged', 'held')
       and m.id < ?
     order by m.complaint_id is null, m.state <> 'held', m.id limit 1`,
    [part.channel, part.message.account, part.groupKey, part.id],
  );
  return row ? originalFrom(rowSchema.parse(row), []) : null;
}

type Named = {
  /** By channel, account and keyed name (`nameOf`); absent: nothing. */
  readonly named: Map<string, Original>;
  /** By name and author (`takenBackName`), whose deletion came: the id of the message that brought it. */
  readonly takenBack: Map<string, string>;
};

/**
 * Messages by name. In: waiting messages of one lane. Out: what we hold of those messages themselves, by
 * another event, and of what they stand under; and which of them were deleted.
 */
export async function findNamed(
  transaction: Database,
  messages: readonly WaitingMessage[],
): Promise<Named> {
  const names = messages.flatMap(
    ({ id, channel, reporter, message: { account }, messageKey, underKeys }) =>
      [messageKey, ...underKeys].map((key) => ({ id, channel, reporter, account, key })),
  );
  const rows = await select(
    transaction,
    `select m.channel, m.account, m.kind, ${columns}
     from unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[])
       as n (id, channel, reporter, account, key)
     cross join lateral (
       (select * from messages where channel = n.channel and account = n.account
          and message_id = n.key and id < n.id and state <> 'quarantined' and kind <> 'delete'
        order by complaint_id is null, state <> 'held', id limit 1)
       union all
       (select * from messages where channel = n.channel and account = n.account
          and message_id = n.key and id < n.id and kind = 'delete' and reporter = n.reporter
        order by id limit 1)) m
     left join complaints c on c.id = m.complaint_id left join words w on w.message_id = m.id
     order by m.complaint_id is null, m.state <> 'held', m.id`,
    [
      names.map(({ id }) => id),
      names.map(({ channel }) => channel),
      names.map(({ reporter }) => reporter),
      names.map(({ account }) => account),
      names.map(({ key }) => key),
    ],
    'named',
  );
  const found: Named = { named: new Map(), takenBack: new Map() };
  for (const given of rows) {
    const { channel, account, kind, ...row } = namedSchema.parse(given);
    const name = nameOf(channel, account, row.message_id);
    if (kind === 'delete') found.takenBack.set(takenBackName(name, row.reporter), row.id);
    else if (!found.named.has(name)) found.named.set(name, originalFrom(row, []));
  }
  return found;
}

const namedSchema = rowSchema.extend({
  channel: z.string(),
  account: z.string(),
  kind: z.string(),
});

/** One name for a message, a group or a thread within its channel and account. */
export const nameOf = (channel: string, account: string, key: string): string =>
  JSON.stringify([channel, account, key]);

/** One name for what an author took back: nobody takes back what others say. */
export const takenBackName = (name: string, reporter: string): string => `${name} ${reporter}`;
