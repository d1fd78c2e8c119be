import { z } from 'zod';
import type { InboundMessage } from '../domain/message.ts';
import { Conflict, NotFound } from '../errors.ts';
import { type Act, recordAct } from './acts.ts';
import { forgetAttempts } from './attempts.ts';
import { type Database, select } from './database.ts';
import type { Page } from './folds.ts';
import { openMessage } from './messages.ts';
import { closeParked } from './parked.ts';
import type { Seal } from './seal.ts';

/**
 * A message that was taken in and not forwarded: held (`reason`: test, greeting or spam_suspected), or
 * quarantined because it could not be judged.
 */
export type HeldMessage = {
  /** Decimal, in inbox order. */
  readonly id: string;
  readonly channel: string;
  readonly reporter: string;
  readonly receivedAt: Date;
  readonly state: 'held' | 'quarantined';
  readonly reason: string;
  /** null when its key is gone. */
  readonly message: InboundMessage | null;
};

const rowSchema = z.object({
  id: z.string(),
  channel: z.string(),
  reporter: z.string(),
  received_at: z.date(),
  state: z.enum(['held', 'quarantined']),
  reason: z.string().nullable(),
  sealed: z.instanceof(Buffer).nullable(),
});

function heldFrom(seal: Seal, given: unknown): HeldMessage {
  const { received_at: receivedAt, reason, sealed, ...row } = rowSchema.parse(given);
  return { ...row, receivedAt, reason: reason ?? '', message: sealed && opened(seal, sealed) };
}

function opened(seal: Seal, sealed: Uint8Array): InboundMessage | null {
  try {
    return openMessage(seal, sealed);
  } catch {
    return null; // one that cannot be opened must not hide the others
  }
}

const columns = 'id, channel, reporter, received_at, state, reason, sealed';

/** The oldest messages kept, in inbox order. */
export async function listHeld(
  database: Database,
  seal: Seal,
  { after, limit, only }: Page,
): Promise<HeldMessage[]> {
  const page = `id > ?::bigint and (?::bigint[] is null or id = any(?)) order by id limit ?`;
  const bindings = [after ?? '0', only, only, limit];
  const rows = await select(
    database,
    `select * from (
       (select ${columns} from messages where state = 'held' and ${page})
       union all
       (select ${columns} from messages where state = 'quarantined' and ${page})) as kept
     order by id limit ?`,
    [...bindings, ...bindings, limit],
  );
  return rows.map((row) => heldFrom(seal, row));
}

/** One kept message. Throws NotFound when there is none of this id, or it is not kept back any more. */
export async function findHeld(database: Database, seal: Seal, id: string): Promise<HeldMessage> {
  const [row] = await select(
    database,
    `select ${columns} from messages where state in ('held', 'quarantined') and id = ?::bigint`,
    [id],
  );
  if (!row) throw new NotFound(`no held message has the id ${id}`);
  return heldFrom(seal, row);
}

/** What somebody decides about what is kept back: about which, who, and why. */
export type Decision = { readonly id: string; readonly who: string; readonly why: string | null };

/**
 * Lets a held message through, with the other parts of it: judged again by its own time, as if just
 * judged but for what held it back. Out: how many parts. Throws NotFound or Conflict.
 */
export function releaseHeld(database: Database, decision: Decision): Promise<number> {
  return decide(
    database,
    { ...decision, act: 'release', of: ['held'] },
    `state = 'pending', released = true, outcome = null, reason = null, judged_at = null,
     due_at = now()`,
    [],
  );
}

/**
 * Lets a kept message be judged by today's code, with the other parts of it, as if it had just been read:
 * it may be held again. Out: how many parts. Throws NotFound, or Conflict when it is judged already.
 */
export function replayHeld(database: Database, decision: Decision): Promise<number> {
  return decide(
    database,
    { ...decision, act: 'replay', of: ['held', 'quarantined'] },
    `state = 'pending', outcome = null, reason = null, judged_at = null, due_at = now()`,
    [],
  );
}

/** Ends a kept message without forwarding it. Out: how many parts. Throws NotFound or Conflict. */
export function discardHeld(
  database: Database,
  decision: Decision & { readonly why: string },
): Promise<number> {
  const reason = `discarded: ${decision.why}`;
  return decide(
    database,
    { ...decision, act: 'discard', of: ['held', 'quarantined'] },
    `state = 'judged', reason = ?, judged_at = now()`,
    [reason],
  );
}

/**
 * Makes a kept message wait to be judged, with its parts, as a replay would, for whoever only asks and then
 * rolls back. Throws Conflict when it is judged already.
 */
export async function pretendReplay(transaction: Database, id: string): Promise<void> {
  const rows = await select(
    transaction,
    `update messages set state = 'pending', outcome = null, reason = null, judged_at = null,
       due_at = now()
     where state in ('held', 'quarantined') and sealed is not null and id in (${partsOf})
     returning id`,
    [id],
  );
  if (rows.length === 0) throw new Conflict(`message ${id} is not held (any more)`);
}

/** A message and the other parts of the same one. */
const partsOf = `select p.id from messages m join messages p on p.id = m.id
    or (p.channel = m.channel and p.account = m.account and p.group_id = m.group_id)
  where m.id = ?::bigint`;

async function decide(
  database: Database,
  {
    id,
    who,
    why,
    act,
    of,
  }: Decision & { readonly act: Act['act']; readonly of: readonly string[] },
  change: string,
  bindings: readonly string[],
): Promise<number> {
  return database.transaction(async (transaction) => {
    const [held] = await select(
      transaction,
      'select state, outcome from messages where id = ?::bigint for update',
      [id],
    );
    if (!held) throw new NotFound(`no message has the id ${id}`);
    const state = String(held['state']);
    if (!of.includes(state)) throw new Conflict(`message ${id} is not held (any more)`);
    const rows = await select(
      transaction,
      `update messages set ${change} where state = ? and sealed is not null and id in (${partsOf})
       returning id`,
      [...bindings, state, id],
    );
    for (const row of rows) {
      const subject = String(row['id']);
      await recordAct(transaction, { who, act, why, kind: 'message', subject });
      await closeParked(transaction, 'message', subject);
      await forgetAttempts(transaction, 'judge', subject);
    }
    return rows.length;
  });
}

/** A message that took the place of earlier ones of the same name in its channel and account. */
type Later = {
  readonly id: string;
  readonly channel: string;
  readonly account: string;
  readonly reporter: string;
  readonly messageKey: string;
  readonly reason: string;
};

/** Ends held messages that their own senders edited or took back: all earlier versions of them. */
export async function supersedeHeld(
  transaction: Database,
  messages: readonly Later[],
): Promise<void> {
  for (const { id, channel, account, reporter, messageKey, reason } of messages) {
    const ended = await select(
      transaction,
      `update messages set state = 'judged', reason = ?, judged_at = now(),
         outcome = coalesce(outcome, 'held')
       where channel = ? and account = ? and message_id = ? and id < ?::bigint and reporter = ?
         and state in ('held', 'quarantined') returning id`,
      [reason, channel, account, messageKey, id, reporter],
    );
    for (const row of ended) await closeParked(transaction, 'message', String(row['id']));
  }
}
