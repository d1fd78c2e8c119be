import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { Config } from './config.ts';
import { findRunning } from './embedded/postgres/running.ts';
import { openSecrets } from './embedded/secrets.ts';
import { ConfigInvalid, Invalid } from './errors.ts';
import { keysOf } from './foundation.ts';
import { findActs } from './store/acts.ts';
import { type Connection, type Database, openDatabase } from './store/database.ts';
import { discardHeld, findHeld, type HeldMessage, listHeld, releaseHeld } from './store/held.ts';
import { createSeal, type Seal } from './store/seal.ts';

type World = {
  readonly config: Config;
  readonly out: { write(text: string): void };
};

const usage = [
  'npm run held -- list [--after <id>] [--limit <n>]   what was taken in and not forwarded',
  'npm run held -- show <id>                           one of them, whole',
  'npm run held -- release <id> [--why "…"]            judged again and forwarded',
  'npm run held -- discard <id> --why "…"              not forwarded, kept until its time is over',
  '  --who <name>   who decides; the name of the account unless given',
].join('\n');

/** `npm run held`: looks after what was held back. Out: the exit code. */
export async function held(args: readonly string[], { config, out }: World): Promise<number> {
  const given = parse(args);
  const keys = keysOf(config, openSecrets(config.dataDir));
  const connection = await connectionOf(config, keys.postgresPassword);
  const database = openDatabase(connection, { poolSize: 1, statementTimeoutMs: 30_000 });
  try {
    out.write(await act(database, createSeal(keys.dataKeys), given));
    return 0;
  } finally {
    await database.destroy();
  }
}

async function connectionOf(config: Config, password: string): Promise<Connection> {
  if (config.databaseUrl !== null) return { connectionString: config.databaseUrl };
  const running = await findRunning(config.dataDir, password);
  if (running) return running;
  throw new ConfigInvalid([
    `no gateway runs on DATA_DIR (${config.dataDir}): npm start keeps the database, start it first`,
  ]);
}

type Given =
  | { readonly verb: 'list'; readonly after: string | null; readonly limit: number }
  | { readonly verb: 'show'; readonly id: string }
  | {
      readonly verb: 'release';
      readonly id: string;
      readonly who: string;
      readonly why: string | null;
    }
  | { readonly verb: 'discard'; readonly id: string; readonly who: string; readonly why: string };

function parse(args: readonly string[]): Given {
  const { values, positionals } = parsed(args);
  const [verb = '', id = ''] = positionals;
  if (verb === 'list') return listingOf(values.after ?? null, Number(values.limit));
  if (!isId(id)) throw new Invalid(usage);
  return verb === 'show' ? { verb, id } : decisionOf(verb, id, values);
}

/** An account without an entry in the system's list has no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

type Why = { readonly who?: string | undefined; readonly why?: string | undefined };

function decisionOf(verb: string, id: string, { who, why }: Why): Given {
  const by = who ?? accountName();
  if (verb === 'release') return { verb, id, who: by, why: why ?? null };
  if (verb !== 'discard') throw new Invalid(usage);
  if (why === undefined) throw new Invalid('discard needs a reason: --why "…"');
  return { verb, id, who: by, why };
}

function listingOf(after: string | null, limit: number): Given {
  if (after !== null && !isId(after)) throw new Invalid('--after must be the id of a message');
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new Invalid('--limit must be a whole number from 1 to 1000');
  }
  return { verb: 'list', after, limit };
}

const isId = (text: string): boolean => /^\d{1,18}$/.test(text);

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { after: text, limit: { ...text, default: '50' }, why: text, who: text },
    });
  } catch (cause) {
    throw new Invalid(usage, { cause });
  }
}

async function act(database: Database, seal: Seal, given: Given): Promise<string> {
  switch (given.verb) {
    case 'list':
      return listing(await listHeld(database, seal, given), given.limit);
    case 'show':
      return whole(await findHeld(database, seal, given.id));
    case 'release':
      await releaseHeld(database, given);
      return `Message ${given.id} is judged again now, and forwarded.\n${await history(database, given.id)}`;
    case 'discard':
      await discardHeld(database, given);
      return `Message ${given.id} will not be forwarded.\n${await history(database, given.id)}`;
  }
}

function listing(messages: readonly HeldMessage[], limit: number): string {
  if (messages.length === 0) return 'Nothing is held.\n';
  const lines = messages.map(({ id, receivedAt, channel, reason, message }) =>
    [id.padStart(8), receivedAt.toISOString(), channel.padEnd(9), reason.padEnd(15), brief(message)]
      .join('  ')
      .trimEnd(),
  );
  const last = messages.at(-1)?.id ?? '';
  const more = messages.length === limit ? `More: npm run held -- list --after ${last}\n` : '';
  return `${lines.join('\n')}\n${more}`;
}

function brief(message: HeldMessage['message']): string {
  if (message === null) return '(cannot be opened: its key is not in DATA_KEY)';
  const line = printable(message.originalText).replace(/\s+/g, ' ').trim();
  return line.length > 70 ? `${line.slice(0, 69).toWellFormed()}…` : line;
}

function whole({ id, receivedAt, channel, reason, message }: HeldMessage): string {
  const rows: readonly (readonly [string, string])[] = [
    ['id', id],
    ['received', receivedAt.toISOString()],
    ['channel', channel],
    ['held as', reason],
    ...(message === null
      ? [['text', '(cannot be opened: its key is not in DATA_KEY)'] as const]
      : [
          ['sent', message.sentAt ?? 'not said by the provider'] as const,
          ['from', message.sender.name ?? message.sender.contact?.value ?? 'unknown'] as const,
          ['files', String(message.attachments.length)] as const,
          ['text', message.originalText] as const,
        ]),
  ];
  return `${rows.map(([name, value]) => `${name.padEnd(10)}${printable(value)}`).join('\n')}\n`;
}

/**
 * What strangers wrote must not steer the terminal of who reads it, nor pass for a line of ours: controls
 * and invisible signs go, further lines stand below the first.
 */
function printable(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[^\P{C}\n]/gu, ' ')
    .replaceAll('\n', `\n${' '.repeat(10)}`);
}

async function history(database: Database, id: string): Promise<string> {
  const acts = await findActs(database, 'message', id);
  return acts
    .map(({ at, who, act: verb, why }) => `${at}  ${verb} by ${who}${why ? `: ${why}` : ''}\n`)
    .join('');
}
