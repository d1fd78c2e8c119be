import { z } from 'zod';
import { type Database, select } from './database.ts';
import type { Kind } from './parked.ts';

/** What is kept back for one reason and comes from one sender, named by its oldest. */
export type Fold = {
  readonly id: string;
  readonly count: number;
  readonly newestAt: Date;
};

/** A reason without what differs from one delivery to the next: its numbers, and further reasons. */
const kindOf = (reason: string): string =>
  `regexp_replace(split_part(coalesce(${reason}, ''), ';', 1), '[0-9]+', '#', 'g')`;

type Source = {
  readonly from: string;
  readonly isKept: string;
  /** What is the same within a fold. */
  readonly by: string;
  readonly order: string;
  readonly id: string;
};

const sources: Readonly<Record<Kind, Source>> = {
  delivery: {
    from: 'deliveries k',
    isKept: `k.state = 'quarantined'`,
    // Who wrote what cannot be read nobody knows, and it comes from the provider's few addresses.
    by: `k.channel, ${kindOf('k.reason')}`,
    order: 'k.id',
    id: 'bigint',
  },
  message: {
    from: 'messages k',
    isKept: `k.state in ('held', 'quarantined')`,
    by: `k.channel, k.reporter, k.state, ${kindOf('k.reason')}`,
    order: 'k.id',
    id: 'bigint',
  },
  event: {
    // What the core said is sealed; the incident tells its status.
    from: `outbox k left join incidents i
      on i.kind = 'event' and i.subject = k.id::text and i.closed_at is null`,
    isKept: `k.state in ('refused', 'parked')`,
    by: 'k.reporter, k.type, coalesce(i.detail, k.state)',
    order: 'k.seq',
    id: 'uuid',
  },
};

/** So many behind `after` (an id; null: from the beginning); `only`: none but these. */
export type Page = {
  readonly after: string | null;
  readonly limit: number;
  readonly only: readonly string[] | null;
};

type Part = Omit<Page, 'only'>;

/** Folds in the order of their oldest. A flood is one of them and pushes nothing out of sight. */
export async function listFolds(
  database: Database,
  kind: Kind,
  { after, limit }: Part,
): Promise<Fold[]> {
  const source = sources[kind];
  const rows = await select(
    database,
    `select (array_agg(k.id::text order by ${source.order}))[1] as id, count(*)::int as count,
       max(k.received_at) as newest
     from ${source.from} where ${source.isKept} group by ${source.by}
     having min(${source.order}) > ${placeOf(source)} order by min(${source.order}) limit ?`,
    [after, limit],
  );
  return rows.map((row) => {
    const { newest: newestAt, ...fold } = foldSchema.parse(row);
    return { ...fold, newestAt };
  });
}

const foldSchema = z.object({ id: z.string(), count: z.number(), newest: z.date() });

/** The ids of all in the fold that `of` belongs to, in order. */
export async function listMembers(
  database: Database,
  kind: Kind,
  { of, after, limit }: Part & { readonly of: string },
): Promise<string[]> {
  const source = sources[kind];
  const rows = await select(
    database,
    `select k.id::text as id from ${source.from}
     where ${source.isKept} and ${source.order} > ${placeOf(source)}
       and (${source.by}) = (select ${source.by} from ${source.from} where k.id = ?::${source.id})
     order by ${source.order} limit ?`,
    [after, of, limit],
  );
  return rows.map((row) => String(row['id']));
}

const placeOf = ({ from, order, id }: Source): string =>
  `coalesce((select ${order} from ${from} where k.id = ?::${id}), 0)`;
