import { z } from 'zod';
import { type Database, select } from './database.ts';
import type { Seal } from './seal.ts';
import { type Kept, listOf, openKept, type Signature, type Words } from './words.ts';

/** What was said of a complaint, as it is found again. */
export type Told = Words & {
  /** Neither withdrawn nor closed. */
  readonly isOpen: boolean;
  /** The first complaint of its group: itself, unless it was linked. */
  readonly group: string;
};

/** A message for which earlier words are sought. */
export type Question = Signature & {
  readonly reporter: string;
  readonly channel: string;
  readonly account: string;
  readonly threadKey: string | null;
  /** Messages of theirs (ids) that it answers or stands under. */
  readonly underIds: readonly string[];
  /** Whether it answers something or asks for secrecy: then the latest complaint of the dialogue counts as well. */
  readonly answers: boolean;
  readonly at: number;
};

type Windows = {
  readonly followUpMs: number;
  readonly repeatMs: number;
  readonly urgentMs: number;
};

const wordsColumns = `w.message_id, w.complaint_id, w.role, w.channel, w.account, w.reporter,
  w.setting, w.thread, w.at, w.exact, w.bands, w.head, w.sealed, c.tracking_number, c.anonymous,
  c.confidential, c.flags, c.reporter as owner, coalesce(l.of, c.id) as group_id`;

/** What makes a complaint one that can still be followed up: neither withdrawn nor closed by the core. */
const isOpen = `c.withdrawn_at is null and coalesce(c.status, '') not in ('selesai', 'diarsipkan')`;

/**
 * What the same reporters said before: in the minutes before, of a danger in the half hour before, with words alike, in the same thread, and
 * last in the same dialogue; and how those complaints began and went on. An index look for each; none
 * scans.
 */
export async function findEarlier(
  transaction: Database,
  seal: Seal,
  questions: readonly Question[],
  windows: Windows,
): Promise<Told[]> {
  if (questions.length === 0) return [];
  const near = 'make_interval(secs => ?::float8 / 1000)';
  const rows = await select(
    transaction,
    `with q as (select * from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::boolean[],
         ?::timestamptz[], ?::bigint[], ?::text[])
         as q (reporter, channel, account, thread, answers, at, exact, bands)),
     found as (
       select w.message_id from q cross join lateral (
         select message_id from words w where w.reporter = q.reporter
           and w.at between q.at - ${near} and q.at order by w.at desc limit 20) w
       union select w.message_id from q cross join lateral (
         select message_id from words w where w.reporter = q.reporter
           and w.at between q.at - ${near} and q.at + ${near} and w.bands && q.bands::integer[]
         order by (w.exact = q.exact) desc, w.at desc, w.message_id desc limit 20) w
       union select w.message_id from q cross join lateral (
         select message_id, complaint_id from words w where w.reporter = q.reporter
           and w.at between q.at - ${near} and q.at order by w.at desc limit 20) w
         join complaints c on c.id = w.complaint_id and c.flags @> '{urgent}'
       union select w.message_id from q cross join lateral (
         select message_id from words w where w.thread = q.thread and w.reporter = q.reporter
         order by w.at desc limit 20) w
       union select w.message_id from q cross join lateral (
         select message_id from words w join complaints c on c.id = w.complaint_id
         where q.answers and w.reporter = q.reporter and w.setting = 'private'
           and w.channel = q.channel and w.account = q.account and ${isOpen}
         order by w.at desc limit 1) w
       union select message_id from words where message_id = any(?::bigint[])),
     told as (
       select distinct w.complaint_id from found join words w on w.message_id = found.message_id),
     sought as (
       select message_id from found
       union select b.message_id from told cross join lateral (
         select message_id from words where complaint_id = told.complaint_id
         order by message_id limit 1) b
       union select b.message_id from told cross join lateral (
         select message_id from words where complaint_id = told.complaint_id and role <> 'repeat'
         order by message_id desc limit 7) b)
     select ${wordsColumns}, (${isOpen}) as open
     from sought join words w on w.message_id = sought.message_id
     join complaints c on c.id = w.complaint_id
     left join links l on l.complaint_id = c.id and l.verdict = 'same_report'
     order by w.message_id`,
    bindingsOf(questions, windows),
    'said before',
  );
  return rows.map((row) => toldFrom(seal, row));
}

function bindingsOf(questions: readonly Question[], { followUpMs, repeatMs, urgentMs }: Windows) {
  return [
    questions.map(({ reporter }) => reporter),
    questions.map(({ channel }) => channel),
    questions.map(({ account }) => account),
    questions.map(({ threadKey }) => threadKey),
    questions.map(({ answers }) => answers),
    questions.map(({ at }) => new Date(at)),
    questions.map(({ exact }) => exact),
    questions.map(({ bands }) => listOf(bands)),
    ...[followUpMs, repeatMs, repeatMs, urgentMs],
    questions.flatMap(({ underIds }) => [...underIds]),
  ];
}

const rowSchema = z.object({
  message_id: z.string(),
  complaint_id: z.uuid(),
  role: z.enum(['complaint', 'followup', 'edit', 'repeat']),
  channel: z.string(),
  account: z.string(),
  reporter: z.string(),
  setting: z.enum(['private', 'public']),
  thread: z.string().nullable(),
  at: z.date(),
  exact: z.string(),
  bands: z.array(z.number()),
  head: z.boolean(),
  sealed: z.instanceof(Buffer).nullable(),
  tracking_number: z.string(),
  anonymous: z.boolean(),
  confidential: z.boolean(),
  flags: z.array(z.string()).nullable(),
  owner: z.string(),
  group_id: z.uuid(),
  open: z.boolean(),
});

const nothingKept: Kept = {
  text: '',
  location: null,
  agency: null,
  anonymous: false,
  confidential: false,
  traces: [],
};

function toldFrom(seal: Seal, given: unknown): Told {
  const row = rowSchema.parse(given);
  const { complaint_id: id, tracking_number: trackingNumber, anonymous, confidential } = row;
  return {
    messageId: row.message_id,
    complaint: {
      ...{ id, trackingNumber, anonymous, confidential },
      ...{ flags: row.flags ?? [], reporter: row.owner },
    },
    role: row.role,
    channel: row.channel,
    account: row.account,
    reporter: row.reporter,
    setting: row.setting,
    threadKey: row.thread,
    at: row.at.getTime(),
    exact: row.exact,
    bands: row.bands,
    head: row.head,
    kept: openKept(seal, row.sealed) ?? nothingKept,
    isOpen: row.open,
    group: row.group_id,
  };
}
