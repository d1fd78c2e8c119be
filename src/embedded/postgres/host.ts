import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigInvalid } from '../../errors.ts';
import { openOwnDir } from './directories.ts';
import { launchersFor, run, type Launcher } from './launcher.ts';
import { completePrograms, copyPrograms } from './programs.ts';

/** What was found to work on this machine: these programs, started this way. */
export type Host = {
  readonly launcher: Launcher;
  readonly native: string;
  readonly major: string;
  /** Belongs to the server's user. */
  readonly runDir: string;
};
type Probe =
  | { readonly works: true; readonly major: string }
  | { readonly works: false; readonly programs: boolean; readonly said: string };

const NO_DATA = 4;
const NO_PROGRAMS = 5;
const probeScript = `
test -w "$2" || { echo "cannot write to $2"; exit ${NO_DATA}; }
test -x "$1/bin/initdb" || { echo "cannot reach $1/bin"; exit ${NO_PROGRAMS}; }
"$1/bin/postgres" --version || exit ${NO_PROGRAMS}`;

/** Finds a way to run the programs on this DATA_DIR, by trying. */
export async function findHost(native: string, dataDir: string, clusterDir: string): Promise<Host> {
  const launchers = await launchersFor(clusterDir);
  const runDir = join(dataDir, 'run');
  const [plain] = launchers;
  if (plain === undefined) throw new Error('there is always one launcher');
  await openOwnDir(runDir, plain.owner, true);
  const complete = await completePrograms(native);
  const tried: string[] = [];
  let copyHelps = !complete;
  for (const launcher of complete ? launchers : []) {
    const answer = await probe(launcher, native, runDir);
    if (answer.works) return { launcher, native, major: answer.major, runDir };
    tried.push(`${launcher.label}: ${answer.said}`);
    if (answer.programs) copyHelps = true;
  }
  if (copyHelps) {
    const copy = await copyPrograms(native, dataDir);
    for (const launcher of launchers) {
      const answer = await probe(launcher, copy, runDir);
      if (answer.works) return { launcher, native: copy, major: answer.major, runDir };
      tried.push(`${launcher.label}, with a copy of the programs: ${answer.said}`);
    }
  }
  throw await unusable(dataDir, tried);
}

async function probe(launcher: Launcher, native: string, runDir: string): Promise<Probe> {
  const { code, output } = await run(launcher, 'sh', ['-c', probeScript, 'sh', native, runDir]);
  const major = /\(PostgreSQL\) (\d+)/.exec(output)?.[1];
  if (code === 0 && major !== undefined) return { works: true, major };
  return { works: false, programs: code === NO_PROGRAMS, said: output || `exit code ${code}` };
}

async function unusable(dataDir: string, tried: readonly string[]): Promise<ConfigInvalid> {
  const closed = await closedFolder(dataDir);
  return new ConfigInvalid([
    [
      `DATA_DIR (${dataDir}): the built-in PostgreSQL cannot run here.`,
      'It refuses to run as root, so a gateway started by root runs it as another user, who must reach its programs and DATA_DIR.',
      ...(closed === undefined ? [] : [`The folder ${closed} lets no other user pass.`]),
      `Tried ${tried.join('; ')}.`,
      'Start the gateway as an ordinary user, or move the clone or DATA_DIR to a folder that every user may enter (such as /srv), or set DATABASE_URL.',
    ].join(' '),
  ]);
}

async function closedFolder(path: string): Promise<string | undefined> {
  const above = path === dirname(path) ? undefined : await closedFolder(dirname(path));
  if (above !== undefined) return above;
  return ((await stat(path)).mode & 0o001) === 0 ? path : undefined;
}
