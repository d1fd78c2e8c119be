import { parseArgs } from 'node:util';
import { addressOf, type Config } from '../config.ts';
import type { ChannelModule, Environment } from '../domain/channel.ts';
import { ConfigInvalid, Invalid, UpstreamUnavailable } from '../errors.ts';
import { simulators } from './providers.ts';
import { openSecrets } from './secrets.ts';

type World = {
  readonly config: Config;
  readonly environment: Environment;
  readonly modules: readonly ChannelModule[];
  readonly out: { write(text: string): void };
};

const usage = [
  'npm run simulate -- <channel> "<text>" [--from <who>]',
  `  <channel>  ${Object.keys(simulators).join(', ')}`,
  '  --from     who writes: a phone number (sms), a numeric user id (telegram, x), a page-scoped id',
  '             (facebook)',
  '  --real     needed when the gateway serves real providers: the complaint is real then',
].join('\n');

/** `npm run simulate`: one message, signed as the provider signs, to the running gateway. */
export async function simulate(args: readonly string[], world: World): Promise<number> {
  const { name, text, from, real } = parse(args);
  const simulator = simulators[name];
  const module = world.modules.find((candidate) => candidate.name === name);
  if (!simulator || !module) throw new Invalid(`There is no channel "${name}".\n${usage}`);
  if (!world.config.demo && !real) {
    throw new Invalid(
      'This gateway serves real providers: the message would become a real complaint. Add --real if that is meant.',
    );
  }
  const settings = settingsOf(world, module);
  const missing = simulator.needs.filter((variable) => !settings[variable]);
  if (missing.length > 0) throw new ConfigInvalid(missing.map((each) => `${each} is missing`));
  const { publicUrl } = world.config;
  const { path, ...request } = simulator.request(settings, publicUrl, { text, from });
  const address = addressOf(world.config.host, world.config.port);
  const startedAt = performance.now();
  const response = await fetch(address + path, request).catch((cause: unknown) => {
    throw new UpstreamUnavailable(`No gateway answers at ${address}. Start it with: npm start`, {
      cause,
    });
  });
  const body = await response.text();
  const ms = Math.round(performance.now() - startedAt);
  world.out.write(`${name}: ${response.status} in ${ms} ms${body ? `, ${body}` : ''}\n`);
  if (response.ok && world.config.demo) world.out.write(`See it arrive: ${address}/core\n`);
  return response.ok ? 0 : 1;
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { from: { type: 'string' }, real: { type: 'boolean', default: false } },
    });
    const [name, ...words] = positionals;
    if (name === undefined || words.length === 0) throw new Invalid(usage);
    return { name, text: words.join(' '), from: values.from ?? null, real: values.real };
  } catch (cause) {
    if (cause instanceof Invalid) throw cause;
    throw new Invalid(usage, { cause });
  }
}

function settingsOf({ config, environment }: World, module: ChannelModule): Environment {
  if (!config.demo) return environment;
  const secrets = openSecrets(config.dataDir);
  return module.demo((name) => secrets.hex(`${module.name} ${name}`));
}
