import { expect } from 'chai';
import { createLog } from '../../src/log.ts';
import { type OpenWorker, openWorker, type QueueSource } from '../../src/queue/connection.ts';
import { jobSchema } from '../../src/queue/jobs.ts';
import { createWake, type Wake } from '../../src/queue/wake.ts';
import { eventually } from '../support/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('wake-ups on PostgreSQL', () => {
  let db: TestDatabase;
  let wake: Wake;
  let worker: OpenWorker;
  const lines: string[] = [];
  /** Runs of a lane as they begin; each lasts until it is let go. */
  const runs: { readonly lane: number; readonly at: number; readonly finish: () => void }[] = [];
  let holding = false;

  before(async () => {
    db = await createTestDatabase();
    const source: QueueSource = { kind: 'postgres', connection: db.connection };
    wake = createWake(source, createLog('debug', [], { write: (line) => lines.push(line) }));
    worker = openWorker(source, 'judge', {
      concurrency: 4,
      onError: (error) => lines.push(error.message),
      process: (job) =>
        new Promise((resolve) => {
          const { lane } = jobSchema.parse(job.data);
          runs.push({ lane, at: Date.now(), finish: resolve });
          if (!holding) resolve();
        }),
    });
  });

  beforeEach(() => {
    runs.length = 0;
    holding = false;
  });

  after(async () => {
    await worker.close();
    await wake.close();
    await db.drop();
    expect(lines).to.deep.equal([]);
  });

  const runsOf = (lane: number) => runs.filter((run) => run.lane === lane);
  const begun = (lane: number, count: number) =>
    eventually(`run ${count} of lane ${lane}`, () => Promise.resolve(runsOf(lane).length >= count));
  /** Whatever was added before it has been seen to when a later wake-up has run. */
  const settled = async () => {
    for (const lane of [60, 61]) {
      const before = runsOf(lane).length;
      wake.wake('judge', lane);
      await begun(lane, before + 1);
    }
  };

  it('run a lane', async () => {
    wake.wake('judge', 17);

    await begun(17, 1);
    await settled();
    expect(runsOf(17)).to.have.length(1);
  });

  it('run a lane again and again: a finished one stands in no later way', async () => {
    for (const count of [1, 2, 3]) {
      wake.wake('judge', 18);
      await begun(18, count);
    }
  });

  it('that come during a run lead to one more run, however many they are', async () => {
    holding = true;
    wake.wake('judge', 19);
    await begun(19, 1);

    for (let count = 0; count < 200; count += 1) wake.wake('judge', 19);
    holding = false;
    await settled();
    expect(runsOf(19)).to.have.length(1);
    runsOf(19)[0]?.finish();

    await begun(19, 2);
    await settled();
    expect(runsOf(19)).to.have.length(2);
  });

  it('that come before a run are folded', async () => {
    holding = true;
    for (const lane of [1, 2, 3, 4]) wake.wake('judge', lane);
    for (const lane of [1, 2, 3, 4]) await begun(lane, 1);

    for (let count = 0; count < 500; count += 1) wake.wake('judge', 20);
    await new Promise((resolve) => setTimeout(resolve, 300));
    holding = false;
    for (const { finish } of runs) finish();

    await begun(20, 1);
    await settled();
    expect(runsOf(20)).to.have.length(1);
  });

  it('for later never run before they are due, also when many come one after the other', async () => {
    const due: number[] = [];

    for (const waitMs of [0, 30, 60, 90]) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      due.push(Date.now() + 400);
      wake.wake('judge', 21, 400);
    }

    await eventually('a run after the last is due', () =>
      Promise.resolve(runsOf(21).some(({ at }) => at >= (due.at(-1) ?? Infinity))),
    );
    for (const moment of due) {
      const next = runsOf(21).find(({ at }) => at >= moment);
      expect((next?.at ?? Infinity) - moment).to.be.below(350);
    }
    expect(runsOf(21).length).to.be.at.most(4);
  });

  it('for later stand in no way of those for now', async () => {
    wake.wake('judge', 22, 60_000);

    wake.wake('judge', 22);

    await begun(22, 1);
  });

  it('never throw, and say nothing more once they are closed', async () => {
    const source: QueueSource = {
      kind: 'postgres',
      connection: { connectionString: 'postgresql://nobody@127.0.0.1:1/none' },
    };
    const said: string[] = [];
    const lost = createWake(source, createLog('warn', [], { write: (line) => said.push(line) }));

    lost.wake('read', 0);
    lost.wake('judge', 3, 100);
    await eventually('a warning', () => Promise.resolve(said.length > 0));
    await lost.close();
    lost.wake('read', 0);

    expect(said.join('')).to.contain('queue away');
  });
});
