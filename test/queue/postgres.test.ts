import { expect } from 'chai';
import { connect, createServer, type Server, type Socket } from 'node:net';
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

describe('wake-ups on a PostgreSQL that is not ready at first', () => {
  let db: TestDatabase;
  let door: Server;
  let turnedAway = 0;
  const sockets = new Set<Socket>();

  /** Hangs up on the first who come, as a server does that is still starting or short of connections. */
  before(async () => {
    db = await createTestDatabase();
    const { connection } = db;
    const path = 'host' in connection ? `${connection.host}/.s.PGSQL.${connection.port}` : '';
    door = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      if (turnedAway < 2) {
        turnedAway += 1;
        socket.destroy();
        return;
      }
      const behind = connect(path).on('error', () => undefined);
      sockets.add(behind);
      socket.pipe(behind).pipe(socket);
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  });

  after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => door.close(resolve));
    await db.drop();
  });

  it('run their lanes once it is, and let everything else of the process go on meanwhile', async () => {
    const address = door.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const connection = { ...db.connection, host: '127.0.0.1', port };
    const source = { kind: 'postgres', connection } as const;
    const lanes: number[] = [];
    const errors: string[] = [];
    const worker = openWorker(source, 'judge', {
      concurrency: 1,
      onError: (error) => errors.push(error.message),
      process: (job) => {
        lanes.push(jobSchema.parse(job.data).lane);
        return Promise.resolve();
      },
    });
    const wake = createWake(source, createLog('silent', [], { write: () => undefined }));

    await eventually('a run', () => {
      wake.wake('judge', 5);
      return Promise.resolve(lanes.includes(5));
    });

    expect(turnedAway).to.equal(2);
    expect(errors.length).to.be.within(1, 20);
    await worker.close();
    await wake.close();
  });
});
