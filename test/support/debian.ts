import { execFileSync } from 'node:child_process';

/** The path of the first of these programs that is on the PATH; null when none is. */
function onPath(names: readonly string[]): string | null {
  for (const name of names) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`])
        .toString()
        .trim();
    } catch {
      continue; // not there
    }
  }
  return null;
}

/** Programs that tests need and npm does not bring. */
const needed = {
  chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'], debianPackage: 'chromium' },
  // Debian keeps it where only root looks.
  nginx: { names: ['nginx', '/usr/sbin/nginx'], debianPackage: 'nginx' },
  redis: { names: ['redis-server'], debianPackage: 'redis-server' },
} as const;

export const chromiumPath = (): string => pathOf(needed.chromium);
export const nginxPath = (): string => pathOf(needed.nginx);
export const redisServerPath = (): string => pathOf(needed.redis);

/** Before test files run side by side: two processes at once must not install. */
export function installWhatIsMissing(): void {
  if (process.getuid?.() === 0) for (const each of Object.values(needed)) pathOf(each);
}

type Program = { readonly names: readonly string[]; readonly debianPackage: string };

/** A program on the PATH, else installed from Debian as root, else a clear message. */
function pathOf({ names, debianPackage }: Program): string {
  const found = onPath(names);
  if (found !== null) return found;
  const wanted = `${names[0] ?? ''} is needed for the tests: apt-get install ${debianPackage}`;
  if (process.getuid?.() !== 0) throw new Error(wanted);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const aptGet = (...args: string[]) => execFileSync('apt-get', args, { env, stdio: 'ignore' });
  aptGet('update', '-qq');
  aptGet('install', '-y', '-qq', '--no-install-recommends', debianPackage);
  const installed = onPath(names);
  if (installed === null) throw new Error(`${debianPackage} could not be installed with apt-get`);
  return installed;
}
