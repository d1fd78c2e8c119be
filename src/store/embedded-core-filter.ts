import { z } from 'zod';
import { type Database, select } from './database.ts';

/** Which complaints of the inbox are wanted; null: any. */
export type CoreFilter = {
  readonly channel: string | null;
  /** `none`: the citizen did not say. */
  readonly class: string | null;
  /** `first`: others are linked to it. */
  readonly duplicate: 'none' | 'same_report' | 'possible' | 'first' | null;
  readonly flag: string | null;
  readonly privacy: 'anonymous' | 'confidential' | null;
  /** `none`: the core has reported nothing yet. */
  readonly state: string | null;
  readonly withFiles: boolean;
  /** Each of them must be said somewhere in the complaint or in what came to it. */
  readonly words: readonly string[];
  /** Only these; null: all. */
  readonly ids: readonly string[] | null;
  readonly trackingNumber: string | null;
};

const complaintRow = z
  .object({
    complaint_id: z.string(),
    tracking_number: z.string(),
    channel: z.string(),
    verdict: z.string().nullable(),
    first_id: z.string().nullable(),
    first_number: z.string().nullable(),
    withdrawn: z.boolean(),
    status: z.string().nullable(),
    last_seq: z.coerce.number(),
    changed_seq: z.coerce.number(),
  })
  .transform((row) => ({
    id: row.complaint_id,
    trackingNumber: row.tracking_number,
    channel: row.channel,
    verdict: row.verdict,
    /** The first complaint of its group, with its number if the core knows it. */
    first: row.first_id === null ? null : { id: row.first_id, trackingNumber: row.first_number },
    withdrawn: row.withdrawn,
    status: row.status,
    lastSeq: row.last_seq,
    changedSeq: row.changed_seq,
  }));

/** A complaint of the inbox without its events. */
export type CoreRow = z.infer<typeof complaintRow>;

/** Every complaint. */
export const anyComplaint: CoreFilter = {
  channel: null,
  class: null,
  duplicate: null,
  flag: null,
  privacy: null,
  state: null,
  withFiles: false,
  words: [],
  ids: null,
  trackingNumber: null,
};

/** The complaints a filter wants, the words aside, by their newest activity before a place. */
export async function rowsBefore(
  database: Database,
  filter: CoreFilter,
  before: number | null,
  limit: number,
): Promise<CoreRow[]> {
  const clauses = clausesOf(filter, before);
  const where = clauses.map(([sql]) => sql).join(' and ');
  const rows = await select(
    database,
    `select held.complaint_id, held.tracking_number, held.channel, held.verdict, held.first_id,
            held.withdrawn, held.status, held.last_seq, held.changed_seq,
            (select tracking_number from embedded_core_complaints as first
             where first.complaint_id = held.first_id) as first_number
     from embedded_core_complaints as held ${where && `where ${where}`}
     order by held.last_seq desc limit ?`,
    [...clauses.flatMap(([, ...bindings]) => bindings), limit],
  );
  return rows.map((row) => complaintRow.parse(row));
}

type Clause = readonly [sql: string, ...bindings: unknown[]];

function clausesOf(filter: CoreFilter, before: number | null): Clause[] {
  const { channel, flag, privacy, withFiles, ids, trackingNumber } = filter;
  const wanted: (Clause | null)[] = [
    before === null ? null : ['held.last_seq < ?', before],
    channel === null ? null : ['held.channel = ?', channel],
    saidOr('held.class', filter.class),
    duplicateClause(filter.duplicate),
    flag === null ? null : ['?::text = any(held.flags)', flag],
    privacy === null ? null : [`held.${privacy}`],
    filter.state === 'withdrawn' ? ['held.withdrawn'] : saidOr('held.status', filter.state),
    withFiles ? ['held.with_files'] : null,
    ids === null ? null : ['held.complaint_id = any(?::uuid[])', [...ids]],
    trackingNumber === null ? null : ['held.tracking_number = ?', trackingNumber],
  ];
  return wanted.filter((clause) => clause !== null);
}

function saidOr(column: string, value: string | null): Clause | null {
  if (value === null) return null;
  return value === 'none' ? [`${column} is null`] : [`${column} = ?`, value];
}

function duplicateClause(verdict: CoreFilter['duplicate']): Clause | null {
  if (verdict === null) return null;
  if (verdict !== 'first') return [`coalesce(held.verdict, 'none') = ?`, verdict];
  return [
    'exists (select from embedded_core_complaints as other where other.first_id = held.complaint_id)',
  ];
}
