import { mkdirSync } from 'node:fs';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigInvalid, Unavailable } from '../errors.ts';
import { sync } from '../media/folder.ts';
import { scan } from './frame.ts';
import { opened } from './reader.ts';
import { timeOf } from './record.ts';
import { readFrom, type Segment, segmentNumbers, segmentPath } from './segment.ts';

/** Makes the folder and proves that it can be written. Throws ConfigInvalid when it cannot. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await sync(dirname(folder));
    await tryWriting(folder);
  } catch (cause) {
    if (cause instanceof Unavailable) return; // full just now: what is in it can still be moved
    throw new ConfigInvalid(
      ['DATA_DIR cannot be written: deliveries are kept there while PostgreSQL is away'],
      { cause },
    );
  }
}

/** The disk is left this much, so that PostgreSQL beside us can come back and tidy up. */
const reserveBytes = 32 * 1024 * 1024;
const reserveShare = 0.02;

/** Throws Unavailable when `bytes` more would take what is kept in reserve. */
export async function spareDisk(folder: string, bytes: number): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const reserve = Math.min(reserveBytes, blocks * bsize * reserveShare);
  if (bavail * bsize - bytes < reserve) throw new Unavailable('the disk of the spool is full');
}

/** Writes and syncs a few bytes. Throws what the disk says, and Unavailable when it is full. */
export async function tryWriting(folder: string): Promise<void> {
  await spareDisk(folder, 4096);
  const path = join(folder, 'probe');
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.write(Buffer.alloc(512, 1));
    await handle.datasync();
  } finally {
    await handle.close();
    await rm(path, { force: true });
  }
}

export type Recovered = {
  readonly segments: Segment[];
  readonly lastNumber: number;
  readonly records: number;
  /** Tracking numbers that were promised. */
  readonly claims: readonly { readonly key: string; readonly number: string }[];
  readonly bytes: number;
  readonly oldest: Date | null;
  /** Bytes of records whose writing broke off. */
  readonly torn: number;
};

/** What an earlier process left in the folder. Reads only. */
export async function recover(folder: string): Promise<Recovered> {
  const numbers = await segmentNumbers(folder);
  const segments: Segment[] = [];
  const claims: { key: string; number: string }[] = [];
  let records = 0;
  let torn = 0;
  for (const number of numbers) {
    const path = segmentPath(folder, number);
    const { size } = await stat(path);
    const found = scan(await readFrom({ path, isFound: true, bytes: size, firstAt: null }, 0));
    const known = found.frames.flatMap((frame) => opened(frame).record ?? []);
    const [first] = known;
    segments.push({ path, isFound: true, bytes: size, firstAt: first ? timeOf(first) : null });
    for (const record of known) if (record.kind === 'claim') claims.push(record);
    records += found.frames.length;
    torn += found.torn;
  }
  return {
    ...{ segments, claims, records, torn },
    lastNumber: numbers.at(-1) ?? 0,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    oldest: segments.find(({ firstAt }) => firstAt !== null)?.firstAt ?? null,
  };
}
