import { expect } from 'chai';
import { createLog } from '../src/log.ts';
import { prepare } from '../src/preparation.ts';

describe('preparing the database at the start', () => {
  let lines: string[] = [];
  const log = createLog('info', [], { write: (line) => lines.push(line) });
  const manner = { mayWait: true, log, patienceMs: 50 };
  const nothing = () => Promise.resolve();
  const refused = () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));

  beforeEach(() => {
    lines = [];
  });

  it('says nothing when it is done at once', async () => {
    const { isAway } = await prepare({ reach: nothing, act: nothing }, manner);

    expect({ isAway, lines }).to.deep.equal({ isAway: false, lines: [] });
  });

  it('starts without a database that is being migrated for long, and does not call it away', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let acts = 0;
    const act = async () => {
      acts += 1;
      await promise;
    };

    const { isAway, prepared } = await prepare({ reach: nothing, act }, manner);
    resolve(undefined);
    await prepared();

    expect({ isAway, acts }).to.deep.equal({ isAway: true, acts: 1 });
    expect(lines.join('')).to.include('is being migrated').and.not.to.include('is away');
  });

  it('starts without a database that is away, and tries again when it is asked', async () => {
    let reachable = false;
    const act = () => (reachable ? Promise.resolve() : refused());

    const { isAway, prepared } = await prepare({ reach: refused, act }, manner);

    expect(isAway).to.equal(true);
    expect(lines.join('')).to.include('PostgreSQL is away');
    reachable = true;
    await prepared();
  });

  it('does not start where the database answers and refuses, or may not be waited for', async () => {
    const wrongPassword = () => Promise.reject(Object.assign(new Error('no'), { code: '28P01' }));
    const steps = [
      [{ reach: wrongPassword, act: wrongPassword }, manner],
      [
        { reach: refused, act: refused },
        { ...manner, mayWait: false },
      ],
    ] as const;

    for (const [step, how] of steps) {
      const failed = await prepare(step, how).then(
        () => false,
        () => true,
      );
      expect(failed).to.equal(true);
    }
  });
});
