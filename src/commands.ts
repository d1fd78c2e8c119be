import { constants, setPriority } from 'node:os';
import { handsMs, serveParent } from './beside.ts';
import { readConfig } from './config.ts';
import type { ChannelModule, Environment } from './domain/channel.ts';
import { AppError, ConfigInvalid } from './errors.ts';
import type { Role } from './parts.ts';
import { createReleaseList } from './release.ts';
import type { Runtime } from './runtime.ts';

type Output = { write(text: string): void };

export type World = {
  readonly environment: Environment;
  readonly modules: readonly ChannelModule[];
  readonly out: Output;
  readonly err: Output;
  /** The process, as the channel to the one that started it. */
  readonly parent: Pick<NodeJS.Process, 'send' | 'on'>;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly stop: AbortSignal;
  /** Aborted by the second, or when stopping takes too long: the process ends in the same moment. */
  readonly halt: AbortSignal;
};

type Command = (args: readonly string[], world: World) => Promise<number>;

/** What a command needs is read when it is called: a tool starts in half the time. */
const commands: Readonly<Record<string, Command>> = {
  all: (_args, world) => serve('all', world),
  gateway: (_args, world) => serve('gateway', world),
  hands: (_args, world) => lendHands(world),
  worker: (_args, world) => serve('worker', world),
  migrate: (_args, world) => migrateAndExit(world),
  held: async (args, world) => {
    const { held } = await import('./held.ts');
    return held(args, { ...world, config: configOf(world) });
  },
  doctor: async (args, world) => {
    const { doctor } = await import('./doctor.ts');
    return doctor(args, world);
  },
  backup: async (args, world) => {
    const { backup } = await import('./backup.ts');
    setPriority(constants.priority.PRIORITY_LOW); // a citizen who waits goes first
    return backup(args, { ...world, config: configOf(world) });
  },
  restore: async (args, world) => {
    const { restore } = await import('./backup.ts');
    return restore(args, { ...world, config: configOf(world) });
  },
  bench: async (args, world) => {
    const { bench } = await import('./bench/bench.ts');
    return bench(args, world);
  },
  simulate: async (args, world) => {
    const { simulate } = await import('./embedded/simulate.ts');
    return simulate(args, { ...world, config: configOf(world) });
  },
};

/** Runs a command of `npm run`. Out: the exit code. What a user can mend is said in plain words. */
export async function runCommand(
  name: string,
  args: readonly string[],
  world: World,
): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    world.err.write(`Unknown command; there are ${Object.keys(commands).join(', ')}.\n`);
    return 2;
  }
  try {
    return await command(args, world);
  } catch (error) {
    if (error instanceof ConfigInvalid) {
      world.err.write(`Cannot start:\n${error.problems.map((line) => `  ${line}\n`).join('')}`);
      return 1;
    }
    if (error instanceof AppError) {
      world.err.write(`${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

const configOf = ({ environment, modules }: World) =>
  readConfig(
    environment,
    modules.flatMap((module) => module.variables),
  );

async function serve(role: Role, world: World): Promise<number> {
  const config = configOf(world);
  if (role !== 'all' && config.databaseUrl === null) {
    throw new ConfigInvalid([
      `DATABASE_URL is missing: npm run ${role} shares a database with the other roles (npm start brings its own)`,
    ]);
  }
  const { environment, modules } = world;
  const sink = world.out;
  const release = createReleaseList();
  world.halt.addEventListener('abort', release.abandon);
  // Only where another gateway can take over is there anybody to be told in time.
  const lingerMs = role === 'gateway' ? 2000 : 0;
  const told = { config, environment, modules, role, sink };
  const options = { ...told, workersBeside: true, release, lingerMs };
  const { startRuntime } = await import('./runtime.ts');
  const runtime = await startRuntime(options);
  const { addresses, log } = runtime;
  log.info({ role, demo: config.demo, ...addresses }, 'ready');
  world.err.write(welcome(config.demo, addresses));
  await stopped(world.stop);
  log.info({ role }, 'stopping');
  await runtime.close();
  log.info({ role }, 'stopped');
  return 0;
}

/** The workers beside a gateway: they finish and stop when it says so, and leave at once when it is gone. */
async function lendHands(world: World): Promise<number> {
  const { environment, modules, out: sink, parent } = world;
  let runtime: Runtime | null = null;
  const tell = () => runtime?.tellMetrics() ?? Promise.resolve([]);
  // Heard from the first moment on: the gateway may be gone before we are ready.
  const ended = serveParent(parent, tell);
  const config = configOf(world);
  const { startRuntime } = await import('./runtime.ts');
  const starting = startRuntime({ config, environment, modules, role: 'hands', sink });
  await Promise.race([starting, ended]);
  starting.then(
    (started) => (runtime = started),
    () => undefined, // thrown by the race above
  );
  // A gateway that was killed may start anew at once: what we hold goes back with our connections.
  if ((await ended) === 'stop') await (await starting).close(handsMs);
  return 0;
}

function welcome(demo: boolean, addresses: { public: string | null; internal: string }): string {
  if (addresses.public === null) return `Satu Pintu worker is running.\n`;
  return [
    '',
    `Satu Pintu is ready${demo ? ' in DEMO mode: nothing leaves this machine' : ''}.`,
    `  report        ${addresses.public}/   ${addresses.public}/lacak`,
    ...(demo
      ? [
          `  simulator     ${addresses.public}/simulator`,
          `  routing core  ${addresses.public}/core`,
        ]
      : []),
    `  health        ${addresses.internal}/readyz   ${addresses.internal}/metrics`,
    ...(demo
      ? ['Open the simulator, be a citizen, and see what you send arrive at the core.']
      : []),
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

async function migrateAndExit(world: World): Promise<number> {
  const { databaseUrl } = configOf(world);
  if (databaseUrl === null) {
    world.out.write('DATABASE_URL is not set: npm start migrates its own database by itself.\n');
    return 0;
  }
  const { migrate } = await import('./store/database.ts');
  await migrate({ connectionString: databaseUrl });
  world.out.write('The database is up to date.\n');
  return 0;
}
