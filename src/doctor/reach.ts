import type { Config } from '../config.ts';
import { type Check, failed, passed, warned } from '../domain/check.ts';

type Fetch = typeof fetch;

const ANSWER_WITHIN_MS = 4000;
const MOST_SKEW_MS = 2 * 60_000;

/** The core, by a question that changes nothing: any answer over HTTP shows that it is there. */
export async function coreCheck(
  fetcher: Fetch,
  { core }: Config,
  stop: AbortSignal,
): Promise<Check> {
  const name = 'routing core';
  if (core === null) return passed(name, 'the embedded one');
  const { protocol, host, hostname } = new URL(core.url);
  const heard = await reach(fetcher, core.url, 'OPTIONS', stop);
  if (heard.status === null) {
    const remedy =
      'Check ROUTING_CORE_URL, the certificate of the core, and that this machine may connect to it. Events wait meanwhile, for three days at least.';
    return failed(name, `${host} cannot be reached (${heard.why})`, remedy);
  }
  if (heard.status >= 500) {
    const says = `${host} answers ${heard.status}`;
    return warned(name, says, 'Ask whoever runs the core. Events wait meanwhile.');
  }
  if (protocol === 'http:' && !/^(localhost|127\.|\[::1\])/.test(hostname)) {
    const says = `${host} answers (${heard.status}), unencrypted`;
    return warned(name, says, 'Give ROUTING_CORE_URL an https address: events hold personal data.');
  }
  return passed(name, `${host} answers (${heard.status})`);
}

/** Whether the gateway answers where providers call it. Some networks cannot see themselves from outside. */
export async function gatewayCheck(
  fetcher: Fetch,
  { publicUrl, host, port }: Config,
  stop: AbortSignal,
): Promise<Check> {
  const url = `${publicUrl}/healthz`;
  const heard = await reach(fetcher, url, 'GET', stop);
  if (heard.status === 200) return passed('gateway', `${url} answers`);
  const why = heard.status === null ? heard.why : `it answers ${heard.status}`;
  return warned(
    'gateway',
    `${url} does not answer as it should, seen from here (${why})`,
    `Start the gateway, and let the proxy pass everything below PUBLIC_URL on to ${host}:${port}. Then open that address from outside this network.`,
  );
}

/** A fetch that notes what time those who answer have, and how far ours is from theirs. */
export function createClockWitness(fetcher: Fetch, now: () => number) {
  const skews: number[] = [];
  const witness: Fetch = async (...asked) => {
    const response = await fetcher(...asked);
    const theirs = Date.parse(response.headers.get('date') ?? '');
    if (!Number.isNaN(theirs)) skews.push(now() - theirs);
    return response;
  };
  return { fetch: witness, check: () => clockCheck(skews) };
}

function clockCheck(skews: readonly number[]): Check {
  const remedy = 'Let the clock be kept by NTP (timedatectl set-ntp true).';
  const [first, ...others] = skews;
  if (first === undefined) return warned('clock', 'nobody answered with a time', remedy);
  // One of them may be wrong itself; one who agrees with us is enough.
  const least = others.reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a), first);
  const seconds = Math.round(Math.abs(least) / 1000);
  if (Math.abs(least) <= MOST_SKEW_MS) return passed('clock', `within ${seconds + 1} s of theirs`);
  const says = `${seconds} s ${least > 0 ? 'ahead of' : 'behind'} everybody else: signatures with a time are refused`;
  return failed('clock', says, remedy);
}

type Reached = { readonly status: number } | { readonly status: null; readonly why: string };

async function reach(
  fetcher: Fetch,
  url: string,
  method: string,
  stop: AbortSignal,
): Promise<Reached> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  try {
    const response = await fetcher(url, { method, signal, redirect: 'manual' });
    await response.body?.cancel();
    return { status: response.status };
  } catch (error) {
    return { status: null, why: whyFrom(error) };
  }
}

// The error's own text may repeat the address, which may hold a password.
function whyFrom(error: unknown): string {
  if (!(error instanceof Error)) return 'network error';
  if (error.name === 'TimeoutError') return 'no answer in 4 s';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'network error';
}
