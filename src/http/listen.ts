import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { ConfigInvalid } from '../errors.ts';
import { boundConnections } from './connections.ts';

export type Listener = { readonly port: number; readonly close: () => Promise<void> };

/** Five photos from a village on 2G; who reads a body of another kind has a limit of its own. */
const longestUploadMs = 30 * 60_000;
/** Whoever is still being answered when we stop has so long; a live list never ends by itself. */
const lastAnswersMs = 3500;
const mostConnections = 5000;
/** Connections that we have not come to yet: one that finds no room tries again only after a second. */
const mostWaiting = 4096;
/**
 * Of one network. A provider may keep hundreds, and a request that comes just as its connection is closed is
 * lost to it.
 */
const mostResting = 1000;

type Place = {
  readonly host: string;
  readonly port: number;
  readonly variable: string;
  /** Then the connections of a network are its proxy's to bound: all that come here are the proxy's. */
  readonly isBehindProxy?: boolean;
  /** Aborted before `close`: from then on each answer says that its connection ends with it. */
  readonly closing?: AbortSignal;
};

/**
 * Listens. Throws ConfigInvalid naming the variable when the port is taken or forbidden. Closing
 * refuses new connections, lets requests under way finish and ends idle connections.
 */
export async function listen(
  app: RequestListener,
  { host, port, variable, isBehindProxy, closing = new AbortController().signal }: Place,
): Promise<Listener> {
  const server = createServer(
    // Twilio may be set to GET: 1,600 characters and ten files in a URL are more than Node's 16 KiB.
    {
      ...{ requestTimeout: longestUploadMs, headersTimeout: 10_000, maxHeaderSize: 65_536 },
      connectionsCheckingInterval: 2000,
    },
    app,
  );
  server.keepAliveTimeout = 75_000; // longer than the usual proxy's 60 s, which must close first
  const connections = boundConnections(server, {
    most: mostConnections,
    mostResting: isBehindProxy ? Infinity : mostResting,
  });
  closing.addEventListener('abort', connections.endAfterAnswers);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new ConfigInvalid([`${variable} ${port} on ${host} cannot be used: ${reasonOf(error)}`], {
          cause: error,
        }),
      );
    });
    server.listen({ port, host, backlog: mostWaiting }, resolve);
  });
  return {
    port: portOf(server.address()),
    close: async () => {
      await untilAllAccepted(server);
      await closeServer(server);
    },
  };
}

/** How many turns of the loop in a row must bring no connection, and how many are waited for at most. */
const quietTurns = 3;
const mostTurns = 1000;

/**
 * Waits until no connection is left that the kernel has taken and we have not: closing would cut them, and
 * behind a loop that was busy there may be many.
 */
async function untilAllAccepted(server: Server): Promise<void> {
  let quiet = 0;
  const heard = () => {
    quiet = 0;
  };
  server.on('connection', heard);
  for (let turn = 0; turn < mostTurns && quiet < quietTurns; turn += 1) {
    quiet += 1;
    await setImmediate();
  }
  server.off('connection', heard);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Connections that were promised to stay end as soon as nothing is under way on them.
    const idle = setInterval(() => {
      server.closeIdleConnections();
    }, 50);
    const last = setTimeout(() => {
      server.closeAllConnections();
    }, lastAnswersMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(last);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'another program listens there already';
  if (error.code === 'EACCES') return 'this user may not listen there';
  return error.code ?? error.message;
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
