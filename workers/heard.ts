import { type Sense, senseOf, type Understanding } from '../src/domain/said.ts';
import { type Alike, findKept } from '../src/store/alike.ts';
import type { Database } from '../src/store/database.ts';
import type { Seal } from '../src/store/seal.ts';
import type { Kept } from '../src/store/words.ts';

/** What others said before; understood when first asked for. */
export type Heard = { readonly anonymous: boolean; readonly sense: () => Sense };

/** Some 2,000 ordinary reports, 30 MB: what a petition or a storm repeats, not what a month says. */
const mostCharacters = 500_000;

const ofEntry = 100;

/**
 * What was heard lately, so that a phrase that thousands use is not opened and understood again for
 * each of them. `mark` names sealed bytes, which never change. What was not asked for longest is dropped.
 */
export type Hearing = {
  readonly of: (mark: string) => Heard | undefined;
  readonly keep: (mark: string, kept: Kept) => Heard;
};

export function createHearing(reading: Understanding, most = mostCharacters): Hearing {
  const known = new Map<string, { readonly heard: Heard; readonly size: number }>();
  let total = 0;
  const drop = (mark: string) => {
    total -= known.get(mark)?.size ?? 0;
    known.delete(mark);
  };
  const put = (mark: string, heard: Heard, size: number) => {
    drop(mark);
    known.set(mark, { heard, size });
    total += size;
  };
  return {
    of: (mark) => {
      const found = known.get(mark);
      if (found) put(mark, found.heard, found.size);
      return found?.heard;
    },
    keep: (mark, kept) => {
      const heard = heardFrom(reading, kept);
      put(mark, heard, kept.text.length + ofEntry);
      for (const oldest of known.keys()) {
        if (total <= most) break;
        drop(oldest);
      }
      return heard;
    },
  };
}

function heardFrom(reading: Understanding, { text, location, anonymous }: Kept): Heard {
  let sense: Sense | undefined;
  return { anonymous, sense: () => (sense ??= senseOf(reading, text, location)) };
}

/** What these say, by mark; absent where it cannot be opened. Only what was not heard lately is fetched. */
export async function hear(
  transaction: Database,
  seal: Seal,
  hearing: Hearing,
  all: readonly Alike[],
): Promise<ReadonlyMap<string, Heard>> {
  const found = new Map<string, Heard>();
  const missing = new Map<string, string>();
  for (const { mark, messageId } of all) {
    const heard = found.get(mark) ?? hearing.of(mark);
    if (heard) found.set(mark, heard);
    else missing.set(messageId, mark);
  }
  for (const [messageId, kept] of await findKept(transaction, seal, [...missing.keys()])) {
    const mark = missing.get(messageId);
    if (mark !== undefined) found.set(mark, hearing.keep(mark, kept));
  }
  return found;
}
