import { parseArgs } from 'node:util';
import { v7 as newId } from 'uuid';
import { type Config, readConfig } from './config.ts';
import { channelChecks, openConfigured, type Opened, repairChannels } from './doctor/channels.ts';
import {
  ADDRESS,
  dataFolder,
  diskChecks,
  proxyCheck,
  publicAddress,
  spoolCheck,
} from './doctor/own.ts';
import { coreCheck, createClockWitness, gatewayCheck } from './doctor/reach.ts';
import { jsonOf, type Report, textOf } from './doctor/report.ts';
import { databaseChecks, redisChecks } from './doctor/storage.ts';
import type { ChannelModule, Environment, Tools } from './domain/channel.ts';
import { type Check, failed, passed, type Repair } from './domain/check.ts';
import { ConfigInvalid, Invalid } from './errors.ts';

type World = {
  readonly environment: Environment;
  readonly modules: readonly ChannelModule[];
  readonly out: { write(text: string): void };
  readonly stop: AbortSignal;
};

const usage = [
  'npm run doctor                checks the configuration and asks every provider',
  'npm run doctor -- --fix       also registers or repairs webhooks',
  '  --json   for programs',
].join('\n');

/** `npm run doctor`. Out: the exit code, 1 when a check has failed. */
export async function doctor(
  args: readonly string[],
  world: World,
  tools: Tools = { fetch, now: Date.now, newId },
): Promise<number> {
  const { fix, json } = parse(args);
  const report = await examine(world, tools, fix);
  world.out.write(json ? jsonOf(report) : textOf(report));
  return report.checks.some(({ state }) => state === 'failed') ? 1 : 0;
}

function parse(args: readonly string[]): { readonly fix: boolean; readonly json: boolean } {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ args: [...args], options: { fix: flag, json: flag } }).values;
  } catch (cause) {
    throw new Invalid(usage, { cause });
  }
}

async function examine(world: World, tools: Tools, fix: boolean): Promise<Report> {
  const clock = createClockWitness(tools.fetch, tools.now);
  const settled = await settle(world, { ...tools, fetch: clock.fetch });
  if (settled.config === null) {
    return { mode: null, publicUrl: null, repairs: [], checks: settled.checks };
  }
  const { config, channels } = settled;
  const where = { publicUrl: config.publicUrl, signal: world.stop };
  const [own, gateway] = await Promise.all([
    ownChecks(config, channels, { ...tools, fetch: clock.fetch }, world.stop),
    gatewayCheck(tools.fetch, config, world.stop),
  ]);
  const repairs = fix && !config.demo ? await repaired(channels, where, own) : [];
  const providers = config.demo
    ? channels.map(({ name, channel }) =>
        passed(name, channel ? 'open; it has no provider to ask' : 'demo: built-in simulator'),
      )
    : await channelChecks(channels, { ...where, signal: soon(world.stop) });
  return {
    mode: config.demo ? 'demo' : 'real',
    publicUrl: config.publicUrl,
    repairs,
    checks: [
      passed('configuration', 'no variable is missing or wrong'),
      ...own,
      gateway,
      ...(config.demo ? [] : [clock.check()]),
      ...providers,
    ],
  };
}

/** A provider that is well answers at once. */
const soon = (stop: AbortSignal): AbortSignal => AbortSignal.any([stop, AbortSignal.timeout(8000)]);

/** A mistake in PUBLIC_URL must not send what citizens write to nowhere. */
async function repaired(
  channels: Opened['channels'],
  where: Parameters<typeof repairChannels>[1],
  own: readonly Check[],
): Promise<readonly Repair[]> {
  const isReachable = own.every(({ name, state }) => name !== ADDRESS || state !== 'failed');
  if (isReachable) return repairChannels(channels, where);
  const says = 'left as they are: providers cannot reach PUBLIC_URL';
  return [{ name: 'webhooks', isDone: false, says }];
}

type Settled =
  | { readonly config: Config; readonly channels: Opened['channels'] }
  | { readonly config: null; readonly checks: readonly Check[] };

/** The configuration, or all that is wrong with it at once. */
async function settle({ environment, modules }: World, tools: Tools): Promise<Settled> {
  const opened = await openConfigured(modules, environment, tools);
  const config = configOf(environment, modules);
  const problems = [...('problems' in config ? config.problems : []), ...opened.problems];
  if (problems.length === 0 && !('problems' in config)) {
    return { config, channels: opened.channels };
  }
  const remedy = 'Set it in .env or the environment (.env.example explains each variable).';
  return { config: null, checks: problems.map((each) => failed('configuration', each, remedy)) };
}

function configOf(
  environment: Environment,
  modules: readonly ChannelModule[],
): Config | ConfigInvalid {
  try {
    return readConfig(
      environment,
      modules.flatMap(({ variables }) => variables),
    );
  } catch (error) {
    if (error instanceof ConfigInvalid) return error;
    throw error;
  }
}

async function ownChecks(
  config: Config,
  channels: Opened['channels'],
  tools: Tools,
  stop: AbortSignal,
): Promise<readonly Check[]> {
  const open = channels.flatMap(({ channel }) => channel ?? []);
  const now = tools.now();
  const [folder, disks, spool, database, redis, core] = await Promise.all([
    dataFolder(config),
    diskChecks(config, now),
    spoolCheck(config, now),
    databaseChecks(config),
    redisChecks(config),
    coreCheck(tools.fetch, config, stop),
  ]);
  return [
    publicAddress(config, open),
    proxyCheck(config),
    folder,
    ...disks,
    spool,
    ...database,
    ...redis,
    core,
  ];
}
