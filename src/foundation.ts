import { refuseHalfRestored } from './backup/restore.ts';
import type { Config } from './config.ts';
import { type Demo, madeUp } from './demo.ts';
import type { Channel, ChannelModule, Environment, Tools } from './domain/channel.ts';
import { lockDataDir } from './embedded/data-dir-lock.ts';
import { startPostgres } from './embedded/postgres.ts';
import type { Secrets } from './embedded/secrets.ts';
import { ConfigInvalid } from './errors.ts';
import type { Log } from './log.ts';
import type { ReleaseList } from './release.ts';
import type { Connection } from './store/database.ts';

/** Secrets that follow from the configuration, made up and kept in DATA_DIR where none are given. */
export type Keys = {
  readonly dataKeys: readonly string[];
  readonly coreSecrets: readonly string[];
  readonly postgresPassword: string;
};

export function keysOf(config: Config, secrets: Secrets): Keys {
  return {
    dataKeys: config.dataKeys ?? [secrets.base64('data key')],
    coreSecrets: config.core?.secrets ?? [`whsec_${secrets.base64('core')}`],
    postgresPassword: secrets.hex('postgres'),
  };
}

/**
 * Opens every channel that has settings; in demo mode, all of them with made-up ones. Throws
 * ConfigInvalid with the problems of all channels at once.
 */
export async function openChannels(
  modules: readonly ChannelModule[],
  { environment, secrets, demo }: Given,
  tools: Tools,
): Promise<ReadonlyMap<string, Channel>> {
  const problems: string[] = [];
  const opened = await Promise.all(
    modules.map(async (module) => {
      try {
        const own = demo ? { ...madeUp(module, secrets), ...demo.variables(module.name) } : null;
        return await module.open(own ?? environment, tools);
      } catch (error) {
        if (!(error instanceof ConfigInvalid)) throw error;
        problems.push(...error.problems);
        return null;
      }
    }),
  );
  if (problems.length > 0) throw new ConfigInvalid(problems);
  return new Map(opened.flatMap((channel) => (channel ? [[channel.name, channel]] : [])));
}

type Given = {
  readonly environment: Environment;
  readonly secrets: Secrets;
  readonly demo: Demo | null;
};

/**
 * Where the database is: DATABASE_URL, or our own PostgreSQL in DATA_DIR, which is started, watched,
 * and started again should it die.
 */
export async function openStorage(
  config: Config,
  keys: Keys,
  release: ReleaseList,
  log: Log,
): Promise<Connection> {
  const lock = await lockDataDir(config.dataDir);
  release.push('lock of DATA_DIR', () => lock.release());
  await refuseHalfRestored(config.dataDir);
  if (config.databaseUrl !== null) return { connectionString: config.databaseUrl };
  const ending = new AbortController();
  const { signal } = ending;
  // From before the first start on: whoever is told to end at once must leave no server behind.
  release.pushEnd(() => {
    ending.abort();
  });
  const options = { dataDir: config.dataDir, password: keys.postgresPassword, log, signal };
  let server = await startPostgres(options);
  let isUp = true;
  let isStopping = false;
  const isOver = () => isStopping || signal.aborted;
  const watch = async (): Promise<void> => {
    for (;;) {
      await server.exited;
      if (isOver()) return;
      isUp = false;
      log.error({}, 'PostgreSQL died; starting it again');
      try {
        server = await startPostgres(options);
        isUp = true;
      } catch (error) {
        if (isOver()) return;
        log.error({ err: error }, 'PostgreSQL does not start');
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
    }
  };
  const watching = watch();
  const limits = { mostMs: 8000, needsMs: 4000 };
  const stop = async (withinMs: number) => {
    isStopping = true;
    if (!isUp) ending.abort(); // it is being started again, and nobody waits for that
    await server.stop(withinMs);
    await watching;
  };
  release.push('PostgreSQL', stop, limits);
  return server.connection;
}
