import { Client } from 'pg';
import { z } from 'zod';
import type { Connection } from '../../src/embedded/postgres/ready.ts';
import type { Stored } from './invariants.ts';

export type Mark = { readonly delivery: string; readonly event: string };

/** What waits, by stage, and what ended in another way than it should. */
export type Left = Readonly<Record<string, number>>;

/** Looks into the inbox from outside, with SQL of its own. */
export function openInbox(connection: Connection) {
  const ask = async <Row>(schema: z.ZodType<Row>, sql: string, values: unknown[] = []) => {
    const client = new Client({ ...connection, ssl: false, statement_timeout: 30_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return z.array(schema).parse((await client.query(sql, values)).rows);
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  return {
    /** Where the inbox ends now. */
    mark: async (): Promise<Mark> => {
      const [row] = await ask(
        markSchema,
        `select coalesce((select max(id) from deliveries), 0)::text as delivery,
                coalesce((select max(seq) from outbox), 0)::text as event`,
      );
      return row ?? { delivery: '0', event: '0' };
    },
    /** How much waits anywhere in the database. */
    waiting: async (): Promise<number> => {
      const [row] = await ask(
        z.object({ waiting: z.coerce.number() }),
        `select (select count(*) from deliveries where state = 'pending')
              + (select count(*) from messages where state = 'pending')
              + (select count(*) from outbox where state = 'pending') as waiting`,
      );
      return row?.waiting ?? 0;
    },
    /** Rows that are in no final state, or in one that nobody here has asked for. */
    left: async (mark: Mark): Promise<Left> => {
      const rows = await ask(
        leftSchema,
        `select 'deliveries ' || state as place, count(*) from deliveries
         where state <> 'read' and id > $1 group by 1
         union all
         select 'messages ' || state, count(*) from messages
         where state <> 'judged' and delivery_id > $1 group by 1
         union all
         select 'events ' || state, count(*) from outbox
         where state <> 'done' and seq > $2 group by 1`,
        [mark.delivery, mark.event],
      );
      return Object.fromEntries(rows.map(({ place, count }) => [place, count]));
    },
    /** How many events were recorded as accepted. */
    forwarded: async (mark: Mark): Promise<number> => {
      const [row] = await ask(
        z.object({ count: z.coerce.number() }),
        `select count(*) from outbox where state = 'done' and seq > $1`,
        [mark.event],
      );
      return row?.count ?? 0;
    },
    stored: async (mark: Mark): Promise<Stored[]> => {
      const rows = await ask(
        storedSchema,
        `select encode(d.digest, 'hex') as digest, d.channel, d.state,
           coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'state', m.state, 'outcome', m.outcome,
             'complaintId', m.complaint_id) order by m.id) filter (where m.id is not null), '[]')
             as messages
         from deliveries d left join messages m on m.delivery_id = d.id
         where d.id > $1 group by d.id`,
        [mark.delivery],
      );
      return rows;
    },
  };
}

const markSchema = z.object({ delivery: z.string(), event: z.string() });
const leftSchema = z.object({ place: z.string(), count: z.coerce.number() });
const storedSchema = z.object({
  digest: z.string(),
  channel: z.string(),
  state: z.string(),
  messages: z.array(
    z.object({
      id: z.number(),
      state: z.string(),
      outcome: z.string().nullable(),
      complaintId: z.string().nullable(),
    }),
  ),
});
