import { randomBytes } from 'node:crypto';
import { Invalid, UpstreamRejected, UpstreamUnavailable } from '../../errors.ts';
import { endingOf, type Hosted, type PhoneFile, type Sending } from '../providers/simulator.ts';
import {
  direct,
  mentionOf,
  posted,
  signedEvent,
  snowflake,
  someAuthor,
  type XEvent,
} from '../providers/x.ts';
import { type Courier, createCourier, sentOf, unsent } from './courier.ts';
import type { Fake, Sent, World } from './fake.ts';
import { createConversations, createFiles, createRecent } from './memory.ts';
import { startServer } from './server.ts';
import { xErrors } from './x-answers.ts';
import { xRoutes } from './x-api.ts';
import { createHooks } from './x-hooks.ts';
import { type Office, xCredentials } from './x-office.ts';

const ANSWER_WITHIN_MS = 10_000;
const PAUSES_MS = [500, 1000, 2000, 4000];
const RECHECK_AFTER_MS = 30 * 60_000;
const MOST_POSTS = 800;
const MOST_OWN_POSTS = 100;
const MOST_PHOTOS = 4;
const EVENTS = ['post.mention.create', 'post.reply.create', 'dm.received'];

/** X with one app, owned by the account that citizens mention. */
export async function startX(world: World): Promise<Fake> {
  const courier = createCourier(world, ANSWER_WITHIN_MS);
  const conversations = createConversations();
  const { keys, bearer, own } = xCredentials(world.settings);
  const newId = createIds(world);
  let url = '';
  const office: Office = {
    world,
    startedAt: world.now(),
    us: accountOf(world),
    bearer,
    keys,
    hooks: createHooks(world, courier),
    posts: createRecent(MOST_POSTS),
    lastPosts: createRecent(MOST_OWN_POSTS),
    files: createFiles(),
    url: () => url,
    newId,
    say: (citizen, text, where) => {
      const at = world.now();
      const id = newId();
      conversations.add(citizen, { id, at, text, where });
      return id;
    },
  };
  const server = await startServer({ ...xErrors(world), routes: xRoutes(office) });
  url = server.url;

  return {
    url,
    variables: { X_API_URL: url, ...own },
    connect: async (gatewayUrl) => {
      courier.reachAt(gatewayUrl);
      await register(office);
    },
    send: async (sending) => {
      const from = sending.from ?? someAuthor;
      if (!/^\d{1,20}$/.test(from)) throw new Invalid('a user id of X has digits only');
      return deliver(office, courier, happen(office, { ...sending, from }));
    },
    conversation: conversations.of,
    close: async () => {
      courier.close();
      await server.close();
    },
  };
}

function createIds({ now }: World): () => string {
  let last = 0n;
  return () => {
    const next = BigInt(snowflake(now()));
    last = next > last ? next : last + 1n;
    return String(last);
  };
}

function accountOf({ settings }: World): Office['us'] {
  const username = (settings['X_HANDLE'] ?? 'LAPOR1708').replace(/^@/, '');
  return { id: settings['X_USER_ID'] ?? '', name: 'LAPOR!', username };
}

function happen(office: Office, sending: Sending): XEvent {
  const { settings, now } = office.world;
  const at = now();
  const id = office.newId();
  const { files = [] } = sending;
  if (sending.where === 'private') {
    const media = files.slice(0, 1).map((file) => hosted(office, file, `/1.1/ton/data/dm/${id}`));
    return direct(settings, sending, id, at, media);
  }
  const media = files.slice(0, MOST_PHOTOS).map((file) => hosted(office, file, '/media'));
  const post = posted(settings, sending, id, at, media);
  office.posts.put(id, post);
  return mentionOf(post);
}

function hosted({ files, url }: Office, file: PhoneFile, folder: string): Hosted {
  const id = randomBytes(9).toString('hex');
  files.put(id, file);
  const { mediaType, bytes, name = null } = file;
  const path = `${folder}/${id}.${endingOf(mediaType)}`;
  return { id, url: url() + path, mediaType, bytes: bytes.length, name };
}

async function deliver(office: Office, courier: Courier, event: XEvent): Promise<Sent> {
  const { settings } = office.world;
  const wanted = await listeners(office, event);
  if (wanted.length === 0) {
    return unsent([event.id], 'no valid webhook is subscribed to this event');
  }
  const all = wanted.map(({ hook, tag }) =>
    courier.deliver(signedEvent(settings, hook.url, event, tag), { pausesMs: PAUSES_MS }),
  );
  return sentOf([event.id], await Promise.all(all));
}

/** The webhooks that are to hear of an event, each checked not long ago. */
async function listeners({ hooks, us, world }: Office, { type }: XEvent) {
  const wanted = hooks
    .subscriptions()
    .filter(({ eventType, userId }) => eventType === type && userId === us.id);
  const checked = await Promise.all(
    wanted.map(async ({ hookId, tag }) => {
      const hook = hooks.find(hookId);
      if (!hook) return null;
      const isOld = world.now() - hook.checkedAt > RECHECK_AFTER_MS;
      return { tag, hook: isOld ? await hooks.recheck(hook) : hook };
    }),
  );
  return checked.filter((each) => each !== null).filter(({ hook }) => hook.valid);
}

async function register({ hooks, us, world }: Office): Promise<void> {
  const url = `${world.publicUrl}/webhooks/x`;
  const known = hooks.all().find((each) => each.url === url);
  const hook = known ? await hooks.recheck(known) : await hooks.add(url);
  if (hook === 'away') throw new UpstreamUnavailable('X: nobody answers the challenge (CRC)');
  if (typeof hook === 'string' || !hook.valid) {
    throw new UpstreamRejected('X: the answer to the challenge (CRC) is wrong', 'CrcFailed');
  }
  for (const eventType of EVENTS) {
    const there = hooks
      .subscriptions()
      .find((each) => each.eventType === eventType && each.userId === us.id);
    if (there) hooks.change(there.id, { tag: eventType, hookId: hook.id });
    else hooks.subscribe({ eventType, userId: us.id, tag: eventType, hookId: hook.id });
  }
}
