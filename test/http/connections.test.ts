import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { boundConnections } from '../../src/http/connections.ts';
import { eventually } from '../support/gateway.ts';

describe('the connections of a listener', () => {
  const answers: ServerResponse[] = [];
  const server = createServer((_request, response) => answers.push(response));
  boundConnections(server, { most: 6, mostResting: 3 });
  let sockets: Socket[] = [];

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    answers.length = 0;
    await eventually('nobody is connected', async () => (await connected()) === 0);
  });

  after((done) => {
    server.close(done);
  });

  const connected = () =>
    new Promise<number>((resolve, reject) => {
      server.getConnections((error, count) => {
        if (error) reject(error);
        else resolve(count);
      });
    });

  const open = async (localAddress = '127.0.0.1'): Promise<Socket> => {
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    socket.on('error', () => undefined).resume();
    sockets.push(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    return socket;
  };

  /** A connection with a request that is not answered yet. */
  const ask = async (localAddress?: string): Promise<Socket> => {
    const before = answers.length;
    const socket = await open(localAddress);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually('asked', () => Promise.resolve(answers.length > before));
    return socket;
  };

  const closed = () => sockets.filter((socket) => socket.closed);
  const areClosed = (...expected: Socket[]) =>
    eventually('closed', () => Promise.resolve(expected.every((socket) => socket.closed)));

  it('close the one that rested longest when its network has more than its share', async () => {
    const first = await open();
    const second = await open();
    await open();
    await open();
    await areClosed(first);
    await open();

    await areClosed(first, second);
    expect(closed()).to.deep.equal([first, second]);
  });

  it('leave those of another network alone', async () => {
    const foreign = await open('127.0.0.2');
    for (let count = 0; count < 5; count += 1) await open();

    await areClosed(...sockets.slice(1, 3));
    expect(foreign.closed).to.equal(false);
  });

  it('are never closed while they work, however many one network has', async () => {
    for (let count = 0; count < 5; count += 1) await ask();
    const resting = await open();
    await open();

    await areClosed(resting);
    expect(closed()).to.deep.equal([resting]);
  });

  it('count as resting from their answer on, also when it is not read', async () => {
    const slow = await ask();
    slow.pause();
    answers[0]?.end(Buffer.alloc(16 * 1024 * 1024));
    for (let count = 0; count < 3; count += 1) await open();

    await areClosed(slow.resume());
    expect(closed()).to.deep.equal([slow]);
  });

  it('close the one that rested longest of all when there are too many', async () => {
    const longest = await open('127.0.0.2');
    for (const host of ['127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6', '127.0.0.7']) {
      await open(host);
    }
    await ask();

    await areClosed(longest);
    expect(closed()).to.deep.equal([longest]);
  });
});
