import { z } from 'zod';
import { type Database, select } from './database.ts';
import type { Seal } from './seal.ts';

const envelope = z.object({
  id: z.string(),
  type: z.string(),
  source: z.string(),
  subject: z.string().optional(),
  time: z.string().optional(),
  data: z.looseObject({}),
});

/** An event in the embedded core's inbox, with its place in it. */
export type CoreEvent = z.infer<typeof envelope> & {
  readonly seq: number;
  readonly receivedAt: Date;
};

/** Puts an event into the inbox once by its id. Out: whether it was new. Throws on a foreign shape. */
export async function storeCoreEvent(
  database: Database,
  seal: Seal,
  body: Buffer,
): Promise<boolean> {
  const { id } = envelope.parse(JSON.parse(body.toString()));
  const rows = await select(
    database,
    `insert into embedded_core_events (id, sealed) values (?, ?)
     on conflict (id) do nothing returning id`,
    [id, seal.seal('core', body)],
  );
  return rows.length > 0;
}

/** The newest `limit` events behind `after`, oldest first. */
export async function listCoreEvents(
  database: Database,
  seal: Seal,
  after: number,
  limit: number,
): Promise<CoreEvent[]> {
  const rows = await select(
    database,
    `select seq, sealed, received_at from embedded_core_events
     where seq > ? order by seq desc limit ?`,
    [after, limit],
  );
  return rows
    .map((row) => {
      const stored = z
        .object({ seq: z.string(), sealed: z.instanceof(Buffer), received_at: z.date() })
        .parse(row);
      const event = envelope.parse(JSON.parse(seal.open('core', stored.sealed).toString()));
      return { ...event, seq: Number(stored.seq), receivedAt: stored.received_at };
    })
    .reverse();
}
