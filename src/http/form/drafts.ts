import type { SubmittedFile } from '../../domain/submission.ts';
import { draftMs, type Media } from '../../media.ts';
import { networkOf } from '../address.ts';

/** What may lie of one network: some 40 forms with photos, more than a carrier's address may send in minutes. */
const mostBytes = 128 * 1024 * 1024;
/** What a draft counts at least: many small ones are a burden as well. */
const leastBytes = 64 * 1024;

type Deps = {
  readonly media: Pick<Media, 'drop'>;
  readonly now: () => number;
  readonly most?: number;
};

/** Notes drafts that stay for a citizen who has to look over a form again. */
export type Drafts = { readonly lay: (address: string, files: Files) => Promise<void> };

type Files = readonly Pick<SubmittedFile, 'id' | 'bytes'>[];

/**
 * Bounds what lies in drafts, by network and in this gateway's memory. Beyond it the network's oldest go, and
 * not what comes: who floods it takes the place of what nobody came back for, not of who sends now.
 */
export function createDrafts({ media, now, most = mostBytes }: Deps): Drafts {
  /** Oldest first. */
  const lying = new Map<string, { network: string; bytes: number; at: number }>();
  const sums = new Map<string, number>();
  const sumOf = (network: string): number => sums.get(network) ?? 0;
  const count = (network: string, bytes: number) => {
    const sum = sumOf(network) + bytes;
    if (sum > 0) sums.set(network, sum);
    else sums.delete(network);
  };
  const forget = (id: string, { network, bytes }: { network: string; bytes: number }) => {
    lying.delete(id);
    count(network, -bytes);
  };
  const forgetSwept = () => {
    for (const [id, draft] of lying) {
      if (draft.at > now() - draftMs) return;
      forget(id, draft);
    }
  };
  return {
    lay: async (address, files) => {
      forgetSwept();
      const network = networkOf(address);
      for (const { id, bytes: own } of files) {
        const bytes = Math.max(own, leastBytes);
        lying.set(id, { network, bytes, at: now() });
        count(network, bytes);
      }
      const gone: string[] = [];
      for (const [id, draft] of lying) {
        if (sumOf(network) <= most) break;
        if (draft.network !== network) continue;
        forget(id, draft);
        gone.push(id);
      }
      await media.drop(gone);
    },
  };
}
