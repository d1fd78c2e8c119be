import { z } from 'zod';
import type { Config } from './config.ts';
import type { ChannelModule, Environment } from './domain/channel.ts';
import type { Fakes } from './embedded/fakes.ts';
import type { Secrets } from './embedded/secrets.ts';
import type { Log } from './log.ts';

/** The built-in providers of demo mode, and how channels reach them. */
export type Demo = {
  /** What a channel must be told besides its made-up secrets. */
  readonly variables: (channel: string) => Environment;
  /** null in a process that did not start them. */
  readonly fakes: Fakes | null;
};

/** How the process beside the gateway hears where they are. */
export const demoVariable = 'SATU_PINTU_PROVIDERS';

const told = z.record(z.string(), z.record(z.string(), z.string()));

type Given = {
  readonly config: Config;
  readonly environment: Environment;
  readonly modules: readonly ChannelModule[];
  /** Whether this process is the one that takes in: beside it providers run once. */
  readonly isGateway: boolean;
};

/**
 * In demo mode: starts the providers, or finds out where the gateway has started them. In real mode
 * null, and nothing of them is even read. `log` is asked for when there is something to say.
 */
export async function startDemo(
  { config, environment, modules, isGateway }: Given,
  secrets: Secrets,
  log: () => Log,
): Promise<Demo | null> {
  if (!config.demo) return null;
  if (!isGateway) {
    const known = told.parse(JSON.parse(environment[demoVariable] ?? '{}'));
    return { fakes: null, variables: (channel) => known[channel] ?? {} };
  }
  const { startFakes } = await import('./embedded/fakes.ts');
  const settings = new Map(modules.map((module) => [module.name, madeUp(module, secrets)]));
  const fakes = await startFakes({
    settings: (channel) => settings.get(channel) ?? {},
    publicUrl: config.publicUrl,
    report: (error) => {
      log().error({ err: error }, 'a simulated provider failed');
    },
  });
  return { fakes, variables: (channel) => fakes.variables(channel) };
}

/** A channel's settings in demo mode, without those that say where its provider is. */
export function madeUp(module: ChannelModule, secrets: Secrets): Environment {
  return module.demo((name) => secrets.hex(`${module.name} ${name}`));
}

/** Lets each provider register the gateway as its webhook, with the provider's own check. */
export async function connectDemo(
  { fakes }: Demo,
  channels: readonly string[],
  gatewayUrl: string,
  log: Log,
): Promise<void> {
  for (const channel of channels) {
    try {
      await fakes?.of(channel)?.connect(gatewayUrl);
    } catch (error) {
      log.error({ err: error, channel }, 'a simulated provider could not register the webhook');
    }
  }
}

/** What the process beside the gateway is told. */
export const demoFor = ({ variables }: Demo, channels: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(channels.map((channel) => [channel, variables(channel)])));
