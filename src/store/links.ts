import { z } from 'zod';
import type { Duplicate } from '../domain/complaint.ts';
import { noDuplicate } from '../domain/duplicate.ts';
import { type Database, insertRows, select } from './database.ts';

/** That a complaint says the same as an earlier one, or may. `of`: the first complaint of its group. */
export type NewLink = {
  readonly complaintId: string;
  readonly verdict: 'same_report' | 'possible';
  readonly of: string;
  /** 0 to 1; null when made by hand. */
  readonly score: number | null;
  readonly reasons: readonly string[];
  /** `judge`, or who made it by hand. */
  readonly madeBy: string;
};

/** Stores links; a complaint has one at most, the last counts. */
export async function insertLinks(transaction: Database, links: readonly NewLink[]): Promise<void> {
  await insertRows(
    transaction,
    'links',
    {
      complaint_id: 'uuid',
      verdict: 'text',
      of: 'uuid',
      score: 'real',
      reasons: 'jsonb',
      made_by: 'text',
    },
    links.map(({ complaintId, verdict, of, score, reasons, madeBy }) => ({
      complaint_id: complaintId,
      verdict,
      of,
      score,
      reasons: JSON.stringify(reasons),
      made_by: madeBy,
    })),
    `on conflict (complaint_id) do update set verdict = excluded.verdict, of = excluded.of,
       score = excluded.score, reasons = excluded.reasons, made_by = excluded.made_by, made_at = now()`,
  );
}

const linkSchema = z
  .object({
    verdict: z.enum(['same_report', 'possible']),
    of: z.uuid(),
    score: z.number().nullable(),
    reasons: z.array(z.string()),
  })
  .transform((link): Duplicate => link);

/** The links of complaints as section 5 of the contract shows them; `none` where there is none. */
export async function findLinks(
  database: Database,
  complaintIds: readonly string[],
): Promise<(complaintId: string) => Duplicate> {
  const rows = await select(
    database,
    'select complaint_id, verdict, of, score, reasons from links where complaint_id = any(?::uuid[])',
    [[...complaintIds]],
  );
  const links = new Map(rows.map((row) => [row['complaint_id'], linkSchema.parse(row)]));
  return (complaintId) => links.get(complaintId) ?? noDuplicate;
}
