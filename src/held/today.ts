import { v7 as newId } from 'uuid';
import type { Config } from '../config.ts';
import { startDemo } from '../demo.ts';
import type { ChannelModule, Environment } from '../domain/channel.ts';
import { openSecrets } from '../embedded/secrets.ts';
import { openChannels } from '../foundation.ts';
import { createJudging } from '../judging.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import type { Today } from '../replay.ts';
import type { Database } from '../store/database.ts';
import { pseudonymKey } from '../store/operation.ts';
import type { Seal } from '../store/seal.ts';

type World = {
  readonly config: Config;
  readonly environment: Environment;
  readonly modules: readonly ChannelModule[];
};

/** Today's code as the workers run it, for asking: nothing is counted, logged or woken. */
export async function openToday(
  { config, environment, modules }: World,
  database: Database,
  seal: Seal,
): Promise<Today> {
  const log = createLog('silent', [], { write: () => undefined });
  const secrets = openSecrets(config.dataDir);
  const demo = await startDemo(
    { config, environment, modules, isGateway: false },
    secrets,
    () => log,
  );
  const tools = { fetch, now: Date.now, newId };
  const channels = await openChannels(modules, { environment, secrets, demo }, tools);
  const judging = await createJudging(config, await pseudonymKey(database, seal), newId);
  const metrics = createMetrics(null);
  return { ...judging, database, seal, channels, log, metrics, wake: () => undefined };
}
