import {
  backfillMethod,
  type Channel,
  type Listed,
  type WebhookRequest,
} from '../src/domain/channel.ts';
import type { InboundMessage } from '../src/domain/message.ts';
import { AppError } from '../src/errors.ts';
import type { Log } from '../src/log.ts';
import { findPresent, type Sought } from '../src/store/backfill.ts';
import type { Database } from '../src/store/database.ts';
import { eventKeyOf, keyedName } from './read.ts';

export type Pseudonym = (channel: string, identity: string) => string;

type Deps = { readonly database: Database; readonly pseudonym: Pseudonym; readonly log: Log };

/** What is listed, held against what we have. */
export type Compared = {
  /** The provider's name of it, keyed: its digest would tell whoever guesses a post that it came. */
  readonly key: string;
  readonly request: WebhookRequest;
  /** How many messages it is, and how many of them we do not have. What cannot be read counts as one. */
  readonly messages: number;
  readonly absent: number;
};

/** Reads what is listed and asks the store for each message in it. What `read` ignores is no message. */
export async function compare(
  deps: Deps,
  channel: Channel,
  page: readonly Listed[],
): Promise<Compared[]> {
  const items = page.map(({ name, body }) => {
    const request = { method: backfillMethod, url: `backfill:${channel.name}`, headers: {}, body };
    const key = keyedName(deps.pseudonym, channel.name, 'message', accountOf(channel), name);
    return { key, request, sought: soughtIn(deps, channel, key, request) };
  });
  const present = await findPresent(
    deps.database,
    channel.name,
    items.flatMap(({ sought }) => sought),
  );
  return items.map(({ sought, ...item }) => {
    const own = present.splice(0, sought.length);
    return { ...item, messages: own.length, absent: own.filter((isThere) => !isThere).length };
  });
}

function soughtIn(
  deps: Deps,
  channel: Channel,
  key: string,
  request: WebhookRequest,
): readonly Sought[] {
  const keyOf = (account: string, id: string) =>
    keyedName(deps.pseudonym, channel.name, 'message', account, id);
  const messages = readOrNull(deps, channel, request);
  if (messages === null) {
    return [{ account: accountOf(channel), event: null, eventKey: null, key }];
  }
  return messages.map(({ account, eventId: event, messageId, kind }) => ({
    account,
    event,
    eventKey: eventKeyOf(deps.pseudonym, channel.name, account, event),
    // A message we know by any event is there; a change of one has its original's name.
    key: kind === 'message' || kind === 'command' ? keyOf(account, messageId) : null,
  }));
}

const accountOf = ({ backfill }: Channel): string =>
  backfill && 'account' in backfill ? backfill.account : '';

/** null: it cannot be read; once stored it is quarantined like any such delivery. */
function readOrNull(
  { log }: Deps,
  channel: Channel,
  request: WebhookRequest,
): readonly InboundMessage[] | null {
  try {
    const { messages, unreadable = [] } = channel.read(request);
    return messages.length === 0 && unreadable.length > 0 ? null : messages;
  } catch (error) {
    if (!(error instanceof AppError)) {
      log.error({ err: error, channel: channel.name }, 'backfill: read failed');
    }
    return null;
  }
}
