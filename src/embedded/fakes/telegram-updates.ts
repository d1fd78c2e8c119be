import type { Answer, Fields } from './server.ts';
import { json } from './server.ts';
import type { Queue, Update } from './telegram-queue.ts';

const MOST_AT_ONCE = 100;
const LONGEST_WAIT_SECONDS = 50;

/** Asking for updates: whoever asks for what comes after one will not get it again. */
export function getUpdates(queue: Queue) {
  let latest: AbortController | null = null;
  return async (fields: Fields, gone: AbortSignal): Promise<Answer> => {
    if (queue.hook()) {
      return conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    latest?.abort();
    const own = new AbortController();
    latest = own;
    forget(queue, Number(fields['offset'] ?? 0));
    const seconds = Math.min(Number(fields['timeout'] ?? 0), LONGEST_WAIT_SECONDS);
    if (queue.pending().length === 0 && seconds > 0) {
      await queue.arrival(AbortSignal.any([own.signal, gone, AbortSignal.timeout(seconds * 1000)]));
    }
    if (own.signal.aborted) {
      return conflict(
        'terminated by other getUpdates request; make sure that only one bot instance is running',
      );
    }
    const limit = Math.min(Number(fields['limit'] ?? MOST_AT_ONCE), MOST_AT_ONCE);
    return json(200, { ok: true, result: queue.pending().slice(0, limit) });
  };
}

function conflict(reason: string): Answer {
  return json(409, { ok: false, error_code: 409, description: `Conflict: ${reason}` });
}

/** A negative offset counts from the end. */
function forget(queue: Queue, offset: number): void {
  const first: Update | undefined = offset < 0 ? queue.pending().at(offset) : undefined;
  const from = first?.update_id ?? offset;
  queue.drop(({ update_id: id }) => id < from);
}
