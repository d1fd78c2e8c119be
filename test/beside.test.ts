import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { startWorkerProcess, type WorkerProcess } from '../src/beside.ts';
import { eventually } from './support/gateway.ts';
import { createLog } from '../src/log.ts';

const program = fileURLToPath(new URL('./support/hands.ts', import.meta.url));

describe('the worker process beside a gateway', () => {
  let worker: WorkerProcess | null = null;
  let lines: string[] = [];

  /** `nature`: what it does wrong. */
  const start = (nature: string, environment: Record<string, string> = { HANDS: nature }) => {
    lines = [];
    const log = createLog('info', [], { write: (line) => lines.push(line) });
    worker = startWorkerProcess(environment, log, {
      program,
      restarts: { firstMs: 40, mostMs: 400 },
      // A process needs a moment to begin; one that hangs has begun.
      watching: { everyMs: 100, mostUnanswered: nature === 'hangs' ? 4 : 20 },
    });
    return worker;
  };
  const logged = (text: string) => lines.filter((line) => line.includes(text));
  const pid = async (asked: WorkerProcess) => {
    const [metrics] = await asked.metrics();
    return metrics && 'pid' in metrics ? Number(metrics.pid) : null;
  };
  const isGone = (gone: number) => {
    try {
      return !process.kill(gone, 0);
    } catch {
      return true;
    }
  };

  afterEach(() => worker?.end());

  it('is left alone while it answers', async () => {
    const started = start('');
    const first = await eventually('answers', () => pid(started));

    await new Promise((resolve) => setTimeout(resolve, 2300)); // longer than a silence would be borne

    expect(await pid(started)).to.equal(first);
    expect(lines).to.deep.equal([]);
  });

  it('is killed and started again when it hangs, and that is an error in the log', async () => {
    start('hangs');

    await eventually('killed', () => Promise.resolve(logged('hangs; killing it').length > 0));

    const [line = ''] = await eventually('started again', () => {
      const died = logged('died; starting it again');
      return Promise.resolve(died.length > 0 && died);
    });
    expect(line).to.contain('"level":50').and.to.contain('SIGKILL');
  });

  it('is started again later and later when it dies at once', async () => {
    start('dies');

    const died = await eventually('died six times', () => {
      const waits = logged('died').map((line) => Number(/"inMs":(\d+)/.exec(line)?.[1]));
      return Promise.resolve(waits.length >= 6 && waits);
    });

    expect(died[0]).to.be.within(20, 40);
    expect(died[2]).to.be.within(80, 160);
    expect(died[5]).to.be.within(200, 400);
  });

  it('is started again when not even a process can be made for it, and the gateway lives', async () => {
    const environment: Record<string, string> = { HANDS: '' };
    const started = start('', environment);
    const first = await eventually('answers', () => pid(started));
    environment['TOO_LONG'] = 'x'.repeat(200_000); // the kernel refuses it: E2BIG, thrown by fork
    process.kill(first);

    await eventually('tried again and again', () => Promise.resolve(logged('E2BIG').length > 2));
    expect(await started.metrics()).to.deep.equal([]);

    delete environment['TOO_LONG'];
    expect(await eventually('answers again', () => pid(started))).not.to.equal(first);
  });

  it('is let finish when we stop', async () => {
    const started = start('');
    const first = await eventually('answers', () => pid(started));

    await started.stop(5000);

    expect(isGone(first)).to.equal(true);
    expect(lines).to.deep.equal([]);
  });

  it('is killed when it does not finish in time', async () => {
    const started = start('deaf');
    const first = await eventually('answers', () => pid(started));
    const from = performance.now();

    await started.stop(700);

    expect(performance.now() - from).to.be.within(150, 3000);
    expect(isGone(first)).to.equal(true);
    expect(logged('did not finish in time')).to.have.length(1);
  });
});
