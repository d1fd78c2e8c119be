import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { backoffMs } from './domain/backoff.ts';
import type { Environment } from './domain/channel.ts';
import type { Log } from './log.ts';

/** What a metric looks like on its way between processes; prom-client knows the rest. */
const answer = z.object({ id: z.number(), metrics: z.array(z.looseObject({})) });
const question = z.union([z.object({ id: z.number() }), z.object({ stop: z.literal(true) })]);

type Metrics = readonly object[];

const answerWithinMs = 2000;

/** So long the workers may take to finish when we stop; the routing core has 10 s to answer. */
export const handsMs = 13_000;

/** Of the memory it may use: garbage is looked after sooner instead of grown around. */
const handsFlags = ['--max-old-space-size=256', '--max-semi-space-size=8'];

const restarts = { firstMs: 1000, mostMs: 30_000 };
/** A child that ran this long did not crash at start-up: the back-off begins anew. */
const healthyMs = 60_000;

/** A process that leaves so many questions in a row unanswered, asked so far apart, does not work any more. */
const watching = { everyMs: 10_000, mostUnanswered: 6 };

export type WorkerProcess = {
  /** The worker's metrics; none while it does not answer. */
  readonly metrics: () => Promise<Metrics>;
  /** Lets it finish what it does, for so long; then it is killed. */
  readonly stop: (withinMs: number) => Promise<void>;
  /** Kills it, now. */
  readonly end: () => void;
};

type Manner = {
  readonly program: string;
  readonly restarts: typeof restarts;
  readonly watching: typeof watching;
};

const usual: Manner = { program: join(import.meta.dirname, 'main.ts'), restarts, watching };

/**
 * Runs the workers in a process beside the gateway, so that working off never delays a 2xx, and both
 * cores are used. Started again when it dies, later and later when it dies at once; killed and started
 * again when it hangs. It ends by itself when we do, however we end.
 */
export function startWorkerProcess(
  environment: Environment,
  log: Log,
  manner: Manner = usual,
): WorkerProcess {
  let stopping = false;
  let deaths = 0;
  let next = 0;
  let restart: NodeJS.Timeout | undefined;
  let unwatch: () => void = () => undefined;
  let child = start();

  /** Null when it could not be started: that is tried again like a death. */
  function start(): ChildProcess | null {
    const startedAt = performance.now();
    try {
      const started = launch(manner.program, environment, log);
      unwatch = watch(started, manner.watching, log);
      const died = (why: object) => {
        if (started === child) again(startedAt, why);
      };
      started.once('exit', (code, signal) => {
        died({ code, signal });
      });
      // Could not be started, or did not hear us: without a listener this would end the gateway.
      started.on('error', (error) => {
        if (started.pid === undefined) died({ err: error });
      });
      return started;
    } catch (error) {
      // Out of memory or processes, fork throws: thrown out of a timer, that would end the gateway.
      again(startedAt, { err: error });
      return null;
    }
  }

  function again(startedAt: number, why: object): void {
    if (stopping) return;
    clearTimeout(restart);
    unwatch();
    deaths = performance.now() - startedAt > healthyMs ? 1 : deaths + 1;
    const inMs = backoffMs(deaths, manner.restarts, Math.random());
    log.error({ ...why, deaths, inMs }, 'worker process died; starting it again');
    restart = setTimeout(() => {
      child = start();
    }, inMs);
  }

  const leave = () => {
    stopping = true;
    clearTimeout(restart);
    unwatch();
  };
  return {
    metrics: () => (child ? ask(child, (next += 1)) : Promise.resolve([])),
    stop: async (withinMs) => {
      leave();
      if (child) await finished(child, withinMs, log);
    },
    end: () => {
      leave();
      child?.kill('SIGKILL');
    },
  };
}

function launch(program: string, environment: Environment, log: Log): ChildProcess {
  const started = fork(program, ['hands'], {
    env: environment,
    execArgv: handsFlags,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  if (started.pid !== undefined) yieldTo(started.pid, log);
  return started;
}

/** Asks again and again, and kills who never answers: what it held goes back with its connections. */
function watch(child: ChildProcess, { everyMs, mostUnanswered }: Manner['watching'], log: Log) {
  let unanswered = 0;
  child.on('message', () => (unanswered = 0));
  const timer = setInterval(() => {
    // Counted, not timed: after we ourselves were asleep there is one question more, not a minute.
    if (unanswered >= mostUnanswered) {
      log.error({ pid: child.pid, unanswered }, 'worker process hangs; killing it');
      child.kill('SIGKILL');
      return;
    }
    unanswered += 1;
    if (child.connected) child.send({ id: 0 }, () => undefined);
  }, everyMs).unref();
  return () => {
    clearInterval(timer);
  };
}

async function finished(child: ChildProcess, withinMs: number, log: Log): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (child.connected) child.send({ stop: true }, () => undefined);
  const timer = setTimeout(() => {
    log.warn({ pid: child.pid }, 'worker process did not finish in time; what it did is done anew');
    child.kill('SIGKILL');
  }, withinMs - killMs);
  await ended;
  clearTimeout(timer);
}

/** So long the kernel may take to bury it. */
const killMs = 500;

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
