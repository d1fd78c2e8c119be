import type { PhoneFile } from '../providers/simulator.ts';
import { endingOf, kindOf } from '../providers/simulator.ts';
import { uniqueOf, wholeFileId } from '../providers/telegram.ts';
import { isSame } from './credentials.ts';
import type { World } from './fake.ts';
import type { Files } from './memory.ts';
import {
  type Answer,
  bytes,
  type Call,
  type Fields,
  fieldsOf,
  json,
  type Route,
  route,
  textIn,
} from './server.ts';
import { getUpdates } from './telegram-updates.ts';
import type { Hook, Queue } from './telegram-queue.ts';

export type Bot = { readonly token: string; readonly id: number; readonly username: string };

type Deps = {
  readonly world: World;
  readonly bot: Bot;
  readonly queue: Queue;
  readonly files: Files;
  /** The bot says something in a chat; out: the number of its message. */
  readonly say: (chat: number, text: string) => number;
};

export type Method = (fields: Fields, gone: AbortSignal) => Answer | Promise<Answer>;

const LONGEST_TEXT = 4096;
const FOLDERS = { image: 'photos', video: 'videos', audio: 'voice', file: 'documents' } as const;

export function success(result: unknown, description?: string): Answer {
  return json(200, { ok: true, result, ...(description === undefined ? {} : { description }) });
}

export function failure(status: number, description: string): Answer {
  return json(status, { ok: false, error_code: status, description });
}

export function telegramErrors({ report }: World) {
  return {
    otherwise: () => failure(404, 'Not Found'),
    failed: (error: unknown) => {
      report(error);
      return failure(500, 'Internal Server Error');
    },
  };
}

export function telegramMethods(deps: Deps): Readonly<Record<string, Method>> {
  const { world, bot, queue } = deps;
  let commands: unknown = [];
  const poll = getUpdates(queue);
  return {
    getme: () =>
      success({
        ...userOf(bot),
        can_join_groups: true,
        can_read_all_group_messages: false,
        supports_inline_queries: false,
      }),
    getwebhookinfo: () => success(webhookInfo(queue)),
    setwebhook: (fields) => setWebhook(world, queue, fields),
    deletewebhook: (fields) => {
      const wasSet = queue.hook() !== null;
      queue.setHook(null);
      if (isTrue(fields, 'drop_pending_updates')) queue.drop(() => true);
      return success(true, wasSet ? 'Webhook was deleted' : 'Webhook is already deleted');
    },
    getupdates: poll,
    sendmessage: (fields) => sendMessage(deps, fields),
    getfile: (fields) => getFile(deps, fields),
    setmycommands: (fields) => {
      commands = listIn(fields, 'commands');
      return success(true);
    },
    getmycommands: () => success(commands),
    sendchataction: () => success(true),
    answercallbackquery: () => success(true),
  };
}

export function telegramRoutes(
  deps: Deps,
  methods: Readonly<Record<string, Method>>,
): readonly Route[] {
  const { bot, files } = deps;
  const answer = (call: Call): Answer | Promise<Answer> => {
    if (!isSame(call.named('token'), bot.token)) return failure(401, 'Unauthorized');
    const name = call.named('method').toLowerCase();
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    return method ? method(fieldsOf(call), call.gone) : failure(404, 'Not Found');
  };
  return [
    route('GET', '/bot:token/:method', answer),
    route('POST', '/bot:token/:method', answer),
    route('GET', '/file/bot:token/:folder/:file', (call) => {
      if (!isSame(call.named('token'), bot.token)) return failure(401, 'Unauthorized');
      const found = files.get(/^file_(\w+)\./.exec(call.named('file'))?.[1] ?? '');
      return found
        ? bytes({ ...found, mediaType: 'application/octet-stream' })
        : failure(404, 'Not Found');
    }),
  ];
}

function userOf({ id, username }: Bot) {
  return { id, is_bot: true, first_name: 'LAPOR!', username };
}

function webhookInfo(queue: Queue): object {
  const hook = queue.hook();
  const failed = queue.lastFailure();
  return {
    url: hook?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: queue.pending().length,
    ...(hook ? { max_connections: hook.most } : {}),
    ...(hook && hook.allowed.length > 0 ? { allowed_updates: hook.allowed } : {}),
    ...(failed
      ? { last_error_date: Math.floor(failed.at / 1000), last_error_message: failed.message }
      : {}),
  };
}

function setWebhook({ publicUrl }: World, queue: Queue, fields: Fields): Answer {
  const url = textIn(fields, 'url');
  const secret = textIn(fields, 'secret_token');
  // Telegram insists; the demo's own address has no certificate.
  if (url !== '' && !url.startsWith('https://') && !url.startsWith(publicUrl)) {
    return failure(400, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook');
  }
  if (!/^[\w-]{0,256}$/.test(secret)) {
    return failure(400, 'Bad Request: secret token contains unallowed characters');
  }
  if (isTrue(fields, 'drop_pending_updates')) queue.drop(() => true);
  queue.setHook(url === '' ? null : hookFrom(url, secret, fields));
  return success(true, url === '' ? 'Webhook was deleted' : 'Webhook was set');
}

function hookFrom(url: string, secret: string, fields: Fields): Hook {
  return {
    url,
    secret: secret === '' ? undefined : secret,
    allowed: listIn(fields, 'allowed_updates').filter((each) => typeof each === 'string'),
    most: Number(fields['max_connections'] ?? 40),
  };
}

function sendMessage({ bot, say, world }: Deps, fields: Fields): Answer {
  const text = textIn(fields, 'text');
  const chat = Number(textIn(fields, 'chat_id'));
  if (textIn(fields, 'chat_id') === '') return failure(400, 'Bad Request: chat_id is empty');
  if (text.trim() === '') return failure(400, 'Bad Request: message text is empty');
  if (text.length > LONGEST_TEXT) return failure(400, 'Bad Request: message is too long');
  // Whom it does not know after a start may have written before it: any person's id will do.
  if (!Number.isSafeInteger(chat) || chat <= 0) return failure(400, 'Bad Request: chat not found');
  return success({
    message_id: say(chat, text),
    from: userOf(bot),
    chat: { id: chat, type: 'private' },
    date: Math.floor(world.now() / 1000),
    text,
  });
}

function getFile({ files }: Deps, fields: Fields): Answer {
  const id = textIn(fields, 'file_id');
  const whole = wholeFileId(id);
  const file = files.get(whole);
  if (!file) {
    return failure(400, 'Bad Request: wrong file_id or the file is temporarily unavailable');
  }
  return success({
    file_id: id,
    file_unique_id: uniqueOf(whole),
    file_size: file.bytes.length,
    file_path: pathOf(whole, file),
  });
}

function pathOf(id: string, { mediaType }: PhoneFile): string {
  return `${FOLDERS[kindOf(mediaType)]}/file_${id}.${endingOf(mediaType)}`;
}

function isTrue(fields: Fields, name: string): boolean {
  return fields[name] === true || fields[name] === 'true';
}

/** A list, or as forms carry it, its JSON. */
function listIn(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  try {
    const parsed: unknown = JSON.parse(textIn(fields, name) || '[]');
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return []; // Telegram too takes what is no list for an empty one
  }
}
