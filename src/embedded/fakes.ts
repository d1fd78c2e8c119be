import type { Environment } from '../domain/channel.ts';
import type { Fake, World } from './fakes/fake.ts';
import { startGraph } from './fakes/graph.ts';
import { startTelegram } from './fakes/telegram.ts';
import { startTwilio } from './fakes/twilio.ts';
import { startX } from './fakes/x.ts';

type Options = {
  /** The settings of a channel, its secrets included. */
  readonly settings: (channel: string) => Environment;
  /** What is signed, and told to providers; `connect` says where it really is. */
  readonly publicUrl: string;
} & Partial<Pick<World, 'now' | 'random' | 'pace' | 'report'>>;

export type Fakes = {
  readonly of: (channel: string) => Fake | undefined;
  readonly variables: (channel: string) => Environment;
  readonly close: () => Promise<void>;
};

const starters: Readonly<Record<string, (world: World) => Promise<Fake>>> = {
  facebook: startGraph,
  sms: startTwilio,
  telegram: startTelegram,
  x: startX,
};

/** A provider for each channel that has one, each on a port of its own; nothing is registered yet. */
export async function startFakes(options: Options): Promise<Fakes> {
  const { settings, publicUrl, now = Date.now, random = Math.random, pace = 1 } = options;
  const report = options.report ?? (() => undefined);
  const fakes = new Map<string, Fake>();
  const close = async (): Promise<void> => {
    await Promise.all([...fakes.values()].map((fake) => fake.close()));
  };
  try {
    for (const [channel, start] of Object.entries(starters)) {
      const world = { settings: settings(channel), publicUrl, now, random, pace, report };
      fakes.set(channel, await start(world));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    of: (channel) => fakes.get(channel),
    variables: (channel) => fakes.get(channel)?.variables ?? {},
    close,
  };
}
