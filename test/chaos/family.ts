import { readdirSync, readFileSync } from 'node:fs';

/** A process and all below it, parents first. */
export function familyOf(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    if (parent !== null) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const below = (each: number): number[] => [each, ...(parents.get(each) ?? []).flatMap(below)];
  return below(pid);
}

function parentOf(pid: string): number | null {
  try {
    // The name in brackets may hold anything, brackets too.
    const [, tail = ''] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(tail.split(' ')[1]);
  } catch {
    return null; // it has ended meanwhile
  }
}

/** Sends a signal to each; who is gone is gone. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // it has ended
    }
  }
}
