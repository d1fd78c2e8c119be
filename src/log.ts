import { type Logger, pino } from 'pino';
import { AppError } from './errors.ts';

export type Log = Logger;

type Sink = { write(line: string): void };

/**
 * One JSON line per event. Secrets are cut out by value, whatever field they stand in: provider URLs
 * carry them. Errors of the database driver lose their details, which repeat the row at fault.
 */
export function createLog(level: string, secrets: readonly string[], sink: Sink): Log {
  const dangerous = secrets
    .filter((secret) => secret.length >= 6)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .sort((one, other) => other.length - one.length); // one may begin with another
  return pino(
    { level, base: null, serializers: { err: (error: unknown) => serialiseError(error) } },
    {
      write: (line: string) => {
        sink.write(dangerous.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line));
      },
    },
  );
}

const deepestCause = 5;

/** Not pino's own serialiser: it joins the messages of causes, rows of the database among them. */
function serialiseError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? error.code : undefined;
  const cause =
    error.cause instanceof Error && depth < deepestCause
      ? { cause: serialiseError(error.cause, depth + 1) }
      : {};
  if (error instanceof AppError) {
    return { type: error.name, code, message: error.message, ...cause };
  }
  const type = error.constructor.name;
  const { message, stack } = error;
  // `severity`: an error PostgreSQL reported. The stack repeats the message.
  return 'severity' in error
    ? { type, code, message: withoutRow(message), ...cause }
    : { type, code, message, stack, ...cause };
}

/**
 * PostgreSQL quotes the value it rejects (`invalid input syntax for type uuid: "…"`), and knex puts
 * the statement before it: only the complaint itself is for the log. The value goes first, because it
 * may hold whatever the rest is cut by.
 */
function withoutRow(message: string): string {
  const complaint = message.replace(/: ".*/s, '');
  return complaint.slice(complaint.lastIndexOf(' - ') + 1).replace(/^- /, '');
}

/** Lets one line through in `everyMs` and counts the rest: a flood of forgeries must not fill the log. */
export function createLimiter(everyMs: number, now: () => number) {
  let nextAt = 0;
  let withheld = 0;
  return (write: (withheld: number) => void): void => {
    if (now() < nextAt) {
      withheld += 1;
      return;
    }
    nextAt = now() + everyMs;
    write(withheld);
    withheld = 0;
  };
}

const mostKeys = 1000;

/** A limiter for each key: a flood of one kind is one line, and hides no other kind. */
export function createLimiters(everyMs: number, now: () => number) {
  const limiters = new Map<string, ReturnType<typeof createLimiter>>();
  return (key: string, write: (withheld: number) => void): void => {
    const limit = limiters.get(key) ?? createLimiter(everyMs, now);
    if (limiters.size >= mostKeys) limiters.clear(); // keys may come from outside
    limiters.set(key, limit);
    limit(write);
  };
}
