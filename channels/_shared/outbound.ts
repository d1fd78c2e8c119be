import { z } from 'zod';
import { failed, type Finding, warned } from '../../src/domain/check.ts';
import { UpstreamRejected, UpstreamThrottled, UpstreamUnavailable } from '../../src/errors.ts';

type Answer = {
  readonly status: number;
  readonly detail: string;
  readonly retryAfterMs?: number | undefined;
};

type UpstreamError = UpstreamUnavailable | UpstreamThrottled | UpstreamRejected;

const DEFAULT_RETRY_AFTER_MS = 5_000;
const WORTH_ANOTHER_TRY: readonly number[] = [408, 425];

/** The one mapping from a platform's answer to our errors; null: there was no answer at all. */
export function upstreamError(call: string, answer: Answer | null): UpstreamError {
  if (answer === null) return new UpstreamUnavailable(`${call}: no answer`);
  const { status, detail } = answer;
  const message = `${call}: ${status} ${detail}`.trim();
  if (status === 429) {
    return new UpstreamThrottled(message, answer.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS);
  }
  return status >= 400 && status < 500 && !WORTH_ANOTHER_TRY.includes(status)
    ? new UpstreamRejected(message, String(status))
    : new UpstreamUnavailable(message);
}

/** What came back: a status and JSON (null when it is none), or why nothing did. */
export type Heard =
  | { readonly status: number; readonly body: unknown; readonly retryAfterMs?: number }
  | { readonly status: null; readonly why: string };

type Call = {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  readonly signal: AbortSignal;
  /** Longer answers are cut off; 1 MiB unless said. */
  readonly mostBytes?: number;
};

const ANSWER_WITHIN_MS = 10_000;
const MOST_BYTES = 1024 * 1024;

/** Asks a platform once. Throws nothing; follows no redirect, which would carry the secret along. */
export async function ask(fetcher: typeof fetch, url: string, call: Call): Promise<Heard> {
  const { mostBytes = MOST_BYTES, ...request } = call;
  try {
    const response = await fetcher(url, {
      ...request,
      redirect: 'manual',
      signal: AbortSignal.any([call.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    const body = parsed(await textOf(response, mostBytes));
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const retry = seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
    return { status: response.status, body, ...retry };
  } catch (error) {
    return { status: null, why: whyFrom(error) };
  }
}

async function textOf(response: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes: unknown = chunk;
    if (!(bytes instanceof Uint8Array)) break;
    chunks.push(bytes);
    length += bytes.length;
    if (length > mostBytes) break;
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// The error's own text may repeat the address, and with it a token.
function whyFrom(error: unknown): string {
  if (!(error instanceof Error)) return 'network error';
  if (error.name === 'TimeoutError') return 'no answer in 10 s';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'network error';
}

type Platform = {
  readonly name: string;
  readonly apiUrl: string;
  /** The variable that can lead elsewhere. */
  readonly variable: string;
};

/** What to say of an answer that helps nobody; what 401 and 403 mean, the channel knows better. */
export function troubleWith(check: string, platform: Platform, heard: Heard): Finding {
  const { name, variable } = platform;
  const host = new URL(platform.apiUrl).host;
  if (heard.status === null) {
    return failed(
      check,
      `${name} cannot be reached at ${host} (${heard.why})`,
      `Let this machine open connections to ${host} (firewall, DNS, proxy), and check ${variable} if it is set.`,
    );
  }
  const says = [`${name} answers ${heard.status}`, detailOf(heard)].filter(Boolean).join(': ');
  if (heard.status === 429) return warned(check, says, 'Run doctor again in a quarter of an hour.');
  return heard.status >= 500
    ? failed(check, says, `Look at the status page of ${name}, and run doctor again later.`)
    : failed(check, says, `Check ${variable} if it is set, and the access that ${name} gives you.`);
}

const said = z.string().optional().catch(undefined);
const detail = z.object({
  message: said,
  description: said,
  title: said,
  detail: said,
  error: z.object({ message: said }).optional().catch(undefined),
  errors: z
    .array(z.object({ message: said }))
    .optional()
    .catch(undefined),
});

/** The words of a refusal, wherever this platform puts them; empty when there are none. */
export function detailOf(heard: Heard): string {
  if (heard.status === null) return heard.why;
  const { data } = detail.safeParse(heard.body);
  if (!data) return '';
  const words = [data.error?.message, data.message, data.description, data.title, data.detail];
  return [...words, data.errors?.[0]?.message].filter(Boolean).join(': ').slice(0, 300);
}

/** The body of a 200. Throws what `upstreamError` makes of anything else. */
export function bodyOf(call: string, heard: Heard): unknown {
  if (heard.status === 200) return heard.body;
  if (heard.status === null) throw upstreamError(call, null);
  const { status, retryAfterMs } = heard;
  throw upstreamError(call, { status, detail: detailOf(heard), retryAfterMs });
}
