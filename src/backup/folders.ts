import { mkdir, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The files below a folder, as paths within it; none where there is no folder. */
export async function* filesBelow(folder: string, within = ''): AsyncGenerator<string, void> {
  const listed = await orMissing(opendir(join(folder, within)));
  if (listed === null) return;
  for await (const entry of listed) {
    const path = join(within, entry.name);
    if (entry.isDirectory()) yield* filesBelow(folder, path);
    else if (entry.isFile()) yield path;
  }
}

/** How many bytes the files below a folder have. */
export async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for await (const path of filesBelow(folder)) {
    bytes += (await orMissing(stat(join(folder, path))))?.size ?? 0;
  }
  return bytes;
}

/** null where nothing is: files come and go while we look. Throws everything else. */
export async function orMissing<Found>(found: Promise<Found>): Promise<Found | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Makes a folder, and those above it, of its owner's alone. */
export const makeFolder = (path: string) => mkdir(path, { recursive: true, mode: 0o700 });
