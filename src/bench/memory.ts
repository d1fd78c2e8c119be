import { readdir, readFile } from 'node:fs/promises';

/** Peak memory in MB of the product's processes; PostgreSQL's share their buffers, which count once. */
export type Memory = {
  readonly gateway: number;
  readonly workers: number;
  readonly postgres: number;
  readonly postgresProcesses: number;
};

type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly peakMb: number;
  readonly sharedMb: number;
};

/** In: the gateway's pid. Out: its own peak, that of the workers beside it, and PostgreSQL's. */
export async function memoryOf(gateway: number): Promise<Memory> {
  const family = familyOf(await processes(), gateway);
  const postgres = family.filter(({ command }) => /\/postgres |^postgres: /.test(command));
  const own = postgres.reduce((sum, { peakMb, sharedMb }) => sum + peakMb - sharedMb, 0);
  const peakOf = (some: readonly Process[]) => Math.max(0, ...some.map(({ peakMb }) => peakMb));
  return {
    gateway: peakOf(family.filter(({ pid }) => pid === gateway)),
    workers: peakOf(family.filter(({ command }) => / hands\b/.test(command))),
    postgres: own + Math.max(0, ...postgres.map(({ sharedMb }) => sharedMb)),
    postgresProcesses: postgres.length,
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
    const field = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return {
      pid: Number(pid),
      parent: field('PPid'),
      command: command.replaceAll('\u0000', ' '),
      peakMb: field('VmHWM') / 1024,
      sharedMb: field('RssShmem') / 1024,
    };
  } catch {
    return null; // ended while we looked
  }
}
