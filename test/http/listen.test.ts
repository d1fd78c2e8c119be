import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { listen } from '../../src/http/listen.ts';

/** Somebody outside our loop who sends `count` requests at once and tells how each ended. */
const crowd = `
  const { parentPort, workerData: { port, count } } = require('node:worker_threads');
  const { request } = require('node:http');
  parentPort.once('message', async () => {
    const ends = await Promise.all(Array.from({ length: count }, () => new Promise((resolve) => {
      request({ host: '127.0.0.1', port, agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', (error) => resolve(error.code)).end();
    })));
    parentPort.postMessage(ends);
  });
  parentPort.postMessage('ready');`;

describe('a listener that closes', () => {
  it('answers whom the kernel has let in while we were busy', async () => {
    const listener = await listen((_request, response) => response.end(), {
      ...{ host: '127.0.0.1', port: 0, variable: 'PORT' },
    });
    const workerData = { port: listener.port, count: 50 };
    const outside = new Worker(crowd, { eval: true, workerData });
    await once(outside, 'message');
    const ended = new Promise((resolve) => outside.once('message', resolve));
    outside.postMessage('go');
    const busyUntil = performance.now() + 500;
    while (performance.now() < busyUntil);

    await listener.close();

    expect(await ended).to.deep.equal(Array.from({ length: 50 }, () => 200));
    await outside.terminate();
  });
});
