import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Citizens, Reporter, Written } from './citizens.ts';
import type { Entry, Ledger } from './ledger.ts';
import { createSender, type Outgoing } from './sender.ts';
import { filledForm } from './web-form.ts';

type Options = {
  readonly chance: Chance;
  readonly citizens: Citizens;
  readonly ledger: Ledger;
  /** Of the gateways; each delivery goes to any of them, as behind a load balancer. */
  readonly ports: readonly number[];
  /** New messages a second, whether or not the earlier ones are answered. */
  readonly perSecond: number;
  /** Everything a provider waits for takes so long at most. */
  readonly mostDelayMs: number;
};

/** How a message will travel, decided when it is written. */
type Plan = {
  readonly port: number;
  /** Its provider comes again until it hears 2xx; otherwise never. */
  readonly isPersistent: boolean;
  /** Copies of the same bytes, sent whatever became of the first. */
  readonly copies: readonly { readonly delayMs: number; readonly port: number }[];
};

const persistent = 0.7;
const redelivered = 0.25;
const tickMs = 10;
const burst = { everyMs: [2000, 6000], messages: [15, 40] } as const;

/**
 * The traffic of all providers. A reporter's next message leaves when the one before was answered 2xx, or
 * was given up: so the order in which we promised is known.
 */
export function createLoad(options: Options) {
  const { chance, citizens, ledger, ports, perSecond, mostDelayMs } = options;
  const sender = createSender();
  const idle: Reporter[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const underWay = new Set<Promise<void>>();
  let isOpen = true;
  let isEnding = false;

  const anyPort = (): number => chance.pick(ports) ?? 0;
  const later = (ms: number, act: () => Promise<void>): void => {
    if (isEnding) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      track(act());
    }, ms);
    timers.add(timer);
  };
  const track = (work: Promise<void>): void => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };
  const plan = (): Plan => ({
    port: anyPort(),
    isPersistent: chance.happens(persistent),
    copies: chance.happens(redelivered)
      ? Array.from({ length: chance.between(1, 5) }, () => ({
          delayMs: chance.between(0, mostDelayMs),
          port: anyPort(),
        }))
      : [],
  });
  /** Sends it once. Out: whether it was answered 2xx. */
  const attempt = async (entry: Entry, port: number, outgoing: Outgoing): Promise<boolean> => {
    const since = ledger.sending(entry);
    const startedAt = performance.now();
    const outcome = await sender.send(port, outgoing);
    return ledger.answered(entry, outcome, performance.now() - startedAt, since);
  };
  const free = (reporter: Reporter): (() => void) => {
    let isFree = false;
    return () => {
      if (!isFree) idle.push(reporter);
      isFree = true;
    };
  };
  const travel = async (written: Written, { port, isPersistent, copies }: Plan): Promise<void> => {
    const release = free(written.reporter);
    const outgoing = written.request ?? (await filledForm(port, written));
    if (outgoing === null) {
      release();
      return;
    }
    const entry = ledger.enter(written);
    for (const copy of copies) {
      later(copy.delayMs, async () => {
        ledger.counts.redelivered += 1;
        if (await attempt(entry, copy.port, outgoing)) release();
      });
    }
    const go = async (): Promise<void> => {
      const isDone = await attempt(entry, anyPort(), outgoing);
      if (isDone || !isPersistent || entry.answeredAt !== null) {
        release();
        return;
      }
      ledger.counts.retried += 1;
      later(chance.between(mostDelayMs / 10, mostDelayMs), go);
    };
    await go();
  };
  /** Few people who say much: order is what can break. */
  const sendNew = (): void => {
    const isCrowd = idle.length > perSecond / 3;
    const at = isCrowd ? chance.between(0, idle.length - 1) : -1;
    const reporter = (at < 0 ? undefined : idle.splice(at, 1)[0]) ?? citizens.meet();
    track(travel(citizens.write(reporter), plan()));
  };
  const run = async (): Promise<void> => {
    const startedAt = performance.now();
    let sent = 0;
    let nextBurst = chance.between(500, burst.everyMs[0]);
    while (isOpen) {
      const passed = performance.now() - startedAt;
      for (const due = (passed / 1000) * perSecond; sent < due; sent += 1) sendNew();
      if (passed > nextBurst) {
        const [least, most] = burst.messages;
        for (let left = chance.between(least, most); left > 0; left -= 1) sendNew();
        nextBurst = passed + chance.between(...burst.everyMs);
      }
      await sleep(tickMs);
    }
  };
  const running = run();
  return {
    /** No new messages; what providers still owe goes on for so long at most. */
    stop: async (graceMs: number): Promise<void> => {
      isOpen = false;
      await running;
      const end = performance.now() + graceMs;
      while (timers.size > 0 && performance.now() < end) await sleep(50);
      isEnding = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      await Promise.all(underWay);
      sender.close();
    },
  };
}
