import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { coreSecret } from './core.ts';
import { channelSettings, eventually, publicUrl } from './gateway.ts';
import type { Home } from './tree.ts';

const root = join(import.meta.dirname, '../..');

/** Settings of an installation in real mode. */
export const realSettings = (): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(channelSettings).map(([name, value]) => [name, String(value)]),
  ),
  PUBLIC_URL: publicUrl,
  ROUTING_CORE_SECRET: coreSecret,
  LOG_LEVEL: 'info',
});

/** A command of the product in a process of its own, as its npm script runs it, without npm. */
export function command(
  args: readonly string[],
  home: Home,
  others: Readonly<Record<string, string>> = {},
) {
  const environment: Record<string, string> = { ...home.environment, ...others };
  delete environment['npm_lifecycle_event']; // ours, of the run of tests
  const child = spawn(process.execPath, ['src/main.ts', ...args], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return { child, output: () => output, exited: () => exitOf(child) };
}

export type Role = ReturnType<typeof command>;

/** A role, when it is ready. */
export async function startRole(
  role: string,
  home: Home,
  others: Readonly<Record<string, string>>,
): Promise<Role> {
  const started = command([role], home, others);
  await eventually(
    'ready',
    () => {
      if (started.child.exitCode !== null) throw new Error(`${role} ended: ${started.output()}`);
      return Promise.resolve(started.output().includes('"ready"'));
    },
    60_000,
  );
  return started;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once('close', resolve));
}
