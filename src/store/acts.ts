import { z } from 'zod';
import { type Database, select } from './database.ts';

const verb = z.enum(['release', 'discard', 'replay', 'link', 'unlink']);

/** What somebody did with what was kept. */
export type Act = {
  readonly who: string;
  readonly act: z.infer<typeof verb>;
  readonly kind: 'delivery' | 'message' | 'event' | 'complaint';
  readonly subject: string;
  readonly why: string | null;
};

/** Records an act, in the transaction that does it. */
export async function recordAct(transaction: Database, act: Act): Promise<void> {
  await select(
    transaction,
    'insert into acts (who, act, kind, subject, why) values (?, ?, ?, ?, ?)',
    [act.who, act.act, act.kind, act.subject, act.why],
  );
}

const actSchema = z.object({
  at: z.date().transform((at) => at.toISOString()),
  who: z.string(),
  act: verb,
  why: z.string().nullable(),
});

/** What was done with one subject, oldest first. `at` is RFC 3339 UTC. */
export async function findActs(
  database: Database,
  kind: Act['kind'],
  subject: string,
): Promise<readonly (Omit<Act, 'kind' | 'subject'> & { readonly at: string })[]> {
  const rows = await select(
    database,
    'select at, who, act, why from acts where kind = ? and subject = ? order by id',
    [kind, subject],
  );
  return rows.map((row) => actSchema.parse(row));
}
