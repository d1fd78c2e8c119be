import type { Channel, ChannelModule, Environment, Tools } from '../domain/channel.ts';
import { type Check, failed, passed, type Repair } from '../domain/check.ts';
import { ConfigInvalid } from '../errors.ts';

export type Opened = {
  /** By name of the channel; null: closed. */
  readonly channels: readonly { readonly name: string; readonly channel: Channel | null }[];
  readonly problems: readonly string[];
};

/** Opens what is configured, and gathers what is wrong with any of it instead of stopping there. */
export async function openConfigured(
  modules: readonly ChannelModule[],
  environment: Environment,
  tools: Tools,
): Promise<Opened> {
  const problems: string[] = [];
  const channels = await Promise.all(
    modules.map(async ({ name, open }) => {
      try {
        return { name, channel: await open(environment, tools) };
      } catch (error) {
        if (!(error instanceof ConfigInvalid)) throw error;
        problems.push(...error.problems);
        return { name, channel: null };
      }
    }),
  );
  return { channels, problems };
}

type Where = { readonly publicUrl: string; readonly signal: AbortSignal };

const siteOf = ({ publicUrl, signal }: Where, { name }: Channel) => ({
  webhookUrl: `${publicUrl}/webhooks/${name}`,
  signal,
});

/** What every channel's provider says of us, in the order of the registry. */
export async function channelChecks(
  channels: Opened['channels'],
  where: Where,
): Promise<readonly Check[]> {
  const checks = await Promise.all(
    channels.map(async ({ name, channel }) =>
      channel
        ? await checksOf(channel, where)
        : [passed(name, 'closed: none of its variables is set')],
    ),
  );
  return checks.flat();
}

async function checksOf(channel: Channel, where: Where): Promise<readonly Check[]> {
  const { name, probe } = channel;
  if (!probe) return [passed(name, 'open; it has no provider to ask')];
  const checks = await probe(siteOf(where, channel));
  return checks.length === 0
    ? [failed(name, 'the provider could not be asked', 'Check the variables of this channel.')]
    : checks.map((check) => ({ ...check, name: `${name} ${check.name}` }));
}

/** Lets every channel set right what its provider has wrong. */
export async function repairChannels(
  channels: Opened['channels'],
  where: Where,
): Promise<readonly Repair[]> {
  const repairs = await Promise.all(
    channels.map(async ({ name, channel }) => {
      const done = (await channel?.repair?.(siteOf(where, channel))) ?? [];
      return done.map((repair) => ({ ...repair, name: `${name} ${repair.name}` }));
    }),
  );
  return repairs.flat();
}
