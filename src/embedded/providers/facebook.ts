import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { Environment } from '../../domain/channel.ts';
import {
  below,
  type Hosted,
  kindOf,
  type Sending,
  type Signed,
  type Simulator,
} from './simulator.ts';

/** A member of `messaging`, and one of `changes`: who did it, its id, and what Meta says of it. */
export type MetaEvent = {
  readonly list: 'messaging' | 'changes';
  readonly citizen: string;
  readonly id: string;
  readonly value: object;
};

export const facebook: Simulator = {
  needs: ['FACEBOOK_APP_SECRET', 'FACEBOOK_PAGE_ID'],
  request: (settings, publicUrl, sending) => {
    const now = Date.now();
    const events = metaEvents(settings['FACEBOOK_PAGE_ID'] ?? '', sending, now, []);
    const delivery = metaDelivery(settings, events.slice(0, 1), now);
    return below(publicUrl, signedJson(settings, `${publicUrl}/webhooks/facebook`, delivery));
  },
};

export const somePsid = '6543210987654321';

/** What a citizen does becomes one event, or two: Messenger sends a location by itself. */
export function metaEvents(
  page: string,
  sending: Sending,
  now: number,
  media: readonly Hosted[],
): readonly MetaEvent[] {
  if (sending.where === 'public') return [visitorPost(page, sending, now, media)];
  const citizen = sending.from ?? somePsid;
  const { text, location } = sending;
  const words = text === '' ? {} : { text };
  const files = media.map(({ url, mediaType }) => ({ type: kindOf(mediaType), payload: { url } }));
  const contents = [
    ...(text !== '' || files.length > 0
      ? [{ ...words, ...(files.length > 0 ? { attachments: files } : {}) }]
      : []),
    ...(location ? [{ attachments: [locationAttachment(location, sending.name)] }] : []),
  ];
  return contents.map((content, index) => {
    const mid = `m_${randomBytes(36).toString('base64url')}`;
    const value = {
      sender: { id: citizen },
      recipient: { id: page },
      timestamp: now + index,
      message: { mid, ...content },
    };
    return { list: 'messaging', citizen, id: mid, value };
  });
}

function locationAttachment({ latitude, longitude }: NonNullable<Sending['location']>, who = '') {
  return {
    title: `Lokasi ${who}`.trim(),
    url: `https://www.bing.com/maps/default.aspx?v=2&pc=FACEBK&where1=${latitude}%2C+${longitude}`,
    type: 'location',
    payload: { coordinates: { lat: latitude, long: longitude } },
  };
}

function visitorPost(
  page: string,
  sending: Sending,
  now: number,
  media: readonly Hosted[],
): MetaEvent {
  const citizen = sending.from ?? somePsid;
  const id = `${page}_${String(randomInt(1e14, 2e14))}`;
  const urls = media.map(({ url }) => url);
  const files = urls.length > 1 ? { photos: urls } : { photo: urls[0], link: urls[0] };
  const value = {
    item: urls.length === 0 ? 'status' : urls.length === 1 ? 'photo' : 'status',
    verb: 'add',
    post_id: id,
    from: { id: citizen, name: sending.name ?? 'Siti' },
    message: sending.text,
    ...(urls.length === 0 ? {} : files),
    created_time: Math.floor(now / 1000),
    published: 1,
  };
  return { list: 'changes', citizen, id, value };
}

/** One delivery of several events: an entry for each citizen, and one for what happened on the page. */
export function metaDelivery(
  settings: Environment,
  events: readonly MetaEvent[],
  now: number,
): object {
  const page = settings['FACEBOOK_PAGE_ID'] ?? '';
  const messaging = Map.groupBy(
    events.filter(({ list }) => list === 'messaging'),
    ({ citizen }) => citizen,
  );
  const changes = events.filter(({ list }) => list === 'changes');
  return {
    object: 'page',
    entry: [
      ...[...messaging.values()].map((group) => ({
        id: page,
        time: now,
        messaging: group.map(({ value }) => value),
      })),
      // Here Meta counts seconds.
      ...changes.map(({ value }) => ({
        id: page,
        time: Math.floor(now / 1000),
        changes: [{ field: 'feed', value }],
      })),
    ],
  };
}

export function signedJson(settings: Environment, url: string, delivery: object): Signed {
  const body = escaped(delivery);
  const secret = settings['FACEBOOK_APP_SECRET'] ?? '';
  const signature = (algorithm: string) => createHmac(algorithm, secret).update(body).digest('hex');
  return {
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      'x-hub-signature': `sha1=${signature('sha1')}`,
      'x-hub-signature-256': `sha256=${signature('sha256')}`,
    },
    body,
  };
}

/** As Meta writes JSON, and signs it: whoever checks a signature over JSON written anew must notice. */
function escaped(value: object): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[<%@]|[^\x20-\x7e]/g, (character) => {
      const code = character.charCodeAt(0).toString(16);
      return `\\u${code.padStart(4, '0')}`;
    });
}
