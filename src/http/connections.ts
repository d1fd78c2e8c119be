import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './address.ts';

/** `open`: how many there are; `resting`: those that do nothing, the longest first, as a Set keeps them. */
type Network = { open: number; readonly resting: Set<Connection> };

/** `answer`: the last one under way. */
type Connection = {
  readonly socket: Socket;
  readonly network: Network;
  underWay: number;
  answer: ServerResponse | null;
};

/** `most` connections in all; `mostResting` of one network that do nothing. */
type Bounds = { readonly most: number; readonly mostResting: number };

/**
 * Keeps a place for whoever comes: a new connection takes the place of the one that has rested longest, of
 * its own network when that has its share, else of all. A connection rests while no request is under way
 * on it: none has its head yet, or all have their answer, read or not. So one that works is never closed,
 * however many a provider or a proxy has. `endAfterAnswers` ends each with the answer it is given next.
 */
export function boundConnections(server: Server, { most, mostResting }: Bounds) {
  const connections = new Map<Socket, Connection>();
  const resting = new Set<Connection>();
  const networks = new Map<string, Network>();
  let isEnding = false;

  const rest = (connection: Connection): void => {
    resting.add(connection);
    connection.network.resting.add(connection);
  };
  const wake = (connection: Connection): void => {
    resting.delete(connection);
    connection.network.resting.delete(connection);
  };
  const closeLongest = ([longest]: Iterable<Connection>): void => {
    if (!longest) return;
    wake(longest);
    longest.socket.destroy();
  };

  server.on('connection', (socket) => {
    const address = networkOf(socket.remoteAddress);
    const network = networks.get(address) ?? { open: 0, resting: new Set() };
    const connection: Connection = { socket, network, underWay: 0, answer: null };
    networks.set(address, network);
    network.open += 1;
    connections.set(socket, connection);
    rest(connection);
    if (network.resting.size > mostResting) closeLongest(network.resting);
    else if (connections.size > most) closeLongest(resting);
    socket.once('close', () => {
      connections.delete(socket);
      wake(connection);
      network.open -= 1;
      if (network.open === 0) networks.delete(address);
    });
  });
  server.prependListener('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    if (!connection) return;
    if (isEnding) response.shouldKeepAlive = false;
    if (connection.underWay === 0) wake(connection);
    connection.underWay += 1;
    connection.answer = response;
    // Not when it was sent: whoever does not read the answer must not keep a place by that.
    response.once('prefinish', () => {
      connection.underWay -= 1;
      if (connection.underWay === 0 && connections.has(socket)) rest(connection);
    });
  });
  return {
    endAfterAnswers: () => {
      isEnding = true;
      for (const { answer } of connections.values()) if (answer) answer.shouldKeepAlive = false;
    },
  };
}
