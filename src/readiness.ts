import type { Readiness } from './http/internal.ts';
import type { Parts } from './parts.ts';
import { beat } from './store/operation.ts';
import { within } from './wait.ts';

const patienceMs = 2500;

/**
 * Whether a delivery could be stored durably now: it is tried. A gateway without PostgreSQL is ready as long
 * as its spool can be written, and says so.
 */
export function createReadiness({ healthDatabase, intake, fallback, closing }: Given) {
  const spooling = async (): Promise<Readiness> => {
    try {
      if (fallback) await within(patienceMs, fallback.probe(), 'late');
    } catch {
      return no('PostgreSQL does not take writes now, and the spool cannot be written');
    }
    const trouble = fallback?.trouble() ?? null;
    if (trouble !== null) return no(`what is spooled cannot be moved: ${trouble}`);
    return fallback
      ? { isReady: true, says: `ready; PostgreSQL is away, ${told(fallback.status())}` }
      : no('PostgreSQL does not take writes now');
  };
  return async (): Promise<Readiness> => {
    if (closing.signal.aborted) return no('stopping');
    if (intake.isFull()) return no('the intake is full');
    if (fallback?.isSpooling()) return spooling();
    try {
      await within(patienceMs, beat(healthDatabase, 'readyz'), 'late');
      return { isReady: true, says: 'ready' };
    } catch {
      return spooling();
    }
  };
}

type Given = Pick<Parts, 'healthDatabase' | 'intake' | 'fallback' | 'closing'>;

const no = (says: string): Readiness => ({ isReady: false, says });

type Waiting = { readonly records: number; readonly bytes: number; readonly oldest: Date | null };

function told({ records, bytes, oldest }: Waiting): string {
  const seconds = oldest ? Math.round((Date.now() - oldest.getTime()) / 1000) : 0;
  return `deliveries are spooled (${records} waiting, ${bytes} bytes, oldest ${seconds} s)`;
}
