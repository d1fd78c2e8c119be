import { normaliseText } from '../domain/text.ts';

/** What programs open a file of each kind by. */
const endings: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', 'jpg'],
  ['image/png', 'png'],
  ['image/webp', 'webp'],
  ['image/gif', 'gif'],
  ['image/heic', 'heic'],
  ['image/heic-sequence', 'heic'],
  ['image/heif', 'heif'],
  ['image/heif-sequence', 'heif'],
  ['application/pdf', 'pdf'],
  ['video/mp4', 'mp4'],
  ['video/webm', 'webm'],
]);

/**
 * The name under which a citizen's file is saved: theirs, with the ending of its content in place of
 * their own. A double click on `foto.jpg.exe` must open a picture, never run a program.
 */
export function savedName(file: { readonly name: string; readonly mediaType: string }): string {
  const ending = endings.get(file.mediaType) ?? 'bin';
  // Marks of direction are gone with it: they can show "exe.jpg" for what ends in "gpj.exe".
  const shown = normaliseText(file.name.slice(0, 500)).replace(/\s+/g, ' ');
  const bare = shown.replace(/\.[a-z][a-z0-9]{0,9}$/i, '');
  const stem = bare.toLowerCase().endsWith(`.${ending}`) ? bare.slice(0, -ending.length - 1) : bare;
  return `${Array.from(stem).slice(0, 100).join('') || 'lampiran'}.${ending}`;
}
