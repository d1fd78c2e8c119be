import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Environment } from './domain/channel.ts';
import type { Log } from './log.ts';

/** What a metric looks like on its way between processes; prom-client knows the rest. */
const answer = z.object({ id: z.number(), metrics: z.array(z.looseObject({})) });
const question = z.union([z.object({ id: z.number() }), z.object({ stop: z.literal(true) })]);

type Metrics = readonly object[];

const answerWithinMs = 2000;
const restartMs = 1000;

export type WorkerProcess = {
  /** The worker's metrics; none while it does not answer. */
  readonly metrics: () => Promise<Metrics>;
  readonly stop: () => Promise<void>;
};

/**
 * Runs the workers in a process beside the gateway, so that working off never delays a 2xx, and both
 * cores are used. Started again when it dies; it ends by itself when we do, however we end.
 */
export function startWorkerProcess(environment: Environment, log: Log): WorkerProcess {
  let stopping = false;
  let child = start();
  let restart: NodeJS.Timeout | undefined;
  let next = 0;

  function start(): ChildProcess {
    const started = fork(join(import.meta.dirname, 'main.ts'), ['hands'], {
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    if (started.pid !== undefined) yieldTo(started.pid, log);
    const again = (why: object) => {
      if (stopping || started !== child) return;
      clearTimeout(restart);
      log.error(why, 'worker process died; starting it again');
      restart = setTimeout(() => {
        child = start();
      }, restartMs);
    };
    started.once('exit', (code, signal) => {
      again({ code, signal });
    });
    // Could not be started, or did not hear us: without a listener this would end the gateway.
    started.on('error', (error) => {
      if (started.pid === undefined) again({ err: error });
    });
    return started;
  }

  return {
    metrics: () => ask(child, (next += 1)),
    stop: async () => {
      stopping = true;
      clearTimeout(restart);
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.connected) child.send({ stop: true }, () => undefined);
      await ended;
    },
  };
}

/** Under load whoever is to be answered goes first: working off can wait, a provider does not. */
function yieldTo(pid: number, log: Log): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    log.debug({ err: error }, 'the worker process keeps its priority'); // ended already, or not allowed
  }
}

function ask(child: ChildProcess, id: number): Promise<Metrics> {
  if (!child.connected) return Promise.resolve([]);
  return new Promise((resolve) => {
    const done = (metrics: Metrics) => {
      clearTimeout(timer);
      child.off('message', hear);
      resolve(metrics);
    };
    const hear = (message: unknown) => {
      const heard = answer.safeParse(message);
      if (heard.data?.id === id) done(heard.data.metrics);
    };
    const timer = setTimeout(done, answerWithinMs, []);
    child.on('message', hear);
    child.send({ id }, (error) => {
      if (error) done([]);
    });
  });
}

type Parent = Pick<NodeJS.Process, 'send' | 'on'>;

/**
 * The worker's end of the line. In: how to tell its metrics. Out: `stop` when the gateway asks us to
 * finish and end, `gone` when it is no more: then there is nobody to finish for.
 */
export function serveParent(
  parent: Parent,
  tell: () => Promise<Metrics>,
): Promise<'stop' | 'gone'> {
  return new Promise((resolve) => {
    parent.on('message', (message: unknown) => {
      const { data } = question.safeParse(message);
      if (!data) return;
      if ('stop' in data) resolve('stop');
      else void tell().then((metrics) => parent.send?.({ id: data.id, metrics }));
    });
    parent.on('disconnect', () => {
      resolve('gone');
    });
  });
}
