import { STATUS_CODES } from 'node:http';
import { signedUpdate, type TelegramMessage } from '../providers/telegram.ts';
import { type Courier, type Delivered, isTaken, type Reply } from './courier.ts';

export type Update = { readonly update_id: number; readonly message: TelegramMessage };

export type Hook = {
  readonly url: string;
  readonly secret: string | undefined;
  readonly allowed: readonly string[];
  readonly most: number;
};

type Failure = { readonly at: number; readonly message: string };
type Outcome = Delivered | { readonly held: string };
type Pending = { readonly update: Update; readonly told: (outcome: Outcome) => void };

export type Queue = {
  /** Keeps the update until it is taken; out: what became of the first attempts. */
  readonly put: (update: Update) => Promise<Outcome>;
  readonly pending: () => readonly Update[];
  readonly drop: (isDone: (update: Update) => boolean) => void;
  readonly hook: () => Hook | null;
  readonly setHook: (hook: Hook | null) => void;
  readonly lastFailure: () => Failure | null;
  /** Resolves when an update arrives or the signal ends. */
  readonly arrival: (signal: AbortSignal) => Promise<void>;
};

type Deps = {
  readonly courier: Courier;
  readonly now: () => number;
  /** Telegram takes what stands in the answer for a call of its API. */
  readonly answered: (reply: Reply) => void;
};

const PAUSES_MS = [0, 250, 500, 1000, 2000, 4000];
const MOST_PENDING = 10_000;
const NO_HOOK = 'no webhook is set: the update waits for getUpdates';
const DROPPED = 'the update was dropped';
const BEHIND = 'the update waits behind one that was not taken';

/** Telegram's: chats go side by side, within a chat one update after the other, in order. */
export function createQueue({ courier, now, answered }: Deps): Queue {
  const held = createHeld();
  const bell = createBell();
  let hook: Hook | null = null;
  let failure: Failure | null = null;
  const busy = new Set<number>();
  const stuck = new Set<number>();

  const work = async (chat: number): Promise<void> => {
    for (let head = held.first(chat); head && hook; head = held.first(chat)) {
      const signed = signedUpdate(hook.secret, hook.url, head.update);
      const delivered = await courier.deliver(signed, { pausesMs: PAUSES_MS });
      const taken = head.update;
      head.told(delivered);
      if (!isTaken(delivered.reply)) {
        failure = { at: now(), message: failureText(delivered.reply) };
        stuck.add(chat);
        held.tell((update) => chatOf(update) === chat, BEHIND);
        return;
      }
      held.remove((update) => update === taken);
      answered(delivered.reply);
    }
  };

  const pump = (): void => {
    for (const chat of held.chats()) {
      if (!hook || busy.size >= hook.most) return;
      if (busy.has(chat) || stuck.has(chat)) continue;
      busy.add(chat);
      void work(chat).finally(() => {
        busy.delete(chat);
        pump();
      });
    }
  };

  return {
    put: (update) =>
      new Promise((resolve) => {
        held.add({ update, told: resolve });
        if (!hook) resolve({ held: NO_HOOK });
        stuck.delete(chatOf(update));
        bell.ring();
        pump();
      }),
    pending: held.updates,
    drop: (isDone) => {
      held.tell(isDone, DROPPED);
      held.remove(isDone);
    },
    hook: () => hook,
    setHook: (next) => {
      hook = next;
      failure = null;
      stuck.clear();
      if (!hook) held.tell(() => true, NO_HOOK);
      pump();
    },
    lastFailure: () => failure,
    arrival: bell.rung,
  };
}

type Which = (update: Update) => boolean;

function createHeld() {
  let pending: readonly Pending[] = [];
  return {
    add: (one: Pending): void => {
      pending = [...pending, one].slice(-MOST_PENDING);
    },
    remove: (isMeant: Which): void => {
      pending = pending.filter(({ update }) => !isMeant(update));
    },
    tell: (isMeant: Which, why: string): void => {
      for (const { update, told } of pending) if (isMeant(update)) told({ held: why });
    },
    first: (chat: number) => pending.find(({ update }) => chatOf(update) === chat),
    chats: (): ReadonlySet<number> => new Set(pending.map(({ update }) => chatOf(update))),
    updates: () => pending.map(({ update }) => update),
  };
}

function createBell() {
  const waiting = new Set<() => void>();
  return {
    ring: (): void => {
      for (const wake of waiting) wake();
    },
    rung: (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        signal.addEventListener('abort', wake);
        if (signal.aborted) wake();
      }),
  };
}

const chatOf = ({ message }: Update): number => message.chat.id;

function failureText({ status, body }: Reply): string {
  if (status === null)
    return body.includes('in time') ? 'Read timeout expired' : 'Connection refused';
  return `Wrong response from the webhook: ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}
