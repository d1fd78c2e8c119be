import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

// A core that answers at once and counts what it is told: how often, by event id.
const seen = new Map<string, number>();

const server = createServer((request, response) => {
  const id = String(request.headers['webhook-id']);
  seen.set(id, (seen.get(id) ?? 0) + 1);
  request.resume();
  request.on('end', () => {
    response.writeHead(202).end();
  });
});

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === 'object' && address ? address.port : 0);
});

parentPort?.on('message', () => parentPort?.postMessage(seen));
