import type { Place, Sent } from './carrier.ts';

/** What a citizen sent; `outcome` null while it is on its way. */
export type Entry = {
  readonly id: number;
  readonly at: number;
  readonly text: string;
  readonly photos: readonly {
    readonly id: string;
    readonly name: string;
    readonly mediaType: string;
  }[];
  readonly location: Place | null;
  readonly where: 'private' | 'public' | null;
  readonly isForwarded: boolean;
  readonly outcome: Sent | null;
};

type Written = Omit<Entry, 'id' | 'at' | 'outcome'>;

export type Conversations = {
  readonly of: (channel: string, slug: string) => readonly Entry[];
  /** Keeps what is sent, at once and again with how it went. */
  readonly keep: (
    channel: string,
    slug: string,
    written: Written,
    sent: Promise<Sent>,
  ) => Promise<Sent>;
};

/** What was written on the phones: the last `most` messages of each conversation, until the end of the process. */
export function createConversations(now: () => number, most = 200): Conversations {
  const all = new Map<string, Entry[]>();
  let count = 0;
  const at = (channel: string, slug: string): Entry[] => {
    const key = `${channel} ${slug}`;
    const found = all.get(key) ?? [];
    all.set(key, found);
    return found;
  };
  return {
    of: at,
    keep: async (channel, slug, written, sent) => {
      const entries = at(channel, slug);
      count += 1;
      const entry: Entry = { ...written, id: count, at: now(), outcome: null };
      entries.push(entry);
      if (entries.length > most) entries.shift();
      const settle = (...now: Entry[]) => {
        const index = entries.indexOf(entry);
        if (index >= 0) entries.splice(index, 1, ...now);
      };
      try {
        const outcome = await sent;
        settle({ ...entry, outcome });
        return outcome;
      } catch (error) {
        settle();
        throw error;
      }
    },
  };
}
