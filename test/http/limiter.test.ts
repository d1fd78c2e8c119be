import { expect } from 'chai';
import { createAddressLimiter } from '../../src/http/limiter.ts';

describe('the limit of an address', () => {
  it('lets so many through, then says how long to wait, and nobody else waits', async () => {
    const limiter = createAddressLimiter({ points: 3, seconds: 60 });
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push(await limiter('203.0.113.7'));

    expect(answers.slice(0, 3)).to.deep.equal([null, null, null]);
    expect(answers[3]).to.be.within(1, 60);
    expect(await limiter('203.0.113.8')).to.equal(null);
  });

  it('knows an address again, whatever port or spelling a proxy gives it', async () => {
    const limiter = createAddressLimiter({ points: 3, seconds: 60 });
    const spellings = ['203.0.113.7:50001', '203.0.113.7:50002', '::ffff:cb00:7107'];
    for (const each of spellings) await limiter(each);

    expect(await limiter('203.0.113.7')).to.be.a('number');
  });

  it('counts what costs more as more', async () => {
    const limiter = createAddressLimiter({ points: 5, seconds: 60 });

    expect(await limiter('203.0.113.7', 4)).to.equal(null);
    expect(await limiter('203.0.113.7')).to.equal(null);
    expect(await limiter('203.0.113.7')).to.be.a('number');
  });
});
