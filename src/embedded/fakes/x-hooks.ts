import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { snowflake, xSignature } from '../providers/x.ts';
import type { Courier } from './courier.ts';
import type { World } from './fake.ts';

export type Hook = {
  readonly id: string;
  readonly url: string;
  readonly createdAt: number;
  readonly valid: boolean;
  readonly checkedAt: number;
};

export type Subscription = {
  readonly id: string;
  readonly eventType: string;
  readonly userId: string;
  readonly tag: string;
  readonly hookId: string;
  readonly createdAt: number;
};

/** How the owner of an address answered to the challenge; `away`: not at all. */
export type Checked = 'right' | 'wrong' | 'away';

export type Hooks = {
  readonly all: () => readonly Hook[];
  readonly find: (id: string) => Hook | undefined;
  /** Checks the address first; only one that answers rightly is kept. */
  readonly add: (url: string) => Promise<Hook | Checked>;
  /** Out: the webhook after the check. */
  readonly recheck: (hook: Hook) => Promise<Hook>;
  readonly remove: (id: string) => void;
  readonly subscriptions: () => readonly Subscription[];
  readonly subscribe: (wanted: Omit<Subscription, 'id' | 'createdAt'>) => Subscription;
  readonly change: (id: string, to: Pick<Subscription, 'tag' | 'hookId'>) => Subscription | null;
  readonly unsubscribe: (id: string) => boolean;
};

const answerSchema = z.object({ response_token: z.string() });

export function createHooks({ settings, now }: World, courier: Courier): Hooks {
  const hooks = new Map<string, Hook>();
  const subscriptions = new Map<string, Subscription>();

  const check = async (url: string): Promise<Checked> => {
    const token = randomBytes(24).toString('base64');
    const query = new URLSearchParams({ crc_token: token });
    const { status, body } = await courier.get(
      `${url}${url.includes('?') ? '&' : '?'}${query.toString()}`,
    );
    if (status === null || status >= 400) return 'away';
    const given = status === 200 ? responseToken(body) : null;
    return given === xSignature(settings, token) ? 'right' : 'wrong';
  };

  return {
    all: () => [...hooks.values()],
    find: (id) => hooks.get(id),
    add: async (url) => {
      const checked = await check(url);
      if (checked !== 'right') return checked;
      const at = now();
      const hook = { id: snowflake(at), url, createdAt: at, valid: true, checkedAt: at };
      hooks.set(hook.id, hook);
      return hook;
    },
    recheck: async (hook) => {
      const checked = await check(hook.url);
      // Not to be reached is forgiven for a day; a wrong answer is not.
      const valid = checked === 'right' || (checked === 'away' && hook.valid);
      const next = { ...hook, valid, checkedAt: now() };
      if (hooks.has(hook.id)) hooks.set(hook.id, next);
      return next;
    },
    remove: (id) => {
      hooks.delete(id);
      for (const each of subscriptions.values()) {
        if (each.hookId === id) subscriptions.delete(each.id);
      }
    },
    subscriptions: () => [...subscriptions.values()],
    subscribe: (wanted) => {
      const subscription = { ...wanted, id: snowflake(now()), createdAt: now() };
      subscriptions.set(subscription.id, subscription);
      return subscription;
    },
    change: (id, to) => {
      const known = subscriptions.get(id);
      if (!known) return null;
      const next = { ...known, ...to };
      subscriptions.set(id, next);
      return next;
    },
    unsubscribe: (id) => subscriptions.delete(id),
  };
}

function responseToken(body: string): string | null {
  try {
    return answerSchema.parse(JSON.parse(body)).response_token;
  } catch {
    return null; // no answer to a challenge
  }
}
