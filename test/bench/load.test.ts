import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type Generator, startGenerator } from '../../src/bench/load.ts';

const request = (path: string) =>
  Buffer.from(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi`);

describe('the load generator', () => {
  const paths: string[] = [];
  let server: Server;
  let generator: Generator;
  let port = 0;

  before(async () => {
    generator = startGenerator(2);
    server = createServer((incoming, response) => {
      const path = incoming.url ?? '';
      paths.push(path);
      incoming.resume();
      // Everybody waits while this one is served, as behind a pause of the collector.
      if (path === '/stall') for (const end = performance.now() + 200; performance.now() < end;);
      response.writeHead(path === '/refused' ? 503 : 200).end('ok');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    port = typeof address === 'object' && address ? address.port : 0;
  });

  after(async () => {
    await generator.stop();
    server.closeAllConnections();
    server.close();
  });

  it('sends everything once from several threads, and tells what was not acknowledged', async () => {
    const all = ['/0', '/1', '/refused', '/3', '/4'];

    const load = await generator.closed(port, all.map(request), 3);

    expect(paths).to.have.members(all);
    expect([...load.acknowledged].sort()).to.deep.equal([0, 1, 3, 4]);
    expect(load.refused).to.equal(1);
    expect(load.busy).to.be.within(0, 1);
  });

  it('counts latencies from the intended time, so that a pause is felt by all who would have come', async () => {
    const all = Array.from({ length: 100 }, (_, index) => (index === 20 ? '/stall' : '/'));

    const load = await generator.open(port, all.map(request), 400);
    await generator.stop();

    // A pause of 200 ms meets four requests of five: from their sending, all but one took no time.
    expect(load.acknowledged).to.have.lengthOf(100);
    expect(load.p50Ms).to.be.greaterThan(30);
    expect(load.p99Ms).to.be.within(150, 3000);
  });
});
