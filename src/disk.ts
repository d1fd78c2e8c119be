import { readFileSync } from 'node:fs';
import { open, rename, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

/** Room on a disk, in bytes, at a time (epoch milliseconds). */
export type Sample = { readonly at: number; readonly free: number };

export type Disk = {
  /** What of ours is on it: `data` (DATA_DIR), `media` (MEDIA_DIR). */
  readonly folder: 'data' | 'media';
  readonly path: string;
  readonly total: number;
  readonly free: number;
  /** Days until it is full, if it goes on as in the last week; null: not foreseeable, or not filling. */
  readonly fullInDays: number | null;
  /** What somebody should know; null: nothing. */
  readonly trouble: string | null;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** One sample an hour, for a week: a day of the week is like the same day of the next. */
const keptMs = 7 * dayMs;
const apartMs = hourMs;
/** Before that a start, a migration or a backup would be taken for a habit. */
const leastSpanMs = 6 * hourMs;
/** So many days it takes to order a disk. */
const soonDays = 14;
const leastShare = 0.1;
const wholeDisk = 1;

/**
 * Days until nothing is free. In: samples in any order, and now; those from a future that a turned-back
 * clock has left are not used. The rate is the median of what a day took: a night's work counts, and one
 * big file written or deleted is not a habit. Out: null when it is not filling, or too little is known.
 */
export function daysUntilFull(samples: readonly Sample[], now: number): number | null {
  const used = samples
    .filter(({ at }) => at <= now && at >= now - keptMs)
    .toSorted((a, b) => a.at - b.at);
  const first = used[0];
  const last = used.at(-1);
  if (!first || !last || last.at - first.at < leastSpanMs) return null;
  const apart = Math.min(dayMs, (last.at - first.at) / 2);
  const slopes = used.flatMap((from, index) =>
    used
      .slice(index + 1)
      .filter(({ at }) => Math.abs(at - from.at - apart) <= apart / 6)
      .map((to) => (to.free - from.free) / (to.at - from.at)),
  );
  const slope = slopes.toSorted((a, b) => a - b)[Math.floor(slopes.length / 2)] ?? 0;
  return slope < 0 ? last.free / -slope / dayMs : null;
}

/** Samples with a new one, when it is time for one; old ones, and those of a future, fall away. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const kept = samples.filter(({ at }) => at <= sample.at && at >= sample.at - keptMs);
  const isTime = kept.every(({ at }) => sample.at - at >= apartMs);
  return isTime ? [...kept, sample] : kept;
}

/** What of a disk is worth a warning, in words; null when there is room. */
export function diskTrouble(disk: Pick<Disk, 'total' | 'free' | 'fullInDays'>): string | null {
  const { total, free, fullInDays } = disk;
  const left = `${sizeOf(free)} of ${sizeOf(total)} free`;
  if (fullInDays !== null && fullInDays < soonDays) {
    return `full in ${Math.floor(fullInDays)} days at the rate of the last week (${left})`;
  }
  return free / Math.max(total, wholeDisk) < leastShare ? `nearly full: ${left}` : null;
}

export function sizeOf(bytes: number): string {
  const giga = bytes / 1024 ** 3;
  return giga >= 10 ? `${Math.round(giga)} GiB` : `${Math.round(giga * 10) / 10} GiB`;
}

const historySchema = z.record(
  z.string(),
  z.array(z.object({ at: z.number(), free: z.number() })).max(1000),
);

type History = z.output<typeof historySchema>;
type Folders = { readonly dataDir: string; readonly mediaDir: string };

const historyFile = 'disk.json';

/** What was sampled so far; nothing where none was, or the file is no use. */
export function readHistory(dataDir: string): History {
  try {
    return historySchema.parse(JSON.parse(readFileSync(join(dataDir, historyFile), 'utf8')));
  } catch {
    return {};
  }
}

/** Replaces it whole: a kill in the middle leaves the old one. */
async function saveHistory(dataDir: string, history: History): Promise<void> {
  const path = join(dataDir, historyFile);
  const handle = await open(`${path}.part`, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(history));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.part`, path);
}

/**
 * The disks of our folders now, with what the history foretells; one entry where both are on one disk. A
 * folder that is not there yet is where its parent is. Throws what the file system says.
 */
export async function lookAtDisks(
  { dataDir, mediaDir }: Folders,
  history: History,
  now: number,
): Promise<readonly Disk[]> {
  const data = await lookAt('data', dataDir, history, now);
  const media = await lookAt('media', mediaDir, history, now);
  return data.device === media.device ? [data.disk] : [data.disk, media.disk];
}

/** Adds what is free now to the history, where it is time for it, and keeps that. Out: the history. */
export async function sampleDisks(
  dataDir: string,
  disks: readonly Disk[],
  now: number,
): Promise<History> {
  const history = readHistory(dataDir);
  const next = Object.fromEntries(
    disks.map(({ folder, free }) => [
      folder,
      [...withSample(history[folder] ?? [], { at: now, free })],
    ]),
  );
  if (JSON.stringify(next) !== JSON.stringify(history)) await saveHistory(dataDir, next);
  return next;
}

async function lookAt(folder: Disk['folder'], path: string, history: History, now: number) {
  const there = await nearest(resolve(path));
  const [{ dev }, { bavail, blocks, bsize }] = await Promise.all([stat(there), statfs(there)]);
  const free = bavail * bsize;
  const total = blocks * bsize;
  const known = [...(history[folder] ?? []), { at: now, free }];
  const fullInDays = daysUntilFull(known, now);
  const trouble = diskTrouble({ total, free, fullInDays });
  return { device: dev, disk: { folder, path: there, total, free, fullInDays, trouble } };
}

async function nearest(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || path === dirname(path) ? path : nearest(dirname(path));
}
