import { setTimeout as pause } from 'node:timers/promises';
import type { Signed } from '../providers/simulator.ts';
import type { Sent, World } from './fake.ts';

/** One answer; `status` null: there was none. */
export type Reply = {
  readonly status: number | null;
  readonly type: string;
  readonly body: string;
};

export type Delivered = Omit<Sent, 'ids'> & { readonly reply: Reply };

type Patience = {
  /** Pauses before the repetitions; as many repetitions as pauses. */
  readonly pausesMs: readonly number[];
  readonly isWorthAgain?: (reply: Reply) => boolean;
};

export type Courier = {
  /** From now on PUBLIC_URL is reached here. */
  readonly reachAt: (gatewayUrl: string) => void;
  readonly get: (url: string) => Promise<Reply>;
  /** Delivers until taken with 2xx, the same bytes each time; a tenth of all is delivered once more. */
  readonly deliver: (signed: Signed, patience: Patience) => Promise<Delivered>;
  /** Ends pauses and requests under way. */
  readonly close: () => void;
};

const REPEATED_SHARE = 0.1;
const MOST_AT_ONCE = 40;

export function createCourier(world: World, timeoutMs: number): Courier {
  const { publicUrl, random, pace } = world;
  const closing = new AbortController();
  let gatewayUrl = publicUrl;

  const reach = (url: string): string =>
    isBelow(publicUrl, url) ? gatewayUrl + url.slice(publicUrl.length) : url;

  const turns = createTurns(MOST_AT_ONCE);
  const ask = (signed: Signed): Promise<Reply> => turns(() => askNow(signed));

  const askNow = async ({ url, method, headers, body }: Signed): Promise<Reply> => {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await fetch(reach(url), {
        method,
        headers,
        redirect: 'manual',
        signal,
        ...(method === 'POST' ? { body } : {}),
      });
      const type = response.headers.get('content-type') ?? '';
      return { status: response.status, type, body: await response.text() };
    } catch (error) {
      return { status: null, type: '', body: reasonOf(error) };
    }
  };

  const rest = async (ms: number): Promise<boolean> => {
    await pause(ms * pace, undefined, { signal: closing.signal }).catch(() => undefined);
    return !closing.signal.aborted;
  };

  const deliver = async (signed: Signed, patience: Patience): Promise<Delivered> => {
    const { pausesMs, isWorthAgain = () => true } = patience;
    const startedAt = performance.now();
    let reply = await ask(signed);
    let times = 1;
    for (const ms of pausesMs) {
      if (isTaken(reply) || !isWorthAgain(reply) || !(await rest(ms))) break;
      reply = await ask(signed);
      times += 1;
    }
    if (isTaken(reply) && random() < REPEATED_SHARE) {
      await ask(signed); // what comes of it changes nothing: it was taken
      times += 1;
    }
    const elapsedMs = Math.round(performance.now() - startedAt);
    return { status: reply.status, elapsedMs, times, error: errorOf(reply), reply };
  };

  return {
    reachAt: (url) => {
      gatewayUrl = url.replace(/\/$/, '');
    },
    get: (url) => ask({ method: 'GET', url, headers: {}, body: '' }),
    deliver,
    close: () => {
      closing.abort();
    },
  };
}

/** Lets so many run at once; the others wait their turn. */
function createTurns(most: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

function isBelow(base: string, url: string): boolean {
  return url.startsWith(base) && /^([/?#]|$)/.test(url.slice(base.length));
}

export function isTaken({ status }: Reply): boolean {
  return status !== null && status >= 200 && status < 300;
}

function errorOf(reply: Reply): string | null {
  if (isTaken(reply)) return null;
  return reply.status === null ? reply.body : `the gateway answered ${reply.status}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the gateway could not be reached';
  if (error.name === 'TimeoutError') return 'the gateway did not answer in time';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `the gateway could not be reached${code}`;
}

/** Several deliveries of one act: the worst of them, all times and the longest wait together. */
export function sentOf(ids: readonly string[], all: readonly Omit<Sent, 'ids'>[]): Sent {
  const worst = all.find(({ error }) => error !== null) ?? all.at(-1);
  return {
    ids,
    status: worst?.status ?? null,
    elapsedMs: Math.max(0, ...all.map(({ elapsedMs }) => elapsedMs)),
    times: all.reduce((sum, { times }) => sum + times, 0),
    error: worst?.error ?? null,
  };
}

/** Nothing was delivered, and why. */
export function unsent(ids: readonly string[], error: string): Sent {
  return { ids, status: null, elapsedMs: 0, times: 0, error };
}
