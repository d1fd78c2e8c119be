import { createServer } from 'node:http';
import { expect } from 'chai';
import express from 'express';
import { createNetworkReader, networkOf } from '../../src/http/address.ts';
import { send } from '../support/http.ts';

describe('the network of an address', () => {
  const networks: readonly (readonly [address: string | undefined, network: string])[] = [
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:50123', '203.0.113.7'],
    ['[203.0.113.7]:50123', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['::FFFF:7F00:1', '127.0.0.1'],
    ['0:0:0:0:0:ffff:7f00:1', '127.0.0.1'],
    ['[::ffff:7f00:1]:443', '127.0.0.1'],
    ['64:ff9b::cb00:7107', '203.0.113.7'],
    ['::ffff:0:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
    ['[2001:db8:1:2::9]', '2001:db8:1:2'],
    ['[2001:db8:1:2::9]:50123', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8:1:2:3:4:203.0.113.7', '2001:db8:1:2'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['[fe80::1%25eth0]:50123', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    [undefined, 'unknown'],
    ['', 'unknown'],
    ['unknown', 'unknown'],
    ['_hidden', 'unknown'],
    ['203.0.113', 'unknown'],
    ['203.0.113.256', 'unknown'],
    ['0xcb007107', 'unknown'],
    ['203.0.113.7:', 'unknown'],
    ['203.0.113.7:http', 'unknown'],
    ['[2001:db8::1', 'unknown'],
    ['2001:db8::1::2', 'unknown'],
    ['lapor.example.go.id', 'unknown'],
    [`${'1'.repeat(50_000)}.`, 'unknown'],
  ];
  for (const [address = 'nothing', network] of networks) {
    it(`is ${network} for ${address.slice(0, 40)}`, () => {
      expect(networkOf(address === 'nothing' ? undefined : address)).to.equal(network);
    });
  }
});

describe('the network of a request', () => {
  const rows: readonly (readonly [proxies: number, forwarded: string | null, network: string])[] = [
    [0, null, '127.0.0.1'],
    [0, '198.51.100.9', '127.0.0.1'],
    [1, null, '127.0.0.1'],
    [1, '198.51.100.9', '198.51.100.9'],
    [1, '10.0.0.1, 198.51.100.9', '198.51.100.9'],
    [1, '10.0.0.1,198.51.100.9:4711', '198.51.100.9'],
    [2, '10.0.0.1, 198.51.100.9, 192.0.2.4', '198.51.100.9'],
    [2, '198.51.100.9', '198.51.100.9'],
    [1, '198.51.100.9,', 'unknown'],
    [1, 'unknown', 'unknown'],
    [3, '[2001:db8:1:2::9]:8080 , 10.0.0.1 , 10.0.0.2', '2001:db8:1:2'],
  ];
  for (const [proxies, forwarded, network] of rows) {
    const label = forwarded === null ? 'no X-Forwarded-For' : `X-Forwarded-For: ${forwarded}`;
    it(`is ${network} behind ${proxies} proxies with ${label}`, async () => {
      const headers = forwarded === null ? {} : { 'x-forwarded-for': forwarded };

      const { ours } = await seen(proxies, headers);

      expect(ours).to.equal(network);
    });
  }

  it('is that of the address Express takes for the client', async () => {
    for (const [proxies, forwarded] of rows.slice(0, 8)) {
      const headers = forwarded === null ? {} : { 'x-forwarded-for': forwarded };

      const { ours, express: theirs } = await seen(proxies, headers);

      expect(ours).to.equal(networkOf(theirs));
    }
  });
});

/** What our reader and what Express makes of one request. */
async function seen(proxies: number, headers: Readonly<Record<string, string>>) {
  const networkOfRequest = createNetworkReader(proxies);
  const app = express().set('trust proxy', proxies);
  let both = { ours: '', express: '' };
  app.get('/', (request, response) => {
    both = { ours: networkOfRequest(request), express: request.ip ?? '' };
    response.end();
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;

  await send(`http://127.0.0.1:${port}`, {
    ...{ method: 'GET', path: '/', body: null },
    headers,
  });
  await new Promise((resolve) => server.close(resolve));
  return both;
}
