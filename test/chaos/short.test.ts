import { expect } from 'chai';
import { type Installation, startInstallation } from './installation.ts';
import { breaches } from './report.ts';
import { runScenario } from './run.ts';
import { scenarioNames, scenarios } from './scenarios.ts';

/** Each scenario of `npm run chaos` in some seconds, on one set of stores, gateways and workers. */
describe('chaos, in short', function () {
  this.timeout(120_000);
  const stop = new AbortController();
  let at: Installation;

  before(async () => {
    at = await startInstallation({ queue: 'redis' });
  });

  after(async () => {
    stop.abort();
    await at.close();
  });

  for (const [index, name] of scenarioNames.entries()) {
    it(`keeps every promise: ${scenarios[name].about}`, async () => {
      const given = { series: index + 1, seed: 1708 + index, isShort: true, stop: stop.signal };

      const { broken, counts } = await runScenario(at, name, {
        ...given,
        ...{ seconds: null, kills: null, rate: null },
      });

      expect(breaches(broken)).to.deep.equal([]);
      expect(counts.answered, 'messages answered 2xx').to.be.above(50);
    });
  }
});
