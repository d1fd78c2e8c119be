import { readdir, readFile } from 'node:fs/promises';

/** What the product's processes took: peak memory in MB, processor time so far in ms. */
export type Usage = {
  readonly gateway: Taken;
  readonly workers: Taken;
  /** Together; buffers they share count once. `largest`: the peak of a single one, buffers and all. */
  readonly postgres: Taken & { readonly processes: number; readonly largestMb: number };
};

type Taken = { readonly peakMb: number; readonly cpuMs: number };

type Process = Taken & {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly sharedMb: number;
};

/** Linux tells processor time in hundredths of a second. */
const tickMs = 10;

/** In: the gateway's pid. Out: what it, the workers beside it and PostgreSQL took. */
export async function usageOf(gateway: number): Promise<Usage> {
  const family = familyOf(await processes(), gateway);
  const postgres = family.filter(({ command }) => /\/postgres |^postgres: /.test(command));
  const own = postgres.reduce((sum, { peakMb, sharedMb }) => sum + peakMb - sharedMb, 0);
  const most = (values: readonly number[]) => Math.max(0, ...values);
  const taken = (some: readonly Process[]): Taken => ({
    peakMb: most(some.map(({ peakMb }) => peakMb)),
    cpuMs: some.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  });
  return {
    gateway: taken(family.filter(({ pid }) => pid === gateway)),
    workers: taken(family.filter(isWorkers)),
    postgres: {
      peakMb: own + most(postgres.map(({ sharedMb }) => sharedMb)),
      cpuMs: taken(postgres).cpuMs,
      processes: postgres.length,
      largestMb: taken(postgres).peakMb,
    },
  };
}

const isWorkers = ({ command }: Process): boolean => / hands\b/.test(command);

/** Stops the workers beside a gateway, as a debugger would. Out: lets them go on. */
export async function holdWorkers(gateway: number): Promise<() => void> {
  const workers = familyOf(await processes(), gateway).filter(isWorkers);
  for (const { pid } of workers) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const { pid } of workers) process.kill(pid, 'SIGCONT');
  };
}

function familyOf(all: readonly Process[], root: number): readonly Process[] {
  const children = all.filter(({ parent }) => parent === root);
  return [
    ...all.filter(({ pid }) => pid === root),
    ...children.flatMap(({ pid }) => familyOf(all, pid)),
  ];
}

async function processes(): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(processFrom));
  return found.flatMap((one) => one ?? []);
}

async function processFrom(pid: string): Promise<Process | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const field = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    // Behind the name, which may hold anything: user time is the 12th field, system time the 13th.
    const times = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid: Number(pid),
      parent: field('PPid'),
      command: command.replaceAll('\u0000', ' '),
      peakMb: field('VmHWM') / 1024,
      sharedMb: field('RssShmem') / 1024,
      cpuMs: (Number(times[11]) + Number(times[12])) * tickMs,
    };
  } catch {
    return null; // ended while we looked
  }
}

/** Processor milliseconds for each of `count` messages between two looks. */
export type Spent = {
  readonly gateway: number;
  readonly workers: number;
  readonly postgres: number;
};

export function spentBetween(before: Usage, after: Usage, count: number): Spent {
  const each = (part: keyof Spent) => (after[part].cpuMs - before[part].cpuMs) / count;
  return { gateway: each('gateway'), workers: each('workers'), postgres: each('postgres') };
}
