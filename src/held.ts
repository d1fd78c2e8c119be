import type { Config } from './config.ts';
import type { ChannelModule, Environment } from './domain/channel.ts';
import { findRunning } from './embedded/postgres/running.ts';
import { openSecrets } from './embedded/secrets.ts';
import { ConfigInvalid } from './errors.ts';
import { keysOf } from './foundation.ts';
import { diffOf } from './held/diff.ts';
import { type Given, givenFrom } from './held/given.ts';
import { history, listing, whole } from './held/print.ts';
import { openToday } from './held/today.ts';
import {
  discard,
  findKept,
  listFold,
  listFolded,
  type Name,
  nameOf,
  release,
  replay,
  replayAll,
  selectKept,
} from './quarantine.ts';
import { rehearse } from './replay.ts';
import { findActs } from './store/acts.ts';
import { type Connection, type Database, openDatabase } from './store/database.ts';
import { createSeal, type Seal } from './store/seal.ts';

type World = {
  readonly config: Config;
  readonly environment: Environment;
  readonly modules: readonly ChannelModule[];
  readonly out: { write(text: string): void };
};

/** `npm run held`: looks after what was held back. Out: the exit code. */
export async function held(args: readonly string[], world: World): Promise<number> {
  const { config, out } = world;
  const given = givenFrom(args);
  const keys = keysOf(config, openSecrets(config.dataDir));
  const connection = await connectionOf(config, keys.postgresPassword);
  const database = openDatabase(connection, { poolSize: 2, statementTimeoutMs: 30_000 });
  try {
    out.write(await act({ ...world, database, seal: createSeal(keys.dataKeys) }, given));
    return 0;
  } finally {
    await database.destroy();
  }
}

async function connectionOf(config: Config, password: string): Promise<Connection> {
  if (config.databaseUrl !== null) return { connectionString: config.databaseUrl };
  const running = await findRunning(config.dataDir, password);
  if (running) return running;
  throw new ConfigInvalid([
    `no gateway runs on DATA_DIR (${config.dataDir}): npm start keeps the database, start it first`,
  ]);
}

type Open = World & { readonly database: Database; readonly seal: Seal };

async function act(open: Open, given: Given): Promise<string> {
  const { database, seal } = open;
  switch (given.verb) {
    case 'list':
      return listing(await listFolded(database, seal, given), given, Date.now());
    case 'listOf': {
      const members = await listFold(database, seal, given);
      const each = members.map((kept) => ({ kept, count: 1, newestAt: kept.receivedAt }));
      return listing(each, given, Date.now());
    }
    case 'show':
      return whole(await findKept(database, seal, given.name));
    case 'release':
      await release(database, given.name, given);
      return `Message ${given.name.id} is judged again now, and forwarded.\n${await done(database, given.name)}`;
    case 'discard':
      await discard(database, given.name, given);
      return `${endOf(given.name)}\n${await done(database, given.name)}`;
    case 'replay':
      return given.dryRun
        ? preview(open, [given.name])
        : again(open, given.name, () => replay(database, given.name, given));
    case 'replayAll': {
      if (given.dryRun) return preview(open, await selectKept(database, seal, given));
      const count = await replayAll(database, seal, given, given);
      return `${count} put back to work.\n`;
    }
  }
}

const endOf = ({ kind, id }: Name): string =>
  kind === 'delivery'
    ? `Delivery ${id} will not be read.`
    : `${labelOf[kind]} ${id} will not be forwarded.`;

const labelOf = { delivery: 'Delivery', message: 'Message', event: 'Event' } as const;

async function again({ database }: Open, name: Name, put: () => Promise<void>): Promise<string> {
  await put();
  return `${labelOf[name.kind]} ${name.id} is put back to work; npm run held -- show ${nameOf(name)} tells what became of it if it stays.\n${await done(database, name)}`;
}

async function preview(open: Open, names: readonly Name[]): Promise<string> {
  const today = await openToday(open, open.database, open.seal);
  const shown: string[] = [];
  for (const name of names) shown.push(diffOf(await rehearse(today, name)));
  return shown.length === 0
    ? 'Nothing is held.\n'
    : `Nothing is changed. A replay would give:\n${shown.join('')}`;
}

async function done(database: Database, { kind, id }: Name): Promise<string> {
  return history(await findActs(database, kind, id));
}
