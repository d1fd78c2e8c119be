import { parseArgs } from 'node:util';
import { Invalid } from '../../src/errors.ts';
import { type ScenarioName, scenarioNames } from './scenarios.ts';

export type Given = {
  readonly list: boolean;
  readonly scenarios: readonly ScenarioName[];
  readonly seed: number;
  readonly queue: 'redis' | 'postgres';
  readonly short: boolean;
  /** How long an outage lasts; null: as the scenario has it. */
  readonly seconds: number | null;
  readonly kills: number | null;
  /** New messages a second; null: as the form (short or not) has it. */
  readonly rate: number | null;
  readonly sideBySide: number;
  readonly gateways: number;
  readonly workers: number;
  readonly report: string | null;
  /** Keeps folders and logs of all processes. */
  readonly keep: boolean;
};

export const usage = `npm run chaos -- <scenario>… | --all | --list
  --seed N           the same choices again (default: of the clock)
  --queue redis|postgres   where BullMQ keeps its jobs (default redis)
  --short            each in some seconds instead of minutes
  --seconds N        how long an outage lasts
  --kills N          how often each process is killed
  --rate N           new messages a second
  --gateways N       (default 2)
  --workers N        (default 2)
  --side-by-side N   so many scenarios at once, each with stores and processes of its own
  --report FILE      writes the report there
  --keep             keeps data and logs of what was started
`;

/** What the arguments of `npm run chaos` ask for. Throws Invalid. */
export function readArgs(args: readonly string[]): Given {
  const { values, positionals } = parse(args);
  const unknown = positionals.filter((name) => !isScenario(name));
  if (unknown.length > 0)
    throw new Invalid(`there is no scenario ${unknown.join(', ')}; see --list`);
  const scenarios = values.all ? scenarioNames : positionals.filter(isScenario);
  if (scenarios.length === 0 && !values.list) throw new Invalid(`name a scenario\n${usage}`);
  return {
    list: values.list,
    scenarios,
    queue: queueFrom(values.queue),
    short: values.short,
    seed: whole('--seed', values.seed, Date.now() % 1_000_000),
    seconds: whole('--seconds', values.seconds, null),
    kills: whole('--kills', values.kills, null),
    rate: whole('--rate', values.rate, null),
    sideBySide: whole('--side-by-side', values['side-by-side'], 1),
    gateways: whole('--gateways', values.gateways, 2),
    workers: whole('--workers', values.workers, 2),
    report: values.report ?? null,
    keep: values.keep,
  };
}

function queueFrom(written: string): Given['queue'] {
  if (written === 'redis' || written === 'postgres') return written;
  throw new Invalid('--queue must be redis or postgres');
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        all: flag,
        list: flag,
        short: flag,
        keep: flag,
        queue: { type: 'string', default: 'redis' },
        seed: text,
        seconds: text,
        kills: text,
        rate: text,
        gateways: text,
        workers: text,
        'side-by-side': text,
        report: text,
      },
    });
  } catch (error) {
    throw new Invalid(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

const isScenario = (name: string): name is ScenarioName =>
  scenarioNames.some((known) => known === name);

function whole<Unset extends number | null>(
  name: string,
  written: string | undefined,
  unset: Unset,
): number | Unset {
  if (written === undefined) return unset;
  if (!/^[1-9]\d{0,8}$/.test(written)) throw new Invalid(`${name} must be a whole number above 0`);
  return Number(written);
}
