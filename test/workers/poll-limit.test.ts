import { expect } from 'chai';
import type { Poll } from '../../src/domain/channel.ts';
import { UpstreamThrottled } from '../../src/errors.ts';
import { createIntake } from '../../src/intake.ts';
import { createLog } from '../../src/log.ts';
import { createPollers } from '../../workers/poll.ts';
import { eventually } from '../support/gateway.ts';
import { seal } from '../support/judging.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('polling from several processes', () => {
  let db: TestDatabase;
  const asked: number[] = [];
  let answer: Poll['fetch'] = () => Promise.reject(new UpstreamThrottled('full', 1500));

  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.drop());

  /** What one process does; each has pollers of its own. */
  const start = () => {
    const fetch: Poll['fetch'] = (cursor, signal) => {
      asked.push(Date.now());
      return answer(cursor, signal);
    };
    const channel = {
      name: 'x',
      secrets: [],
      poll: { everyMs: 400, fetch },
      read: () => ({ messages: [], ignored: [] }),
    };
    return createPollers({
      database: db.database,
      channels: [channel],
      intake: createIntake({
        database: db.database,
        seal,
        fallback: null,
        stored: () => undefined,
      }),
      log: createLog('silent', [], { write: () => undefined }),
    });
  };

  it('obeys one rate limit together, also one that starts later', async () => {
    const [one, two] = [start(), start()];
    await eventually('asked', () => Promise.resolve(asked.length > 0));
    const three = start();
    await new Promise((resolve) => setTimeout(resolve, 800));

    expect(asked).to.have.length(1);
    answer = () => Promise.resolve({ deliveries: [], cursor: null });
    await eventually('asked again', () => Promise.resolve(asked.length > 1));
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).to.be.within(1400, 4000);
    await Promise.all([one, two, three].map((pollers) => pollers.close()));
  });

  it('asks as often as one process would', async () => {
    asked.length = 0;
    const all = [start(), start(), start()];

    await new Promise((resolve) => setTimeout(resolve, 1800));
    await Promise.all(all.map((pollers) => pollers.close()));

    expect(asked.length).to.be.within(2, 5);
  });
});
