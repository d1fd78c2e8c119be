import { connect, createServer, type Server, type Socket } from 'node:net';

export type Proxy = {
  readonly port: number;
  /** Nobody listens any more, and who was connected is cut off. */
  readonly refuse: () => Promise<void>;
  /** A black hole: connections are taken, nothing ever comes back, nothing gets through. */
  readonly hush: () => void;
  readonly forward: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A port before a unix socket, so that a server can vanish in more ways than by ending. */
export async function openProxy(port: number, socketPath: string): Promise<Proxy> {
  const open = new Set<Socket>();
  let isSilent = false;
  let server: Server | null = null;

  const join = (from: Socket, to: Socket): void => {
    open.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      if (isSilent) return;
      if (!to.write(bytes)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('error', () => undefined); // told by `close`
    from.on('end', () => {
      if (!isSilent) to.end();
    });
    from.on('close', () => {
      open.delete(from);
      if (!isSilent) to.destroy();
    });
  };
  const take = (client: Socket): void => {
    const upstream = connect(socketPath);
    join(client, upstream);
    join(upstream, client);
  };
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server = createServer({ allowHalfOpen: true }, take);
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  const cut = (): void => {
    for (const socket of open) socket.destroy();
    open.clear();
  };
  const refuse = (): Promise<void> =>
    new Promise((resolve) => {
      isSilent = false;
      const listening = server;
      server = null;
      cut();
      if (listening)
        listening.close(() => {
          resolve();
        });
      else resolve();
    });

  await listen();
  return {
    port,
    refuse,
    hush: () => {
      isSilent = true;
    },
    forward: async () => {
      // What was said into the hole is gone: those connections cannot go on.
      if (isSilent) cut();
      isSilent = false;
      if (server === null) await listen();
    },
    close: refuse,
  };
}
