import type { Change } from '../replay.ts';
import { printable } from './print.ts';

/** What a replay would change, old → new, one line for each value. */
export function diffOf(changes: readonly Change[]): string {
  return changes.map((change) => `${change.title}\n${linesOf(change)}`).join('');
}

function linesOf({ before, after }: Change): string {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  const lines = [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) return [];
    if (was === undefined) return [`  + ${path}: ${is ?? ''}`];
    return [is === undefined ? `  - ${path}: ${was}` : `  ~ ${path}: ${was} → ${is}`];
  });
  return lines.length === 0
    ? '    no difference\n'
    : lines.map((line) => `${printable(line)}\n`).join('');
}

/** Every value by its path: `sender.contact.value`. Empty ones say nothing. */
function valuesOf(value: unknown, path = '', found = new Map<string, string>()) {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      valuesOf(inner, path === '' ? key : `${path}.${key}`, found);
    }
  } else if (!isNothing(value)) {
    found.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return found;
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '';
