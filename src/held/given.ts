import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { Invalid } from '../errors.ts';
import { kinds, type Name, nameFrom, type Selection, type Wanted } from '../quarantine.ts';
import type { Kind } from '../store/parked.ts';

const usage = [
  'npm run held -- list [--kind delivery|message|event] [--after <id>] [--limit <n>]',
  '                                    what was taken in and not processed, and why; ×n: so many',
  '                                    of one sender for one reason, the oldest of them',
  'npm run held -- list --of <id> [--after <id>] [--limit <n>]      each of them',
  'npm run held -- show <id>           one of them, whole, and what was done with it',
  'npm run held -- release <id> [--why "…"]    a held message: judged again and forwarded',
  'npm run held -- discard <id> --why "…"      not processed, kept until its time is over',
  'npm run held -- replay <id> [--dry-run] [--why "…"]   once more through today\'s code;',
  '                                    --dry-run only shows what would come out',
  'npm run held -- replay --all [--kind …] [--channel …] [--reason "…"] [--limit <n>] [--dry-run]',
  '                                    many at once; held messages only with --kind message',
  '  <id>: d12 a delivery, m45 (or 45) a message, e0199… an event',
  '  --who <name>   who decides; the name of the account unless given',
].join('\n');

type By = { readonly who: string; readonly why: string | null };

/** What `npm run held` is to do. */
export type Given =
  | ({ readonly verb: 'list' } & Wanted)
  | ({ readonly verb: 'listOf'; readonly of: Name } & Omit<Wanted, 'kind'>)
  | { readonly verb: 'show'; readonly name: Name }
  | ({ readonly verb: 'release'; readonly name: Name } & By)
  | { readonly verb: 'discard'; readonly name: Name; readonly who: string; readonly why: string }
  | ({ readonly verb: 'replay'; readonly name: Name; readonly dryRun: boolean } & By)
  | ({ readonly verb: 'replayAll'; readonly dryRun: boolean } & Selection & By);

/** Reads the command line. Throws Invalid, saying what is wrong or how to use it. */
export function givenFrom(args: readonly string[]): Given {
  const { values, positionals } = parsed(args);
  const [verb = '', id = ''] = positionals;
  if (verb === 'list') return listFrom(values);
  if (verb === 'replay' && values.all === true) return allOf(values);
  if (id === '') throw new Invalid(usage);
  const name = nameFrom(id);
  return verb === 'show' ? { verb, name } : decisionOf(verb, name, values);
}

type Values = ReturnType<typeof parsed>['values'];

function decisionOf(verb: string, name: Name, values: Values): Given {
  const { who, why } = byOf(values);
  switch (verb) {
    case 'release':
      return { verb, name, who, why };
    case 'replay':
      return { verb, name, who, why, dryRun: values['dry-run'] === true };
    case 'discard':
      if (why === null) throw new Invalid('discard needs a reason: --why "…"');
      return { verb, name, who, why };
    default:
      throw new Invalid(usage);
  }
}

function allOf(values: Values): Given {
  const { kind, channel = null, reason = null } = values;
  const selection = { kind: kindOf(kind), channel, reason, limit: limitOf(values.limit ?? '1000') };
  return { verb: 'replayAll', dryRun: values['dry-run'] === true, ...selection, ...byOf(values) };
}

const byOf = ({ who, why }: Values): By => ({ who: who ?? accountName(), why: why ?? null });

/** An account without an entry in the system's list has no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

function listFrom({ kind, of, after, limit = '50' }: Values): Given {
  const page = { after: after === undefined ? null : nameFrom(after), limit: limitOf(limit) };
  return of === undefined
    ? { verb: 'list', kind: kindOf(kind), ...page }
    : { verb: 'listOf', of: nameFrom(of), ...page };
}

function kindOf(text: string | undefined): Kind | null {
  if (text === undefined) return null;
  const kind = kinds.find((each) => each === text);
  if (kind === undefined) throw new Invalid(`--kind must be one of ${kinds.join(', ')}`);
  return kind;
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new Invalid('--limit must be a whole number from 1 to 1000');
  }
  return limit;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ after: text, limit: text, of: text, kind: text, channel: text, reason: text },
        ...{ why: text, who: text, all: flag, 'dry-run': flag },
      },
    });
  } catch (cause) {
    throw new Invalid(usage, { cause });
  }
}
