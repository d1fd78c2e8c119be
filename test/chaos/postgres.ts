import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type EmbeddedPostgres, startPostgres } from '../../src/embedded/postgres.ts';
import { freePort } from '../../src/bench/free-port.ts';
import { familyOf, signalAll } from './family.ts';
import { openProxy } from './proxy.ts';

export type OwnPostgres = Awaited<ReturnType<typeof startOwnPostgres>>;

const silent = { info: () => undefined, warn: () => undefined };

/** A real PostgreSQL that syncs, reached through a port that can refuse or go silent. */
export async function startOwnPostgres(folder: string) {
  const password = randomBytes(16).toString('hex');
  const start = (): Promise<EmbeddedPostgres> =>
    startPostgres({ dataDir: folder, password, settings: { max_connections: '300' }, log: silent });
  let server = await start();
  const { host, port: number, user, database } = server.connection;
  const proxy = await openProxy(await freePort(), join(host, `.s.PGSQL.${number}`));
  let isUp = true;
  let stopped: readonly number[] = [];

  const thaw = (): void => {
    signalAll(stopped, 'SIGCONT');
    stopped = [];
  };
  return {
    /** For DATABASE_URL. */
    url: `postgresql://${user}:${password}@127.0.0.1:${proxy.port}/${database}`,
    /** Straight to the server, for who looks from outside. */
    connection: server.connection,
    isUp: () => isUp,
    off: async () => {
      isUp = false;
      await proxy.refuse();
      await server.stop();
    },
    /** As a power cut would: every process of it at once. */
    kill: async () => {
      isUp = false;
      signalAll(familyOf(server.pid), 'SIGKILL');
      await proxy.refuse();
      await server.exited;
    },
    on: async () => {
      server = await start();
      await proxy.forward();
      isUp = true;
    },
    /** SIGSTOP of the whole server: connections stand, nobody answers. */
    freeze: () => {
      isUp = false;
      const family = familyOf(server.pid);
      signalAll(family, 'SIGSTOP');
      // What was forked meanwhile; the parent forks no more.
      stopped = familyOf(server.pid);
      signalAll(stopped, 'SIGSTOP');
    },
    thaw: () => {
      thaw();
      isUp = true;
    },
    hush: () => {
      isUp = false;
      proxy.hush();
    },
    unhush: async () => {
      await proxy.forward();
      isUp = true;
    },
    close: async () => {
      thaw();
      await proxy.close();
      await server.stop();
    },
    /** When there is no time for more. */
    destroy: () => {
      thaw();
      signalAll(familyOf(server.pid), 'SIGKILL');
    },
  };
}
