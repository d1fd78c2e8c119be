import { type Frame, scan } from './frame.ts';
import { decodeRecord, type SpoolRecord, timeOf } from './record.ts';
import { readFrom, removeSegment, type Segment } from './segment.ts';

/** One record to be moved; `record` is null when its bytes went bad. */
export type Waiting = { readonly record: SpoolRecord | null; readonly bytes: Buffer };

export function opened(frame: Frame): Waiting {
  return frame.kind === 'record'
    ? { record: decodeRecord(frame.payload), bytes: frame.payload }
    : { record: null, bytes: frame.bytes };
}

/** What broke off was told to nobody; what we wrote and synced ourselves cannot have broken off. */
function waitingIn(bytes: Buffer, { isFound }: Segment): Waiting[] {
  const { frames, torn } = scan(bytes);
  const rest = bytes.subarray(bytes.length - torn);
  const lost = torn > 0 && !isFound ? [{ record: null, bytes: rest }] : [];
  return [...frames.map(opened), ...lost];
}

type Given = {
  readonly folder: string;
  readonly segments: Segment[];
  /** Runs while nothing is written. */
  readonly alone: (act: () => Promise<void>) => Promise<void>;
  /** Ends the segment being written. */
  readonly finish: () => Promise<void>;
};

/** Reads the oldest segment, and deletes it when all of it has been moved. One caller at a time. */
export function createReader({ folder, segments, alone, finish }: Given) {
  let cached: readonly Waiting[] = [];
  /** How far the oldest segment is read. */
  let readTo = 0;

  const isRead = (segment: Segment): boolean => cached.length === 0 && readTo >= segment.bytes;

  const dropRead = (): Promise<void> =>
    alone(async () => {
      const [oldest] = segments;
      if (!oldest || !isRead(oldest)) return;
      if (segments.length === 1) await finish();
      await removeSegment(folder, oldest);
      segments.shift();
      readTo = 0;
    });

  return {
    /** At most `most` of the oldest; they stay until `advance`. */
    peek: async (most: number): Promise<readonly Waiting[]> => {
      for (let [oldest] = segments; oldest && cached.length === 0; [oldest] = segments) {
        const until = oldest.bytes;
        if (readTo < until) cached = waitingIn(await readFrom(oldest, readTo), oldest);
        readTo = until;
        if (cached.length === 0) await dropRead();
      }
      return cached.slice(0, most);
    },
    advance: async (count: number): Promise<void> => {
      cached = cached.slice(count);
      await dropRead();
    },
    oldest: (): Date | null => {
      const first = cached.find(({ record }) => record !== null)?.record;
      if (first) return timeOf(first);
      const waiting = segments.find((segment, index) => segment.bytes > (index === 0 ? readTo : 0));
      return waiting?.firstAt ?? null;
    },
  };
}
