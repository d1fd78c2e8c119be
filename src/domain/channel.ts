import type { z } from 'zod';
import { ConfigInvalid } from '../errors.ts';
import type { Inspection } from './check.ts';
import type { InboundMessage } from './message.ts';

/**
 * One delivery as it arrived: bytes, never a parsed body. `url` is the public URL as the sender sees
 * it (PUBLIC_URL + path + query), because some platforms sign it. Header names are lower case.
 */
export type WebhookRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/**
 * What reading one delivery gave. Ignoring is normal and carries its reason. `unreadable` names the
 * items of a batch that could not be understood, one reason each: they are quarantined with their
 * delivery and do not sink their neighbours. A delivery of which nothing can be read throws instead.
 */
export type Receipt = {
  readonly messages: readonly InboundMessage[];
  readonly ignored: readonly string[];
  readonly unreadable?: readonly string[];
};

/**
 * A platform that calls us. The route fixes the order: precheck, handshake, authenticate, store, answer.
 * `paths` are the sub-paths it also uses (`status` for /webhooks/sms/status).
 * `keepHeaders` are the request headers worth keeping for `read` and for evidence.
 * `handshake` answers the platform's URL check, or returns null when this GET is none; the answer is
 * sent as `handshakeType` (`text/plain` unless said).
 * `precheck` throws Unauthenticated where headers alone show that `authenticate` will, so that the body
 * of a stranger is not read; a handshake is not asked for it.
 * `authenticate` works on the raw bytes in constant time and throws Unauthenticated.
 * `success` is the 2xx body the platform expects.
 */
export type Webhook = {
  readonly methods: readonly ('GET' | 'POST')[];
  readonly paths?: readonly string[];
  readonly keepHeaders?: readonly string[];
  readonly handshake?: (request: WebhookRequest) => string | null;
  readonly handshakeType?: 'text/plain' | 'application/json';
  readonly precheck?: (headers: WebhookRequest['headers']) => void;
  readonly authenticate: (request: WebhookRequest) => void;
  readonly success: { readonly type: string; readonly body: string };
};

/**
 * A platform that must be asked. `fetch` gets the cursor it returned last (null at first), waits for
 * at most `signal`, and returns raw deliveries for the same `read`; its cursor is handed back only
 * after they are stored. Throws UpstreamUnavailable, UpstreamThrottled or UpstreamRejected.
 */
export type Poll = {
  readonly everyMs: number;
  readonly fetch: (
    cursor: string | null,
    signal: AbortSignal,
  ) => Promise<{ readonly deliveries: readonly Uint8Array[]; readonly cursor: string | null }>;
};

/**
 * The method of a request that we made ourselves of what a platform still held. No HTTP request comes
 * in with it: a route takes only the methods its channel names.
 */
export const backfillMethod = 'BACKFILL';

/**
 * One message a platform still holds. `name` is the platform's id of it, `at` its time (epoch
 * milliseconds); `body` is for `read`, in a request of method `backfillMethod`.
 */
export type Listed = { readonly name: string; readonly at: number; readonly body: Uint8Array };

/**
 * What is looked for, and how. `since`: messages of that time and later. `webhookUrl`: where the platform
 * should reach us. `memory` outlives the process and is durable once it returns; null: nothing.
 */
export type Search = {
  readonly since: Date;
  readonly webhookUrl: string;
  readonly signal: AbortSignal;
  readonly memory: {
    readonly read: () => Promise<string | null>;
    readonly write: (value: string | null) => Promise<void>;
  };
};

/**
 * A platform that can be asked for what its webhook failed to bring. `list` gives pages in the order of
 * the platform's time (a look that ends half-way is gone on with from there); each is stored before the
 * next is asked for, and ending the iteration early undoes whatever `list` had begun. `read` must give its bodies the event ids or
 * message ids of the webhook's, so that a message that came both ways is one. Our own messages are not
 * listed, or ignored by `read`. `account` is the one those messages were sent to. Throws
 * UpstreamUnavailable, UpstreamThrottled or UpstreamRejected.
 */
export type Backfill = {
  readonly account: string;
  readonly everyMs: number;
  readonly list: (search: Search) => AsyncIterable<readonly Listed[]>;
};

/** Why a platform cannot be asked, in words that name the variable to set. */
export type NoBackfill = { readonly impossible: string };

/**
 * An open channel. Optional members are its capabilities. `read` turns stored bytes into messages: it
 * is pure (same bytes, same receipt) and throws Malformed for what it cannot understand. `secrets`
 * feeds log redaction. `probe` asks the platform how it sees us, `repair` registers or mends what a
 * probe calls fixable; both make outbound calls, and are for `npm run doctor`, never for a delivery.
 */
export type Channel = {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly webhook?: Webhook;
  readonly poll?: Poll;
  readonly backfill?: Backfill | NoBackfill;
  readonly read: (request: WebhookRequest) => Receipt;
  readonly probe?: Inspection['probe'];
  readonly repair?: Inspection['repair'];
};

/** The world, injected: network, clock (epoch milliseconds) and identifiers. */
export type Tools = {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly newId: () => string;
};

/** Environment variables by name; an empty value counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A channel before it is opened: its name, its variables, and how to open it. */
export type ChannelModule = {
  readonly name: string;
  readonly variables: readonly string[];
  /** Made-up settings under which it runs against the built-in simulators; values come from `secret`. */
  readonly demo: (secret: (name: string) => string) => Environment;
  /**
   * Opens the channel. In: the environment. Out: the channel, or null when none of its variables is
   * set. Throws ConfigInvalid naming every variable that is missing or wrong.
   */
  readonly open: (environment: Environment, tools: Tools) => Promise<Channel | null>;
};

type Definition<Shape extends z.ZodRawShape> = {
  readonly name: string;
  readonly settings: z.ZodObject<Shape>;
  readonly demo: ChannelModule['demo'];
  /** Cross-field rules: names of variables that are needed, given what is set. */
  readonly needs?: (environment: Environment) => readonly string[];
  readonly open: (
    settings: z.output<z.ZodObject<Shape>>,
    tools: Tools,
  ) => Channel | Promise<Channel>;
};

/**
 * Describes a channel. In: its name, the zod object of its variables, demo settings, and `open`.
 * Out: a module for `channels/index.ts`. Opening throws ConfigInvalid with one line per variable.
 */
export function defineChannel<Shape extends z.ZodRawShape>(
  definition: Definition<Shape>,
): ChannelModule {
  const variables = Object.keys(definition.settings.shape);
  return {
    name: definition.name,
    variables,
    demo: definition.demo,
    open: async (environment, tools) => {
      const own = Object.fromEntries(
        variables.filter((name) => environment[name]).map((name) => [name, environment[name]]),
      );
      if (Object.keys(own).length === 0) return null;
      const parsed = definition.settings.safeParse(own);
      const problems = new Set(
        (definition.needs?.(own) ?? [])
          .filter((name) => !own[name])
          .map((name) => `${name} is missing (channel ${definition.name})`),
      );
      for (const issue of parsed.error?.issues ?? []) {
        const name = String(issue.path[0]);
        problems.add(
          own[name] === undefined
            ? `${name} is missing (channel ${definition.name})`
            : `${name} is not valid (channel ${definition.name}): ${issue.message}`,
        );
      }
      if (!parsed.success || problems.size > 0) throw new ConfigInvalid([...problems]);
      return definition.open(parsed.data, tools);
    },
  };
}
