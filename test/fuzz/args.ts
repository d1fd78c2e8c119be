import { parseArgs } from 'node:util';
import { Invalid } from '../../src/errors.ts';

export type Given = {
  readonly channels: readonly string[];
  readonly count: number;
  readonly signatures: number;
  readonly http: number;
  readonly seed: number;
  readonly path: string | null;
};

export const usage = `npm run fuzz
  --channel NAME     only this one; may be repeated (default: all)
  --count N          deliveries read, of each channel (default 100,000)
  --signatures N     wrong proofs, of each way of a channel (default 10,000)
  --http N           deliveries of each channel sent to a gateway (default 2,000; 0: none)
  --seed N           the same deliveries again (default: of the clock)
  --path P           with --seed and --channel: only the delivery that a failure named
`;

/** What the arguments of `npm run fuzz` ask for. Throws Invalid. */
export function readArgs(args: readonly string[], known: readonly string[]): Given {
  const values = parse(args);
  const channels = values.channel ?? known;
  const unknown = channels.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Invalid(`there is no channel ${unknown.join(', ')}; there are ${known.join(', ')}`);
  }
  const { path } = values;
  if (path !== undefined && (values.seed === undefined || channels.length !== 1)) {
    throw new Invalid('--path needs --seed and one --channel');
  }
  return {
    channels,
    count: whole('--count', values.count, 100_000),
    signatures: whole('--signatures', values.signatures, 10_000),
    http: whole('--http', values.http, 2000),
    seed: whole('--seed', values.seed, Date.now() % 1_000_000),
    path: path ?? null,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        channel: { type: 'string', multiple: true },
        ...{ count: text, signatures: text, http: text, seed: text, path: text },
      },
    });
    return values;
  } catch (error) {
    throw new Invalid(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function whole(name: string, written: string | undefined, unset: number): number {
  if (written === undefined) return unset;
  if (!/^\d{1,9}$/.test(written)) throw new Invalid(`${name} must be a whole number`);
  return Number(written);
}
