const MOST_NAMED = 1_000;

/** Reasons, of which the first thousand are named and the others counted. */
export type Notes = {
  readonly add: (reason: () => string) => void;
  readonly count: () => number;
  /** All of them, or the first so many. */
  readonly list: (most?: number) => string[];
};

export function createNotes(): Notes {
  const named: string[] = [];
  let count = 0;
  return {
    add: (reason) => {
      count += 1;
      if (named.length < MOST_NAMED) named.push(reason());
    },
    count: () => count,
    list: (most = MOST_NAMED) => {
      const shown = named.slice(0, most);
      const left = count - shown.length;
      return left === 0 ? shown : [...shown, `… and ${left} more`];
    },
  };
}
