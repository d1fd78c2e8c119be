import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { ConfigInvalid } from '../../errors.ts';
import { isRoot, orMissing, type Owner } from './directories.ts';

/** A way to run PostgreSQL's programs as a user that PostgreSQL accepts. */
export type Launcher = {
  readonly label: string;
  /** Set when it is another user than the gateway's. */
  readonly owner: Owner | undefined;
  readonly start: (command: string, args: readonly string[], place: Place) => ChildProcess;
};
type Place = { readonly cwd: string; readonly stdio: StdioOptions };
export type Outcome = { readonly code: number | null; readonly output: string };

const OUTPUT_LIMIT = 8192;

// Our own environment holds the channels' tokens, which are nobody else's business.
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** The launchers worth trying, the plainest first. */
export async function launchersFor(clusterDir: string): Promise<readonly Launcher[]> {
  if (!isRoot()) return [{ label: 'as this user', owner: undefined, start: starter([], {}) }];
  const owner = await serverUser(clusterDir);
  return [
    { label: `as uid ${owner.uid}`, owner, start: starter([], owner) },
    {
      label: `as uid ${owner.uid} with setpriv and CAP_DAC_READ_SEARCH`,
      owner,
      start: starter(setpriv(owner), {}),
    },
  ];
}

/** Runs a program to its end and answers what it said; a program that cannot run says why. */
export async function run(
  launcher: Launcher,
  command: string,
  args: readonly string[],
  cwd = '/',
): Promise<Outcome> {
  try {
    // Node throws some refusals of the kernel at once, and emits others.
    const child = launcher.start(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    return await outcomeOf(child);
  } catch (error) {
    return { code: null, output: String(error) };
  }
}

function outcomeOf(child: ChildProcess): Promise<Outcome> {
  return new Promise((done, fail) => {
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-OUTPUT_LIMIT);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', fail);
    child.once('close', (code) => {
      done({ code, output: output.trim() });
    });
  });
}

const starter =
  (prefix: readonly string[], user: Partial<Owner>): Launcher['start'] =>
  (command, args, place) => {
    const [program = command, ...rest] = [...prefix, command, ...args];
    // A session of its own: Ctrl-C at the terminal reaches the gateway, which stops the server last.
    return spawn(program, rest, { ...place, ...user, env: environment, detached: true });
  };

// For a clone below a home folder that only root may enter: the right to walk through and to read.
// Without no_setuid_fixup access(2) leaves the capability out, and PostgreSQL trusts access(2).
const setpriv = (owner: Owner): readonly string[] => [
  'setpriv',
  `--reuid=${owner.uid}`,
  `--regid=${owner.gid}`,
  '--clear-groups',
  '--inh-caps=+dac_read_search',
  '--ambient-caps=+dac_read_search',
  '--securebits=+no_setuid_fixup',
];

async function serverUser(clusterDir: string): Promise<Owner> {
  const cluster = await orMissing(stat(clusterDir));
  if (cluster !== undefined && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  const passwd = (await orMissing(readFile('/etc/passwd', 'utf8'))) ?? '';
  const owner = userIn(passwd, 'postgres') ?? userIn(passwd, 'nobody');
  if (owner !== undefined) return owner;
  throw new ConfigInvalid([
    'DATA_DIR: PostgreSQL refuses to run as root, and /etc/passwd has neither "postgres" nor "nobody" to run it as; start the gateway as an ordinary user, or set DATABASE_URL',
  ]);
}

function userIn(passwd: string, name: string): Owner | undefined {
  const line = passwd.split('\n').find((row) => row.startsWith(`${name}:`));
  const [uid, gid] = (line ?? '').split(':').slice(2, 4).map(Number);
  return uid !== undefined && gid !== undefined && uid > 0 ? { uid, gid } : undefined;
}
