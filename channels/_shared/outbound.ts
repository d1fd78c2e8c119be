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
