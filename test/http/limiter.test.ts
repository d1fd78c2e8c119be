import { expect } from 'chai';
import { createAddressLimiter, networkOf } from '../../src/http/limiter.ts';

describe('the limit of an address', () => {
  const networks: readonly (readonly [address: string, network: string])[] = [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ];
  for (const [address, network] of networks) {
    it(`counts ${address} as ${network}`, () => {
      expect(networkOf(address)).to.equal(network);
    });
  }

  it('lets so many through, then says how long to wait, and nobody else waits', async () => {
    const limiter = createAddressLimiter({ points: 3, seconds: 60 });
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push(await limiter('203.0.113.7'));

    expect(answers.slice(0, 3)).to.deep.equal([null, null, null]);
    expect(answers[3]).to.be.within(1, 60);
    expect(await limiter('203.0.113.8')).to.equal(null);
  });

  it('counts what costs more as more', async () => {
    const limiter = createAddressLimiter({ points: 5, seconds: 60 });

    expect(await limiter('203.0.113.7', 4)).to.equal(null);
    expect(await limiter('203.0.113.7')).to.equal(null);
    expect(await limiter('203.0.113.7')).to.be.a('number');
  });
});
