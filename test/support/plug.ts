import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import type { TestDatabase } from './postgres.ts';

export type How = 'refuse' | 'lose';
export type Plug = Awaited<ReturnType<typeof startPlug>>;

/**
 * A way to PostgreSQL that can be cut when a statement is sent: it never gets there (`refuse`), or it is
 * carried out and its answer is lost (`lose`). From then on nobody gets through until it is mended. Or it
 * is `cut` now, or goes silent (`hush`): connections stay, and nothing comes through any more.
 */
export async function startPlug({ connection }: TestDatabase) {
  if (!('host' in connection)) throw new Error('a test database has a socket');
  const { host, port, user, password, database } = connection;
  const open = new Set<Socket>();
  let armed: { readonly statement: string; readonly how: How } | null = null;
  let isPulled = false;
  let isSilent = false;
  const cutAll = () => {
    isPulled = true;
    for (const socket of open) socket.destroy();
  };
  const server: Server = createServer((near) => {
    if (isPulled) {
      near.destroy();
      return;
    }
    const far = connect(join(host, `.s.PGSQL.${port}`));
    let isLosing = false;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
    }
    const end = () => {
      for (const socket of [near, far]) {
        socket.destroy();
        open.delete(socket);
      }
    };
    near.on('close', end);
    far.on('close', end);
    near.on('data', (bytes) => {
      if (isSilent) return;
      const isMeant = armed !== null && bytes.includes(armed.statement);
      if (isMeant && armed?.how === 'refuse') cutAll();
      else {
        isLosing ||= isMeant;
        far.write(bytes);
      }
    });
    far.on('data', (bytes) => {
      if (isSilent) return;
      if (isLosing) cutAll();
      else near.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `postgresql://${user}:${password}@127.0.0.1:${address.port}/${database}`,
    pull: (statement: string, how: How) => {
      armed = { statement, how };
    },
    cut: cutAll,
    hush: () => {
      isSilent = true;
    },
    isPulled: () => isPulled,
    mend: () => {
      armed = null;
      isPulled = false;
      if (isSilent) for (const socket of open) socket.destroy();
      isSilent = false;
    },
    close: () => {
      cutAll();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
