import { randomBytes, randomInt } from 'node:crypto';
import type { Hosted, PhoneFile } from '../providers/simulator.ts';
import { someChat, telegramMessages } from '../providers/telegram.ts';
import { createCourier, type Reply, sentOf, unsent } from './courier.ts';
import type { Fake, Sent, World } from './fake.ts';
import { createConversations, createFiles } from './memory.ts';
import { jsonFields, startServer, textIn } from './server.ts';
import {
  type Bot,
  type Method,
  telegramErrors,
  telegramMethods,
  telegramRoutes,
} from './telegram-api.ts';
import { createQueue, type Queue } from './telegram-queue.ts';

const ANSWER_WITHIN_MS = 60_000;
const KINDS = ['message', 'edited_message', 'channel_post', 'callback_query', 'my_chat_member'];

/** Telegram with one bot. */
export async function startTelegram(world: World): Promise<Fake> {
  const { settings, now } = world;
  const courier = createCourier(world, ANSWER_WITHIN_MS);
  const bot = botOf(world);
  const files = createFiles();
  const conversations = createConversations();
  const nextMessageId = createMessageIds(now);
  const queue = createQueue({
    courier,
    now,
    answered: (reply) => {
      obey(methods, reply);
    },
  });
  const say = (chat: number, text: string): number => {
    const id = nextMessageId(chat);
    conversations.add(String(chat), { id: String(id), at: now(), text, where: 'private' });
    return id;
  };
  const deps = { world, bot, queue, files, say };
  const methods = telegramMethods(deps);
  const server = await startServer({
    ...telegramErrors(world),
    routes: telegramRoutes(deps, methods),
  });
  // Random: the gateway remembers those of the last run.
  let updateId = randomInt(100_000_000, 2_000_000_000);

  return {
    url: server.url,
    variables: { TELEGRAM_API_URL: server.url },
    connect: (gatewayUrl) => {
      courier.reachAt(gatewayUrl);
      const url = `${world.publicUrl}/webhooks/telegram`;
      queue.setHook({ url, secret: settings['TELEGRAM_SECRET_TOKEN'], allowed: KINDS, most: 40 });
      return Promise.resolve();
    },
    send: async (sending) => {
      const chat = Number(sending.from ?? someChat);
      const media = (sending.files ?? []).map((file) => hosted(file));
      media.forEach(({ id }, index) => {
        const file = sending.files?.[index];
        if (file) files.put(id, file);
      });
      const stamp = { date: Math.floor(now() / 1000), nextId: () => nextMessageId(chat) };
      const updates = telegramMessages(sending, media, stamp).map((message) => {
        updateId += 1;
        return { update_id: updateId, message };
      });
      return deliver(queue, updates);
    },
    conversation: conversations.of,
    close: async () => {
      courier.close();
      await server.close();
    },
  };
}

function botOf({ settings }: World): Bot {
  const token = settings['TELEGRAM_BOT_TOKEN'] ?? '';
  const username = (settings['TELEGRAM_BOT_USERNAME'] ?? 'LaporDemoBot').replace(/^@/, '');
  return { token, id: Number(token.split(':', 1)[0]), username };
}

/** Each chat counts for itself; from the time on, so that a restart does not begin anew. */
function createMessageIds(now: () => number): (chat: number) => number {
  const last = new Map<number, number>();
  const epoch = Date.UTC(2025, 0);
  return (chat) => {
    const id = (last.get(chat) ?? Math.floor((now() - epoch) / 1000)) + 1;
    last.set(chat, id);
    return id;
  };
}

function hosted({ bytes, mediaType, name }: PhoneFile): Hosted {
  const id = `AgACAgUAAxkB${randomBytes(20).toString('hex')}`;
  return { id, url: '', mediaType, bytes: bytes.length, name: name ?? null };
}

async function deliver(queue: Queue, updates: Parameters<Queue['put']>[0][]): Promise<Sent> {
  const ids = updates.map(({ update_id: id }) => String(id));
  const outcomes = await Promise.all(updates.map((update) => queue.put(update)));
  const held = outcomes.find((outcome) => 'held' in outcome);
  const delivered = outcomes.filter((outcome) => 'times' in outcome);
  if (held && delivered.every(({ error }) => error === null)) return unsent(ids, held.held);
  return sentOf(ids, delivered);
}

/** A call of the API in the answer to a webhook is done, and nobody hears how it ended. */
function obey(methods: Readonly<Record<string, Method>>, { type, body }: Reply): void {
  if (!type.startsWith('application/json')) return;
  const fields = jsonFields(body);
  const name = textIn(fields, 'method').toLowerCase();
  if (/^(get|setwebhook|deletewebhook)/.test(name) || !Object.hasOwn(methods, name)) return;
  void methods[name]?.(fields, AbortSignal.timeout(1000));
}
