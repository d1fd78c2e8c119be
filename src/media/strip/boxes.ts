import { Malformed } from '../../errors.ts';

/** A box of ISO/IEC 14496-12: where it begins, where its content begins, where it ends. */
export type Box = {
  readonly type: string;
  readonly at: number;
  readonly from: number;
  readonly to: number;
};

/** So many boxes no film has; each costs time. */
const mostBoxes = 100_000;

export type Boxes = {
  /** The boxes within a stretch. What no longer is a box, at its end, is wiped; what goes beyond is cut. */
  readonly within: (from: number, to: number) => Box[];
  /** Nothing but zeros from here to there. */
  readonly wipe: (from: number, to: number) => void;
  /** Makes a box one of free space, of the same length: whatever names a place in the file stays right. */
  readonly free: (box: Box) => void;
};

/**
 * Boxes of a file that is changed in place, because tables all over it name places in it. Throws Malformed
 * when a file asks for more work than one of its length can.
 */
export function openBoxes(bytes: Buffer): Boxes {
  let boxes = 0;
  let wiped = 0;
  const wipe = (from: number, to: number): void => {
    const end = Math.min(to, bytes.length);
    wiped += Math.max(end - from, 0);
    if (wiped > 4 * bytes.length) throw new Malformed('a file that names the same bytes too often');
    if (end > from) bytes.fill(0, from, end);
  };
  const boxAt = (at: number, end: number): Box | null => {
    if (at + 8 > end) return null;
    const short = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (short === 1 && at + 16 > end) return null;
    const length = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short || end - at;
    const head = short === 1 ? 16 : 8;
    return length < head ? null : { type, at, from: at + head, to: Math.min(at + length, end) };
  };
  return {
    wipe,
    free: ({ at, from, to }) => {
      bytes.write('free', at + 4, 'latin1');
      wipe(from, to);
    },
    within: (from, to) => {
      const found: Box[] = [];
      let at = from;
      for (let box = boxAt(at, to); box !== null; box = boxAt(at, to)) {
        boxes += 1;
        if (boxes > mostBoxes) throw new Malformed('too many boxes');
        found.push(box);
        at = box.to;
      }
      wipe(at, to);
      return found;
    },
  };
}
