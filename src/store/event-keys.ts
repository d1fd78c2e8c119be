import { z } from 'zod';
import { type Database, select } from './database.ts';

/** Few enough that the statement locks its rows only for a moment. */
const most = 1000;

const rowSchema = z.object({
  id: z.string(),
  channel: z.string(),
  account: z.string(),
  event_id: z.string(),
});

/**
 * Keys the event ids that an older release stored in the clear, a thousand at a time. In: how a name is
 * keyed. Out: how many were keyed; 0: none is left. Throws what the driver throws; nothing is lost then,
 * and whoever looks for an event meanwhile looks for both forms.
 */
export function keyOldEvents(
  database: Database,
  keyOf: (channel: string, account: string, id: string) => string,
): Promise<number> {
  return database.transaction(async (transaction) => {
    const rows = await select(
      transaction,
      `select id, channel, account, event_id from messages where not event_keyed
       limit ${most} for update skip locked`,
    );
    const clear = z.array(rowSchema).parse(rows);
    // An older process may have stored again, in the clear, what is keyed here already: both stay.
    await select(
      transaction,
      `update messages m set event_keyed = true, event_id = case when exists (
           select 1 from messages o where o.channel = m.channel and o.account = m.account
             and o.event_id = k.key and o.id <> m.id) then k.key || '#' || m.id else k.key end
       from unnest(?::bigint[], ?::text[]) as k (id, key) where m.id = k.id`,
      [
        clear.map(({ id }) => id),
        clear.map(({ channel, account, event_id: id }) => keyOf(channel, account, id)),
      ],
    );
    return clear.length;
  });
}
