import { Malformed } from '../../errors.ts';

/** So many parts no picture has; each costs time and memory. */
const mostParts = 20_000;

/** Counts the parts of a file. Out: to be called for each; throws Malformed when they are too many. */
export function createPartCount(): () => void {
  let parts = 0;
  return () => {
    if ((parts += 1) > mostParts) throw new Malformed('too many parts');
  };
}

export type Cut = {
  /** Keeps what stands between two offsets. */
  readonly keep: (from: number, to: number) => void;
  readonly add: (bytes: Buffer) => void;
  readonly pieces: () => Buffer[];
};

/** Makes a file anew from parts of another. Copies nothing. Throws Malformed when the parts are too many. */
export function createCut(whole: Buffer): Cut {
  const pieces: Buffer[] = [];
  const count = createPartCount();
  let from = 0;
  let to = 0;
  const flush = (): void => {
    count();
    if (to > from) pieces.push(whole.subarray(from, to));
    from = to;
  };
  return {
    keep: (start, end) => {
      if (start !== to) {
        flush();
        from = start;
      }
      to = end;
    },
    add: (bytes) => {
      flush();
      if (bytes.length > 0) pieces.push(bytes);
    },
    pieces: () => {
      flush();
      return pieces;
    },
  };
}
