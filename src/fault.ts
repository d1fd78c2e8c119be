import { sep } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors.ts';

/**
 * Where our own code broke, without what it broke on: what V8, zod and PostgreSQL say of an error may quote
 * what a citizen wrote. `said` is the message of an error of ours; `at` are paths inside the data.
 */
export const faultSchema = z.object({
  name: z.string(),
  code: z.string().nullable(),
  said: z.string().nullable(),
  at: z.array(z.string()),
  frames: z.array(z.string()),
});

export type Fault = z.infer<typeof faultSchema>;

const mostFrames = 20;
const mostPaths = 10;

/** In: whatever was thrown. Out: what may be kept and shown of it. Throws nothing. */
export function faultFrom(error: unknown): Fault {
  if (!(error instanceof Error)) {
    return { name: typeof error, code: null, said: null, at: [], frames: [] };
  }
  const code = 'code' in error ? plain(String(error.code)) : null;
  return {
    name: plain(error.constructor.name) ?? 'Error',
    code,
    said: error instanceof AppError ? error.message.slice(0, 500) : null,
    at: pathsOf(error),
    frames: framesOf(error),
  };
}

/** One line each, as a person reads it. */
export function linesOf({ name, code, said, at, frames }: Fault): string[] {
  const head = [name, code === null ? '' : `(${code})`, said ?? ''].filter(Boolean).join(' ');
  return [head, ...at.map((path) => `  at data ${path}`), ...frames.map((frame) => `  ${frame}`)];
}

/** Codes and names are words; anything else may be data. */
function plain(text: string): string | null {
  return /^[\w.-]{1,60}$/.test(text) ? text : null;
}

function pathsOf(error: Error): string[] {
  if (!('issues' in error) || !Array.isArray(error.issues)) return [];
  return error.issues.slice(0, mostPaths).flatMap((issue: unknown) => {
    const { data } = issueSchema.safeParse(issue);
    if (!data) return [];
    const path = data.path.map((key) => plain(String(key)) ?? '?').join('.');
    return [`${path === '' ? '(whole)' : path}: ${plain(data.code) ?? '?'}`];
  });
}

const issueSchema = z.object({
  code: z.string(),
  path: z.array(z.union([z.string(), z.number()])),
});

const root = `${import.meta.dirname.slice(0, import.meta.dirname.lastIndexOf(sep))}${sep}`;

/** The stack repeats the message first, over as many lines as it likes: only what follows it counts. */
function framesOf({ stack = '', message }: Error): string[] {
  const begin = message === '' ? 0 : stack.indexOf(message) + message.length;
  return stack
    .slice(begin)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at [^\n]*(?::\d+:\d+\)?|\(<anonymous>\)|\(native\))$/.test(line))
    .slice(0, mostFrames)
    .map((line) => line.replaceAll('file://', '').replaceAll(root, ''));
}
