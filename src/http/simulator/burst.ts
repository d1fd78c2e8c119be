import type { Log } from '../../log.ts';
import { type Carrier, deliver, isAccepted, repetitionsOf, type Sent } from './carrier.ts';
import { type ChannelName, passerBy } from './people.ts';
import { burstText } from './presets.ts';

/** How a burst stands; `endedAt` null while it runs. Times in epoch milliseconds. */
export type BurstState = {
  readonly channel: ChannelName;
  readonly total: number;
  readonly done: number;
  readonly accepted: number;
  readonly repeated: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
};

export type Burst = {
  /** How many messages it has. */
  readonly total: number;
  readonly state: () => BurstState | null;
  /** False when one is running. */
  readonly start: (channel: ChannelName, carrier: Carrier) => boolean;
  readonly stop: () => void;
};

type Deps = {
  readonly now: () => number;
  readonly closing: AbortSignal;
  readonly log: Log;
  readonly total?: number;
};

const messagesAtOnce = 1000;
export const burstCitizens = 200;
const underWay = 32;

/** Many citizens at once, one burst at a time; it ends when stopped and when the process closes. */
export function createBurst({ now, closing, log, total = messagesAtOnce }: Deps): Burst {
  let current: BurstState | null = null;
  let stopping = new AbortController();

  const run = async (begun: BurstState, carrier: Carrier, stop: AbortSignal): Promise<void> => {
    let state = begun;
    const change = (changes: Partial<BurstState>) => {
      state = { ...state, ...changes };
      current = state;
    };
    const indexes = Array.from({ length: total }, (_, index) => index).values();
    const phone = async () => {
      for (const index of indexes) {
        if (stop.aborted) return;
        const sent = await sendOne(carrier, begun.channel, index);
        change({
          done: state.done + 1,
          accepted: state.accepted + (isAccepted(sent) ? 1 : 0),
          repeated: state.repeated + repetitionsOf(sent),
        });
      }
    };
    try {
      await Promise.all(Array.from({ length: underWay }, phone));
    } catch (error) {
      log.error({ err: error }, 'burst of the simulator failed');
    } finally {
      change({ endedAt: now() });
    }
  };

  return {
    total,
    state: () => current,
    start: (channel, carrier) => {
      if (current?.endedAt === null) return false;
      const counts = { total, done: 0, accepted: 0, repeated: 0 };
      current = { channel, ...counts, startedAt: now(), endedAt: null };
      stopping = new AbortController();
      void run(current, carrier, AbortSignal.any([stopping.signal, closing]));
      return true;
    },
    stop: () => {
      stopping.abort();
    },
  };
}

function sendOne(carrier: Carrier, channel: ChannelName, index: number): Promise<Sent> {
  const { ids, name, handle } = passerBy(index % burstCitizens);
  const message = { from: ids[channel], name, handle, text: burstText(index), files: [] };
  return deliver(carrier, message);
}
