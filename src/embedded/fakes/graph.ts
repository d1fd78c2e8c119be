import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { Invalid, UpstreamRejected, UpstreamUnavailable } from '../../errors.ts';
import {
  metaDelivery,
  metaEvents,
  type MetaEvent,
  signedJson,
  somePsid,
} from '../providers/facebook.ts';
import { endingOf, type Hosted, type PhoneFile, type Sending } from '../providers/simulator.ts';
import { type Courier, createCourier, type Delivered, isTaken, sentOf, unsent } from './courier.ts';
import type { Fake, World } from './fake.ts';
import { graphErrors, graphRoutes } from './graph-api.ts';
import { graphCredentials, type Item, type Office, type Subscription } from './graph-state.ts';
import { type Conversations, createConversations, createFiles, createRecent } from './memory.ts';
import { startServer } from './server.ts';

const ANSWER_WITHIN_MS = 20_000;
const PAUSES_MS = [0, 0, 500, 1000, 2000, 4000];
const GATHER_MS = 5;
const MOST_IN_BATCH = 50;
const MOST_ITEMS = 1000;
const LINK_SECONDS = 3 * 86_400;
const FIELDS = [
  'messages',
  'messaging_postbacks',
  'message_edits',
  'message_echoes',
  'standby',
  'feed',
  'mention',
  'ratings',
];
const FIELD_OF = { messaging: 'messages', changes: 'feed' } as const;

/** Meta's Graph API with one app and one page. */
export async function startGraph(world: World): Promise<Fake> {
  const { settings } = world;
  const courier = createCourier(world, ANSWER_WITHIN_MS);
  const conversations = createConversations();
  const { office, own } = createOffice(world, courier, conversations);
  const server = await startServer({ ...graphErrors(world), routes: graphRoutes(office) });
  const deliver = createBatches((events) => {
    const url = office.subscription()?.callbackUrl ?? '';
    const signed = signedJson(settings, url, metaDelivery(settings, events, world.now()));
    return courier.deliver(signed, { pausesMs: PAUSES_MS });
  });

  return {
    url: server.url,
    variables: { FACEBOOK_GRAPH_URL: server.url, ...own },
    connect: async (gatewayUrl) => {
      courier.reachAt(gatewayUrl);
      const callbackUrl = `${world.publicUrl}/webhooks/facebook`;
      const verifyToken = settings['FACEBOOK_VERIFY_TOKEN'] ?? '';
      await office.subscribe({ callbackUrl, fields: FIELDS }, verifyToken);
      office.install(FIELDS);
    },
    send: async (sending) => {
      const from = sending.from ?? somePsid;
      if (!/^\d+$/.test(from)) throw new Invalid('a user id of Facebook has digits only');
      const events = happen(office, server.url, { ...sending, from });
      const ids = events.map(({ id }) => id);
      if (!events.every((event) => isHeard(office, event))) {
        return unsent(ids, 'the app is not subscribed to the page');
      }
      return sentOf(ids, await Promise.all(events.map(deliver)));
    },
    conversation: conversations.of,
    close: async () => {
      courier.close();
      await server.close();
    },
  };
}

function createOffice(world: World, courier: Courier, conversations: Conversations) {
  const { settings, now } = world;
  const page = settings['FACEBOOK_PAGE_ID'] ?? '';
  const { own, ...credentials } = graphCredentials(settings);
  const items = createRecent<Item>(MOST_ITEMS);
  let subscription: Subscription | null = null;
  let installed: readonly string[] | null = null;
  const office: Office = {
    world,
    page,
    ...credentials,
    appSecret: settings['FACEBOOK_APP_SECRET'] ?? '',
    items,
    files: createFiles(),
    subscription: () => subscription,
    subscribe: async (wanted, verifyToken) => {
      await challenge(courier, wanted.callbackUrl, verifyToken);
      subscription = wanted;
    },
    unsubscribe: () => {
      subscription = null;
    },
    installed: () => installed,
    install: (fields) => {
      installed = fields;
    },
    say: (citizen, text, where) => {
      const id = where === 'private' ? newMid() : newPostId(page, now());
      const list = where === 'private' ? 'messaging' : 'changes';
      items.put(id, { id, list, citizen, name: '', isOurs: true, text, files: [], at: now() });
      conversations.add(citizen, { id, at: now(), text, where });
      return id;
    },
  };
  return { office, own };
}

function isHeard({ subscription, installed }: Office, { list }: MetaEvent): boolean {
  const field = FIELD_OF[list];
  return [subscription()?.fields, installed()].every((fields) => fields?.includes(field));
}

function happen(office: Office, apiUrl: string, sending: Sending): readonly MetaEvent[] {
  const { page, world, items } = office;
  const at = world.now();
  const media = (sending.files ?? []).map((file) => hosted(office, apiUrl, file));
  const events = metaEvents(page, sending, at, media);
  const { text, name = 'Siti' } = sending;
  for (const [index, { id, list, citizen, value }] of events.entries()) {
    // Of a place the inbox of a page shows nothing.
    const isPlace = index > 0 || (text === '' && media.length === 0);
    const said = isPlace ? { text: '', files: [] } : { text, files: media };
    items.put(id, { id, list, citizen, name, isOurs: false, ...said, at: timeIn(value) ?? at });
  }
  return events;
}

const stamped = z.object({ timestamp: z.number() });

const timeIn = (value: object): number | undefined => stamped.safeParse(value).data?.timestamp;

function hosted({ files, world }: Office, apiUrl: string, file: PhoneFile): Hosted {
  const id = randomBytes(12).toString('hex');
  files.put(id, file);
  const { mediaType, bytes, name = null } = file;
  const expires = Math.floor(world.now() / 1000 + LINK_SECONDS).toString(16);
  const url = `${apiUrl}/v/t1.15752-9/${id}.${endingOf(mediaType)}?oh=03_${id}&oe=${expires}`;
  return { id, url, mediaType, bytes: bytes.length, name };
}

const newMid = (): string => `m_${randomBytes(36).toString('base64url')}`;
const newPostId = (page: string, now: number): string =>
  `${page}_${now}${randomBytes(2).readUInt16BE()}`;

/** What happens within a few milliseconds shares a delivery. */
function createBatches(deliver: (events: readonly MetaEvent[]) => Promise<Delivered>) {
  let open: { readonly events: MetaEvent[]; readonly sent: Promise<Delivered> } | null = null;
  return (event: MetaEvent): Promise<Delivered> => {
    if (open && open.events.length < MOST_IN_BATCH) {
      open.events.push(event);
      return open.sent;
    }
    const events = [event];
    const sent = pause(GATHER_MS).then(() => {
      if (open?.events === events) open = null;
      return deliver(events);
    });
    open = { events, sent };
    return sent;
  };
}

/** Whoever gives an address must show that it is theirs. */
async function challenge(
  { get }: Courier,
  callbackUrl: string,
  verifyToken: string,
): Promise<void> {
  const expected = String(randomBytes(4).readUInt32BE());
  const query = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.challenge': expected,
    'hub.verify_token': verifyToken,
  });
  const reply = await get(`${callbackUrl}?${query.toString()}`);
  if (reply.status === null) throw new UpstreamUnavailable(`Facebook: ${reply.body}`);
  if (!isTaken(reply) || reply.body !== expected) {
    throw new UpstreamRejected('Facebook: the callback does not answer hub.challenge', '2200');
  }
}
