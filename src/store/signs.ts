import { z } from 'zod';
import type { Sign } from '../domain/said.ts';
import { type Database, insertRows, select } from './database.ts';

/** A sign sent by itself, in a private dialogue. `at`: its own time, epoch milliseconds. */
export type GivenSign = Sign & {
  readonly messageId: string;
  readonly reporter: string;
  readonly account: string;
  readonly at: number;
};

/** Keeps signs for what their senders say next. */
export async function insertSigns(
  transaction: Database,
  signs: readonly GivenSign[],
): Promise<void> {
  await insertRows(
    transaction,
    'signs',
    {
      message_id: 'bigint',
      reporter: 'text',
      account: 'text',
      at: 'timestamptz',
      anonymous: 'boolean',
      confidential: 'boolean',
      opens_new: 'boolean',
    },
    signs.map(({ messageId, reporter, account, at, ...sign }) => ({
      message_id: messageId,
      reporter,
      account,
      at: new Date(at),
      anonymous: sign.anonymous,
      confidential: sign.confidential,
      opens_new: sign.opensNew,
    })),
  );
}

const rowSchema = z.object({
  message_id: z.string(),
  reporter: z.string(),
  account: z.string(),
  at: z.date(),
  anonymous: z.boolean(),
  confidential: z.boolean(),
  opens_new: z.boolean(),
});

/** The signs of these reporters within `withinMs` before each question's time, in inbox order. */
export async function findSigns(
  transaction: Database,
  questions: readonly { readonly reporter: string; readonly at: number }[],
  withinMs: number,
): Promise<GivenSign[]> {
  if (questions.length === 0) return [];
  const rows = await select(
    transaction,
    `select distinct s.* from unnest(?::text[], ?::timestamptz[], ?::timestamptz[])
       as q (reporter, since, until)
     cross join lateral (
       select * from signs where reporter = q.reporter and at between q.since and q.until
       order by at desc limit 8) s
     order by s.message_id`,
    [
      questions.map(({ reporter }) => reporter),
      questions.map(({ at }) => new Date(at - withinMs)),
      questions.map(({ at }) => new Date(at)),
    ],
    'signs',
  );
  return z
    .array(rowSchema)
    .parse(rows)
    .map(({ message_id: messageId, opens_new: opensNew, at, ...row }) => ({
      ...row,
      messageId,
      opensNew,
      at: at.getTime(),
    }));
}
